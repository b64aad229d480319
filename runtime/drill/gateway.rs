//! A provider: a gateway that speaks as Kannel does, on a socket of its own.

use std::sync::{Arc, PoisonError, RwLock};

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use tokio::net::TcpListener;
use tokio::sync::mpsc::UnboundedSender;
use tokio::task::JoinHandle;
use url::Url;

use super::lanes::Failing;

/// A message that a gateway took.
#[derive(Debug)]
pub(super) struct Taken {
    pub(super) environment: &'static str,
    pub(super) to: String,
    pub(super) text: String,
    /// Where its report goes, with Kannel's escapes.
    pub(super) report_to: Option<String>,
    /// What fails there now.
    pub(super) failing: Failing,
}

#[derive(Clone)]
struct Shared {
    environment: &'static str,
    failing: Arc<RwLock<Failing>>,
    taken: UnboundedSender<Taken>,
}

pub(super) struct Gateway {
    pub(super) url: Url,
    failing: Arc<RwLock<Failing>>,
    running: JoinHandle<()>,
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.running.abort();
    }
}

impl Gateway {
    pub(super) async fn open(environment: &'static str, taken: UnboundedSender<Taken>) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?).parse()?;
        let failing = Arc::new(RwLock::new(Failing::Nothing));
        let shared = Shared { environment, failing: Arc::clone(&failing), taken };
        let router = Router::new().fallback(answer).with_state(shared);
        let running = tokio::spawn(async move {
            if let Err(error) = axum::serve(listener, router).await {
                tracing::error!(%error, "a provider of the drill ended");
            }
        });
        Ok(Self { url, failing, running })
    }

    pub(super) fn fails(&self, failing: Failing) {
        *self.failing.write().unwrap_or_else(PoisonError::into_inner) = failing;
    }
}

async fn answer(State(shared): State<Shared>, headers: HeaderMap, body: Bytes) -> Response {
    let failing = *shared.failing.read().unwrap_or_else(PoisonError::into_inner);
    match failing {
        Failing::Status503 => return (StatusCode::SERVICE_UNAVAILABLE, "try again later").into_response(),
        Failing::Dumb => return std::future::pending().await,
        _ => {}
    }
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let taken = Taken {
        environment: shared.environment,
        to: header("x-kannel-to").unwrap_or_default(),
        text: String::from_utf8_lossy(&body).into_owned(),
        report_to: header("x-kannel-dlr-url"),
        failing,
    };
    // Whoever listens is gone when the drill is over.
    let _ = shared.taken.send(taken);
    (StatusCode::ACCEPTED, "0: Accepted for delivery").into_response()
}

/// Where a report goes: Kannel's escapes filled.
pub(super) fn filled(report_to: &str, delivered: bool, network: &str, seconds: u64) -> String {
    let (status, answer) = match delivered {
        true => ("1", "id%3A1%20stat%3ADELIVRD%20err%3A000"),
        false => ("2", "id%3A1%20stat%3AUNDELIV%20err%3A001"),
    };
    let (mut filled, mut rest) = (String::with_capacity(report_to.len() + 64), report_to.chars());
    while let Some(c) = rest.next() {
        if c != '%' {
            filled.push(c);
            continue;
        }
        match rest.next() {
            Some('d') => filled.push_str(status),
            Some('A') => filled.push_str(answer),
            Some('T') => filled.push_str(&seconds.to_string()),
            Some('i') => filled.push_str(network),
            other => filled.extend(other),
        }
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_filled_as_kannel_does() {
        let asked = "http://127.0.0.1:1/c%%41?reference=r&status=%d&answer=%A&at=%T&smsc=%i";
        let told =
            "http://127.0.0.1:1/c%41?reference=r&status=2&answer=id%3A1%20stat%3AUNDELIV%20err%3A001&at=7&smsc=Red";
        assert_eq!(filled(asked, false, "Red", 7), told);
    }
}
