//! Proofs that a person asks: a message goes out with one where it is wanted, and nobody learns or keeps a token.

mod asking;
mod endpoint;
mod judging;
mod keeping;
mod suspicious;

use std::sync::Arc;
use std::time::Duration;

use axum::response::IntoResponse as _;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::provider::{Answer, Provider, Recorded};
use crate::support::service::{Service, answer, number};

const ATTESTATION: &str = "/v1/environments/development/attestation";
const POLICY: &str = "/v1/environments/development/policy";
const SECRET: &str = "canary-secret-of-the-captcha-0123";

/// A service whose operator lets it ask these on loopback.
async fn service(judges: &[&Provider]) -> Service {
    let addresses: Vec<_> = judges.iter().map(|one| one.url.trim_start_matches("http://").parse().unwrap()).collect();
    Service::with(move |config| config.egress.allow.extend(addresses)).await
}

/// A service that asks for a captcha's token, and the captcha's provider, who takes those that begin with `good`.
struct Asked {
    service: Service,
    judge: Provider,
}

impl Asked {
    async fn start(more: Value) -> Self {
        let judge = Provider::start().await;
        judge.answers(Answer::By(Arc::new(|request| {
            let good = field(request, "response").is_some_and(|token| token.starts_with("good"));
            let body = if good {
                json!({"success": true, "hostname": "shop.example", "action": "sign-in", "score": 0.7})
            } else {
                json!({"success": false, "error-codes": ["timeout-or-duplicate"]})
            };
            axum::Json(body).into_response()
        })));
        let asked = Self { service: service(&[&judge]).await, judge };
        asked.limits(json!({})).await;
        asked.save(more).await;
        asked
    }

    /// Limits that are in nobody's way, with this guard.
    async fn limits(&self, guard: Value) {
        let limits = json!({"cooldown_seconds": 0, "sends_per_hour": 1000});
        let (status, told) = self.service.put(POLICY, json!({"defaults": limits, "guard": guard})).await;
        assert_eq!(status, 200, "{told}");
    }

    /// Ask for a token always, but for what is given.
    async fn save(&self, more: Value) {
        let url = format!("{}/siteverify", self.judge.url);
        let mut body = json!({"kind": "siteverify", "url": url, "secret": SECRET, "when": "always"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let (status, told) = self.service.put(ATTESTATION, body).await;
        assert_eq!(status, 200, "{told}");
    }

    async fn create(&self, n: u32, token: Option<&str>) -> (u16, Value) {
        self.post("/v1/verifications", json!({"to": number(n), "purpose": "sign-in"}), token).await
    }

    async fn post(&self, path: &str, mut body: Value, token: Option<&str>) -> (u16, Value) {
        if let Some(token) = token {
            body["attestation"] = json!(token);
        }
        self.service.post(path, body).await
    }

    /// Messages that went out or were to.
    async fn messages(&self) -> usize {
        self.service.get("/v1/messages").await.1["items"].as_array().unwrap().len()
    }

    /// How often the provider was asked.
    fn looks(&self) -> usize {
        self.judge.requests().len()
    }
}

/// A field of a form.
fn field(request: &Recorded, name: &str) -> Option<String> {
    url::form_urlencoded::parse(&request.body).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

fn refused(told: &(u16, Value), status: u16, kind: &str) {
    assert_eq!((told.0, &told.1["type"]), (status, &json!(format!("/problems/{kind}"))), "{}", told.1);
}

fn doubted(told: &(u16, Value), reason: &str) {
    refused(told, 403, "attestation-failed");
    assert_eq!(told.1["reason"], reason, "{}", told.1);
}

async fn metric(service: &Service, outcome: &str) -> bool {
    let (status, text) = answer(service.request(Method::GET, "/metrics")).await;
    assert_eq!(status, 200);
    let label = format!("outcome=\"{outcome}\"");
    let text = text.as_str().unwrap().to_owned();
    text.lines().any(|line| line.starts_with("countersign_attestations_total{") && line.contains(&label))
}

const TEN_MINUTES: Duration = Duration::from_secs(600);
