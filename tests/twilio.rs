//! Twilio's own words: every promise over the wire as Twilio's clients see it, and its own SDKs with another base URL.

mod callbacks;
mod caps;
mod credentials;
mod messages;
mod sdks;
mod services;
mod verify;

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::support::service::{Service, answer, client};

/// A caller that speaks Twilio.
pub struct Caller {
    url: String,
    pub account: String,
    pub token: String,
    pub service: String,
}

impl Caller {
    /// With a credential of the development environment.
    pub async fn of(service: &Service) -> Self {
        Self::with(service, json!({})).await
    }

    pub async fn with(service: &Service, body: Value) -> Self {
        Self::in_environment(service, "development", body).await
    }

    pub async fn in_environment(service: &Service, environment: &str, body: Value) -> Self {
        let path = format!("/v1/environments/{environment}/twilio-credentials");
        let (status, made) = service.post(&path, body).await;
        assert_eq!(status, 201, "{made}");
        let text = |name: &str| made[name].as_str().unwrap().to_owned();
        Self {
            url: service.url.clone(),
            account: text("account_sid"),
            token: text("auth_token"),
            service: text("service_sid"),
        }
    }

    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        client().request(method, format!("{}{path}", self.url)).basic_auth(&self.account, Some(&self.token))
    }

    pub async fn get(&self, path: &str) -> (u16, Value) {
        answer(self.request(Method::GET, path)).await
    }

    /// POST a form.
    pub async fn post(&self, path: &str, form: &[(&str, &str)]) -> (u16, Value) {
        answer(posted(self.request(Method::POST, path), form)).await
    }

    /// A path of the caller's Verify service.
    pub fn at(&self, rest: &str) -> String {
        format!("/v2/Services/{}{rest}", self.service)
    }

    pub async fn send(&self, to: &str) -> (u16, Value) {
        self.post(&self.at("/Verifications"), &[("To", to), ("Channel", "sms")]).await
    }

    pub async fn check(&self, to: &str, code: &str) -> (u16, Value) {
        self.post(&self.at("/VerificationCheck"), &[("To", to), ("Code", code)]).await
    }

    pub fn messages(&self) -> String {
        format!("/2010-04-01/Accounts/{}/Messages.json", self.account)
    }

    pub async fn message(&self, form: &[(&str, &str)]) -> (u16, Value) {
        self.post(&self.messages(), form).await
    }

    /// A message, as soon as it has this status.
    pub async fn reaches(&self, uri: &str, status: &str) -> Value {
        let mut last = Value::Null;
        let found = tokio::time::timeout(std::time::Duration::from_secs(20), async {
            while last["status"] != status {
                last = self.get(uri).await.1;
            }
        });
        assert!(found.await.is_ok(), "it never was {status}: {last}");
        last
    }
}

pub fn posted(request: RequestBuilder, form: &[(&str, &str)]) -> RequestBuilder {
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    request.header("content-type", "application/x-www-form-urlencoded").body(body)
}

/// A code that this is not.
pub fn wrong(code: &str) -> &'static str {
    if code == "111111" { "222222" } else { "111111" }
}

/// An error body has the four legacy keys and no others: with more, the SDKs raise another exception.
pub fn refused(answer: &(u16, Value), status: u16, code: u32) {
    let (found, body) = answer;
    assert_eq!((*found, &body["code"]), (status, &json!(code)), "{body}");
    let keys: Vec<&String> = body.as_object().unwrap().keys().collect();
    assert_eq!(keys, ["code", "message", "more_info", "status"], "{body}");
    assert_eq!(body["status"], status);
    assert_eq!(body["more_info"], format!("https://www.twilio.com/docs/errors/{code}"));
}
