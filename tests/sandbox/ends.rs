//! Guests that end badly, or say that they ended well.

use std::time::{Duration, Instant};

use serde_json::json;

use super::{failure_of, kind};
use crate::support::guests::Pack;
use crate::support::service::{Service, TO, number};

#[tokio::test(flavor = "multi_thread")]
async fn an_endless_loop_is_ended_by_its_cpu_budget_and_a_neighbour_goes_on() {
    let service = Service::start().await;
    service.serve_marker("marker-a").await;
    let started = Instant::now();
    let delivery = failure_of(&service, "endless-loop", &Pack::default(), json!({})).await;
    assert_eq!(kind(&delivery), ("refused", "other", "not-sent"), "{delivery}");
    assert!(delivery.to_string().contains("50 ms of CPU"), "{delivery}");
    assert!(started.elapsed() < Duration::from_secs(20));
    service.put("/v1/environments/development/channels/sms", json!({"active": "main"})).await;
    assert_eq!(service.create(&number(1)).await.1["delivery"]["status"], "accepted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_memory_balloon_ends_at_its_limit() {
    let service = Service::start().await;
    let delivery = failure_of(&service, "memory-balloon", &Pack::default(), json!({})).await;
    assert_eq!(kind(&delivery), ("refused", "other", "not-sent"), "{delivery}");
    let text = delivery["failure"]["text"].as_str().unwrap();
    assert!(text.contains("memory") || text.contains("CPU"), "{delivery}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trap_is_a_failure_and_its_words_are_in_the_connectors_log() {
    let service = Service::start().await;
    let delivery = failure_of(&service, "trap", &Pack::default(), json!({})).await;
    assert_eq!(kind(&delivery), ("refused", "other", "not-sent"), "{delivery}");
    let (_, tested) = service.post("/v1/environments/development/connectors/trap/test", json!({"to": TO})).await;
    assert!(tested["log"].to_string().contains("a fault of this connector"), "{tested}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trap_after_the_request_leaves_a_doubt() {
    let service = Service::start().await;
    let delivery = failure_of(&service, "trap-after-send", &Pack::default(), json!({})).await;
    assert_eq!(kind(&delivery), ("unknown", "other", "unknown"), "{delivery}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recursion_without_end_is_a_trap() {
    let service = Service::start().await;
    let delivery = failure_of(&service, "deep-recursion", &Pack::default(), json!({})).await;
    assert_eq!(kind(&delivery), ("refused", "other", "not-sent"), "{delivery}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_success_without_a_request_is_not_believed() {
    let service = Service::start().await;
    let delivery = failure_of(&service, "false-success", &Pack::default(), json!({})).await;
    assert_eq!(kind(&delivery), ("refused", "invalid-response", "not-sent"), "{delivery}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flood_of_log_lines_is_cut_and_shows_neither_number_nor_code() {
    let service = Service::start().await;
    service.serve_guest("log-flood", &Pack { more: "[limits]\ncpu_ms = 2000\n", ..Pack::default() }, json!({})).await;
    let (_, tested) = service.post("/v1/environments/development/connectors/log-flood/test", json!({"to": TO})).await;
    let log = tested["log"].to_string();
    assert!(log.len() < 40_000, "{} bytes", log.len());
    assert!(
        !log.contains("4155550123") && !log.contains("verification code") && !log.contains("\\u001b"),
        "{}",
        &log[..500]
    );
    assert!(!tested["failure"].to_string().contains("000000"), "{tested}");
}
