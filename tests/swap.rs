//! Swapping the active connector while codes flow.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use serde_json::{Value, json};

use crate::support::service::{Service, TO, number};
use crate::support::within;

/// `examples/swap_under_load.rs` does the same with the figures that a person asks for.
#[tokio::test(flavor = "multi_thread")]
async fn no_send_fails_and_none_uses_the_old_component_after_the_swap_was_answered() {
    let service = Arc::new(Service::start().await);
    service.serve_marker("marker-a").await;
    service.serve_marker("marker-b").await;
    let (next, failed) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicU64::new(0)));
    let senders: Vec<_> = (0..8)
        .map(|_| {
            let (service, next, failed) = (Arc::clone(&service), Arc::clone(&next), Arc::clone(&failed));
            tokio::spawn(async move {
                loop {
                    let n = next.fetch_add(1, Ordering::Relaxed);
                    if n >= 300 {
                        return;
                    }
                    let (status, made) = service.create(&number(u32::try_from(n).unwrap())).await;
                    if status != 201 || made["delivery"]["status"] != "accepted" {
                        failed.fetch_add(1, Ordering::Relaxed);
                    }
                }
            })
        })
        .collect();
    for swap in 0..20 {
        let name = if swap % 2 == 0 { "marker-a" } else { "marker-b" };
        service.serve_marker(name).await;
        // A send that begins now must use the new one.
        let (_, made) = service.create(&number(1_000_000 + swap)).await;
        let sent = made["delivery"]["message"].as_str().unwrap().to_owned();
        let used = service
            .provider
            .requests()
            .into_iter()
            .find(|request| String::from_utf8_lossy(&request.body).contains(&number(1_000_000 + swap)[1..]));
        assert_eq!(used.unwrap().header("x-connector"), name, "{sent}");
    }
    for sender in senders {
        within("a sender's end", sender).await.unwrap();
    }
    assert_eq!(failed.load(Ordering::Relaxed), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_send_in_flight_finishes_on_the_old_revision() {
    let service = Arc::new(Service::start().await);
    service.serve_marker("marker-a").await;
    let (gate, sending) = service.send_that_waits().await;
    service.serve_marker("marker-b").await;
    gate.notify_one();
    let (status, made) = within("the send that was in flight", sending).await.unwrap();
    assert_eq!(
        (status, &made["delivery"]["status"], &made["delivery"]["revision"]),
        (201, &json!("accepted"), &json!(1)),
        "{made}"
    );
    assert_eq!(service.create(&number(5)).await.1["delivery"]["revision"], 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_upload_leaves_what_serves_untouched() {
    let service = Service::start().await;
    service.serve_marker("marker-a").await;
    assert_eq!(service.upload(b"\0asm\x0d\0\x01\0broken".to_vec()).await.0, 422);
    let (status, _) =
        service.put("/v1/environments/development/connectors/main", json!({"component": "marker-x"})).await;
    assert_eq!(status, 404);
    let (_, made) = service.create(TO).await;
    assert_eq!((&made["delivery"]["status"], &made["delivery"]["revision"]), (&json!("accepted"), &json!(1)), "{made}");
}

/// A verification made with one connector is checked after another took its place.
#[tokio::test(flavor = "multi_thread")]
async fn a_code_outlives_the_connector_that_sent_it() {
    let service = Service::start().await;
    let (_, made) = service.create(TO).await;
    let code = service.inbox_code().await;
    service.serve_marker("marker-a").await;
    let (status, _) =
        service.call(reqwest::Method::DELETE, "/v1/environments/development/connectors/inbox", Value::Null).await;
    assert_eq!(status, 204);
    assert_eq!(service.check(made["id"].as_str().unwrap(), &code).await.1["status"], "approved");
}
