//! A connector that fails: when it is demoted, when it gets its place back, and what an operator sees of it.

use std::time::Duration;

use serde_json::{Value, json};

use super::{asked, channel, refuses, route, with_gateways};
use crate::support::service::number;

#[tokio::test(flavor = "multi_thread")]
async fn a_connector_that_fails_is_asked_after_the_others_and_gets_its_place_back() {
    let service = with_gateways(&["a", "b"]).await;
    route(&service, json!({"active": "a", "fallback": ["b"]})).await;
    refuses(&service, &["/a"]);
    for n in 0..10 {
        assert_eq!(asked(&service, &number(n), "sign-in").await, ["a", "b"], "fewer than ten prove nothing");
    }
    assert_eq!(asked(&service, &number(10), "sign-in").await, ["b"]);
    let shown = channel(&service).await["health"].clone();
    assert_eq!(
        (&shown[0]["connector"], &shown[0]["country"], &shown[0]["state"], &shown[0]["why"]),
        (&json!("a"), &json!("US"), &json!("open"), &json!("10 of 10 failed within 5 minutes")),
        "{shown}"
    );
    assert_eq!(asked(&service, "+4915123456789", "sign-in").await, ["a", "b"], "another country is not concerned");
    // Open, it is still asked if the other one fails too.
    refuses(&service, &["/a", "/b"]);
    assert_eq!(asked(&service, &number(11), "sign-in").await, ["b", "a"]);

    refuses(&service, &[]);
    service.clock.advance(Duration::from_secs(30));
    assert_eq!(asked(&service, &number(12), "sign-in").await, ["a"], "on probation: one message");
    assert_eq!(asked(&service, &number(13), "sign-in").await, ["b"], "and then none for two seconds");
    for n in 14..16 {
        service.clock.advance(Duration::from_secs(2));
        assert_eq!(asked(&service, &number(n), "sign-in").await, ["a"]);
    }
    for n in 16..20 {
        assert_eq!(asked(&service, &number(n), "sign-in").await, ["a"], "closed");
    }
    assert_eq!(channel(&service).await["health"], json!([]));
    let (_, health) = service.get("/v1/environments/development/connectors/a/health").await;
    let closed = health["items"].as_array().unwrap().iter().find(|standing| standing["country"] == "US").unwrap();
    assert_eq!((&closed["state"], &closed["why"]), (&json!("closed"), &Value::Null), "{health}");
}
