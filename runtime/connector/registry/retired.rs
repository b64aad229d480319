//! Connectors that serve no more and may still be told what became of their messages.
//!
//! A provider reports for days, and not to whoever took a connector's place under its name: another component reads
//! other callbacks. So a component that reads any stays at hand for a while after it was swapped or deleted; it sends
//! nothing. Only in memory: with a restart, its secrets are gone for good.

use std::sync::Arc;
use std::time::Duration;

use super::Routes;
use crate::clock::Timestamp;
use crate::connector::serving::Serving;

/// How long. Providers give up reporting within three days.
const KEPT: Duration = Duration::from_secs(72 * 3600);
/// How many in an environment: each holds its code.
const KEPT_MAX: usize = 8;

/// One of them.
#[derive(Clone)]
pub struct Retired {
    serving: Arc<Serving>,
    until: Timestamp,
}

/// Whom `now` leaves out of those that served in `before`, newest first.
pub(super) fn retire(before: &Routes, now: &Routes, at: Timestamp) -> Vec<Retired> {
    let gone = before.connectors.values().filter(|old| {
        let new = now.connectors.get(&old.name);
        old.reads_callbacks() && new.is_none_or(|new| new.component_name != old.component_name)
    });
    let gone = gone.map(|serving| Retired { serving: Arc::clone(serving), until: at.plus(KEPT) });
    let mut all: Vec<Retired> = gone.chain(before.retired.iter().filter(|old| old.until > at).cloned()).collect();
    all.truncate(KEPT_MAX);
    all
}

impl Routes {
    /// Who reads the callbacks of a connector: for a message the revision that sent it, if it is at hand, or whoever has
    /// its component still; else who serves now, or did last.
    pub fn reader(&self, name: &str, sent_by: Option<u64>, at: Timestamp) -> Option<&Arc<Serving>> {
        let mut retired = self.retired.iter().filter(|old| old.serving.name == name && old.until > at);
        let exact = sent_by.and_then(|revision| {
            let old = retired.clone().map(|old| &old.serving).find(|old| old.revision == revision);
            self.revision(name, revision).or(old)
        });
        exact.or_else(|| self.connectors.get(name)).or_else(|| retired.next().map(|old| &old.serving))
    }
}
