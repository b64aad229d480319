//! Metrics by the real door: what happens is counted once, where it happened, and nothing private is told.

mod examples;
mod exposed;
mod exposition;
mod sends;

use std::time::Duration;

use countersign::metrics::names;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::couriers::Couriers;
use crate::support::guests::Pack;
use crate::support::service::{ADMIN_KEY, Service, TO, answer, client, number};
use crate::support::within;
use exposition::{Exposition, read};

const HERE: (&str, &str) = ("environment", "development");
const POLICY: &str = "/v1/environments/development/policy";

async fn scraped(service: &Service) -> Exposition {
    read(&text(service).await)
}

async fn text(service: &Service) -> String {
    let request = client().get(format!("{}/metrics", service.url)).header("accept", "application/openmetrics-text");
    let answer = within("a scrape", request.send()).await.unwrap();
    assert_eq!(answer.status(), 200);
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    assert_eq!(answer.headers()["content-type"], kind);
    answer.text().await.unwrap()
}

/// What is counted, as soon as it is so much.
async fn counted(service: &Service, name: &str, labels: &[(&str, &str)], expected: f64) -> Exposition {
    let found = tokio::time::timeout(Duration::from_secs(20), async {
        loop {
            let told = scraped(service).await;
            if told.find(name, labels) == Some(expected) {
                return told;
            }
        }
    });
    match found.await {
        Ok(told) => told,
        Err(_) => panic!("{name} {labels:?} never was {expected}: {}", text(service).await),
    }
}

async fn created(couriers: &Couriers, to: &str) -> String {
    let (status, made) = couriers.service.create(to).await;
    assert_eq!(status, 201, "{made}");
    made["id"].as_str().unwrap().to_owned()
}

/// A policy whose limits are in nobody's way, with this guard.
async fn permits(service: &Service, guard: Value) {
    let limits = json!({"cooldown_seconds": 0, "sends_per_hour": 1000});
    let (status, told) = service.put(POLICY, json!({"defaults": limits, "guard": guard})).await;
    assert_eq!(status, 200, "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_breaker_that_opens_is_seen_in_its_country() {
    let couriers = Couriers::start(&["a", "b"]).await;
    permits(&couriers.service, json!({"mode": "off"})).await;
    couriers.answers("a", json!({"kind": "provider-unavailable", "certainty": "not-sent"}));
    for n in 0..10 {
        created(&couriers, &number(n)).await;
    }
    let states = async || {
        let told = scraped(&couriers.service).await;
        ["closed", "open", "probation"].map(|state| {
            let labels = [HERE, ("connector", "a"), ("country", "US"), ("state", state)];
            told.find("countersign_breaker_state", &labels)
        })
    };
    assert_eq!(states().await, [Some(0.0), Some(1.0), Some(0.0)]);
    couriers.service.clock.advance(Duration::from_secs(31));
    assert_eq!(states().await, [Some(0.0), Some(0.0), Some(1.0)], "time alone moves it, also for who looks");
}

#[tokio::test(flavor = "multi_thread")]
async fn swaps_are_counted_and_a_deleted_connector_leaves_no_series() {
    let couriers = Couriers::start(&["a", "b"]).await;
    let service = &couriers.service;
    created(&couriers, &number(1)).await;
    let again = json!({"component": "courier", "config": {"account": "a2"}});
    assert!(service.set_up("a", again).await.0 < 300);
    let channel = json!({"active": "b", "fallback": ["a"]});
    assert_eq!(service.put("/v1/environments/development/channels/sms", channel).await.0, 200);
    created(&couriers, &number(2)).await;
    let told = scraped(service).await;
    // `a` took the place of the connector that a new environment has.
    let swaps = |connector, what| told.sum("countersign_swaps_total", &[("connector", connector), ("what", what)]);
    assert_eq!(
        (swaps("a", "revision"), swaps("a", "active"), swaps("b", "active"), told.sum("countersign_swaps_total", &[])),
        (1.0, 1.0, 1.0, 3.0)
    );
    assert_eq!(told.find("countersign_connector_revision", &[("connector", "a")]), Some(2.0));
    let of = |told: &Exposition, connector: &str| {
        told.samples.keys().filter(|(_, labels)| labels.get("connector").is_some_and(|it| it == connector)).count()
    };
    assert!(of(&told, "a") > 10 && of(&told, "b") > 10);
    let (status, deleted) =
        service.call(Method::DELETE, "/v1/environments/development/connectors/a?force=true", Value::Null).await;
    assert!(status < 300, "{deleted}");
    let told = scraped(service).await;
    assert_eq!(of(&told, "a"), 0);
    assert!(of(&told, "b") > 10);
    assert_eq!(told.sum("countersign_verifications_created_total", &[HERE]), 2.0, "what is of no connector stays");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_stops_a_call_is_counted_by_its_name() {
    for (guest, ending) in [("trap", "trap"), ("memory-balloon", "memory")] {
        let service = Service::start().await;
        service.serve_guest(guest, &Pack::default(), json!({})).await;
        assert_eq!(service.create(TO).await.0, 201);
        let labels = [HERE, ("connector", guest), ("export", "sms"), ("ending", ending)];
        let told = scraped(&service).await;
        assert_eq!(told.find("countersign_connector_calls_total", &labels), Some(1.0), "{guest}");
        let attempts = [("connector", guest), ("outcome", "refused"), ("kind", "other")];
        assert_eq!(told.sum("countersign_attempts_total", &attempts), 1.0, "{guest}");
    }
}
