//! Webhooks: the application is told what happened, signed, at least once, and no more than it needs to know.

mod backlog;
mod ends;
mod events;
mod example;
mod keeping;
mod outbox;
mod retries;
mod signing;
mod strangers;

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::couriers::{Couriers, PUBLIC_URL};
use crate::support::inside::Inside;
use crate::support::provider::{Answer, Provider, Recorded};
use crate::support::service::Service;
use crate::support::within;

const WEBHOOKS: &str = "/v1/environments/development/webhooks";

/// A service whose operator lets it call these receivers on loopback.
async fn service(receivers: &[&Provider]) -> Service {
    let addresses: Vec<_> =
        receivers.iter().map(|one| one.url.trim_start_matches("http://").parse().unwrap()).collect();
    Service::with(move |config| {
        config.server.public_url = Some(PUBLIC_URL.parse().unwrap());
        config.egress.allow.extend(addresses);
    })
    .await
}

/// A receiver that takes whatever it is told.
async fn receiver() -> Provider {
    let receiver = Provider::start().await;
    receiver.answers(Answer::Json(200, json!({})));
    receiver
}

/// Make a webhook; answers it as it was answered.
async fn make(service: &Service, body: Value) -> Value {
    let (status, made) = service.post(WEBHOOKS, body).await;
    assert_eq!(status, 201, "{made}");
    made
}

fn path(webhook: &Value, rest: &str) -> String {
    format!("{WEBHOOKS}/{}{rest}", webhook["id"].as_str().unwrap())
}

/// A service with connectors, and a receiver that wants to know everything.
struct Told {
    couriers: Couriers,
    receiver: Provider,
    webhook: Value,
}

impl Told {
    async fn start(connectors: &[&str]) -> Self {
        Self::of(connectors, json!({})).await
    }

    /// With more of the webhook.
    async fn of(connectors: &[&str], mut body: Value) -> Self {
        let receiver = receiver().await;
        let couriers = Couriers::on(service(&[&receiver]).await, connectors, None).await;
        body["url"] = json!(format!("{}/told?by=countersign", receiver.url));
        let webhook = make(&couriers.service, body).await;
        Self { couriers, receiver, webhook }
    }

    fn service(&self) -> &Service {
        &self.couriers.service
    }

    /// What is kept of what was told, as soon as it is as it should be.
    async fn deliveries(&self, fits: impl Fn(&[Value]) -> bool) -> Vec<Value> {
        let path = path(&self.webhook, "/deliveries");
        let page = self.couriers.shown(&path, |page| fits(page["items"].as_array().unwrap())).await;
        page["items"].as_array().unwrap().clone()
    }

    /// Its newest delivery, as soon as it was tried so often.
    async fn tried(&self, times: usize) -> Value {
        let tried = |all: &[Value]| all.first().is_some_and(|one| one["tries"].as_array().unwrap().len() == times);
        self.deliveries(tried).await.remove(0)
    }

    /// Move on until so much has come.
    async fn later(&self, count: usize) -> Vec<Recorded> {
        within(&format!("call {count}, some seconds later"), async {
            while self.receiver.requests().len() < count {
                self.service().clock.advance(Duration::from_millis(500));
                let _ = tokio::time::timeout(Duration::from_millis(100), self.receiver.arrived()).await;
            }
        })
        .await;
        self.receiver.requests()
    }
}

/// Wait until that many calls have come.
async fn got(receiver: &Provider, count: usize) -> Vec<Recorded> {
    within(&format!("call {count}"), async {
        while receiver.requests().len() < count {
            receiver.arrived().await;
        }
    })
    .await;
    receiver.requests()
}

fn body(call: &Recorded) -> Value {
    serde_json::from_slice(&call.body).unwrap()
}

fn kinds(calls: &[Recorded]) -> Vec<String> {
    let mut kinds: Vec<String> = calls.iter().map(|call| body(call)["type"].as_str().unwrap().to_owned()).collect();
    kinds.sort();
    kinds
}

/// The only call of this type.
fn of<'a>(calls: &'a [Recorded], kind: &str) -> &'a Recorded {
    let found: Vec<&Recorded> = calls.iter().filter(|call| body(call)["type"] == kind).collect();
    assert_eq!(found.len(), 1, "{kind} among {:?}", kinds(calls));
    found[0]
}

/// A moment of an answer.
fn moment(value: &Value) -> countersign::clock::Timestamp {
    serde_json::from_value(value.clone()).unwrap()
}

async fn rows(service: &Service, table: &str) -> u64 {
    Inside::of(service.dir.path()).number(&format!("SELECT count(*) FROM {table}"))
}

async fn delete(service: &Service, path: &str) -> u16 {
    service.call(Method::DELETE, path, Value::Null).await.0
}
