//! A service with connectors of one honest component, `courier`, each with an account of its own at the provider.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use axum::response::IntoResponse as _;
use countersign::clock::Clock;
use reqwest::Method;
use serde_json::{Value, json};

use super::guests::{Pack, packed};
use super::provider::{Answer, Recorded};
use super::service::{Service, answer};
use super::within;

pub const PUBLIC_URL: &str = "https://otp.example.com";

type Answers = Arc<Mutex<HashMap<String, Value>>>;

pub struct Couriers {
    pub service: Service,
    answers: Answers,
}

/// One send as the provider got it.
#[derive(Clone, Debug)]
pub struct Sent {
    pub account: String,
    pub text: String,
    pub reference: String,
    /// Path of the address to report to.
    pub callback: String,
}

impl Sent {
    pub fn code(&self) -> String {
        self.text.chars().take_while(char::is_ascii_digit).collect()
    }

    /// The id that the provider gave it.
    pub fn id(&self) -> String {
        format!("at-{}", self.reference)
    }
}

impl Couriers {
    /// The first is active, the others stand by.
    pub async fn start(names: &[&str]) -> Self {
        Self::keyed(names, None).await
    }

    /// With a key by which the connectors tell the provider's callbacks from others.
    pub async fn keyed(names: &[&str], key: Option<&str>) -> Self {
        let service = Service::with(|config| config.server.public_url = Some(PUBLIC_URL.parse().unwrap())).await;
        Self::on(service, names, key).await
    }

    pub async fn on(service: Service, names: &[&str], key: Option<&str>) -> Self {
        let answers: Answers = Arc::default();
        let (told, clock) = (Arc::clone(&answers), service.clock.clone());
        service.provider.answers(Answer::By(Arc::new(move |request| told_to(request, &told, &clock))));
        let (status, uploaded) = service.upload(component()).await;
        assert!(status < 300, "{uploaded}");
        for name in names {
            let mut config = json!({"account": name});
            if let Some(key) = key {
                config["report_key"] = json!(key);
            }
            let (status, saved) = service.set_up(name, json!({"component": "courier", "config": config})).await;
            assert!(status < 300, "{saved}");
        }
        let channel = json!({"active": names[0], "fallback": &names[1..]});
        let (status, saved) = service.put("/v1/environments/development/channels/sms", channel).await;
        assert_eq!(status, 200, "{saved}");
        Self { service, answers }
    }

    /// What an account is answered from now on: `{"id": …}`; `segments` and `price` with an id of its own; or `{"kind": …, "certainty": …}`, and how long that takes
    /// by the service's clock: `after_seconds`. Accepted at once unless told.
    pub fn answers(&self, account: &str, told: Value) {
        self.answers.lock().unwrap().insert(account.to_owned(), told);
    }

    /// Every send so far, in order.
    pub fn sent(&self) -> Vec<Sent> {
        self.service.provider.requests().iter().map(read).collect()
    }

    /// Accounts that were asked so far, in order.
    pub fn asked(&self) -> Vec<String> {
        self.sent().into_iter().map(|sent| sent.account).collect()
    }

    /// Wait until that many sends have arrived.
    pub async fn sends(&self, count: usize) -> Vec<Sent> {
        within(&format!("send {count}"), async {
            while self.service.provider.requests().len() < count {
                self.service.provider.arrived().await;
            }
        })
        .await;
        self.sent()
    }

    /// The provider reports to an address.
    pub async fn report(&self, path: &str, reports: Value) -> (u16, Value) {
        answer(self.service.request(Method::POST, path).json(&reports)).await
    }

    /// A message of the log, as soon as it is as it should be.
    pub async fn message(&self, id: &str, fits: impl Fn(&Value) -> bool) -> Value {
        self.shown(&format!("/v1/messages/{id}"), fits).await
    }

    /// What an address shows, as soon as it is as it should be.
    pub async fn shown(&self, path: &str, fits: impl Fn(&Value) -> bool) -> Value {
        let mut last = Value::Null;
        let found = tokio::time::timeout(std::time::Duration::from_secs(20), async {
            loop {
                last = self.service.get(path).await.1;
                if fits(&last) {
                    return;
                }
            }
        })
        .await;
        assert!(found.is_ok(), "{path} never was as it should be: {last}");
        last
    }
}

/// `courier`, with a key for callbacks that may be left out.
pub fn component() -> Vec<u8> {
    let more = "secrets = [\"report_key\"]\n[credentials.report_key]\nkind = \"verify\"\nalgorithm = \"hmac-sha256\"\nsecret = \"report_key\"\nexports = [\"delivery-reports\"]\n";
    let schema = json!({
        "type": "object",
        "properties": {"account": {"type": "string"}, "report_key": {"type": "string", "writeOnly": true}},
        "required": ["account"], "additionalProperties": false, "examples": [{"account": "a"}],
    });
    packed("courier", &Pack { more, schema, ..Pack::default() })
}

fn read(request: &Recorded) -> Sent {
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    let text = |field: &str| body[field].as_str().unwrap_or_default().to_owned();
    let callback = text("callback").strip_prefix(PUBLIC_URL).unwrap_or_default().to_owned();
    Sent { account: text("account"), text: text("text"), reference: text("reference"), callback }
}

fn told_to(request: &Recorded, answers: &Answers, clock: &Clock) -> axum::response::Response {
    let sent = read(request);
    let told = answers.lock().unwrap().get(&sent.account).cloned();
    let seconds = told.as_ref().and_then(|told| told["after_seconds"].as_u64()).unwrap_or(0);
    clock.advance(std::time::Duration::from_secs(seconds));
    let mut told = told.unwrap_or_else(|| json!({"id": sent.id()}));
    if told["id"].is_null() && (told.get("price").is_some() || told.get("segments").is_some()) {
        told["id"] = json!(sent.id());
    }
    axum::Json(told).into_response()
}
