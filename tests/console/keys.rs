//! Keys, people and where they are signed in, and what runs here.

use super::browser::Browser;
use crate::support::service::{Service, TO};

const KEYS: &str = "/console/keys";
const PEOPLE: &str = "/console/people";

/// What is shown once: the word that begins so.
async fn shown_once(browser: &Browser, beginning: &str) -> String {
    let text = browser.part("main", None).text().await;
    let word = text.split_whitespace().find(|word| word.starts_with(beginning));
    word.unwrap_or_else(|| panic!("no {beginning}… in {text}")).to_owned()
}

/// Whether a code can be asked for with it.
async fn works(service: &Service, key: &str) -> bool {
    let client = crate::support::service::client();
    let body = serde_json::json!({"to": TO, "purpose": "sign-in"});
    let request = client.post(format!("{}/v1/verifications", service.url)).bearer_auth(key).json(&body);
    crate::support::within("an answer", request.send()).await.unwrap().status() != 401
}

async fn makes_and_revokes(browser: &Browser, service: &Service) {
    browser.sign_in(service).await;
    browser.open(&service.url, KEYS).await;
    browser.field("Name").fill("shop backend").await;
    browser.field("For").choose("Environment development").await;
    browser.button("Create key").click().await;
    browser.see("Copy it now: it is not shown again.").await;
    let key = shown_once(browser, "cs_").await;
    assert!(works(service, &key).await);
    if browser.runs_scripts().await {
        browser.looks("key-made").await;
    }
    browser.open(&service.url, KEYS).await;
    browser.row("shop backend").see("Valid").await;
    browser.row("shop backend").see(&format!("{}…", &key[..13])).await;
    browser.do_not_see(&key).await;
    browser.row("shop backend").link("Revoke").click().await;
    browser.see("A revoked key does not come back.").await;
    browser.button("Revoke key").click().await;
    browser.see("The key is revoked.").await;
    browser.row("shop backend").see("Revoked").await;
    assert!(!works(service, &key).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_new_key_is_shown_once_and_works_until_it_is_revoked() {
    let Some(browser) = Browser::start().await else { return };
    let service = Service::start().await;
    makes_and_revokes(&browser, &service).await;
    browser.looks("keys").await;
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_made_and_revoked_without_scripts() {
    let Some(browser) = Browser::without_scripts().await else { return };
    let service = Service::start().await;
    makes_and_revokes(&browser, &service).await;
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_who_is_added_signs_in_with_a_link_that_is_shown_once() {
    let Some(browser) = Browser::start().await else { return };
    let service = Service::start().await;
    browser.sign_in(&service).await;
    browser.open(&service.url, PEOPLE).await;
    browser.looks("people-nobody").await;
    browser.field("Name").fill("Ada Lovelace").await;
    browser.field("E-mail").fill("ada@example.com").await;
    browser.field("viewer: read everything, change nothing").tick().await;
    browser.button("Add and make a link").click().await;
    browser.see("is not shown again").await;
    let link = shown_once(&browser, "http").await;
    browser.looks("people").await;
    browser.link("Ada Lovelace").click().await;
    browser.see("Signed in nowhere.").await;
    browser.do_not_see(&link).await;
    browser.looks("person").await;
    browser.open(&service.url, PEOPLE).await;
    browser.row("COUNTERSIGN_ADMIN_KEY this one").button("End session").click().await;
    browser.field("Admin key").is_shown().await;
    browser.open(&link, "").await;
    browser.button("Sign in").click().await;
    browser.open(&service.url, PEOPLE).await;
    browser.row("Ada Lovelace this one").is_shown().await;
    // A viewer sees what he may not do, and why.
    assert!(!browser.button("Add and make a link").is_enabled().await);
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_runs_here_and_whose_work_it_is_can_be_read() {
    let Some(browser) = Browser::start().await else { return };
    let service = Service::start().await;
    browser.sign_in(&service).await;
    browser.open(&service.url, "/console/about").await;
    browser.see(env!("CARGO_PKG_VERSION")).await;
    browser.heading("Limits of a call").is_shown().await;
    browser.part("button", Some("Scripts of others in these pages")).click().await;
    browser.see("htmx").await;
    browser.looks("about").await;
    browser.end().await;
}
