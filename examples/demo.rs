//! What an application calls: a code is asked for, sent again, checked. Around it, a small application with sign-up,
//! sign-in, forgotten passwords and linked numbers.
//!
//! ```text
//! cargo run                                           # Countersign; note the key that it prints
//! COUNTERSIGN_KEY=cs_admin_… cargo run --example demo # then open http://127.0.0.1:3001
//! ```
//!
//! The pages are those that the service shows at `/demo/development`; how they get their codes is this file. With the key
//! of an environment they can't read its sign-in experience: then everything is open, by phone.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    missing_docs,
    reason = "an application's own main, which reads its environment and says where it serves"
)]

use std::sync::Arc;

use anyhow::Context as _;
use countersign::demo::{self, Ask, Codes, Look, Proof, Refused};
use countersign::otp::{Checked, VerificationView};
use countersign::store::VerificationStatus;
use reqwest::Method;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

const ENVIRONMENT: &str = "development";

/// A running service.
struct Api {
    url: String,
    key: String,
    http: reqwest::Client,
}

/// What a check answers, right or wrong.
#[derive(Deserialize)]
struct Answer {
    status: VerificationStatus,
    attempts_left: u32,
}

#[async_trait::async_trait]
impl Codes for Api {
    async fn create(&self, _environment: &str, ask: Ask) -> Result<VerificationView, Refused> {
        let body = json!({"to": ask.to, "purpose": ask.purpose, "locale": ask.locale, "client_ip": ask.client});
        self.call(Method::POST, "/verifications", body).await
    }

    async fn resend(&self, _environment: &str, id: &str) -> Result<VerificationView, Refused> {
        self.call(Method::POST, &format!("/verifications/{id}/resend"), Value::Null).await
    }

    /// The number and the purpose are told once more: a code that was sent to somebody else, or for something else, is
    /// not right here.
    async fn check(&self, _environment: &str, id: &str, proof: Proof) -> Result<Checked, Refused> {
        let body = json!({"code": proof.code.expose(), "to": proof.to, "purpose": proof.purpose});
        let Answer { status, attempts_left } =
            self.call(Method::POST, &format!("/verifications/{id}/check"), body).await?;
        Ok(Checked { approved: status == VerificationStatus::Approved, attempts_left, status })
    }

    async fn look(&self, environment: &str) -> Result<Option<Look>, Refused> {
        if environment != ENVIRONMENT {
            return Ok(None);
        }
        Ok(Some(Look {
            name: "Countersign demo".to_owned(),
            experience: self.setting("sign-in-experience").await?,
            policy: self.setting("policy").await?,
            inbox: Some(format!("{}/inbox", self.url)),
        }))
    }
}

impl Api {
    async fn call<T: DeserializeOwned>(&self, method: Method, path: &str, body: Value) -> Result<T, Refused> {
        let request = self.http.request(method, format!("{}/v1{path}", self.url)).bearer_auth(&self.key);
        let request = if body.is_null() { request } else { request.json(&body) };
        let answer = request.send().await.map_err(silent)?;
        if answer.status().is_success() {
            return answer.json().await.map_err(silent);
        }
        let wait = answer.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
        let status = answer.status().as_u16();
        Err(Refused::of_problem(status, wait, &answer.json().await.unwrap_or_default()))
    }

    /// What an environment's key may not read is as it is without being set up.
    async fn setting<T: DeserializeOwned + Default>(&self, name: &str) -> Result<T, Refused> {
        match self.call(Method::GET, &format!("/environments/{ENVIRONMENT}/{name}"), Value::Null).await {
            Err(refused) if refused.status == 403 => Ok(T::default()),
            answer => answer,
        }
    }
}

fn silent(error: reqwest::Error) -> Refused {
    let detail = format!("Countersign does not answer: {}", error.without_url());
    Refused { status: 502, detail, ..Refused::default() }
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    // reqwest is built without a TLS provider of its own here.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let api = Api {
        url: std::env::var("COUNTERSIGN_URL").unwrap_or_else(|_| "http://127.0.0.1:8080".into()),
        key: std::env::var("COUNTERSIGN_KEY").context("COUNTERSIGN_KEY is not set; `cargo run` prints one")?,
        http: reqwest::Client::new(),
    };
    let address = std::env::var("DEMO_LISTEN").unwrap_or_else(|_| "127.0.0.1:3001".into());
    let listener = tokio::net::TcpListener::bind(address).await?;
    println!("open http://{}", listener.local_addr()?);
    Ok(demo::serve(listener, ENVIRONMENT, Arc::new(api)).await?)
}
