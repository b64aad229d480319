//! Who may use the console, from outside: as a browser with its cookie.

use std::time::Duration;

use countersign::people::{LINK_LIFE, link_path};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::service::{ADMIN_KEY, Service, cookie};

mod oidc;
mod sessions;
mod users;

/// Where an answer leads.
fn leads_to(answer: &reqwest::Response) -> &str {
    answer.headers().get("location").map_or("", |value| value.to_str().unwrap())
}

/// Whether whoever holds this cookie is in.
async fn is_in(service: &Service, cookie: &str) -> bool {
    let answer = service.page("/console/environments/development", cookie).await;
    match answer.status().as_u16() {
        200 => true,
        303 => {
            assert!(leads_to(&answer).starts_with("/console/sign-in?next="), "{answer:?}");
            false
        }
        other => panic!("{other}"),
    }
}

/// Make a key by the API; answers id and key.
async fn new_key(service: &Service, body: Value) -> (String, String) {
    let (status, made) = service.post("/v1/keys", body).await;
    assert_eq!(status, 201, "{made}");
    (made["id"].as_str().unwrap().to_owned(), made["key"].as_str().unwrap().to_owned())
}

/// A link of the host's, as the command line makes it; answers its token.
async fn link(service: &Service) -> String {
    let made = service.people().link(None, LINK_LIFE).await.unwrap();
    link_path(&made).split_once("token=").unwrap().1.to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_sees_a_page_before_he_signed_in() {
    let service = Service::start().await;
    for path in ["/console", "/console/environments/development"] {
        let answer = service.page(path, "").await;
        assert_eq!(answer.status(), 303, "{path}");
        assert!(leads_to(&answer).starts_with("/console/sign-in?next=%2Fconsole"), "{answer:?}");
        let part = service.browse(Method::GET, path, "").header("hx-request", "true").send().await.unwrap();
        assert_eq!((part.status().as_u16(), leads_to(&part)), (401, ""), "a part of a page follows no redirection");
        assert!(part.headers()["hx-redirect"].to_str().unwrap().starts_with("/console/sign-in?next="));
    }
    for made_up in ["Countersign=", "Countersign=x", "__Host-Countersign=x; Countersign=y"] {
        assert!(!is_in(&service, made_up).await, "{made_up}");
    }
    assert_eq!(service.page("/console/sign-in", "").await.status(), 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_key_signs_in_and_other_words_do_not() {
    let service = Service::start().await;
    let cookie = service.signed_in().await;
    assert!(is_in(&service, &cookie).await);
    let answer = service.page("/console/sign-in?next=/console/keys", &cookie).await;
    assert_eq!(leads_to(&answer), "/console/keys", "whoever is in needs not sign in");
    for (key, says) in [("cs_admin_wrong", "not known, or was revoked"), ("", "give an admin key")] {
        let answer = service.submit("/console/sign-in", "", &[("/key", key), ("next", "/console/keys")]).await;
        assert_eq!(answer.status(), 422);
        assert!(answer.headers().get("set-cookie").is_none());
        let page = answer.text().await.unwrap();
        assert!(page.contains(says) && page.contains("value=\"/console/keys\""), "{page}");
        assert!(key.is_empty() || !page.contains(key), "what was typed is not shown: {page}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_an_environment_signs_nobody_in_and_is_told_so() {
    let service = Service::start().await;
    let (_, key) = new_key(&service, json!({"name": "app", "environment": "development"})).await;
    let answer = service.submit("/console/sign-in", "", &[("/key", &key)]).await;
    assert_eq!((answer.status().as_u16(), cookie(&answer)), (422, None));
    let page = answer.text().await.unwrap();
    assert!(page.contains("belongs to the environment <code>development</code>; only an admin key"), "{page}");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_signing_in_nobody_is_sent_to_another_site() {
    let service = Service::start().await;
    for (next, leads) in [
        ("/console/keys?x=1", "/console/keys?x=1"),
        ("https://evil.example/", "/console"),
        ("//evil.example", "/console"),
        ("/v1/keys", "/console"),
        ("/console/ü", "/console"),
    ] {
        let answer = service.submit("/console/sign-in", "", &[("/key", ADMIN_KEY), ("next", next)]).await;
        assert_eq!((answer.status().as_u16(), leads_to(&answer)), (303, leads), "{next}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_tries_wrong_keys_too_often_waits_and_so_does_he_at_the_api() {
    let service = Service::start().await;
    for _ in 0..30 {
        assert_eq!(service.submit("/console/sign-in", "", &[("/key", "wrong")]).await.status(), 422);
    }
    for fields in [&[("/key", ADMIN_KEY)][..], &[("/key", "wrong")]] {
        let answer = service.submit("/console/sign-in", "", fields).await;
        assert_eq!(answer.status(), 429);
        let wait: u64 = answer.headers()["retry-after"].to_str().unwrap().parse().unwrap();
        assert!((1..=60).contains(&wait));
        assert!(answer.text().await.unwrap().contains("too many wrong keys"));
    }
    assert_eq!(service.get("/v1/keys").await.0, 429, "one counter for both doors");
    let link = link(&service).await;
    assert_eq!(service.submit("/console/sign-in/link", "", &[("token", &link)]).await.status(), 429);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_signs_in_once_and_looking_at_it_does_not_use_it_up() {
    let service = Service::start().await;
    let token = link(&service).await;
    for _ in 0..2 {
        let page = service.page(&format!("/console/sign-in/link?token={token}"), "").await;
        assert_eq!((page.status().as_u16(), cookie(&page)), (200, None));
    }
    let answer = service.submit("/console/sign-in/link", "", &[("token", &token)]).await;
    assert_eq!((answer.status().as_u16(), leads_to(&answer)), (303, "/console"));
    assert!(is_in(&service, &cookie(&answer).unwrap()).await);
    for spent in [token.as_str(), "", "made-up"] {
        assert_eq!(service.submit("/console/sign-in/link", "", &[("token", spent)]).await.status(), 410);
        assert_eq!(service.page(&format!("/console/sign-in/link?token={spent}"), "").await.status(), 410);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_who_use_a_link_at_once_one_gets_in() {
    let service = Service::start().await;
    let token = link(&service).await;
    let fields = [("token", token.as_str())];
    let tries = (0..8).map(|_| service.submit("/console/sign-in/link", "", &fields));
    let answers = futures_util::future::join_all(tries).await;
    let mut statuses: Vec<u16> = answers.iter().map(|answer| answer.status().as_u16()).collect();
    statuses.sort_unstable();
    assert_eq!(statuses, [303, 410, 410, 410, 410, 410, 410, 410]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_link_works_for_a_quarter_of_an_hour() {
    let service = Service::start().await;
    let (one, other) = (link(&service).await, link(&service).await);
    service.clock.advance(LINK_LIFE - Duration::from_secs(1));
    assert_eq!(service.submit("/console/sign-in/link", "", &[("token", &one)]).await.status(), 303);
    service.clock.advance(Duration::from_secs(1));
    assert_eq!(service.submit("/console/sign-in/link", "", &[("token", &other)]).await.status(), 410);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_sites_form_neither_signs_in_nor_out() {
    let service = Service::start().await;
    let cookie = service.signed_in().await;
    for path in ["/console/sign-in", "/console/sign-in/link", "/console/sign-out"] {
        let forged = service.browse(Method::POST, path, &cookie).header("sec-fetch-site", "cross-site");
        // Of two values the first counts, so that one has to go.
        let mut forged = forged.build().unwrap();
        forged.headers_mut().insert("sec-fetch-site", "cross-site".parse().unwrap());
        let answer = reqwest::Client::builder().no_proxy().build().unwrap().execute(forged).await.unwrap();
        assert_eq!(answer.status(), 403, "{path}");
    }
    assert!(is_in(&service, &cookie).await);
}
