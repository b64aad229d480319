//! Hooks: identity servers that make their own codes send them through an address of their own. Real senders and
//! published signers where there are packages of them, recorded bodies where there are none.

mod examples;
mod generic;
mod keeping;
mod kratos;
mod logto;
mod once;
mod secrets;
mod strangers;
mod supabase;
mod zitadel;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::service::{Service, client};
use crate::support::within;

const HOOKS: &str = "/v1/environments/development/hooks";

/// Save a hook of the environment `development`.
async fn save(service: &Service, name: &str, body: Value) -> Value {
    let (status, view) = service.put(&format!("{HOOKS}/{name}"), body).await;
    assert!(status == 201 || status == 200, "{status} {view}");
    view
}

/// An answer as its sender sees it.
#[derive(Debug)]
struct Told {
    status: u16,
    kind: String,
    retry_after: Option<String>,
    text: String,
}

impl Told {
    fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or(Value::Null)
    }
}

/// Call an address as a sender does.
async fn call(service: &Service, path: &str, headers: &[(&str, &str)], body: impl Into<reqwest::Body>) -> Told {
    let mut request = client().request(Method::POST, format!("{}{path}", service.url)).body(body);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let answer = within("the answer of a hook", request.send()).await.unwrap();
    let header = |name: &str| answer.headers().get(name).map(|value| value.to_str().unwrap().to_owned());
    Told {
        status: answer.status().as_u16(),
        kind: header("content-type").unwrap_or_default(),
        retry_after: header("retry-after"),
        text: answer.text().await.unwrap(),
    }
}

/// Call with a key and a JSON body.
async fn keyed(service: &Service, path: &str, key: &str, body: &Value) -> Told {
    let headers = [("authorization", key), ("content-type", "application/json")];
    call(service, path, &headers, body.to_string()).await
}

/// A hook answers after 3 s at the latest, also when the machine is slow: then its message is still on its way.
async fn settled(service: &Service) {
    let under_way = async || {
        let (_, log) = service.get("/v1/messages").await;
        let mut items = log["items"].as_array().unwrap().iter();
        items.any(|message| message["status"] == "queued" || message["status"] == "sending")
    };
    within("the messages' end", async {
        while under_way().await {
            tokio::task::yield_now().await;
        }
    })
    .await;
}

/// The texts that this number got, newest first.
async fn texts(service: &Service, to: &str) -> Vec<String> {
    settled(service).await;
    let (_, inbox) = service.get("/v1/environments/development/inbox").await;
    let to_it = inbox["items"].as_array().unwrap().iter().filter(|sms| sms["to"] == to);
    to_it.map(|sms| sms["text"].as_str().unwrap().to_owned()).collect()
}

/// The newest message of the log.
async fn newest(service: &Service) -> Value {
    service.get("/v1/messages").await.1["items"][0].clone()
}

/// Texts that tell purpose and language, so that a test sees which were taken.
async fn telling_texts(service: &Service) {
    let text = |locale: Option<&str>| json!({"purpose": "generic", "locale": locale, "text": format!("{}{{{{ purpose }}}} {{{{ code }}}} {{{{ minutes }}}}", locale.unwrap_or_default())});
    let body = json!({"templates": [text(None), text(Some("de"))]});
    let (status, answer) = service.put("/v1/environments/development/templates", body).await;
    assert_eq!(status, 200, "{answer}");
}
