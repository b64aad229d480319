//! Senders that send so many messages a minute: what comes faster waits, or goes to who is free.

use reqwest::Method;
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::Duration;

use crate::support::couriers::Couriers;
use crate::support::service::{Service, answer, number};
use crate::support::within;

const POLICY: &str = "/v1/environments/development/policy";

/// Let a connector's one sender send so many messages a minute.
async fn limits(service: &Service, connector: &str, per_minute: u32) {
    let senders = json!([{"countries": ["*"], "sender": "LONG", "per_minute": per_minute}]);
    let body = json!({"component": "courier", "config": {"account": connector}, "senders": senders});
    let (status, saved) = service.set_up(connector, body).await;
    assert!(status < 300, "{saved}");
}

/// Ask for a code that is sent from the queue.
async fn queued(service: &Service, n: u32) -> Value {
    let request = service.request(Method::POST, "/v1/verifications").header("prefer", "respond-async");
    let (status, made) = answer(request.json(&json!({"to": number(n)}))).await;
    assert_eq!(status, 202, "{made}");
    made
}

fn message(made: &Value) -> &str {
    made["delivery"]["message"].as_str().unwrap()
}

/// Wait until so many more wait for a moment of the clock.
async fn waiting(service: &Service, before: usize, more: usize) {
    within("messages that wait for their sender", async {
        while service.clock.waiting() < before + more {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_comes_faster_than_a_sender_sends_goes_to_the_next_and_speaks_against_nobody() {
    let couriers = Couriers::start(&["a", "b"]).await;
    let service = &couriers.service;
    limits(service, "a", 6).await;
    let mut made = Value::Null;
    for n in 0..20 {
        let told = service.create(&number(n)).await;
        assert_eq!((told.0, &told.1["delivery"]["status"]), (201, &json!("accepted")), "{told:?}");
        made = told.1;
    }
    let asked = couriers.asked();
    assert_eq!((asked[0].as_str(), asked.iter().filter(|one| *one == "b").count()), ("a", 19), "{asked:?}");
    let (_, log) = service.get(&format!("/v1/messages/{}", message(&made))).await;
    let first = &log["attempts"][0];
    assert_eq!(
        (&first["connector"], &first["status"], &first["kind"], &first["certainty"]),
        (&json!("a"), &json!("refused"), &json!("rate-limited"), &json!("not-sent")),
        "{log}"
    );
    assert!(first["text"].as_str().unwrap().contains("6 messages a minute"), "{log}");
    // It was our own limit: no breaker opens, and it sends again when its turn comes.
    service.clock.advance(Duration::from_secs(10));
    assert_eq!(service.create(&number(50)).await.1["delivery"]["connector"], "a");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_waits_for_the_answer_waits_for_the_senders_turn() {
    let couriers = Couriers::start(&["a"]).await;
    let service = Arc::new(couriers.service);
    limits(&service, "a", 60).await;
    assert_eq!(service.create(&number(0)).await.0, 201);
    let (before, asking) = (service.clock.waiting(), Arc::clone(&service));
    let second = tokio::spawn(async move { asking.create(&number(1)).await });
    waiting(&service, before, 1).await;
    service.clock.advance(Duration::from_millis(999));
    assert!(!second.is_finished());
    assert_eq!(service.provider.requests().len(), 1);
    service.clock.advance(Duration::from_millis(1));
    let (status, made) = within("the second's answer", second).await.unwrap();
    assert_eq!((status, &made["delivery"]["status"]), (201, &json!("accepted")), "{made}");
    assert_eq!(service.provider.requests().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_queue_of_a_slow_sender_moves_with_it_and_holds_up_nobody_else() {
    let couriers = Couriers::start(&["a", "b"]).await;
    let service = &couriers.service;
    limits(service, "a", 6).await;
    // One after the other, with nobody to go to; register goes by another connector.
    let routes = json!({"active": "a", "routes": [{"purposes": ["register"], "use": [{"connector": "b"}]}]});
    assert_eq!(service.put("/v1/environments/development/channels/sms", routes).await.0, 200);
    let before = service.clock.waiting();
    let mut all = Vec::new();
    for n in 0..4 {
        all.push(queued(service, n).await);
    }
    waiting(service, before, 3).await;
    couriers.sends(1).await;
    let register = json!({"to": number(9), "purpose": "register"});
    assert_eq!(service.post("/v1/verifications", register).await.1["delivery"]["connector"], "b");
    for sends in 2..=4 {
        service.clock.advance(Duration::from_millis(9_999));
        assert_eq!(couriers.sends(sends).await.len(), sends, "not before its turn");
        service.clock.advance(Duration::from_millis(1));
        couriers.sends(sends + 1).await;
    }
    for made in &all {
        couriers.message(message(made), |log| log["status"] == "accepted").await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_would_arrive_too_late_is_not_kept_waiting() {
    let couriers = Couriers::start(&["a"]).await;
    let service = &couriers.service;
    assert_eq!(service.put(POLICY, json!({"defaults": {"life_seconds": 60}})).await.0, 200);
    limits(service, "a", 1).await;
    queued(service, 0).await;
    couriers.sends(1).await;
    let late = queued(service, 1).await;
    let log = couriers.message(message(&late), |log| log["status"] == "refused").await;
    assert_eq!(log["attempts"][0]["kind"], "rate-limited", "{log}");
    assert_eq!(couriers.sent().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_sender_sends_nothing_a_minute() {
    let couriers = Couriers::start(&["a"]).await;
    for wrong in [json!(0), json!(600_001), json!(-1), json!(0.5), json!("60")] {
        let senders = json!([{"countries": ["*"], "sender": "LONG", "per_minute": wrong}]);
        let body = json!({"component": "courier", "config": {"account": "a"}, "senders": senders});
        let (status, problem) = couriers.service.set_up("a", body).await;
        assert_eq!(status, 422, "{wrong}: {problem}");
        assert!(problem["errors"].to_string().contains("/senders/0"), "{problem}");
    }
}
