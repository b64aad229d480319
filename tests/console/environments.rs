//! Environments: making, naming and deleting them, and the way from one to another.

use serde_json::json;

use super::browser::Browser;
use crate::support::service::{Service, TOKEN};

const LIST: &str = "/console/environments";
const STAGING: &str = "/v1/environments/staging";
const SECRET: &str = "canary-token-of-production-0123";

async fn staging(service: &Service) {
    assert_eq!(service.post("/v1/environments", json!({"name": "staging", "kind": "development"})).await.0, 201);
}

/// What production needs of `main` is given, and it serves there.
async fn promotes(browser: &Browser, service: &Service, is_pictured: bool) {
    service.serve_marker("marker-a").await;
    browser.sign_in(service).await;
    browser.open(&service.url, LIST).await;
    browser.part("region", Some("development")).link("Promote").click().await;
    browser.heading("Promote from development").is_shown().await;
    browser.see("This is in the way:").await;
    browser.expect_refusal(422);
    browser.button("Promote to production").click().await;
    browser.alert().see("Nothing was promoted.").await;
    if is_pictured {
        browser.looks("promotion").await;
    }
    assert_eq!(service.get("/v1/environments/production/connectors/main").await.0, 404);
    let told = browser.text().await;
    assert!(told.contains("main: approve what it asks for."), "{told}");
    assert!(!told.contains("/secrets/") && !told.contains("copy_secrets"), "these are words of the API: {told}");
    // Too short: said beside the field, in the same words as where a connector is set up.
    browser.field("Approve this").tick().await;
    browser.field("api_token (needed)").fill("short").await;
    browser.button("Promote to production").click().await;
    browser.alert().see("Nothing was promoted.").await;
    let told = browser.text().await;
    assert!(told.contains("main, api_token: ") && !told.contains("/secrets/"), "{told}");
    if is_pictured {
        browser.looks("promotion-fault").await;
    }
    browser.field("api_token (given here)").fill(SECRET).await;
    browser.button("Promote to production").click().await;
    browser.see("Promoted: production serves it now.").await;
    assert!(!browser.text().await.contains("Nothing is in the way"), "it was promoted already");
    let (_, connector) = service.get("/v1/environments/production/connectors/main").await;
    assert_eq!((&connector["serving"], &connector["active"]), (&json!(1), &json!(true)), "{connector}");
    let text = browser.text().await;
    assert!(!text.contains(SECRET) && !text.contains(TOKEN));
}

#[tokio::test(flavor = "multi_thread")]
async fn promotion_shows_what_is_in_the_way_takes_the_secret_and_production_serves() {
    let Some(browser) = Browser::start().await else { return };
    let service = Service::start().await;
    promotes(&browser, &service, true).await;
    browser.looks("promoted").await;
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_there_already_is_said_to_leave_nothing_to_promote() {
    let Some(browser) = Browser::start().await else { return };
    let service = Service::start().await;
    promotes(&browser, &service, false).await;
    browser.open(&service.url, "/console/environments/development/promote?to=production").await;
    browser.see("There is nothing to promote: production has all of it already.").await;
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn promotion_works_without_scripts() {
    let Some(browser) = Browser::without_scripts().await else { return };
    let service = Service::start().await;
    promotes(&browser, &service, false).await;
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_environment_is_made_named_and_deleted_by_its_name() {
    let Some(browser) = Browser::start().await else { return };
    let service = Service::start().await;
    browser.sign_in(&service).await;
    browser.open(&service.url, LIST).await;
    browser.looks("environments").await;
    browser.field("Name").fill("staging").await;
    browser.field("Kind").choose("development").await;
    browser.button("Create environment").click().await;
    browser.see("The environment was made.").await;
    let panel = browser.part("region", Some("staging"));
    panel.field("Shown to people as").fill("Staging <b>of</b> Acme").await;
    panel.button("Save the name").click().await;
    browser.see("Saved. It holds from the next message on.").await;
    assert_eq!(service.get(STAGING).await.1["display_name"], "Staging <b>of</b> Acme");
    browser.part("region", Some("staging")).link("Delete environment").click().await;
    browser.see("This can't be undone.").await;
    browser.field("Type the name to confirm").fill("development").await;
    browser.expect_refusal(422);
    browser.button("Delete environment").click().await;
    browser.see("This is not its name; nothing was deleted.").await;
    browser.looks("environment-delete").await;
    assert_eq!(service.get(STAGING).await.0, 200);
    browser.field("Type the name to confirm").fill("staging").await;
    browser.button("Delete environment").click().await;
    browser.see("The environment was deleted.").await;
    assert_eq!(service.get(STAGING).await.0, 404);
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_is_taken_is_told_beside_what_was_typed() {
    let Some(browser) = Browser::start().await else { return };
    let service = Service::start().await;
    staging(&service).await;
    browser.sign_in(&service).await;
    browser.open(&service.url, LIST).await;
    browser.field("Name").fill("staging").await;
    browser.expect_refusal(409);
    browser.button("Create environment").click().await;
    browser.alert().see("staging").await;
    assert_eq!(browser.field("Name").value().await, "staging");
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_only_the_inbox_is_active_the_page_says_what_comes_first() {
    let Some(browser) = Browser::start().await else { return };
    let service = Service::start().await;
    browser.sign_in(&service).await;
    browser.open(&service.url, "/console/environments/development/promote").await;
    browser.see("Only the inbox is active in development").await;
    browser.looks("promote-inbox").await;
    browser.link("Look at the connectors").click().await;
    browser.is_at("/console/environments/development/connectors").await;
    browser.end().await;
}
