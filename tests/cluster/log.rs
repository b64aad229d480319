//! Writing the history while it happens.

use std::sync::{Arc, Mutex};
use std::time::Instant;

use axum::response::IntoResponse as _;
use serde_json::json;

use super::history::{Check, Create, History, Moment, Received, Span, Swap};
use crate::support::provider::{Answer, Provider, Recorded};

/// What a swap gives its revision as the provider's secret: so each request tells which one it left by.
pub fn secret(mark: u32) -> String {
    format!("canary-token-of-swap-{mark:06}")
}

pub struct Log {
    began: Instant,
    history: Mutex<History>,
}

impl Default for Log {
    fn default() -> Self {
        Self { began: Instant::now(), history: Mutex::default() }
    }
}

impl Log {
    pub fn now(&self) -> Moment {
        self.began.elapsed()
    }

    /// Do something, and say from when to when.
    pub async fn timed<T>(&self, work: impl Future<Output = T>) -> (T, Span) {
        let began = self.now();
        let done = work.await;
        (done, Span { began, ended: self.now() })
    }

    pub fn created(&self, create: Create) {
        self.history.lock().unwrap().creates.push(create);
    }

    pub fn checked(&self, check: Check) {
        self.history.lock().unwrap().checks.push(check);
    }

    pub fn swapped(&self, swap: Swap) {
        self.history.lock().unwrap().swaps.push(swap);
    }

    /// Write down whatever this provider receives, before it answers.
    pub fn listen(self: &Arc<Self>, provider: &Provider) {
        let log = Arc::clone(self);
        provider.answers(Answer::By(Arc::new(move |request| {
            let received = read(request, log.now());
            log.history.lock().unwrap().received.push(received);
            (axum::http::StatusCode::CREATED, axum::Json(json!({"id": "p_1"}))).into_response()
        })));
    }

    /// The code that was sent to this number, if one was.
    pub fn code_for(&self, to: &str) -> Option<String> {
        let history = self.history.lock().unwrap();
        history.received.iter().rev().find(|received| received.to == to).map(|received| received.code.clone())
    }

    /// All of it, as of now.
    pub fn history(&self) -> History {
        self.history.lock().unwrap().clone()
    }
}

/// A request of a marker: a form of `to` and `text`, whose first word is the code; the secret behind `Bearer`.
fn read(request: &Recorded, at: Moment) -> Received {
    let form: Vec<(String, String)> = url::form_urlencoded::parse(&request.body).into_owned().collect();
    let field = |name: &str| form.iter().find(|(key, _)| key == name).map(|(_, value)| value.clone()).unwrap();
    let code: String = field("text").chars().take_while(char::is_ascii_digit).collect();
    assert_eq!(code.len(), 6, "{form:?}");
    let mark = request.header("authorization").rsplit('-').next().unwrap().parse().unwrap();
    Received { at, to: field("to"), code, mark }
}
