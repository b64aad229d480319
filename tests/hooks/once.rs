//! A call that comes twice at once, while a provider takes its time, after a refusal, past a crash.

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::sync::Notify;

use super::{keyed, save, texts};
use crate::support::provider::Answer;
use crate::support::service::{Service, TO, number};

const PATH: &str = "/hooks/development/logto";

fn sms(to: &str, code: &str) -> Value {
    json!({"to": to, "type": "SignIn", "payload": {"code": code}})
}

async fn logto(service: &Service) -> String {
    save(service, "logto", json!({"sender": "logto"})).await["key"].as_str().unwrap().to_owned()
}

/// A first send, which is waited for: what follows does not wait for a component to be loaded.
async fn warm(service: &Service) {
    let (status, sent) = service.post("/v1/messages", json!({"to": number(99), "code": "000000"})).await;
    assert_eq!(status, 201, "{sent}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_calls_that_race_one_is_sent_and_all_are_answered_alike() {
    let service = Arc::new(Service::start().await);
    let key = logto(&service).await;
    let calls: Vec<_> = (0..16)
        .map(|_| {
            let (service, key) = (Arc::clone(&service), key.clone());
            tokio::spawn(async move { keyed(&service, PATH, &key, &sms(TO, "482913")).await })
        })
        .collect();
    let mut ids = std::collections::HashSet::new();
    for call in calls {
        let told = call.await.unwrap();
        assert_eq!(told.status, 200, "{told:?}");
        ids.insert(told.json()["id"].as_str().unwrap().to_owned());
    }
    assert_eq!((ids.len(), texts(&service, TO).await.len()), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_provider_does_not_keep_the_sender_waiting_and_the_message_still_goes() {
    let service = Service::start().await;
    service.serve_marker("marker-a").await;
    warm(&service).await;
    let gate = Arc::new(Notify::new());
    service.provider.answers(Answer::Wait(Arc::clone(&gate)));
    let key = logto(&service).await;
    let begun = Instant::now();
    let told = keyed(&service, PATH, &key, &sms(TO, "482913")).await;
    let took = begun.elapsed();
    assert!(told.status == 200 && took >= Duration::from_secs(2) && took < Duration::from_secs(5), "{took:?} {told:?}");
    let again = keyed(&service, PATH, &key, &sms(TO, "482913")).await;
    assert_eq!(again.json()["id"], told.json()["id"], "a retry meets the same message");
    assert_eq!(service.provider.requests().len(), 2, "and nothing was sent for it");
    gate.notify_waiters();
    let path = format!("/v1/messages/{}", told.json()["id"].as_str().unwrap());
    crate::support::within("the message's end", async {
        while service.get(&path).await.1["status"] != "accepted" {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_everybody_refused_is_told_and_sent_when_it_is_asked_for_again() {
    let service = Service::start().await;
    service.serve_marker("marker-a").await;
    warm(&service).await;
    service.provider.answers(Answer::Json(400, json!({"error": "no"})));
    let key = logto(&service).await;
    let told = keyed(&service, PATH, &key, &sms(TO, "482913")).await;
    assert!((400..600).contains(&told.status) && told.text.starts_with("the message was not sent"), "{told:?}");
    service.provider.answers(Answer::Json(201, json!({"id": "p_2"})));
    assert_eq!(keyed(&service, PATH, &key, &sms(TO, "482913")).await.status, 200);
    assert_eq!(service.provider.requests().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_after_a_restart_is_known_again() {
    let service = Service::start().await;
    let key = logto(&service).await;
    let first = keyed(&service, PATH, &key, &sms(TO, "482913")).await;
    let service = Service::at(service.stop().await, |_| {}).await;
    let again = keyed(&service, PATH, &key, &sms(TO, "482913")).await;
    assert_eq!((again.status, again.json()["id"].clone()), (200, first.json()["id"].clone()));
    assert_eq!(service.get("/v1/messages").await.1["items"].as_array().unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_limit_of_messages_holds_for_hooks() {
    let service = Service::start().await;
    let key = logto(&service).await;
    for n in 0..5 {
        assert_eq!(keyed(&service, PATH, &key, &sms(TO, &format!("00000{n}"))).await.status, 200);
        service.clock.advance(Duration::from_secs(31));
    }
    let told = keyed(&service, PATH, &key, &sms(TO, "000009")).await;
    assert!(told.status == 429 && told.text.contains("as many messages in an hour"), "{told:?}");
    assert!(told.retry_after.is_some());
    let closed = json!({"purposes": {"sign-in": false}});
    assert_eq!(service.put("/v1/environments/development/sign-in-experience", closed).await.0, 200);
    let told = keyed(&service, PATH, &key, &sms(&number(1), "000001")).await;
    assert!(told.status == 409 && told.text.contains("is closed"), "{told:?}");
}
