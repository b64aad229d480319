//! The guard against paid-for traffic, in the browser: what it decided, and its rules.

use serde_json::{Value, json};

use super::browser::Browser;
use crate::support::service::{Service, number};

const PAGE: &str = "/console/environments/development/guard";
const POLICY: &str = "/v1/environments/development/policy";

async fn saved(service: &Service) -> Value {
    service.get(POLICY).await.1
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_guard_decided_is_seen_with_its_money_and_without_a_number() {
    let Some(browser) = Browser::start().await else { return };
    let service = Service::start().await;
    let limits = json!({"cooldown_seconds": 0, "sends_per_hour": 1000});
    let policy = json!({"defaults": limits, "guard": {"mode": "enforce", "budget_micros_per_day": 600_000}});
    assert_eq!(service.put(POLICY, policy).await.0, 200);
    for n in 0..9 {
        service.create(&number(n)).await;
    }
    browser.sign_in(&service).await;
    browser.open(&service.url, "/console/environments/development").await;
    browser.link("Fraud guard").click().await;
    browser.is_at(PAGE).await;
    browser.see("Block of 10,000 numbers").await;
    browser.see("0.40 of 0.60").await;
    browser.looks("guard").await;
    assert!(!browser.text().await.contains("+14152"), "a number");
    browser.link("Sent, on the allow list").click().await;
    browser.see("No rule fired for any message that is kept.").await;
    browser.link("Refused").click().await;
    browser.see("+1••••••••05").await;
    browser.end().await;
}

/// The rules are set by hand.
async fn sets_the_rules(browser: &Browser, service: &Service) {
    let others = json!({"defaults": {"code_length": 8}, "destinations": {"blocked": ["KP"]}});
    assert_eq!(service.put(POLICY, others).await.0, 200);
    browser.sign_in(service).await;
    browser.open(&service.url, PAGE).await;
    browser.field("What the guard does").choose("Refuses").await;
    browser.field("Money for a day").fill("25").await;
    browser.field("Prices by country").fill("de;0,075\nus 0.0079").await;
    browser.field("Client networks never refused").fill("192.0.2.7, 10.0.0.0/8").await;
    browser.field("Area: acts").choose("Records").await;
    browser.field("Area: messages").fill("20").await;
    browser.button("Save").click().await;
    browser.see("Saved. It holds from the next request on.").await;
    let policy = saved(service).await;
    let guard = &policy["guard"];
    assert_eq!(
        (&guard["mode"], &guard["budget_micros_per_day"], &guard["prices"]),
        (&json!("enforce"), &json!(25_000_000), &json!({"DE": 75_000, "US": 7_900})),
        "{policy}"
    );
    assert_eq!(guard["allow"]["clients"], json!(["192.0.2.7/32", "10.0.0.0/8"]));
    assert_eq!(guard["area"], json!({"mode": "record", "messages": 20, "micros": 2_500_000}));
    assert_eq!((&policy["defaults"]["code_length"], &policy["destinations"]["blocked"]), (&json!(8), &json!(["KP"])));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rules_are_set_and_the_rest_of_the_policy_stays() {
    let Some(browser) = Browser::start().await else { return };
    let service = Service::start().await;
    sets_the_rules(&browser, &service).await;
    browser.looks("guard-rules").await;
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_rules_are_set_without_scripts_too() {
    let Some(browser) = Browser::without_scripts().await else { return };
    let service = Service::start().await;
    sets_the_rules(&browser, &service).await;
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_guard_can_have_is_told_at_its_field_and_nothing_is_saved() {
    let Some(browser) = Browser::start().await else { return };
    let service = Service::start().await;
    let before = saved(&service).await;
    browser.sign_in(&service).await;
    browser.open(&service.url, PAGE).await;
    browser.field("Money for a day").fill("a lot").await;
    browser.field("Prices by country").fill("DE 0.07\nGermany").await;
    browser.expect_refusal(422);
    browser.button("Save").click().await;
    browser.alert().see("Money for a day").await;
    browser.see("Line 2: a country's two letters and a price").await;
    browser.looks("guard-refused").await;
    assert_eq!(browser.field("Money for a day").value().await, "a lot");
    browser.field("Money for a day").fill("").await;
    browser.field("Prices by country").fill("XX 0.07").await;
    browser.field("Area: messages").fill("0").await;
    browser.expect_refusal(422);
    browser.button("Save").click().await;
    browser.see("XX: must be a country's two letters").await;
    browser.see("must be from 1 to 1000000").await;
    assert_eq!(saved(&service).await, before);
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_people_who_save_rules_the_second_is_told() {
    let Some(browser) = Browser::start().await else { return };
    let service = Service::start().await;
    browser.sign_in(&service).await;
    browser.open(&service.url, PAGE).await;
    browser.field("Money for a day").fill("25").await;
    assert_eq!(service.put(POLICY, json!({"guard": {"mode": "enforce"}})).await.0, 200);
    browser.expect_refusal(409);
    browser.button("Save").click().await;
    browser.see("Somebody else saved limits of this environment meanwhile").await;
    assert_eq!(browser.field("Money for a day").value().await, "25.00");
    assert_eq!(saved(&service).await["guard"]["budget_micros_per_day"], Value::Null);
    browser.button("Save").click().await;
    browser.is_at(&format!("{PAGE}?done=saved")).await;
    assert_eq!(saved(&service).await["guard"]["budget_micros_per_day"], 25_000_000);
    browser.end().await;
}
