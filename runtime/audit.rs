//! The audit log: who did what, by name. Append-only, and kept by `retention.audit_days`.
//!
//! Promise: every change that the API or the console makes is in it, under a word of [`action`]; no secret, code or full
//! number ever is. An entry is written after its change: if that fails, the change stands, and the service's own log has
//! the entry as an error.

pub mod action;
mod params;

use std::sync::Arc;

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::actor::Actor;
use crate::clock::{Clock, Timestamp};
use crate::store::{AuditFilter, AuditRow, Store, StoreError};

pub use params::{AuditParams, AuditRefusal, after};

/// Longest target; a longer one is cut.
const TARGET_CHARS_MAX: usize = 200;
/// Largest detail; a larger one is left out.
const DETAIL_BYTES_MAX: usize = 4096;

/// What was done, to what.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// A word of [`action`].
    pub action: &'static str,
    /// Where.
    pub environment: Option<String>,
    /// To what: its name.
    pub target: Option<String>,
    /// More: a small object without secrets, codes and full numbers.
    pub detail: Value,
    /// What it came to.
    pub outcome: &'static str,
}

impl Entry {
    /// It was done.
    pub fn of(action: &'static str) -> Self {
        Self { action, environment: None, target: None, detail: Value::Object(Map::new()), outcome: "done" }
    }

    /// Where.
    #[must_use]
    pub fn within(self, environment: impl Into<String>) -> Self {
        Self { environment: Some(environment.into()), ..self }
    }

    /// To what.
    #[must_use]
    pub fn to(self, target: impl Into<String>) -> Self {
        Self { target: Some(target.into()), ..self }
    }

    /// More.
    #[must_use]
    pub fn with(self, detail: Value) -> Self {
        Self { detail, ..self }
    }
}

/// A page of the log.
#[derive(Clone, Debug)]
pub struct AuditPage {
    /// The newest first.
    pub items: Vec<AuditRow>,
    /// `cursor` of the next page, of older entries; none if there are none.
    pub next: Option<String>,
}

/// The log.
pub struct Audit {
    store: Arc<dyn Store>,
    clock: Clock,
}

impl Audit {
    /// Over this store.
    pub fn new(store: Arc<dyn Store>, clock: Clock) -> Self {
        Self { store, clock }
    }

    /// Note what somebody did. Never fails: the change stands in any case, and a fault is told in the service's log.
    pub async fn record(&self, actor: &Actor, entry: Entry) {
        note(&*self.store, self.clock.now(), actor, entry).await;
    }

    /// What was done, newest first: at most `filter.limit` entries.
    pub async fn page(&self, filter: AuditFilter) -> Result<AuditPage, StoreError> {
        let limit = filter.limit;
        // One more tells whether there is another page.
        let mut items = self.store.audit(AuditFilter { limit: limit.saturating_add(1), ..filter }).await?;
        let more = items.len() > limit as usize;
        items.truncate(limit as usize);
        let next = items.last().filter(|_| more).map(|row| format!("{}.{}", row.at.as_millis(), row.id));
        Ok(AuditPage { items, next })
    }
}

/// As [`Audit::record`], for what the service does by itself.
pub async fn note(store: &dyn Store, now: Timestamp, actor: &Actor, entry: Entry) {
    let row = row(actor, entry, now);
    if let Err(error) = store.note(row.clone()).await {
        let AuditRow { actor, action, environment, target, .. } = row;
        tracing::error!(?actor, action, environment, target, %error, "an entry of the audit log was not written");
    }
}

fn row(actor: &Actor, entry: Entry, at: Timestamp) -> AuditRow {
    let small = entry.detail.to_string().len() <= DETAIL_BYTES_MAX;
    AuditRow {
        id: format!("aud_{}", Uuid::now_v7().simple()),
        at,
        actor: actor.clone(),
        action: entry.action.to_owned(),
        environment: entry.environment,
        target: entry.target.map(|target| target.chars().take(TARGET_CHARS_MAX).collect()),
        detail: if small { entry.detail } else { Value::Object(Map::new()) },
        outcome: entry.outcome.to_owned(),
    }
}
