//! Revisions that were swapped out, as long as anybody may ask how their last sends end. Their counts alone are kept:
//! their code is freed with the last send.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use super::Routes;
use crate::clock::Timestamp;
use crate::connector::serving::Serving;
use crate::connector::serving::flights::{Drain, Flights};

/// How many are kept, over all environments. A drain is looked at minutes after its swap, and each takes bytes.
const KEPT_MAX: usize = 256;

struct Leaving {
    environment: String,
    name: String,
    revision: u64,
    flights: Arc<Flights>,
}

/// Those that were swapped out, newest first.
#[derive(Default)]
pub(super) struct Draining(Mutex<VecDeque<Leaving>>);

impl Draining {
    /// Whoever serves in `before` and not in `now` is left.
    pub(super) fn note(&self, before: &Routes, now: Option<&Routes>, at: Timestamp) {
        let stays = |old: &Arc<Serving>| now.is_some_and(|now| now.all().any(|new| Arc::ptr_eq(old, new)));
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for old in before.all().filter(|old| !stays(old)) {
            old.flights.leave(at);
            all.push_front(Leaving {
                environment: old.environment.clone(),
                name: old.name.clone(),
                revision: old.revision,
                flights: Arc::clone(&old.flights),
            });
        }
        all.truncate(KEPT_MAX);
    }

    /// Sends of a revision that were begun before it was swapped out.
    pub(super) fn running(&self, environment: &str, name: &str, revision: u64) -> u64 {
        self.of(environment, name, revision).iter().map(|flights| flights.running()).sum()
    }

    /// Sends that were begun before a swap and are still under way, by environment and connector.
    pub(super) fn all_running(&self) -> Vec<(String, String, u64)> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let running = all.iter().map(|one| (one.environment.clone(), one.name.clone(), one.flights.running()));
        running.filter(|(.., count)| *count > 0).collect()
    }

    /// How the last swap away from a revision ended.
    pub(super) fn drain(&self, environment: &str, name: &str, revision: u64) -> Option<Drain> {
        self.of(environment, name, revision).first().and_then(|flights| flights.drain())
    }

    fn of(&self, environment: &str, name: &str, revision: u64) -> Vec<Arc<Flights>> {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let its = |one: &&Leaving| one.environment == environment && one.name == name && one.revision == revision;
        all.iter().filter(its).map(|one| Arc::clone(&one.flights)).collect()
    }
}
