//! Limits: what is out of range is told at its field, and nobody overwrites somebody else.

use serde_json::{Value, json};

use super::browser::Browser;
use crate::support::service::{Service, TO};

const PAGE: &str = "/console/environments/development/policy";
const POLICY: &str = "/v1/environments/development/policy";
const DIGITS: &str = "Digits of a code, every purpose";

async fn saved(service: &Service) -> Value {
    service.get(POLICY).await.1
}

#[tokio::test(flavor = "multi_thread")]
async fn a_limit_outside_its_range_is_told_at_its_field_and_nothing_is_saved() {
    let Some(browser) = Browser::start().await else { return };
    let service = Service::start().await;
    let before = saved(&service).await;
    browser.sign_in(&service).await;
    browser.open(&service.url, PAGE).await;
    browser.looks("policy").await;
    browser.field(DIGITS).fill("99").await;
    browser.expect_refusal(422);
    browser.button("Save").click().await;
    browser.alert().see("Digits of a code").await;
    assert_eq!(browser.field(DIGITS).attribute("aria-invalid").await.as_deref(), Some("true"));
    assert_eq!(browser.field(DIGITS).value().await, "99");
    browser.looks("policy-refused").await;
    browser.alert().link("Digits of a code").click().await;
    assert_eq!(browser.focused().await, DIGITS);
    assert_eq!(saved(&service).await, before);
    browser.end().await;
}

/// A purpose gets rules of its own.
async fn lets_a_purpose_differ(browser: &Browser, service: &Service) {
    browser.sign_in(service).await;
    browser.open(&service.url, PAGE).await;
    browser.field(DIGITS).fill("7").await;
    browser.field("Purpose").fill("sign-in").await;
    browser.button("Add").click().await;
    assert_eq!(browser.field(DIGITS).value().await, "7");
    browser.field("Digits of a code, sign-in").fill("8").await;
    browser.button("Save").click().await;
    browser.see("Saved. It holds from the next request on.").await;
    let policy = saved(service).await;
    assert_eq!(policy["defaults"]["code_length"], 7, "{policy}");
    assert_eq!(policy["purposes"]["sign-in"], json!({"code_length": 8}), "{policy}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purpose_may_differ_from_the_rest() {
    let Some(browser) = Browser::start().await else { return };
    let service = Service::start().await;
    lets_a_purpose_differ(&browser, &service).await;
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_purpose_may_differ_without_scripts_too() {
    let Some(browser) = Browser::without_scripts().await else { return };
    let service = Service::start().await;
    lets_a_purpose_differ(&browser, &service).await;
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_people_who_save_limits_the_second_sees_what_the_first_saved() {
    let Some(browser) = Browser::start().await else { return };
    let service = Service::start().await;
    browser.sign_in(&service).await;
    browser.open(&service.url, PAGE).await;
    browser.field(DIGITS).fill("7").await;
    assert_eq!(service.put(POLICY, json!({"defaults": {"code_length": 8}})).await.0, 200);
    browser.expect_refusal(409);
    browser.button("Save").click().await;
    browser.see("Somebody else saved these limits meanwhile; nothing was saved.").await;
    browser.see("Saved meanwhile: 8").await;
    assert_eq!(browser.field(DIGITS).value().await, "7");
    browser.looks("policy-stale").await;
    assert_eq!(saved(&service).await["defaults"]["code_length"], 8);
    browser.button("Save").click().await;
    browser.is_at(&format!("{PAGE}?done=saved")).await;
    assert_eq!(saved(&service).await["defaults"]["code_length"], 7);
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn where_messages_may_go_is_said_in_the_browser_and_a_closed_production_says_what_to_do() {
    let Some(browser) = Browser::start().await else { return };
    let service = Service::start().await;
    let guard = json!({"guard": {"mode": "enforce"}});
    assert_eq!(service.put("/v1/environments/production/policy", guard).await.0, 200);
    browser.sign_in(&service).await;
    browser.open(&service.url, "/console/environments/production").await;
    browser.link("Name a country").click().await;
    browser.see("This environment sends to no country yet.").await;
    browser.looks("policy-closed").await;
    browser.field("Country 1").fill("usa").await;
    browser.field("Country 2").fill("xx").await;
    browser.field("Blocked countries").fill("kp, qq").await;
    browser.field("Blocked first digits").fill("+1900").await;
    browser.expect_refusal(422);
    browser.button("Save").click().await;
    browser.alert().see("Blocked countries").await;
    browser.see("QQ: is a country's two letters").await;
    browser.looks("policy-destinations-refused").await;
    browser.field("Country 1").fill("us").await;
    browser.field("Country 2").fill("ch").await;
    browser.field("Messages a day to country 2").fill("250").await;
    browser.field("Blocked countries").fill("kp").await;
    browser.field("Pager").click().await;
    browser.button("Save").click().await;
    browser.see("Saved. It holds from the next request on.").await;
    browser.do_not_see("This environment sends to no country yet.").await;
    let (_, policy) = service.get("/v1/environments/production/policy").await;
    let expected = json!({
        "named": [{"country": "US"}, {"country": "CH", "sends_per_day": 250}], "blocked": ["KP"],
        "refused_types": ["premium-rate", "shared-cost", "toll-free", "voicemail"], "blocked_prefixes": ["+1900"],
    });
    assert_eq!(policy["destinations"], expected, "{policy}");
    assert_eq!(policy["guard"]["mode"], "enforce", "what the form has no field for stays: {policy}");
    browser.looks("policy-destinations").await;
    browser.end().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_number_is_released_in_the_browser() {
    let Some(browser) = Browser::start().await else { return };
    let service = Service::start().await;
    let limits = json!({"failures_max": 10, "cooldown_seconds": 0, "sends_per_hour": 100});
    assert_eq!(service.put(POLICY, json!({"defaults": limits})).await.0, 200);
    for _ in 0..2 {
        let (_, made) = service.create(TO).await;
        let code = service.code_for(TO).await;
        let wrong = if code == "000000" { "000001" } else { "000000" };
        for _ in 0..5 {
            service.check(made["id"].as_str().unwrap(), wrong).await;
        }
    }
    assert_eq!(service.create(TO).await.0, 429);
    browser.sign_in(&service).await;
    browser.open(&service.url, PAGE).await;
    browser.looks("policy-locked").await;
    assert!(!browser.text().await.contains("4155"), "a full number");
    browser.button("Release +1••••••••23").click().await;
    browser.see("Released. The number gets messages and takes codes again.").await;
    browser.see("No number is locked.").await;
    assert_eq!(service.create(TO).await.0, 201);
    browser.end().await;
}
