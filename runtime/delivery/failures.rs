//! Failed sends that are kept, so that whoever looks into one does not have to provoke it again.
//!
//! Promise: what is kept is nobody's. Number, code, text and secrets are taken away before anything is kept, requests are
//! not kept at all, and all of it is in memory, bounded, and gone with the service. Whether anything is recorded is
//! decided before a send: where it is not, it costs nothing.

use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use crate::clock::Timestamp;
use crate::connector::contract::{Certainty, FailureKind};
use crate::connector::digest::Digest;
use crate::connector::replay::Redacted;
use crate::store::{Store, StoreError};

mod redacted;

pub use redacted::{Attempt, redacted};

/// How many are kept of each connector; the oldest goes first.
const KEPT_MAX: usize = 20;
/// How much one may take; of a larger one only the outcome is kept.
const ONE_BYTES_MAX: usize = 64 << 10;
/// How much all of them may take. Whoever has most gives, so that nobody's flood takes another's.
const ALL_BYTES_MAX: usize = 8 << 20;
/// What one takes beside what it tells, roughly.
const OWN_BYTES: usize = 1 << 10;

/// An attempt that failed.
pub struct FailedSend {
    /// Message and attempt in one word.
    pub id: String,
    /// When it had failed.
    pub at: Timestamp,
    /// The message.
    pub message: String,
    /// Which of its attempts.
    pub attempt: u32,
    /// Why.
    pub kind: FailureKind,
    /// What is known about the message.
    pub certainty: Certainty,
    /// The provider's own code, without anything of anybody's; none where nothing of the send may be kept.
    pub provider_code: Option<String>,
    /// The connector's revision.
    pub revision: u64,
    /// `id@version` that was asked.
    pub component: String,
    /// The environment.
    pub environment: String,
    /// The connector.
    pub connector: String,
    /// What a transcript is made from, or why there is none.
    pub told: Result<Told, String>,
}

/// What a transcript is made from.
pub struct Told {
    /// The bytes that were asked.
    pub digest: Digest,
    /// What happened.
    pub redacted: Redacted,
}

impl FailedSend {
    fn bytes(&self) -> usize {
        OWN_BYTES + self.told.as_ref().map_or(0, |told| told.redacted.bytes())
    }
}

type Ring = VecDeque<(Arc<FailedSend>, usize)>;

/// The failed sends of all connectors.
#[derive(Default)]
pub struct Failures {
    rings: Mutex<HashMap<(String, String), Ring>>,
}

impl Failures {
    /// Keep one. The oldest of its connector goes for it, or one of whoever has most.
    pub fn keep(&self, failed: FailedSend) {
        let failed = match failed.bytes() {
            bytes if bytes > ONE_BYTES_MAX => {
                let why = format!("what went over the wire is more than the {} KiB that are kept", ONE_BYTES_MAX >> 10);
                FailedSend { told: Err(why), ..failed }
            }
            _ => failed,
        };
        let bytes = failed.bytes();
        let mut rings = self.rings();
        let ring = rings.entry((failed.environment.clone(), failed.connector.clone())).or_default();
        ring.truncate(KEPT_MAX - 1);
        ring.push_front((Arc::new(failed), bytes));
        let size = |ring: &Ring| ring.iter().map(|(_, bytes)| bytes).sum::<usize>();
        while rings.values().map(size).sum::<usize>() > ALL_BYTES_MAX {
            let Some(largest) = rings.values_mut().max_by_key(|ring| size(ring)) else { break };
            largest.pop_back();
        }
    }

    /// Those of a connector, newest first.
    pub fn of(&self, environment: &str, connector: &str) -> Vec<Arc<FailedSend>> {
        let rings = self.rings();
        let ring = rings.get(&(environment.to_owned(), connector.to_owned()));
        ring.into_iter().flatten().map(|(failed, _)| Arc::clone(failed)).collect()
    }

    /// Forget those of an environment, but for the connectors that stay.
    pub fn retain(&self, environment: &str, stays: impl Fn(&str) -> bool) {
        self.rings().retain(|(of, connector), _| of != environment || stays(connector));
    }

    /// Forget those of messages that the log has no longer. They say nothing of anybody; but what is erased is to be
    /// gone.
    pub async fn forget_erased(&self, store: &dyn Store) -> Result<(), StoreError> {
        let kept: Vec<Arc<FailedSend>> = self.rings().values().flatten().map(|(kept, _)| Arc::clone(kept)).collect();
        for failed in kept {
            if store.message(&failed.environment, &failed.message).await?.is_none() {
                self.rings().values_mut().for_each(|ring| ring.retain(|(kept, _)| kept.message != failed.message));
            }
        }
        Ok(())
    }

    fn rings(&self) -> MutexGuard<'_, HashMap<(String, String), Ring>> {
        self.rings.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn failed(connector: &str, n: u32) -> FailedSend {
        FailedSend {
            id: format!("msg_{n}-1"),
            at: Timestamp::from_millis(n.into()),
            message: format!("msg_{n}"),
            attempt: 1,
            kind: FailureKind::Other,
            certainty: Certainty::NotSent,
            provider_code: None,
            revision: 1,
            component: "courier@1.0.0".to_owned(),
            environment: "development".to_owned(),
            connector: connector.to_owned(),
            told: Err("nothing".to_owned()),
        }
    }

    fn ids(failures: &Failures, connector: &str) -> Vec<String> {
        failures.of("development", connector).iter().map(|kept| kept.id.clone()).collect()
    }

    #[test]
    fn a_connectors_last_twenty_are_kept_newest_first_and_another_ones_stay() {
        let failures = Failures::default();
        failures.keep(failed("other", 1000));
        (0..50).for_each(|n| failures.keep(failed("main", n)));
        let kept = ids(&failures, "main");
        assert_eq!((kept.len(), kept[0].as_str(), kept[19].as_str()), (20, "msg_49-1", "msg_30-1"));
        assert_eq!(ids(&failures, "other"), ["msg_1000-1"]);
        failures.retain("development", |connector| connector == "main");
        assert!(ids(&failures, "other").is_empty() && ids(&failures, "main").len() == 20);
    }

    #[test]
    fn all_of_them_together_are_bounded_and_whoever_has_most_gives() {
        let failures = Failures::default();
        failures.keep(failed("first", 0));
        let connectors = ALL_BYTES_MAX / OWN_BYTES / KEPT_MAX + 50;
        for connector in 0..connectors {
            (0..20).for_each(|n| failures.keep(failed(&format!("c{connector}"), n)));
        }
        let bytes: usize = failures.rings().values().flatten().map(|(_, bytes)| bytes).sum();
        assert!(bytes <= ALL_BYTES_MAX && bytes > ALL_BYTES_MAX / 2, "{bytes}");
        assert_eq!(ids(&failures, "first").len(), 1, "the oldest of all, and the only one of its connector");
    }
}
