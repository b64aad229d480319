//! Receivers that fail, refuse, dawdle, or are gone.

use std::sync::Arc;
use std::time::Duration;

use axum::response::IntoResponse as _;
use serde_json::{Value, json};
use tokio::sync::Notify;

use super::{Told, body, got, make, moment, path, receiver, service};
use crate::support::couriers::Couriers;
use crate::support::provider::Answer;
use crate::support::service::{TO, number};

fn answering(status: u16, headers: &'static [(&'static str, &'static str)]) -> Answer {
    Answer::By(Arc::new(move |_| {
        let mut response = axum::http::StatusCode::from_u16(status).unwrap().into_response();
        for (name, value) in headers {
            response.headers_mut().insert(*name, value.parse().unwrap());
        }
        response
    }))
}

/// From the last try to the next.
fn wait(delivery: &Value) -> Duration {
    let last = delivery["tries"].as_array().unwrap().last().unwrap().clone();
    moment(&delivery["next_try_at"]).since(moment(&last["at"]))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_event_is_tried_ten_times_on_the_schedule_with_the_same_id_and_bytes_and_then_given_up() {
    let told = Told::of(&["a"], json!({"events": ["message.sent"]})).await;
    told.receiver.answers(Answer::Json(500, json!({"oops": "a receiver's words"})));
    told.service().create(TO).await;
    for (round, seconds) in [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400].into_iter().enumerate() {
        let delivery = told.tried(round + 1).await;
        let (least, waits) = (Duration::from_secs(seconds), wait(&delivery));
        assert!(waits >= least && waits <= least.mul_f64(1.1), "round {round}: {waits:?}");
        assert_eq!(delivery["status"], "pending");
        // Not a moment sooner: the next call comes only after this.
        assert_eq!(told.receiver.requests().len(), round + 1);
        told.service().clock.advance(moment(&delivery["next_try_at"]).since(told.service().clock.now()));
    }
    let delivery = told.tried(10).await;
    assert_eq!((&delivery["status"], &delivery["next_try_at"]), (&json!("failed"), &Value::Null));
    assert_eq!(delivery["tries"][9]["error"], "the receiver answered 500");
    assert!(!delivery.to_string().contains("receiver's words"), "what it says is not kept: {delivery}");
    let calls = told.receiver.requests();
    assert!(calls.iter().all(|call| call.body == calls[0].body && call.header("webhook-id") == delivery["id"]));
    let times: Vec<String> = calls.iter().map(|call| call.header("webhook-timestamp")).collect();
    assert!(times.windows(2).all(|two| two[0] < two[1]), "each is signed at its own time: {times:?}");

    // An operator tells it once more: it begins anew.
    told.receiver.answers(Answer::Json(204, Value::Null));
    let again = path(&told.webhook, &format!("/deliveries/{}/retry", delivery["id"].as_str().unwrap()));
    let (status, due) = told.service().post(&again, json!({})).await;
    assert_eq!((status, &due["status"]), (202, &json!("pending")), "{due}");
    let delivery = told.tried(11).await;
    assert_eq!((&delivery["status"], &delivery["tries"][10]["status"]), (&json!("delivered"), &json!(204)));
    assert_eq!(told.receiver.requests()[10].body, calls[0].body);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_may_ask_to_be_left_alone_for_a_while() {
    let told = Told::start(&["a"]).await;
    told.receiver.answers(answering(503, &[("retry-after", "90")]));
    told.service().create(TO).await;
    assert_eq!(wait(&told.tried(1).await), Duration::from_secs(90));
    told.receiver.answers(answering(429, &[("retry-after", "99999999")]));
    told.service().clock.advance(Duration::from_secs(90));
    assert_eq!(wait(&told.tried(2).await), Duration::from_secs(24 * 3600), "a day at most");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_says_that_he_is_gone_is_asked_no_more_until_he_is_enabled_again() {
    let told = Told::start(&["a"]).await;
    told.receiver.answers(answering(410, &[]));
    told.service().create(TO).await;
    let delivery = told.tried(1).await;
    assert_eq!(delivery["status"], "failed");
    let shown = told.couriers.shown(&path(&told.webhook, ""), |shown| shown["enabled"] == false).await;
    assert!(shown["disabled"]["why"].as_str().unwrap().contains("410"), "{shown}");
    // Noted a moment after it is so.
    let noted = |audit: &Value| audit["items"][0]["target"] == told.webhook["id"];
    told.couriers.shown("/v1/audit?action=webhook.disable", noted).await;
    let again = path(&told.webhook, &format!("/deliveries/{}/retry", delivery["id"].as_str().unwrap()));
    let (status, problem) = told.service().post(&again, json!({})).await;
    assert_eq!((status, &problem["type"]), (409, &json!("/problems/webhook-disabled")), "{problem}");

    told.receiver.answers(answering(200, &[]));
    let (_, enabled) = told.service().put(&path(&told.webhook, ""), json!({"url": told.webhook["url"]})).await;
    assert_eq!(
        (&enabled["enabled"], &enabled["disabled"], &enabled["failing_since"]),
        (&json!(true), &Value::Null, &Value::Null)
    );
    assert_eq!(told.service().post(&again, json!({})).await.0, 202);
    assert_eq!(told.tried(2).await["status"], "delivered");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_that_took_nothing_for_five_days_is_disabled_and_says_so() {
    let told = Told::of(&["a"], json!({"events": ["message.sent"]})).await;
    told.receiver.answers(answering(500, &[]));
    told.service().create(TO).await;
    told.tried(1).await;
    let (_, shown) = told.service().get(&path(&told.webhook, "")).await;
    assert_eq!((&shown["failing_since"], &shown["enabled"]), (&json!("2026-01-15T12:00:00.000Z"), &json!(true)));
    told.service().clock.advance(Duration::from_secs(5 * 24 * 3600));
    let shown = told.couriers.shown(&path(&told.webhook, ""), |shown| shown["enabled"] == false).await;
    assert_eq!(shown["disabled"]["why"], "it has taken nothing since 2026-01-15T12:00:00.000Z");
    told.service().create(&number(1)).await;
    assert_eq!(told.deliveries(|_| true).await.len(), 1, "nobody is told any more");

    // Enabled again, what waits is told, and its days begin anew.
    let (_, enabled) = told.service().put(&path(&told.webhook, ""), json!({"url": told.webhook["url"]})).await;
    assert_eq!(enabled["failing_since"], Value::Null);
    let delivery = told.tried(2).await;
    assert_eq!(delivery["status"], "pending");
    told.service().clock.advance(wait(&delivery));
    told.tried(3).await;
    assert_eq!(told.service().get(&path(&told.webhook, "")).await.1["enabled"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn redirections_are_not_followed_and_a_long_answer_is_not_read() {
    let (told, other) = (Told::start(&["a"]).await, receiver().await);
    told.receiver.answers(Answer::Redirect(other.url.clone()));
    told.service().create(TO).await;
    let delivery = told.tried(1).await;
    assert_eq!(delivery["tries"][0]["error"], "the receiver answered 302: redirects are not followed");
    assert!(other.requests().is_empty());
    told.receiver.answers(Answer::Huge(8 << 20));
    told.service().clock.advance(wait(&delivery));
    assert_eq!(told.tried(2).await["status"], "delivered", "its status was 200");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_receiver_holds_up_neither_another_nor_a_delivery() {
    let (slow, quick) = (receiver().await, receiver().await);
    let couriers = Couriers::on(service(&[&slow, &quick]).await, &["a"], None).await;
    slow.answers(Answer::Wait(Arc::new(Notify::new())));
    for url in [&slow.url, &quick.url] {
        // The guard has its own to say of twelve numbers in a row.
        make(&couriers.service, json!({"url": url, "events": ["message.sent"]})).await;
    }
    for n in 0..12 {
        let (_, made) = couriers.service.create(&number(n)).await;
        assert_eq!(made["delivery"]["status"], "accepted");
    }
    let mut ids: Vec<String> = got(&quick, 12).await.iter().map(|call| call.header("webhook-id")).collect();
    ids.sort();
    ids.dedup();
    assert_eq!((ids.len(), got(&slow, 4).await.len()), (12, 4), "four at once are all that it gets");
}

#[tokio::test(flavor = "multi_thread")]
async fn each_webhook_is_told_for_itself() {
    let (one, two) = (receiver().await, receiver().await);
    let couriers = Couriers::on(service(&[&one, &two]).await, &["a"], None).await;
    one.answers(Answer::Json(500, json!({})));
    let failing = make(&couriers.service, json!({"url": one.url})).await;
    make(&couriers.service, json!({"url": two.url})).await;
    couriers.service.create(TO).await;
    let (first, second) = (got(&one, 1).await.remove(0), got(&two, 1).await.remove(0));
    assert_eq!(body(&first), body(&second));
    assert_ne!(first.header("webhook-id"), second.header("webhook-id"));
    couriers.shown(&path(&failing, "/deliveries"), |page| page["items"][0]["tries"][0]["status"] == 500).await;
    couriers.service.clock.advance(Duration::from_secs(6));
    assert_eq!(got(&one, 2).await[1].header("webhook-id"), first.header("webhook-id"));
    assert_eq!(two.requests().len(), 1);
}
