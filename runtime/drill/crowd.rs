//! What goes on beside the clock: calls of the service, each in a task of its own, which tells what it came to.

use std::collections::BTreeMap;
use std::sync::Arc;

use http::Method;
use serde_json::{Value, json};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};

use super::ledger::Fate;
use crate::egress::{Call, Caller};

/// What a call came to.
#[derive(Debug)]
pub(super) enum News {
    /// A code was asked for.
    Asked { entry: usize, id: Option<String>, fate: Fate },
    /// A code was typed.
    Typed { entry: usize, right: bool },
    /// A report was told.
    Reported,
}

/// The application and the providers, as callers of the service.
pub(super) struct Crowd {
    /// By environment, each with a key of its own.
    callers: BTreeMap<&'static str, Arc<Caller>>,
    tell: UnboundedSender<News>,
    news: UnboundedReceiver<News>,
    /// Calls that are under way.
    pub(super) under_way: usize,
}

impl Crowd {
    pub(super) fn new(callers: BTreeMap<&'static str, Arc<Caller>>) -> Self {
        let (tell, news) = mpsc::unbounded_channel();
        Self { callers, tell, news, under_way: 0 }
    }

    /// What the next call that ends came to.
    pub(super) async fn next(&mut self) -> Option<News> {
        let news = self.news.recv().await;
        self.under_way = self.under_way.saturating_sub(1);
        news
    }

    /// Ask for a code.
    pub(super) fn ask(&mut self, environment: &str, entry: usize, to: &str, active: &'static str) {
        let body = json!({ "to": to });
        self.call(environment, "/v1/verifications".to_owned(), body, move |told| {
            let id = word(&told, "/id").map(str::to_owned);
            let fate = match (word(&told, "/delivery/status"), word(&told, "/delivery/connector")) {
                (Some("accepted" | "delivered"), Some(by)) if by == active => Fate::InPlace,
                (Some("accepted" | "delivered"), Some(_)) => Fate::Elsewhere,
                _ => Fate::Failed,
            };
            News::Asked { entry, id, fate }
        });
    }

    /// Type a code.
    pub(super) fn type_in(&mut self, environment: &str, entry: usize, id: &str, code: &str) {
        let body = json!({ "code": code });
        self.call(environment, format!("/v1/verifications/{id}/check"), body, move |told| News::Typed {
            entry,
            right: word(&told, "/status") == Some("approved"),
        });
    }

    /// Tell a report.
    pub(super) fn report(&mut self, environment: &str, path: String) {
        self.call(environment, path, Value::Null, |_| News::Reported);
    }

    fn call(
        &mut self,
        environment: &str,
        path: String,
        body: Value,
        read: impl FnOnce(Value) -> News + Send + 'static,
    ) {
        let Some(caller) = self.callers.get(environment).cloned() else { return };
        let tell = self.tell.clone();
        self.under_way += 1;
        tokio::spawn(async move {
            let (method, body) = if body.is_null() { (Method::GET, None) } else { (Method::POST, Some(&body)) };
            let answer = caller.call(Call { method, path: &path, if_match: None, body }).await;
            // A call that fails is told as one that came to nothing; the drill may be over.
            let _ = tell.send(read(answer.map(|(_, told)| told).unwrap_or_default()));
        });
    }
}

/// A word of an answer.
fn word<'a>(told: &'a serde_json::Value, at: &str) -> Option<&'a str> {
    told.pointer(at)?.as_str()
}
