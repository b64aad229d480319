//! The overview: how an environment does, and what is left to do in it.

use serde_json::json;

use super::browser::Browser;
use crate::support::couriers::Couriers;
use crate::support::service::{Service, number};

const OVERVIEW: &str = "/console/environments/development";

#[tokio::test(flavor = "multi_thread")]
async fn a_new_environment_says_what_is_next_and_draws_nothing() {
    let Some(browser) = Browser::start().await else { return };
    let service = Service::start().await;
    browser.sign_in(&service).await;
    let production = "/console/environments/production";
    browser.open(&service.url, production).await;
    browser.see("Nothing was sent in the last 24 hours.").await;
    browser.heading("Left to do").is_shown().await;
    browser.link("Make a key").is_shown().await;
    browser.do_not_see("Last failures").await;
    browser.looks("overview-new").await;
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_sent_is_counted_and_drawn_for_the_time_that_is_chosen() {
    let Some(browser) = Browser::start().await else { return };
    let couriers = Couriers::start(&["first", "second"]).await;
    let send = async |n: u32| {
        let body = json!({"to": number(n), "code": "481205", "purpose": "sign-in"});
        couriers.service.post("/v1/messages", body).await
    };
    for n in 1..=4 {
        send(n).await;
        couriers.service.clock.advance(std::time::Duration::from_secs(3600));
    }
    let callback = couriers.sent().remove(0).callback;
    assert_eq!(couriers.report(&callback, json!([{"status": "delivered"}])).await.0, 200);
    couriers.answers("first", json!({"kind": "invalid-number", "certainty": "not-sent"}));
    couriers.answers("second", json!({"kind": "invalid-number", "certainty": "not-sent"}));
    send(5).await;
    browser.sign_in(&couriers.service).await;
    browser.open(&couriers.service.url, OVERVIEW).await;
    browser.see("Sends by outcome").await;
    browser.see("25.0 %").await;
    let failures = browser.table("Last failures").rows().await;
    assert!(failures.len() == 1 && failures[0][2].ends_with("Refused"), "{failures:?}");
    browser.looks("overview").await;
    assert!(!browser.text().await.contains(&number(5)), "a full number");
    browser.link("7 days").click().await;
    browser.is_at(&format!("{OVERVIEW}?period=7d")).await;
    assert_eq!(browser.link("7 days").attribute("aria-current").await.as_deref(), Some("page"));
    browser.table("Last failures").part("link", None).click().await;
    browser.heading("Attempt 1").is_shown().await;
    couriers.service.clock.advance(std::time::Duration::from_secs(48 * 3600));
    // The session has ended meanwhile.
    browser.sign_in(&couriers.service).await;
    browser.open(&couriers.service.url, OVERVIEW).await;
    browser.see("Nothing was sent in the last 24 hours.").await;
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_step_that_is_done_is_no_longer_left_and_no_script_is_needed() {
    let Some(browser) = Browser::without_scripts().await else { return };
    let service = Service::start().await;
    browser.sign_in(&service).await;
    browser.open(&service.url, OVERVIEW).await;
    browser.link("Make a key").is_shown().await;
    let (status, told) = service.post("/v1/keys", json!({"name": "App", "environment": "development"})).await;
    assert!(status < 300, "{told}");
    browser.reload().await;
    browser.link("Make a key").is_gone().await;
    browser.link("30 days").click().await;
    browser.see("Nothing was sent in the last 30 days.").await;
    service.create("+14155550123").await;
    browser.reload().await;
    browser.see("Sends by outcome").await;
    browser.end().await;
}
