//! `Prefer: respond-async`: taken at once, sent once, also by the next process.

mod killed;

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::couriers::Couriers;
use crate::support::inside::Inside;
use crate::support::provider::Answer;
use crate::support::service::{Service, TO, number};

async fn create_later(service: &Service, path: &str, body: Value) -> (u16, String, Value) {
    let request = service.request(Method::POST, path).header("prefer", "respond-async").json(&body);
    let told = request.send().await.unwrap();
    let applied = told.headers().get("preference-applied").map(|value| value.to_str().unwrap().to_owned());
    (told.status().as_u16(), applied.unwrap_or_default(), told.json().await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_that_does_not_wait_is_answered_before_the_provider() {
    let couriers = Couriers::start(&["a"]).await;
    let gate = std::sync::Arc::new(tokio::sync::Notify::new());
    couriers.service.provider.answers(Answer::Wait(std::sync::Arc::clone(&gate)));
    let (status, applied, made) =
        create_later(&couriers.service, "/v1/verifications", json!({"to": TO, "purpose": "sign-in"})).await;
    assert_eq!((status, applied.as_str()), (202, "respond-async"));
    assert_eq!((&made["status"], &made["delivery"]["status"]), (&json!("pending"), &json!("queued")), "{made}");
    couriers.sends(1).await;
    gate.notify_one();
    let path = format!("/v1/verifications/{}", made["id"].as_str().unwrap());
    couriers.shown(&path, |v| v["delivery"]["status"] == "accepted").await;
    let resend = format!("{path}/resend");
    couriers.service.clock.advance(Duration::from_secs(60));
    let (status, _, again) = create_later(&couriers.service, &resend, json!({})).await;
    assert_eq!((status, &again["delivery"]["status"]), (202, &json!("queued")));
    gate.notify_one();
    couriers.shown(&path, |v| v["delivery"]["status"] == "accepted").await;
    assert_eq!(couriers.sent().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_end_of_the_service_finishes_what_was_taken() {
    let couriers = Couriers::start(&["a"]).await;
    for _ in 0..5 {
        let body = json!({"to": TO, "code": "123456"});
        let (status, ..) = create_later(&couriers.service, "/v1/messages", body).await;
        assert_eq!(status, 202);
        couriers.service.clock.advance(Duration::from_secs(60));
    }
    let provider = couriers.service.provider.clone();
    couriers.service.stop().await;
    assert_eq!(provider.requests().len(), 5);
}

/// What a process that is killed between the writing and the sending leaves: the message, and no attempt.
fn forget_the_attempts(dir: &std::path::Path) {
    let inside = Inside::of(dir);
    inside.run(inside.either(
        "DELETE FROM attempts; UPDATE messages SET status = 'queued';
         UPDATE verifications SET delivery = json_object('status', 'queued', 'message',
           (SELECT id FROM messages m WHERE m.verification_id = verifications.id))",
        // Whoever had it in hand is dead for longer than it may take.
        "DELETE FROM attempts; UPDATE messages SET status = 'queued', claimed_until = NULL;
         UPDATE verifications SET delivery = json_build_object('status', 'queued', 'message',
           (SELECT id FROM messages m WHERE m.verification_id = verifications.id))::text",
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_taken_and_not_sent_is_sent_by_the_next_process() {
    let couriers = Couriers::start(&["a"]).await;
    let (_, made) = couriers.service.create(TO).await;
    couriers.service.clock.advance(Duration::from_secs(60));
    let (_, own) =
        couriers.service.post("/v1/messages", json!({"to": TO, "text": "an own text", "sender": "ACME"})).await;
    let before = couriers.sent();
    let dir = couriers.service.stop().await;
    forget_the_attempts(dir.path());
    let again = Couriers::on(Service::at(dir, |config| config.server.public_url = None).await, &["a"], None).await;
    let sent = again.sends(2).await;
    let mut texts: Vec<&str> = sent.iter().map(|sent| sent.text.as_str()).collect();
    texts.sort_unstable();
    assert!(texts.contains(&"an own text") && texts.contains(&before[0].text.as_str()), "{texts:?}");
    let path = format!("/v1/verifications/{}", made["id"].as_str().unwrap());
    again.shown(&path, |v| v["delivery"]["status"] == "accepted").await;
    again.message(own["id"].as_str().unwrap(), |message| message["status"] == "accepted").await;
    assert_eq!(again.service.check(made["id"].as_str().unwrap(), &before[0].code()).await.1["status"], "approved");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_attempt_that_a_crash_cut_off_is_unknown_and_not_sent_again() {
    let couriers = Couriers::start(&["a", "b"]).await;
    let (_, made) = couriers.service.create(TO).await;
    let dir = couriers.service.stop().await;
    let inside = Inside::of(dir.path());
    inside.run(inside.either(
        "UPDATE attempts SET status = 'sending', elapsed_ms = NULL; UPDATE messages SET status = 'sending'",
        "UPDATE attempts SET status = 'sending', elapsed_ms = NULL;
         UPDATE messages SET status = 'sending', claimed_until = NULL",
    ));
    drop(inside);
    let again = Service::at(dir, |_| {}).await;
    let (_, shown) = again.get(&format!("/v1/verifications/{}", made["id"].as_str().unwrap())).await;
    assert_eq!(shown["delivery"]["status"], "unknown", "{shown}");
    let (_, message) = again.get(&format!("/v1/messages/{}", shown["delivery"]["message"].as_str().unwrap())).await;
    assert_eq!(
        (message["attempts"].as_array().unwrap().len(), &message["attempts"][0]["certainty"]),
        (1, &json!("unknown"))
    );
    assert!(again.provider.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_would_come_too_late_is_given_up_and_nobody_has_to_ask_why() {
    let couriers = Couriers::start(&["a"]).await;
    let (_, made) = couriers.service.create(TO).await;
    let (_, own) = couriers.service.post("/v1/messages", json!({"to": number(7), "code": "1234"})).await;
    let dir = couriers.service.stop().await;
    forget_the_attempts(dir.path());
    Inside::of(dir.path()).run("UPDATE messages SET expires_at = expires_at - 580000");
    let again = Couriers::on(Service::at(dir, |_| {}).await, &["a"], None).await;
    let message = again.message(own["id"].as_str().unwrap(), |message| message["status"] == "refused").await;
    assert_eq!(message["attempts"], json!([]));
    let path = format!("/v1/verifications/{}", made["id"].as_str().unwrap());
    again.shown(&path, |v| v["delivery"]["status"] == "refused").await;
    assert!(again.sent().is_empty());
}
