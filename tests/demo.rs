//! The demo application: what people do in it, and what it keeps to itself.

mod example;

use std::time::Duration;

use axum::http::header::{LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use serde_json::json;

use crate::support::service::{Service, number};
use crate::support::within;

const EXPERIENCE: &str = "/v1/environments/development/sign-in-experience";

/// A browser, as far as the demo needs one: it keeps a cookie, follows redirections, and says where a form stands.
pub struct Browser {
    http: reqwest::Client,
    url: String,
    cookie: Option<String>,
}

pub struct Page {
    pub status: u16,
    pub path: String,
    pub text: String,
}

impl Page {
    fn shows(&self, text: &str) -> bool {
        self.text.contains(text)
    }
}

impl Browser {
    pub fn at(url: &str) -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().redirect(Policy::none()).build().unwrap();
        Self { http, url: url.to_owned(), cookie: None }
    }

    pub async fn open(&mut self, path: &str) -> Page {
        self.send(path, None).await
    }

    pub async fn submit(&mut self, path: &str, fields: &[(&str, &str)]) -> Page {
        self.send(path, Some(fields)).await
    }

    async fn send(&mut self, path: &str, mut form: Option<&[(&str, &str)]>) -> Page {
        let mut path = path.to_owned();
        loop {
            let request = match form {
                Some(fields) => {
                    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
                    let request = self.http.post(format!("{}{path}", self.url)).body(body);
                    let request = request.header("content-type", "application/x-www-form-urlencoded");
                    request.header("sec-fetch-site", "same-origin")
                }
                None => self.http.get(format!("{}{path}", self.url)),
            };
            let request = match &self.cookie {
                Some(cookie) => request.header("cookie", cookie),
                None => request,
            };
            let answer = request.timeout(Duration::from_secs(30)).send().await.unwrap();
            if let Some(set) = answer.headers().get(SET_COOKIE) {
                let set = set.to_str().unwrap();
                assert!(
                    set.contains("HttpOnly") && set.contains("SameSite=Lax") && set.contains("Path=/demo/"),
                    "{set}"
                );
                self.cookie = Some(set.split(';').next().unwrap().to_owned());
            }
            if answer.status() != 303 {
                let (status, path) = (answer.status().as_u16(), path);
                return Page { status, path, text: answer.text().await.unwrap() };
            }
            path = answer.headers()[LOCATION].to_str().unwrap().to_owned();
            form = None;
        }
    }
}

/// Ask for a code, read it in the inbox, and type it.
async fn by_code(service: &Service, browser: &mut Browser, flow: &str, n: u32) -> Page {
    let asked = browser.submit(&format!("/demo/development/{flow}"), &[("to", &number(n))]).await;
    assert_eq!((asked.status, asked.path.as_str()), (200, "/demo/development/code"), "{}", asked.text);
    let code = service.code_for(&number(n)).await;
    assert!(!asked.shows(&code) && !asked.shows(&number(n)), "neither the code nor the number is on the page");
    browser.submit("/demo/development/code", &[("code", &code)]).await
}

