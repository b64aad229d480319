//! The registry of components: uploads and their verdict, who uses what, and what may go.

use std::path::PathBuf;

use serde_json::json;

use super::browser::Browser;
use crate::support::guests;
use crate::support::service::{Service, TOKEN};

const LIST: &str = "/console/components";
const MARKER: &str = "/console/components/marker-a/1.0.0";

fn file(service: &Service, bytes: &[u8]) -> PathBuf {
    let path = service.dir.path().join("upload.wasm");
    std::fs::write(&path, bytes).unwrap();
    path
}

async fn uploads(browser: &Browser, service: &Service, bytes: &[u8]) {
    browser.open(&service.url, LIST).await;
    browser.field("Packed component (.wasm)").upload(&file(service, bytes)).await;
    browser.button("Upload and judge").click().await;
}

async fn is_stored(service: &Service) -> bool {
    service.get("/v1/components/marker-a").await.0 == 200
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_shows_its_verdict_before_anything_serves_and_the_same_bytes_are_known_again() {
    let Some(browser) = Browser::start().await else { return };
    let service = Service::start().await;
    browser.sign_in(&service).await;
    uploads(&browser, &service, &guests::marker("marker-a")).await;
    browser.see("marker-a@1.0.0 was judged, compiled and stored. It serves nothing yet.").await;
    browser.heading("Verdict").is_shown().await;
    browser.looks("component-uploaded").await;
    let (_, connectors) = service.get("/v1/environments/development/connectors").await;
    assert!(!connectors.to_string().contains("marker-a"), "{connectors}");
    uploads(&browser, &service, &guests::marker("marker-a")).await;
    browser.see("marker-a@1.0.0 was here already, byte for byte.").await;
    browser.link("Set up a connector").click().await;
    browser.heading("Set up marker-a").is_shown().await;
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_component_is_refused_with_its_reasons_and_nothing_is_stored() {
    let Some(browser) = Browser::start().await else { return };
    let service = Service::start().await;
    browser.sign_in(&service).await;
    browser.expect_refusal(422);
    for bytes in [&b"<script>alert(1)</script>"[..], &guests::unpacked("marker-a")] {
        uploads(&browser, &service, bytes).await;
        browser.alert().see("It was refused; nothing was stored.").await;
        assert!(browser.button("Upload and judge").is_enabled().await);
    }
    browser.looks("component-refused").await;
    assert!(!is_stored(&service).await);
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_component_in_use_says_who_uses_it_and_is_deleted_when_nobody_does() {
    let Some(browser) = Browser::start().await else { return };
    let service = Service::start().await;
    service.serve_marker("marker-a").await;
    browser.sign_in(&service).await;
    browser.open(&service.url, MARKER).await;
    browser.link("development/main").is_shown().await;
    assert!(!browser.button("Delete this version").is_enabled().await);
    browser.see("Revisions of connectors need it").await;
    browser.button("Try it").click().await;
    browser.heading("Verdict").is_shown().await;
    browser.looks("component").await;
    browser.open(&service.url, &format!("{MARKER}/delete")).await;
    browser.see("It can't be deleted: these connectors would stop").await;
    browser.link("development/main").is_shown().await;
    assert!(!browser.button("Delete this version").is_enabled().await);
    browser.looks("component-delete-used").await;
    let gone = "/v1/environments/development/connectors/main?force=true";
    assert!(service.call(reqwest::Method::DELETE, gone, json!(null)).await.0 < 300);
    browser.open(&service.url, MARKER).await;
    browser.see("No connector uses this version.").await;
    browser.link("Delete this version").click().await;
    browser.see("Nothing stops: no connector uses this version").await;
    browser.see("It is the only version").await;
    browser.looks("component-delete").await;
    browser.link("Keep it").click().await;
    assert!(is_stored(&service).await);
    browser.link("Delete this version").click().await;
    browser.button("Delete this version").click().await;
    browser.is_at("/console/components?done=deleted").await;
    browser.see("The version was deleted.").await;
    assert!(!is_stored(&service).await);
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_version_that_somebody_took_into_use_meanwhile_stays_and_the_page_says_who_did() {
    let Some(browser) = Browser::start().await else { return };
    let service = Service::start().await;
    service.upload(guests::marker("marker-a")).await;
    browser.sign_in(&service).await;
    browser.open(&service.url, &format!("{MARKER}/delete")).await;
    service.serve_marker("marker-a").await;
    browser.expect_refusal(409);
    browser.button("Delete this version").click().await;
    browser.see("It can't be deleted: these connectors would stop").await;
    browser.link("development/main").is_shown().await;
    assert!(is_stored(&service).await);
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn words_find_a_component_while_they_are_typed() {
    let Some(browser) = Browser::start().await else { return };
    let service = Service::start().await;
    service.upload(guests::marker("marker-a")).await;
    browser.sign_in(&service).await;
    browser.open(&service.url, LIST).await;
    browser.table("Uploaded").see("marker-a").await;
    browser.looks("components").await;
    browser.field("Search").fill("twilio").await;
    browser.table("Uploaded").is_gone().await;
    browser.table("Built in").link("Twilio").click().await;
    browser.heading("Twilio").is_shown().await;
    assert!(!browser.button("Delete this version").is_enabled().await);
    browser.open(&service.url, LIST).await;
    browser.field("Search").fill("no such thing").await;
    browser.see("No component has these words.").await;
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_scripts_it_is_uploaded_found_and_deleted_all_the_same() {
    let Some(browser) = Browser::without_scripts().await else { return };
    let service = Service::start().await;
    browser.sign_in(&service).await;
    browser.expect_refusal(422);
    uploads(&browser, &service, b"no component").await;
    browser.alert().see("It was refused; nothing was stored.").await;
    uploads(&browser, &service, &guests::marker("marker-a")).await;
    browser.see("It serves nothing yet.").await;
    assert!(!browser.text().await.contains(TOKEN));
    browser.open(&service.url, LIST).await;
    browser.field("Search").fill("marker").await;
    browser.button("Search").click().await;
    browser.link("marker-a").click().await;
    browser.link("Delete this version").click().await;
    browser.button("Delete this version").click().await;
    browser.see("The version was deleted.").await;
    assert!(!is_stored(&service).await);
    browser.end().await;
}
