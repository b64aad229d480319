//! A component that somebody uploaded asks for what it needs, and gets nothing before it is allowed.

use serde_json::json;

use super::browser::Browser;
use crate::support::guests;
use crate::support::provider::Answer;
use crate::support::service::{Service, TOKEN};

const LIST: &str = "/console/components";
const MARKER: &str = "/v1/environments/development/connectors/marker-a";

/// From the file to a connector that serves.
async fn uploads_allows_and_saves(browser: &Browser, service: &Service) {
    service.provider.answers(Answer::Json(200, json!({"id": "p_1"})));
    browser.sign_in(service).await;
    browser.open(&service.url, LIST).await;
    let file = service.dir.path().join("marker.wasm");
    std::fs::write(&file, guests::marker("marker-a")).unwrap();
    browser.field("Packed component (.wasm)").upload(&file).await;
    browser.button("Upload and judge").click().await;
    browser.link("Set up a connector").click().await;
    browser.heading("Set up marker-a").is_shown().await;
    let token = browser.field("api_token");
    token.fill(TOKEN).await;
    browser.expect_refusal(422);
    browser.button("Save and done").click().await;
    let asks = browser.group("What it asks for");
    asks.see("api.example.com").await;
    browser.see("Nothing was saved.").await;
    assert_eq!(service.get(MARKER).await.0, 404, "nothing is saved before it is allowed");
    if browser.runs_scripts().await {
        browser.looks("approval").await;
    }
    token.fill(TOKEN).await;
    browser.field("Phone number").fill("+14155550123").await;
    browser.expect_refusal(422);
    browser.button("Send test").click().await;
    browser.see("asks for what has not been approved").await;
    assert!(service.provider.requests().is_empty(), "nothing is sent before it is allowed");
    token.fill(TOKEN).await;
    asks.field("Allow all of this").tick().await;
    browser.button("Send test").click().await;
    browser.see("The provider took the message.").await;
    if !browser.runs_scripts().await {
        token.fill(TOKEN).await;
    }
    browser.button("Save and done").click().await;
    browser.is_at("/console/environments/development/connectors/marker-a?done=saved").await;
    let (_, saved) = service.get(MARKER).await;
    assert!(saved["granted"].to_string().contains("api.example.com"), "{saved}");
    // What was allowed once is not asked for again.
    browser.field("note").fill("changed").await;
    browser.button("Save and done").click().await;
    browser.see("Revision 2").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_uploaded_component_serves_once_what_it_asks_for_is_allowed() {
    let Some(browser) = Browser::start().await else { return };
    let service = Service::start().await;
    uploads_allows_and_saves(&browser, &service).await;
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_scripts_it_is_allowed_all_the_same() {
    let Some(browser) = Browser::without_scripts().await else { return };
    let service = Service::start().await;
    uploads_allows_and_saves(&browser, &service).await;
    browser.end().await;
}
