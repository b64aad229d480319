//! Checking credentials before anything is saved: the provider is asked, and what it says is on the page.

use axum::response::{IntoResponse as _, Response};
use reqwest::StatusCode;
use serde_json::json;

use super::browser::Browser;
use crate::support::provider::{Answer, Recorded};
use crate::support::service::Service;

const NEW: &str = "/console/environments/development/new-connector?component=twilio";
const SID: &str = "AC00000000000000000000000000000000";
const GOOD: &str = "fake-token-000000000000000000000";
const BAD: &str = "fake-token-111111111111111111111";

/// An account of which one token is good.
fn account(request: &Recorded) -> Response {
    use base64::Engine as _;
    let right = base64::engine::general_purpose::STANDARD.encode(format!("{SID}:{GOOD}"));
    if request.header("authorization") == format!("Basic {right}") {
        return axum::Json(json!({"account_sid": SID, "balance": "12.50", "currency": "USD"})).into_response();
    }
    let refusal = json!({"code": 20003, "message": "Authenticate", "status": 401});
    (StatusCode::UNAUTHORIZED, axum::Json(refusal)).into_response()
}

async fn service() -> Service {
    let service = Service::start().await;
    service.provider.answers(Answer::By(std::sync::Arc::new(account)));
    service
}

async fn fills_in(browser: &Browser, token: &str) {
    browser.field("Account SID").fill(SID).await;
    browser.field("Auth token").fill(token).await;
    browser.field("Sender").fill("+15005550006").await;
}

async fn finds_out(browser: &Browser) {
    let service = service().await;
    browser.sign_in(&service).await;
    browser.open(&service.url, NEW).await;
    fills_in(browser, BAD).await;
    browser.button("Check credentials").click().await;
    browser.see("The provider does not accept the credentials.").await;
    browser.see("authentication-failed").await;
    browser.see("20003").await;
    assert!(!browser.text().await.contains(BAD));
    if browser.runs_scripts().await {
        browser.looks("credentials-refused").await;
    }
    browser.field("Auth token").fill(GOOD).await;
    browser.button("Check credentials").click().await;
    browser.see("The provider accepts the credentials.").await;
    browser.see("12.50 USD").await;
    let asked = service.provider.requests();
    assert!(asked.iter().all(|request| request.path.ends_with("/Balance.json")), "a check sends nothing: {asked:?}");
    assert_eq!(service.get("/v1/environments/development/connectors/twilio").await.0, 404, "nothing was saved");
}

#[tokio::test(flavor = "multi_thread")]
async fn credentials_are_checked_before_anything_is_saved_or_sent() {
    let Some(browser) = Browser::start().await else { return };
    finds_out(&browser).await;
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_scripts_they_are_checked_all_the_same() {
    let Some(browser) = Browser::without_scripts().await else { return };
    finds_out(&browser).await;
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_of_half_a_set_up_says_which_fields_are_missing() {
    let Some(browser) = Browser::start().await else { return };
    let service = service().await;
    browser.sign_in(&service).await;
    browser.open(&service.url, NEW).await;
    browser.expect_refusal(422);
    browser.button("Check credentials").click().await;
    browser.alert().see("Account SID").await;
    assert!(service.provider.requests().is_empty());
    browser.end().await;
}