async fn signed_up(service: &Service, n: u32) -> Browser {
    let mut browser = Browser::at(&service.url);
    let page = by_code(service, &mut browser, "sign-up", n).await;
    assert!(page.status == 200 && page.shows("Your account is there"), "{}", page.text);
    browser
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_signs_up_is_signed_in_and_comes_back_by_his_number() {
    let service = Service::start().await;
    let mut browser = Browser::at(&service.url);
    let page = browser.open("/demo/development/sign-up").await;
    assert!(page.shows("autocomplete=\"tel\"") && !page.shows("<style") && !page.shows("style="), "{}", page.text);
    let asked = browser.submit("/demo/development/sign-up", &[("to", &number(1))]).await;
    for part in ["autocomplete=\"one-time-code\"", "inputmode=\"numeric\"", "pattern=\"[0-9]{6}\"", "maxlength=\"6\""] {
        assert!(asked.shows(part), "{part}: {}", asked.text);
    }
    assert!(asked.shows("href=\"/inbox\""), "{}", asked.text);
    let code = service.code_for(&number(1)).await;
    assert!(browser.submit("/demo/development/code", &[("code", &code)]).await.shows("Your account is there"));
    let left = browser.submit("/demo/development/sign-out", &[]).await;
    assert!(left.shows("You are signed out"), "{}", left.text);
    service.clock.advance(Duration::from_secs(60));
    assert!(by_code(&service, &mut browser, "sign-in", 1).await.shows("You are signed in"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_code_is_told_at_its_field_with_the_tries_that_are_left_until_none_is() {
    let service = Service::start().await;
    let mut browser = Browser::at(&service.url);
    browser.submit("/demo/development/sign-up", &[("to", &number(1))]).await;
    let code = service.code_for(&number(1)).await;
    let wrong = if code == "000000" { "000001" } else { "000000" };
    for left in ["4 more tries", "3 more tries", "2 more tries", "one more try"] {
        let page = browser.submit("/demo/development/code", &[("code", wrong)]).await;
        assert!(page.status == 422 && page.shows(left) && page.shows("aria-invalid=\"true\""), "{left}: {}", page.text);
    }
    let page = browser.submit("/demo/development/code", &[("code", wrong)]).await;
    assert!(page.status == 409 && page.shows("no longer valid"), "{}", page.text);
    let page = browser.submit("/demo/development/code", &[("code", &code)]).await;
    assert!(page.status == 409, "the right one comes too late: {}", page.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_that_is_over_says_so_and_one_that_comes_too_soon_says_when() {
    let service = Service::start().await;
    let mut browser = Browser::at(&service.url);
    browser.submit("/demo/development/sign-up", &[("to", &number(1))]).await;
    let code = service.code_for(&number(1)).await;
    let soon = browser.submit("/demo/development/code/resend", &[]).await;
    assert!(soon.status == 429 && soon.shows("Try again in 30 seconds, at 12:00:30 UTC"), "{}", soon.text);
    service.clock.advance(Duration::from_secs(31));
    let again = browser.submit("/demo/development/code/resend", &[]).await;
    assert_eq!((again.status, again.path.as_str()), (200, "/demo/development/code"), "{}", again.text);
    service.clock.advance(Duration::from_secs(601));
    let over = browser.submit("/demo/development/code", &[("code", &code)]).await;
    assert!(over.status == 409 && over.shows("no longer valid"), "{}", over.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_typed_wrong_is_told_at_its_field_and_kept() {
    let service = Service::start().await;
    let mut browser = Browser::at(&service.url);
    for (typed, told) in [("", "Type your number"), ("0170 1234567", "country code"), ("<b>", "telephone number")] {
        let page = browser.submit("/demo/development/sign-up", &[("to", typed)]).await;
        assert!(page.status == 422 && page.shows(told) && page.shows("to-error"), "{typed}: {}", page.text);
        assert!(!page.shows("<b>"), "{}", page.text);
    }
    let empty = browser.submit("/demo/development/sign-up", &[]).await;
    assert_eq!(empty.status, 422);
    assert_eq!(browser.open("/demo/development/code").await.path, "/demo/development/sign-in", "no code is awaited");
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_learns_whether_somebody_else_has_an_account() {
    let service = Service::start().await;
    signed_up(&service, 1).await;
    service.clock.advance(Duration::from_secs(60));
    for flow in ["sign-in", "forgot-password", "sign-up"] {
        let mut pages = Vec::new();
        for n in [1, 2] {
            let mut browser = Browser::at(&service.url);
            let page = browser.submit(&format!("/demo/development/{flow}"), &[("to", &number(n))]).await;
            let shown = format!("+1{}{}", "•".repeat(8), &number(n)[10..]);
            pages.push((page.status, page.text.replace(&shown, "")));
        }
        assert_eq!(pages[0], pages[1], "{flow}");
        service.clock.advance(Duration::from_secs(60));
    }
    let mut browser = Browser::at(&service.url);
    service.clock.advance(Duration::from_secs(3600));
    let stranger = by_code(&service, &mut browser, "sign-in", 2).await;
    assert!(stranger.shows("There is no account with this number yet"), "told to its owner: {}", stranger.text);
    assert!(browser.submit("/demo/development/create", &[]).await.shows("Your account is there"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_forgotten_password_is_set_anew_and_works() {
    let service = Service::start().await;
    signed_up(&service, 1).await;
    service.clock.advance(Duration::from_secs(60));
    let mut browser = Browser::at(&service.url);
    let page = by_code(&service, &mut browser, "forgot-password", 1).await;
    assert_eq!(page.path, "/demo/development/new-password", "{}", page.text);
    let short = browser.submit("/demo/development/new-password", &[("password", "short")]).await;
    assert!(short.status == 422 && short.shows("8 characters"), "{}", short.text);
    let saved = browser.submit("/demo/development/new-password", &[("password", "a long enough one")]).await;
    assert!(saved.shows("Your new password is saved"), "{}", saved.text);
    let mut browser = Browser::at(&service.url);
    let sign_in = "/demo/development/sign-in/password";
    let to = number(1);
    let wrong = browser.submit(sign_in, &[("name", &to), ("password", "another")]).await;
    let unknown = browser.submit(sign_in, &[("name", &number(7)), ("password", "another")]).await;
    assert_eq!((wrong.status, wrong.text.replace(&to, "")), (unknown.status, unknown.text.replace(&number(7), "")));
    let right = browser.submit(sign_in, &[("name", &to), ("password", "a long enough one")]).await;
    assert!(right.shows("You are signed in"), "{}", right.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_is_linked_to_an_account_and_never_to_two() {
    let service = Service::start().await;
    let (_, saved) = service
        .put(EXPERIENCE, json!({"sign_up": {"identifier": "username"}, "sign_in": {"identifier": "username"}}))
        .await;
    assert_eq!(saved["sign_up"]["identifier"], "username");
    let mut browsers = Vec::new();
    for name in ["ada", "bob"] {
        let mut browser = Browser::at(&service.url);
        let first = browser.open("/demo/development/link-account").await;
        assert!(first.path.starts_with("/demo/development/sign-in") && first.shows("Sign in first"), "{}", first.text);
        let fields = [("name", name), ("password", "a long enough one")];
        let page = browser.submit("/demo/development/sign-up/password", &fields).await;
        assert!(page.shows("Your account is there"), "{}", page.text);
        browsers.push(browser);
    }
    assert!(by_code(&service, &mut browsers[0], "link-account", 1).await.shows("Your number is linked"));
    service.clock.advance(Duration::from_secs(60));
    let taken = by_code(&service, &mut browsers[1], "link-account", 1).await;
    assert!(taken.shows("belongs to another account"), "{}", taken.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_closed_purpose_says_so_plainly() {
    let service = Service::start().await;
    service.put(EXPERIENCE, json!({"purposes": {"register": false}})).await;
    let mut browser = Browser::at(&service.url);
    let page = browser.open("/demo/development/sign-up").await;
    assert!(page.shows("Sign-up by phone is closed") && !page.shows("name=\"to\""), "{}", page.text);
    let page = browser.submit("/demo/development/sign-up", &[("to", &number(1))]).await;
    assert!(page.status == 409 && page.shows("closed"), "{}", page.text);
    assert!(browser.open("/demo/development/sign-in").await.shows("name=\"to\""));
}

#[tokio::test(flavor = "multi_thread")]
async fn there_is_a_demo_of_development_only() {
    let service = Service::start().await;
    let mut browser = Browser::at(&service.url);
    for path in ["/demo/production", "/demo/production/sign-in", "/demo/nowhere/sign-in", "/demo/development/other"] {
        assert_eq!(browser.open(path).await.status, 404, "{path}");
    }
    assert_eq!(browser.submit("/demo/production/sign-in", &[("to", &number(1))]).await.status, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_site_can_send_nothing_and_show_nothing() {
    let service = Service::start().await;
    let http = crate::support::service::client();
    for site in [Some("cross-site"), Some("same-site"), None] {
        let request = http.post(format!("{}/demo/development/sign-in", service.url)).body("to=%2B14155550123");
        let request = site.into_iter().fold(request, |request, site| request.header("sec-fetch-site", site));
        assert_eq!(request.send().await.unwrap().status(), 403, "{site:?}");
    }
    let page = http.get(format!("{}/demo/development/sign-in", service.url)).send().await.unwrap();
    let policy = page.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'self'"), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sign_in_experience_that_was_saved_meanwhile_is_not_written_over() {
    let service = Service::start().await;
    let read = service.request(reqwest::Method::GET, EXPERIENCE).send().await.unwrap();
    assert_eq!(read.headers()["etag"], "\"0\"");
    let put = |seen: &'static str, body: serde_json::Value| {
        service.request(reqwest::Method::PUT, EXPERIENCE).header("if-match", seen).json(&body).send()
    };
    let saved = put("\"0\"", json!({"branding": {"accent": "#ffee00"}})).await.unwrap();
    assert_eq!((saved.status().as_u16(), &saved.headers()["etag"]), (200, &"\"1\"".parse().unwrap()));
    let saved: serde_json::Value = saved.json().await.unwrap();
    assert_eq!(saved["warnings"][0]["code"], "contrast", "{saved}");
    let stale = put("0", json!({})).await.unwrap();
    assert_eq!(stale.status(), 409);
    assert_eq!(stale.json::<serde_json::Value>().await.unwrap()["type"], "/problems/stale-revision");
    assert_eq!(put("1", json!({"branding": {"accent": "red"}})).await.unwrap().status(), 422);
}

#[tokio::test(flavor = "multi_thread")]
async fn beyond_this_machine_only_who_is_signed_in_and_may_send_uses_the_demo() {
    let service = Service::start().await;
    let from_outside = async |method: reqwest::Method, path: &str, cookie: &str| {
        // Whoever forwards to loopback forwards the world.
        let request = service.browse(method, path, cookie).header("x-forwarded-for", "203.0.113.9");
        let request = request.header("content-type", "application/x-www-form-urlencoded");
        within("an answer", request.body("to=%2B14155550123").send()).await.unwrap()
    };
    let (_, made) = service.post("/v1/keys", json!({"name": "reader", "roles": ["viewer"]})).await;
    let reader = service.signed_in_with(made["key"].as_str().unwrap()).await;
    for cookie in ["", "Countersign=x", &reader] {
        let asked = from_outside(reqwest::Method::GET, "/demo/development/sign-in", cookie).await;
        assert_eq!(asked.status(), 403);
        assert!(asked.text().await.unwrap().contains("/console/sign-in"));
        assert_eq!(from_outside(reqwest::Method::POST, "/demo/development/sign-in", cookie).await.status(), 403);
    }
    let (_, inbox) = service.get("/v1/environments/development/inbox").await;
    assert_eq!(inbox["items"], json!([]), "nothing was sent");
    let cookie = service.signed_in().await;
    assert_eq!(from_outside(reqwest::Method::GET, "/demo/development/sign-in", &cookie).await.status(), 200);
    assert_eq!(from_outside(reqwest::Method::POST, "/demo/development/sign-in", &cookie).await.status(), 303);
}
