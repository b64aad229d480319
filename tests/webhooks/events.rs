//! Every event, in its shape; and nothing in it that its receiver does not need.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Told, body, got, kinds, of, rows};
use crate::support::service::{TO, number};

const POLICY: &str = "/v1/environments/development/policy";

/// A verification with everything that a caller can give.
async fn create(told: &Told, to: &str) -> Value {
    let given = json!({"to": to, "purpose": "sign-in", "subject": "user-7", "metadata": {"order": 12}});
    let (status, made) = told.service().post("/v1/verifications", given).await;
    assert_eq!(status, 201, "{made}");
    made
}

fn wrong(code: &str) -> &'static str {
    if code == "000000" { "000001" } else { "000000" }
}

#[tokio::test(flavor = "multi_thread")]
async fn sent_delivered_and_approved_are_told_with_what_the_caller_gave_and_a_masked_number() {
    let told = Told::start(&["a"]).await;
    let made = create(&told, TO).await;
    let sent = told.couriers.sent().remove(0);
    got(&told.receiver, 1).await;
    told.couriers.report(&sent.callback, json!([{"status": "delivered"}])).await;
    let id = made["id"].as_str().unwrap();
    assert_eq!(told.service().check(id, &sent.code()).await.1["status"], "approved");
    let calls = got(&told.receiver, 3).await;
    let about = json!({
        "environment": "development", "purpose": "sign-in", "to": "+1••••••••23", "country": "US", "verification": id,
        "subject": "user-7", "metadata": {"order": 12}, "connector": "a",
    });
    let with = |more: Value| {
        let mut data = about.clone();
        data.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        data
    };
    let message = &made["delivery"]["message"];
    let of_message = |status: &str| with(json!({"message": message, "source": "verification", "status": status}));
    for (kind, data) in [
        ("message.sent", of_message("accepted")),
        ("message.delivered", of_message("delivered")),
        ("verification.approved", with(json!({"status": "approved"}))),
    ] {
        let call = of(&calls, kind);
        assert_eq!(body(call), json!({"type": kind, "timestamp": "2026-01-15T12:00:00.000Z", "data": data}));
        assert_eq!((call.method.as_str(), call.path.as_str()), ("POST", "/told?by=countersign"));
        assert_eq!(call.header("content-type"), "application/json");
        assert_eq!(call.header("webhook-timestamp"), "1768478400");
        let text = String::from_utf8(call.body.to_vec()).unwrap();
        assert!(!text.contains(&sent.code()) && !text.contains("5550123") && !text.contains(&sent.text), "{text}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failovers_first_failure_is_no_news_and_the_last_one_is() {
    let told = Told::start(&["a", "b"]).await;
    told.couriers.answers("a", json!({"kind": "provider-unavailable", "certainty": "not-sent"}));
    create(&told, TO).await;
    assert_eq!(body(&got(&told.receiver, 1).await[0])["data"]["connector"], "b");
    told.couriers.answers("b", json!({"kind": "recipient-blocked", "certainty": "not-sent"}));
    let (_, made) = told.service().create(&number(1)).await;
    let calls = told.later(2).await;
    assert_eq!(kinds(&calls), ["message.failed", "message.sent"]);
    let failed = &body(of(&calls, "message.failed"))["data"];
    assert_eq!(
        (&failed["status"], &failed["connector"], &failed["message"], &failed["subject"]),
        (&json!("refused"), &json!("b"), &made["delivery"]["message"], &Value::Null)
    );
    assert_eq!(failed["failure"], json!({"kind": "recipient-blocked", "certainty": "not-sent"}));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_provider_reports_as_lost_is_told_without_its_words() {
    let told = Told::of(&["a"], json!({"events": ["message.failed"]})).await;
    let (status, made) =
        told.service().post("/v1/messages", json!({"to": TO, "code": "482913", "subject": "me"})).await;
    assert_eq!(status, 201, "{made}");
    let sent = told.couriers.sent().remove(0);
    let lost =
        json!([{"status": "undelivered", "kind": "invalid-recipient", "code": "30005", "text": "no such subscriber"}]);
    told.couriers.report(&sent.callback, lost).await;
    let calls = told.later(1).await;
    let data = &body(&calls[0])["data"];
    assert_eq!(
        (&data["status"], &data["source"], &data["subject"]),
        (&json!("undelivered"), &json!("api"), &json!("me"))
    );
    assert_eq!((&data["verification"], &data["message"]), (&Value::Null, &made["id"]));
    let text = String::from_utf8(calls[0].body.to_vec()).unwrap();
    assert!(!text.contains("subscriber") && !text.contains("30005") && !text.contains("482913"), "{text}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_that_is_locked_is_told_once_with_the_verification_that_did_it() {
    let told = Told::of(&["a"], json!({"events": ["number.locked"]})).await;
    let limits = json!({"failures_max": 10, "cooldown_seconds": 0, "sends_per_hour": 100, "lock_seconds": 3600});
    assert_eq!(told.service().put(POLICY, json!({"defaults": limits})).await.0, 200);
    let mut last = Value::Null;
    for n in 0..2 {
        last = create(&told, TO).await;
        let code = told.couriers.sent()[n].code();
        for _ in 0..5 {
            told.service().check(last["id"].as_str().unwrap(), wrong(&code)).await;
        }
    }
    assert_eq!(told.service().check(last["id"].as_str().unwrap(), "123456").await.0, 409);
    let calls = got(&told.receiver, 1).await;
    let data = &body(&calls[0])["data"];
    assert_eq!(
        data,
        &json!({"environment": "development", "purpose": "sign-in", "to": "+1••••••••23", "country": "US",
            "verification": last["id"], "subject": "user-7", "metadata": {"order": 12}, "until": "2026-01-15T13:00:00.000Z"})
    );
    assert_eq!(rows(told.service(), "webhook_events").await, 1, "nobody wanted to know of the messages");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_guard_decides_is_told_with_its_rules() {
    let told = Told::of(&["a"], json!({"events": ["fraud.decided"]})).await;
    let limits = json!({"cooldown_seconds": 0, "sends_per_hour": 1000});
    let policy = json!({"defaults": limits, "guard": {"mode": "enforce"}});
    assert_eq!(told.service().put(POLICY, policy).await.0, 200);
    for n in 0..9 {
        told.service().create(&number(n)).await;
    }
    let (_, decisions) = told.service().get("/v1/environments/development/guard/decisions").await;
    let decisions = decisions["items"].as_array().unwrap().clone();
    assert!(decisions.len() >= 4, "{decisions:?}");
    let calls = got(&told.receiver, decisions.len()).await;
    for decision in &decisions {
        let call = calls.iter().find(|call| body(call)["data"]["decision"] == decision["id"]).unwrap();
        let data = &body(call)["data"];
        assert_eq!((&data["outcome"], &data["message"]), (&decision["outcome"], &decision["message"]));
        assert_eq!((&data["to"], &data["cost_micros"]), (&decision["to"], &decision["cost_micros"]));
        assert_eq!(data["rules"][0], decision["fired"][0]["rule"], "{data}");
        let is_there = data["verification"].is_string();
        assert_eq!(is_there, decision["message"].is_string(), "one that was refused was never made: {data}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nobody_wants_to_know_nothing_is_written() {
    let told = Told::of(&["a"], json!({"events": ["number.locked"]})).await;
    let (_, made) = told.service().create(TO).await;
    let code = told.couriers.sent()[0].code();
    told.service().check(made["id"].as_str().unwrap(), &code).await;
    assert_eq!(rows(told.service(), "webhook_events").await, 0);
    // Disabled, it is told nothing of what happens meanwhile, not even later.
    let everything = json!({"url": told.webhook["url"], "enabled": false});
    let path = super::path(&told.webhook, "");
    assert_eq!(told.service().put(&path, everything.clone()).await.0, 200);
    told.service().create(&number(1)).await;
    assert_eq!(rows(told.service(), "webhook_events").await, 0);
    assert_eq!(told.service().put(&path, json!({"url": told.webhook["url"]})).await.1["enabled"], true);
    told.service().clock.advance(Duration::from_secs(60));
    told.service().create(&number(2)).await;
    assert_eq!(kinds(&got(&told.receiver, 1).await), ["message.sent"]);
}
