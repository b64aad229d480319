//! Status callbacks.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::response::IntoResponse as _;
use serde_json::json;
use tokio::sync::Notify;

use super::Caller;
use crate::support::couriers::{Couriers, PUBLIC_URL};
use crate::support::inside::Inside;
use crate::support::provider::{Answer, Provider, Recorded};
use crate::support::service::{Service, TO, number};
use crate::support::within;

/// A service whose operator lets it call this receiver on loopback.
pub async fn with_receiver(names: &[&str]) -> (Couriers, Provider) {
    let receiver = Provider::start().await;
    receiver.answers(Answer::Json(200, json!({})));
    let address = receiver.url.strip_prefix("http://").unwrap().parse().unwrap();
    let service = Service::with(|config| {
        config.server.public_url = Some(PUBLIC_URL.parse().unwrap());
        config.egress.allow.push(address);
    });
    (Couriers::on(service.await, names, None).await, receiver)
}

/// Wait until that many callbacks have come.
pub async fn told(receiver: &Provider, count: usize) -> Vec<Recorded> {
    within(&format!("callback {count}"), async {
        while receiver.requests().len() < count {
            receiver.arrived().await;
        }
    })
    .await;
    receiver.requests()
}

fn field(request: &Recorded, name: &str) -> Option<String> {
    let mut pairs = url::form_urlencoded::parse(&request.body);
    pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

fn statuses(requests: &[Recorded]) -> Vec<String> {
    requests.iter().map(|request| field(request, "MessageStatus").unwrap()).collect()
}

async fn send(caller: &Caller, to: &str, callback: &str) -> String {
    let (status, made) =
        caller.message(&[("To", to), ("From", "ACME"), ("Body", "x"), ("StatusCallback", callback)]).await;
    assert_eq!(status, 201, "{made}");
    made["uri"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_becomes_of_a_message_is_told_in_order_to_the_address_that_its_caller_named() {
    let (couriers, receiver) = with_receiver(&["a", "b"]).await;
    couriers.answers("a", json!({"kind": "provider-unavailable", "certainty": "not-sent"}));
    let caller = Caller::of(&couriers.service).await;
    let uri = send(&caller, TO, &format!("{}/status?for=me", receiver.url)).await;
    let first = told(&receiver, 1).await.remove(0);
    assert_eq!((first.method.as_str(), first.path.as_str()), ("POST", "/status?for=me"));
    assert_eq!(field(&first, "MessageStatus").as_deref(), Some("sent"), "a failover's first failure is no news");
    couriers.report(&couriers.sent()[1].callback, json!([{"status": "delivered"}])).await;
    let all = told(&receiver, 2).await;
    assert_eq!(statuses(&all), ["sent", "delivered"]);
    let sid = uri.rsplit('/').next().unwrap().trim_end_matches(".json");
    for (name, value) in [
        ("MessageSid", sid),
        ("SmsSid", sid),
        ("To", TO),
        ("From", "ACME"),
        ("AccountSid", &caller.account),
        ("ApiVersion", "2010-04-01"),
    ] {
        assert_eq!(field(&all[1], name).as_deref(), Some(value), "{name}");
    }
    assert_eq!(field(&all[1], "ErrorCode"), None);
    assert!(!all[1].header("x-twilio-signature").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn that_a_message_failed_is_told_once_nobody_else_has_it_in_hand() {
    let (couriers, receiver) = with_receiver(&["a"]).await;
    couriers.answers("a", json!({"kind": "content-rejected", "certainty": "not-sent"}));
    let caller = Caller::of(&couriers.service).await;
    let uri = send(&caller, TO, &receiver.url).await;
    caller.reaches(&uri, "failed").await;
    let all = within("bad news, some seconds later", async {
        while receiver.requests().is_empty() {
            couriers.service.clock.advance(Duration::from_millis(500));
            let _ = tokio::time::timeout(Duration::from_millis(100), receiver.arrived()).await;
        }
        receiver.requests()
    });
    let all = all.await;
    assert_eq!((statuses(&all), field(&all[0], "ErrorCode").as_deref()), (vec!["failed".to_owned()], Some("30007")));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_fails_is_asked_again_and_one_that_refuses_is_not() {
    let (couriers, receiver) = with_receiver(&["a"]).await;
    let caller = Caller::of(&couriers.service).await;
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = Arc::clone(&calls);
    receiver.answers(Answer::By(Arc::new(move |_| {
        let status = if counted.fetch_add(1, Ordering::SeqCst) == 0 { 503u16 } else { 404 };
        axum::http::StatusCode::from_u16(status).unwrap().into_response()
    })));
    send(&caller, TO, &receiver.url).await;
    told(&receiver, 1).await;
    // Its time to come back is written a moment after the answer: move on until it does.
    let all = within("the second try", async {
        while receiver.requests().len() < 2 {
            couriers.service.clock.advance(Duration::from_secs(5));
            let _ = tokio::time::timeout(Duration::from_millis(200), receiver.arrived()).await;
        }
        receiver.requests()
    })
    .await;
    assert_eq!(all[0].body, all[1].body);
    assert_eq!(all[0].header("x-twilio-signature"), all[1].header("x-twilio-signature"));
    couriers.service.clock.advance(Duration::from_secs(600));
    couriers.report(&couriers.sent()[0].callback, json!([{"status": "delivered"}])).await;
    assert_eq!(
        statuses(&told(&receiver, 3).await)[2],
        "delivered",
        "404 was an answer: the first was not told a third time"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_process_could_not_tell_the_next_one_tells() {
    let (couriers, receiver) = with_receiver(&["a"]).await;
    let caller = Caller::of(&couriers.service).await;
    receiver.answers(Answer::Json(503, json!({})));
    send(&caller, TO, &receiver.url).await;
    told(&receiver, 1).await;
    let dir = couriers.service.stop().await;
    receiver.answers(Answer::Json(200, json!({})));
    let address = receiver.url.strip_prefix("http://").unwrap().parse().unwrap();
    let again = Service::at(dir, |config| config.egress.allow.push(address)).await;
    again.clock.advance(Duration::from_secs(5));
    assert_eq!(statuses(&told(&receiver, 2).await), ["sent", "sent"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_receiver_holds_up_neither_delivery_nor_another_receiver() {
    let (couriers, receiver) = with_receiver(&["a"]).await;
    let caller = Caller::of(&couriers.service).await;
    receiver.answers(Answer::Wait(Arc::new(Notify::new())));
    for n in 0..12 {
        let uri = send(&caller, &number(n), &receiver.url).await;
        caller.reaches(&uri, "sent").await;
    }
    told(&receiver, 8).await;
    assert_eq!(couriers.sent().len(), 12);
    let (_, made) = couriers.service.create(TO).await;
    assert_eq!(made["delivery"]["status"], "accepted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_that_leads_into_the_own_network_is_not_called() {
    let receiver = Provider::start().await;
    let couriers = Couriers::start(&["a"]).await;
    let caller = Caller::of(&couriers.service).await;
    let port = receiver.url.rsplit(':').next().unwrap();
    let uri = send(&caller, TO, &format!("http://localhost:{port}/status")).await;
    caller.reaches(&uri, "sent").await;
    let given_up = |dir: &std::path::Path| Inside::of(dir).number("SELECT count(*) FROM status_callbacks WHERE done");
    within("the refusal", async {
        while given_up(couriers.service.dir.path()) == 0 {
            caller.get(&uri).await;
        }
    })
    .await;
    assert!(receiver.requests().is_empty());
    let own =
        send(&caller, &number(1), &format!("{}/v1/messages", couriers.service.url.replace("127.0.0.1", "localhost")))
            .await;
    caller.reaches(&own, "sent").await;
}
