//! The phone of a development environment: every SMS that the `inbox` connector sends lands here, in memory only.

use std::collections::VecDeque;
use std::fmt;
use std::sync::Mutex;

use async_trait::async_trait;
use bytes::Bytes;
use serde::{Deserialize, Serialize};
use tokio::sync::broadcast;
use utoipa::ToSchema;

use crate::clock::{Clock, Timestamp};
use crate::egress::{InternalHost, Request, Response};
use crate::phone::PhoneNumber;

/// How many are kept; the oldest goes first.
const KEPT_MAX: usize = 500;

/// One SMS. Shows number and text: that is its purpose. `Debug` shows neither.
#[derive(Clone, Serialize, ToSchema)]
pub struct Sms {
    /// Its id.
    pub id: String,
    /// The recipient.
    pub to: String,
    /// The text.
    pub text: String,
    /// Why it was sent.
    pub purpose: String,
    /// The sender, where one was chosen.
    pub sender: Option<String>,
    /// When it came.
    #[schema(value_type = String, format = DateTime)]
    pub received_at: Timestamp,
}

impl fmt::Debug for Sms {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sms({})", self.id)
    }
}

/// What the connector posts.
#[derive(Deserialize)]
struct Posted {
    to: String,
    text: String,
    purpose: String,
    #[serde(default)]
    sender: Option<String>,
}

/// The phone.
pub struct Inbox {
    clock: Clock,
    kept: Mutex<VecDeque<Sms>>,
    arrived: broadcast::Sender<Sms>,
}

impl Inbox {
    /// An empty one.
    pub fn new(clock: Clock) -> Self {
        Self { clock, kept: Mutex::default(), arrived: broadcast::Sender::new(64) }
    }

    /// What came, newest first.
    pub fn list(&self) -> Vec<Sms> {
        self.kept.lock().map(|kept| kept.iter().rev().cloned().collect()).unwrap_or_default()
    }

    /// Forget what a number got, in whatever way it is written; answers how much that was.
    pub fn forget(&self, to: &str) -> usize {
        let Ok(to) = PhoneNumber::parse(to) else { return 0 };
        let Ok(mut kept) = self.kept.lock() else { return 0 };
        let before = kept.len();
        kept.retain(|sms| sms.to != to.e164());
        before - kept.len()
    }

    /// What will come.
    pub fn subscribe(&self) -> broadcast::Receiver<Sms> {
        self.arrived.subscribe()
    }

    /// An SMS that came in another way than by the `inbox` connector: an author's stand-in for a provider took it.
    pub fn take_in(&self, to: String, text: String, purpose: String, sender: Option<String>) {
        self.keep(Posted { to, text, purpose, sender });
    }

    fn keep(&self, posted: Posted) -> Sms {
        let sms = Sms {
            id: format!("in_{}", crate::random::hex::<8>()),
            to: posted.to,
            text: posted.text,
            purpose: posted.purpose,
            sender: posted.sender,
            received_at: self.clock.now(),
        };
        if let Ok(mut kept) = self.kept.lock() {
            if kept.len() >= KEPT_MAX {
                kept.pop_front();
            }
            kept.push_back(sms.clone());
        }
        // Nobody looking is no fault.
        let _ = self.arrived.send(sms.clone());
        sms
    }
}

#[async_trait]
impl InternalHost for Inbox {
    async fn answer(&self, request: Request) -> Response {
        let (status, body) = match (request.method.as_str(), request.url.path()) {
            ("POST", "/messages") => match serde_json::from_slice::<Posted>(&request.body) {
                Ok(posted) => (201, format!("{{\"id\":\"{}\"}}", self.keep(posted).id)),
                Err(_) => (400, "{\"error\":\"not a message\"}".to_owned()),
            },
            _ => (404, "{\"error\":\"there is only POST /messages\"}".to_owned()),
        };
        let headers = vec![("content-type".to_owned(), "application/json".to_owned())];
        Response { status, headers, body: Bytes::from(body) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn post(path: &str, body: &str) -> Request {
        let url = format!("https://inbox.countersign.internal{path}").parse().unwrap();
        Request { method: http::Method::POST, url, headers: http::HeaderMap::new(), body: Bytes::from(body.to_owned()) }
    }

    #[tokio::test]
    async fn what_is_posted_is_listed_newest_first_and_the_oldest_goes() {
        let inbox = Inbox::new(Clock::manual(Timestamp::from_millis(1)));
        for n in 0..=KEPT_MAX {
            let body =
                format!(r#"{{"to": "+14155550123", "text": "code {n}", "purpose": "sign-in", "reference": "r"}}"#);
            assert_eq!(inbox.answer(post("/messages", &body)).await.status, 201);
        }
        let list = inbox.list();
        assert_eq!((list.len(), list[0].text.as_str()), (KEPT_MAX, "code 500"));
        assert!(!format!("{list:?}").contains("code"));
    }

    #[tokio::test]
    async fn anything_else_is_refused() {
        let inbox = Inbox::new(Clock::system());
        assert_eq!(inbox.answer(post("/messages", "{}")).await.status, 400);
        assert_eq!(inbox.answer(post("/other", "{}")).await.status, 404);
    }
}
