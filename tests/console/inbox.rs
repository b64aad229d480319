//! The development phone, as it rings.

use super::browser::Browser;
use crate::support::service::{Service, TO, number};

const PAGE: &str = "/console/environments/development/inbox";

#[tokio::test(flavor = "multi_thread")]
async fn a_new_sms_is_shown_without_a_reload() {
    let Some(browser) = Browser::start().await else { return };
    let service = Service::start().await;
    browser.sign_in(&service).await;
    browser.open(&service.url, PAGE).await;
    browser.see("Nothing yet.").await;
    browser.looks("inbox-empty").await;
    browser.button("Pause").is_shown().await;
    browser.see("Live").await;
    assert_eq!(service.create(TO).await.0, 201);
    browser.see(&service.inbox_code().await).await;
    browser.do_not_see("Nothing yet.").await;
    browser.button("Pause").click().await;
    assert_eq!(service.create(&number(1)).await.0, 201);
    browser.do_not_see(&service.inbox_code().await).await;
    browser.button("Pause").click().await;
    browser.see(&service.inbox_code().await).await;
    browser.looks("inbox").await;
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_came_is_there_without_scripts_after_a_reload() {
    let Some(browser) = Browser::without_scripts().await else { return };
    let service = Service::start().await;
    browser.sign_in(&service).await;
    browser.open(&service.url, PAGE).await;
    browser.see("Nothing yet.").await;
    assert_eq!(service.create(TO).await.0, 201);
    browser.reload().await;
    browser.see(&service.inbox_code().await).await;
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn production_has_no_inbox() {
    let Some(browser) = Browser::start().await else { return };
    let service = Service::start().await;
    browser.sign_in(&service).await;
    browser.expect_refusal(404);
    browser.open(&service.url, "/console/environments/production/inbox").await;
    browser.see("only environments of kind development have an inbox").await;
    browser.looks("refusal").await;
    browser.end().await;
}
