//! A website that signs people in by phone, in one file: what an application has to do, and no more.
//!
//! ```text
//! cargo run                                            # Countersign; note the key that it prints
//! COUNTERSIGN_KEY=cs_admin_… cargo run --example login # then open http://127.0.0.1:3000
//! ```
//!
//! The browser never sees the verification's id: it holds a random session, and the session knows which verification it
//! asked for. So nobody can present a code for somebody else's.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::indexing_slicing,
    missing_docs,
    reason = "an application's own main; a field that JSON lacks reads as null"
)]

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::Context as _;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::{get, post};
use axum::{Router, serve};
use maud::{DOCTYPE, Markup, html};
use serde_json::{Value, json};

/// Where a visitor stands.
#[derive(Clone)]
enum Session {
    Asked { verification: String, to: String },
    SignedIn { number: String },
}

struct Site {
    countersign: String,
    key: String,
    http: reqwest::Client,
    sessions: Mutex<HashMap<String, Session>>,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    // reqwest is built without a TLS provider of its own here.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let site = Arc::new(Site {
        countersign: std::env::var("COUNTERSIGN_URL").unwrap_or_else(|_| "http://127.0.0.1:8080".into()),
        key: std::env::var("COUNTERSIGN_KEY").context("COUNTERSIGN_KEY is not set; `cargo run` prints one")?,
        http: reqwest::Client::new(),
        sessions: Mutex::default(),
    });
    let routes = Router::new()
        .route("/", get(home))
        .route("/ask", post(ask))
        .route("/prove", post(prove))
        .route("/leave", post(leave))
        .with_state(site);
    let listener = tokio::net::TcpListener::bind("127.0.0.1:3000").await?;
    println!("open http://127.0.0.1:3000");
    Ok(serve(listener, routes).await?)
}

async fn home(State(site): State<Arc<Site>>, headers: HeaderMap) -> Markup {
    match site.session(&headers) {
        None => ask_page(None),
        Some(Session::Asked { to, .. }) => prove_page(&to, None),
        Some(Session::SignedIn { number }) => page(html! {
            p { "You are signed in as " strong { (number) } "." }
            form method="post" action="/leave" { button { "Sign out" } }
        }),
    }
}

async fn ask(State(site): State<Arc<Site>>, form: String) -> Response {
    let body = json!({"to": field(&form, "to"), "purpose": "sign-in"});
    let (status, made) = match site.call("/v1/verifications", &body).await {
        Ok(answer) => answer,
        Err(error) => return ask_page(Some(&error.to_string())).into_response(),
    };
    let Some(id) = made["id"].as_str().filter(|_| status == 201) else {
        return ask_page(Some(made["detail"].as_str().unwrap_or("No code could be sent."))).into_response();
    };
    let session =
        Session::Asked { verification: id.to_owned(), to: made["to"].as_str().unwrap_or_default().to_owned() };
    site.begin(session)
}

async fn prove(State(site): State<Arc<Site>>, headers: HeaderMap, form: String) -> Response {
    let Some(Session::Asked { verification, to }) = site.session(&headers) else {
        return Redirect::to("/").into_response();
    };
    // `to` says for whom: a code of another verification, made for another number, proves nothing here.
    let body = json!({"code": field(&form, "code").trim(), "to": to, "purpose": "sign-in"});
    match site.call(&format!("/v1/verifications/{verification}/check"), &body).await {
        // A session of its own: whoever planted the old one does not share what it has become.
        Ok((200, checked)) if checked["status"] == "approved" => site.begin(Session::SignedIn { number: to }),
        Ok((200, checked)) if checked["status"] == "pending" => {
            let left = format!("That is not the code. {} more tries.", checked["attempts_left"]);
            prove_page(&to, Some(&left)).into_response()
        }
        Ok(_) => ask_page(Some("That code is no longer valid. Ask for another one.")).into_response(),
        Err(error) => prove_page(&to, Some(&error.to_string())).into_response(),
    }
}

async fn leave(State(site): State<Arc<Site>>, headers: HeaderMap) -> Redirect {
    site.locked().remove(&cookie(&headers));
    Redirect::to("/")
}

impl Site {
    async fn call(&self, path: &str, body: &Value) -> anyhow::Result<(u16, Value)> {
        let request = self.http.post(format!("{}{path}", self.countersign)).bearer_auth(&self.key).json(body);
        let answer = request.send().await.context("Countersign does not answer")?;
        Ok((answer.status().as_u16(), answer.json().await?))
    }

    fn locked(&self) -> std::sync::MutexGuard<'_, HashMap<String, Session>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn session(&self, headers: &HeaderMap) -> Option<Session> {
        self.locked().get(&cookie(headers)).cloned()
    }

    fn begin(&self, session: Session) -> Response {
        let id = countersign::random::hex::<16>();
        // Behind TLS, add `Secure` and the name's `__Host-` prefix.
        let set = format!("session={id}; Path=/; HttpOnly; SameSite=Strict");
        self.locked().insert(id, session);
        let mut answer = Redirect::to("/").into_response();
        if let Ok(set) = HeaderValue::from_str(&set) {
            answer.headers_mut().insert(header::SET_COOKIE, set);
        }
        answer
    }
}

fn field(form: &str, name: &str) -> String {
    let mut pairs = url::form_urlencoded::parse(form.as_bytes());
    pairs.find(|(key, _)| key == name).map(|(_, value)| value.into_owned()).unwrap_or_default()
}

fn cookie(headers: &HeaderMap) -> String {
    let all = headers.get(header::COOKIE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut pairs = all.split(';').filter_map(|pair| pair.trim().split_once('='));
    pairs.find(|(name, _)| *name == "session").map(|(_, id)| id.to_owned()).unwrap_or_default()
}

fn ask_page(error: Option<&str>) -> Markup {
    page(html! {
        form method="post" action="/ask" {
            label for="to" { "Phone number" }
            input #to name="to" type="tel" autocomplete="tel" placeholder="+1 415 555 0123" required;
            button { "Send me a code" }
        }
        @if let Some(error) = error { p role="alert" { (error) } }
    })
}

fn prove_page(to: &str, error: Option<&str>) -> Markup {
    page(html! {
        form method="post" action="/prove" {
            label for="code" { "The code that was sent to " (to) }
            input #code name="code" inputmode="numeric" autocomplete="one-time-code" required autofocus;
            button { "Sign in" }
        }
        @if let Some(error) = error { p role="alert" { (error) } }
        form method="post" action="/leave" { button { "Another number" } }
    })
}

fn page(body: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width";
                title { "Sign in" }
                style { "body { font: 1.1rem/1.6 system-ui; max-width: 24rem; margin: 4rem auto; padding: 0 1rem }
                         label, input, button { display: block; font: inherit; margin: .4rem 0; width: 100%; box-sizing: border-box }
                         [role=alert] { color: #b00020 }" }
            }
            body { h1 { "Sign in" } (body) }
        }
    }
}
