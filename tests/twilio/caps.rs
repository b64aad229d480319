//! Limits and refusals, in the codes that programs look for.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use tokio::sync::Notify;

use super::{Caller, posted, refused, wrong};
use crate::support::couriers::Couriers;
use crate::support::provider::Answer;
use crate::support::service::{Service, TO, number};

#[tokio::test(flavor = "multi_thread")]
async fn twilios_sixth_send_is_refused_and_says_when_to_come_back() {
    let service = Service::start().await;
    let caller = Caller::of(&service).await;
    for _ in 0..5 {
        assert_eq!(caller.send(TO).await.0, 201);
    }
    refused(&caller.send(TO).await, 429, 60203);
    let form = [("To", TO), ("Channel", "sms")];
    let told = posted(caller.request(Method::POST, &caller.at("/Verifications")), &form).send().await.unwrap();
    assert_eq!(told.headers()["retry-after"], "3600");
    assert_eq!(service.get("/v1/environments/development/inbox").await.1["items"].as_array().unwrap().len(), 5);
    service.clock.advance(Duration::from_secs(3600));
    assert_eq!(caller.send(TO).await.0, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_twilios_creates_that_race_for_a_number_one_goes_and_the_other_is_told() {
    let couriers = Couriers::start(&["a"]).await;
    let caller = Arc::new(Caller::of(&couriers.service).await);
    let gate = Arc::new(Notify::new());
    couriers.service.provider.answers(Answer::Wait(Arc::clone(&gate)));
    let racing = Arc::clone(&caller);
    let first = tokio::spawn(async move { racing.send(TO).await });
    couriers.sends(1).await;
    refused(&caller.send(TO).await, 429, 60212);
    gate.notify_one();
    assert_eq!(first.await.unwrap().0, 201);
    gate.notify_one();
    let (status, again) = caller.send(TO).await;
    assert_eq!((status, again["send_code_attempts"].as_array().unwrap().len()), (201, 2), "{again}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_provider_refuses_for_good_is_said_in_twilios_codes_and_the_rest_stands() {
    let couriers = Couriers::start(&["a"]).await;
    let caller = Caller::of(&couriers.service).await;
    for (n, (kind, status, code)) in (0..).zip([
        ("fraud-blocked", 403, 60410),
        ("unsupported-destination", 403, 60605),
        ("invalid-recipient", 400, 60200),
        ("recipient-blocked", 400, 21610),
    ]) {
        couriers.answers("a", json!({"kind": kind, "certainty": "not-sent"}));
        refused(&caller.send(&number(n)).await, status, code);
    }
    couriers.answers("a", json!({"kind": "provider-unavailable", "certainty": "not-sent"}));
    let (status, made) = caller.send(&number(9)).await;
    assert_eq!((status, &made["status"]), (201, &json!("pending")), "it can be sent again: {made}");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_guesses_waits_and_a_locked_number_takes_nothing() {
    let service = Service::start().await;
    let caller = Caller::of(&service).await;
    for _ in 0..2 {
        caller.send(TO).await;
        let code = service.inbox_code().await;
        for _ in 0..5 {
            assert_eq!(caller.check(TO, wrong(&code)).await.0, 200);
        }
    }
    caller.send(TO).await;
    let code = service.inbox_code().await;
    refused(&caller.check(TO, &code).await, 429, 20429);
    service.clock.advance(Duration::from_secs(1));
    assert_eq!(caller.check(TO, &code).await.1["status"], "approved");
    let policy = json!({"defaults": {"failures_max": 10, "sends_per_hour": 100}});
    assert_eq!(service.put("/v1/environments/development/policy", policy).await.0, 200);
    caller.send(TO).await;
    let code = service.inbox_code().await;
    assert_eq!(caller.check(TO, wrong(&code)).await.0, 200, "the eleventh in a row: it locks");
    refused(&caller.check(TO, &code).await, 429, 60202);
    refused(&caller.send(TO).await, 429, 60202);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nobody_would_send_the_channel_is_disabled() {
    let service = Service::start().await;
    let caller = Caller::in_environment(&service, "production", json!({})).await;
    refused(&caller.send(TO).await, 403, 60605);
    refused(&caller.message(&[("To", TO), ("From", "ACME"), ("Body", "hello")]).await, 400, 21408);
    service.opens("production").await;
    refused(&caller.send(TO).await, 400, 60223);
    refused(&caller.message(&[("To", TO), ("From", "ACME"), ("Body", "hello")]).await, 400, 21703);
    let caller = Caller::with(&service, json!({"purpose": "register"})).await;
    let closed = json!({"purposes": {"register": false}});
    let (status, told) = service.put("/v1/environments/development/sign-in-experience", closed).await;
    assert_eq!(status, 200, "{told}");
    refused(&caller.send(TO).await, 400, 60223);
}
