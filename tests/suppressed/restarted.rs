//! What a crash or a start leaves visible of it: nothing.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::Notify;

use super::{KNOWN, UNKNOWN, asked, bare, id, takes};
use crate::support::couriers::Couriers;
use crate::support::inside::Inside;
use crate::support::provider::Answer;
use crate::support::service::{Service, answer, number};
use crate::support::within;

/// A service whose end waits for nobody, and a provider that never answers.
async fn stuck() -> Couriers {
    let couriers = Couriers::on(Service::with(|config| config.server.drain_seconds = 0).await, &["a", "b"], None).await;
    couriers.service.provider.answers(Answer::Wait(Arc::new(Notify::new())));
    couriers
}

/// Both as somebody asks for them who does not wait.
async fn both(service: &Service, prefer: &str) -> [String; 2] {
    let mut ids = Vec::new();
    for n in [KNOWN, UNKNOWN] {
        let body = json!({"to": number(n), "suppressed": n != KNOWN});
        let request = service.request(Method::POST, "/v1/verifications").header("prefer", prefer);
        let (status, made) = answer(request.json(&body)).await;
        assert_eq!(status, 202, "{made}");
        assert!(made["delivery"].get("settles_as").is_none(), "{made}");
        ids.push(id(&made).to_owned());
    }
    ids.try_into().unwrap()
}

fn at(id: &str) -> String {
    format!("/v1/verifications/{id}")
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_a_crash_cut_off_looks_as_one_whose_send_it_cut_off() {
    let couriers = stuck().await;
    let [real, none] = both(&couriers.service, "respond-async, wait=0").await;
    couriers.sends(1).await;
    let service = Service::at(couriers.service.stop().await, |_| {}).await;
    let (real, none) = (service.get(&at(&real)).await.1, service.get(&at(&none)).await.1);
    assert_eq!((&real["delivery"]["status"], &real["delivery"]["connector"]), (&json!("unknown"), &json!("a")));
    assert_eq!(bare(none.clone()), bare(real.clone()));
    let message = format!("/v1/messages/{}", none["delivery"]["message"].as_str().unwrap());
    assert_eq!(service.get(&message).await.1["status"], "not-sent", "the log knows better");
    service.provider.answers(Answer::Json(200, json!({"id": "p"})));
    // The next one is for the other connector, as it is where the first one was asked.
    service.clock.advance(Duration::from_secs(31));
    let mut again = Vec::new();
    for shown in [&real, &none] {
        let (status, told) = service.post(&format!("{}/resend", at(id(shown))), Value::Null).await;
        assert_eq!((status, &told["delivery"]["connector"]), (200, &json!("b")), "{told}");
        again.push(bare(told));
    }
    assert_eq!(again[0]["delivery"]["connector"], again[1]["delivery"]["connector"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_a_crash_left_in_the_queue_ends_as_one_that_waited_there() {
    let couriers = stuck().await;
    let ids = both(&couriers.service, "respond-async").await;
    couriers.sends(1).await;
    let dir = couriers.service.stop().await;
    // As if the kill had come before the first attempt.
    let inside = Inside::of(dir.path());
    inside.run(inside.either(
        "DELETE FROM attempts; UPDATE messages SET status = 'queued' WHERE status = 'sending'",
        "DELETE FROM attempts; UPDATE messages SET status = 'queued', claimed_until = NULL WHERE status = 'sending'",
    ));
    drop(inside);
    let again = Service::at(dir, |_| {}).await;
    let mut shown = Vec::new();
    for id in &ids {
        let mut v = Value::Null;
        within("what waited to be sent", async {
            while v["delivery"]["status"] != "accepted" {
                again.clock.advance(Duration::from_millis(300));
                v = again.get(&at(id)).await.1;
            }
        })
        .await;
        shown.push(bare(v));
    }
    assert_eq!(shown[0], shown[1]);
    assert_eq!(again.provider.requests().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_answer_after_a_start_takes_as_long_as_the_sends_before_it() {
    let couriers = Couriers::on(Service::start().await, &["a"], None).await;
    assert_eq!(asked(&couriers.service, KNOWN).await.0, 201);
    let dir = couriers.service.stop().await;
    Inside::of(dir.path()).run("UPDATE attempts SET elapsed_ms = 1700");
    takes(Arc::new(Service::at(dir, |_| {}).await), Duration::from_millis(1700)).await;
}
