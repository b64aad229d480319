//! The demo application, on a port of its own: sign up, sign in, forgot password, link account, over the API.
//!
//! ```text
//! cargo run                                           # Countersign; note the key that it prints
//! COUNTERSIGN_KEY=cs_admin_… cargo run --example demo # then open http://127.0.0.1:3001
//! ```
//!
//! It is the very application that the service shows at `/demo/development`; only how it gets its codes differs, and that
//! is this file. With the key of an environment it can't read the sign-in experience: then everything is open, by phone.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    missing_docs,
    reason = "an application's own main, which reads its environment and says where it serves"
)]

use std::net::SocketAddr;
use std::sync::Arc;

use anyhow::Context as _;
use axum::Router;
use axum::extract::{ConnectInfo, Request};
use axum::response::Redirect;
use axum::routing::get;
use countersign::clock::Clock;
use countersign::demo::{self, Ask, Client, Codes, Look, Proof, Refused};
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

#[derive(Deserialize)]
struct Answer {
    status: VerificationStatus,
    attempts_left: u32,
}

impl Api {
    async fn call<T: DeserializeOwned>(&self, method: Method, path: &str, body: Value) -> Result<T, Refused> {
        let request = self.http.request(method, format!("{}/v1{path}", self.url)).bearer_auth(&self.key);
        let request = if body.is_null() { request } else { request.json(&body) };
        let fault = |error: reqwest::Error| Refused {
            status: 502,
            detail: format!("Countersign does not answer: {}", error.without_url()),
            ..Refused::default()
        };
        let answer = request.send().await.map_err(fault)?;
        if answer.status().is_success() {
            return answer.json().await.map_err(fault);
        }
        let header = answer.headers().get("retry-after").and_then(|value| value.to_str().ok()?.parse().ok());
        let status = answer.status().as_u16();
        let problem: Value = answer.json().await.unwrap_or_default();
        let text = |name: &str| problem.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
        let kind = text("type").trim_start_matches("/problems/").to_owned();
        Err(Refused { status, kind, detail: text("detail"), retry_after_seconds: header })
    }
}

#[async_trait::async_trait]
impl Codes for Api {
    async fn look(&self, environment: &str) -> Result<Option<Look>, Refused> {
        if environment != ENVIRONMENT {
            return Ok(None);
        }
        let place = format!("/environments/{environment}");
        let experience = self.call(Method::GET, &format!("{place}/sign-in-experience"), Value::Null).await;
        let policy = self.call(Method::GET, &format!("{place}/policy"), Value::Null).await;
        // A key of an environment may send codes, and read nothing of how it is set up.
        let or_default = |refused: Refused| if refused.status == 403 { Ok(Value::Null) } else { Err(refused) };
        let read = |answer: Result<Value, Refused>| answer.or_else(or_default);
        let (experience, policy) = (read(experience)?, read(policy)?);
        Ok(Some(Look {
            name: "Countersign demo".to_owned(),
            experience: serde_json::from_value(experience).unwrap_or_default(),
            policy: serde_json::from_value(policy).unwrap_or_default(),
            inbox: Some(format!("{}/inbox", self.url)),
        }))
    }

    async fn create(&self, _environment: &str, ask: Ask) -> Result<VerificationView, Refused> {
        let body = json!({"to": ask.to, "purpose": ask.purpose, "locale": ask.locale, "client_ip": ask.client});
        self.call(Method::POST, "/verifications", body).await
    }

    async fn resend(&self, _environment: &str, id: &str) -> Result<VerificationView, Refused> {
        self.call(Method::POST, &format!("/verifications/{id}/resend"), Value::Null).await
    }

    async fn check(&self, _environment: &str, id: &str, proof: Proof) -> Result<Checked, Refused> {
        let body = json!({"code": proof.code.expose(), "to": proof.to, "purpose": proof.purpose});
        let answer: Answer = self.call(Method::POST, &format!("/verifications/{id}/check"), body).await?;
        let approved = answer.status == VerificationStatus::Approved;
        Ok(Checked { approved, attempts_left: answer.attempts_left, status: answer.status })
    }
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
    let told = |mut request: Request| async move {
        if let Some(ConnectInfo(peer)) = request.extensions().get::<ConnectInfo<SocketAddr>>().copied() {
            request.extensions_mut().insert(Client(peer.ip()));
        }
        request
    };
    let home = get(|| async { Redirect::to(&format!("/demo/{ENVIRONMENT}")) });
    let routes: Router =
        demo::router(Arc::new(api), Clock::system(), false).route("/", home).layer(axum::middleware::map_request(told));
    let address = std::env::var("DEMO_LISTEN").unwrap_or_else(|_| "127.0.0.1:3001".into());
    let listener = tokio::net::TcpListener::bind(address).await?;
    println!("open http://{}", listener.local_addr()?);
    Ok(axum::serve(listener, routes.into_make_service_with_connect_info::<SocketAddr>()).await?)
}
