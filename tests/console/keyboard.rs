//! By keyboard alone: nothing here is clicked.

use super::browser::{Browser, Key};
use crate::support::service::{ADMIN_KEY, Service};

#[tokio::test(flavor = "multi_thread")]
async fn a_connector_is_set_up_with_keys_alone() {
    let Some(browser) = Browser::start().await else { return };
    let service = Service::start().await;
    browser.open(&service.url, "/console").await;
    browser.tab_to("Admin key").await;
    browser.type_keys(ADMIN_KEY).await;
    browser.press(Key::Enter).await;
    browser.heading("Overview").is_shown().await;
    browser.type_keys("gc").await;
    browser.heading("Connectors").is_shown().await;
    browser.type_keys("/").await;
    assert!(browser.focused().await.starts_with("Search providers"), "{}", browser.focused().await);
    browser.type_keys("webhook").await;
    browser.press(Key::Enter).await;
    browser.tab_to("HTTP").await;
    browser.press(Key::Enter).await;
    browser.heading("Set up HTTP").is_shown().await;
    browser.tab_to("URL").await;
    browser.type_keys("https://api.example.com/send").await;
    // Ctrl and Enter saves from any field.
    browser.press_with(Key::Control, Key::Enter).await;
    browser.is_at("/console/environments/development/connectors/http?done=saved").await;
    let (_, connector) = service.get("/v1/environments/development/connectors/http").await;
    assert_eq!(connector["config"]["url"], "https://api.example.com/send");
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keys_are_listed_and_do_nothing_in_a_field() {
    let Some(browser) = Browser::start().await else { return };
    let service = Service::start().await;
    browser.sign_in(&service).await;
    browser.open(&service.url, "/console/components").await;
    browser.type_keys("/").await;
    browser.type_keys("gc?").await;
    assert_eq!(browser.field("Search").value().await, "gc?");
    assert_eq!(browser.path().await, "/console/components");
    browser.open(&service.url, "/console/components").await;
    browser.type_keys("?").await;
    browser.part("dialog", Some("Keyboard shortcuts")).see("Save the form that you are in").await;
    browser.axe("keyboard-shortcuts").await;
    browser.press(Key::Escape).await;
    browser.part("dialog", Some("Keyboard shortcuts")).is_gone().await;
    browser.end().await;
}
