//! Where breakers lie: many small locks, so that sends of different connectors and countries don't wait for each other,
//! and a bound, so that nothing grows.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, Hash, RandomState};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};

use super::belief::Belief;
use super::breaker::{Breaker, Kind, State};
use super::silence::{Heard, Pace, Silence};
use super::uses::Uses;
use super::waiting::Waiting;
use super::worth::Worth;
use crate::clock::Timestamp;

const SHARDS: usize = 16;
const ENTRIES_OF_SHARD_MAX: usize = 512;
/// Revisions of a connector that are remembered at one place: the serving one, the one before, and what late reports
/// are still about. Each swap makes a revision, and each is some 2 KB.
const REVISIONS_MAX: usize = 4;

/// Where a breaker stands guard: before a connector's revision, in a country or in a network.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Spot<'a> {
    pub environment: &'a str,
    pub connector: &'a str,
    pub revision: u64,
    pub at: At<'a>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum At<'a> {
    Country(Option<&'a str>),
    Network(&'a str),
}

/// What is known of one spot.
pub(super) struct Entry {
    pub environment: String,
    pub connector: String,
    pub revision: u64,
    pub country: Option<String>,
    pub network: Option<String>,
    pub breaker: Breaker,
    pub uses: Uses,
    pub belief: Belief,
    pub silence: Silence,
    pub waiting: Waiting,
    pub worth: Worth,
    touched: Timestamp,
}

pub(super) struct Table {
    shards: Vec<Mutex<HashMap<u64, Entry>>>,
    hash: RandomState,
    /// Breakers that are not closed. While there are none, a plan asks nothing.
    ailing: AtomicUsize,
}

impl Default for Table {
    fn default() -> Self {
        let shards = (0..SHARDS).map(|_| Mutex::default()).collect();
        Self { shards, hash: RandomState::new(), ailing: AtomicUsize::new(0) }
    }
}

impl Table {
    pub(super) fn all_are_well(&self) -> bool {
        self.ailing.load(Ordering::Relaxed) == 0
    }

    #[cfg(test)]
    pub(super) fn ailing(&self) -> usize {
        self.ailing.load(Ordering::Relaxed)
    }

    /// Look at one spot, if something is known of it.
    pub(super) fn look<T>(&self, spot: &Spot<'_>, now: Timestamp, look: impl FnOnce(&mut Entry) -> T) -> Option<T> {
        let key = self.hash.hash_one(spot);
        let mut shard = self.shard(spot)?.lock().unwrap_or_else(PoisonError::into_inner);
        shard.get_mut(&key).map(|entry| self.watched(entry, now, look))
    }

    /// Look at one spot; one that is new begins with a clean sheet.
    pub(super) fn at<T>(&self, spot: &Spot<'_>, now: Timestamp, look: impl FnOnce(&mut Entry) -> T) -> Option<T> {
        let key = self.hash.hash_one(spot);
        let mut shard = self.shard(spot)?.lock().unwrap_or_else(PoisonError::into_inner);
        if !shard.contains_key(&key) {
            self.keep_at_most(REVISIONS_MAX, &mut shard, |entry| entry.is_at_place_of(spot));
            self.keep_at_most(ENTRIES_OF_SHARD_MAX, &mut shard, |_| true);
        }
        let entry = shard.entry(key).or_insert_with(|| Entry::new(spot, now));
        entry.touched = now;
        Some(self.watched(entry, now, look))
    }

    /// Every entry of an environment, in no order.
    pub(super) fn each(&self, environment: &str, now: Timestamp, mut look: impl FnMut(&mut Entry)) {
        for shard in &self.shards {
            let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
            let entries = shard.values_mut().filter(|entry| entry.environment == environment);
            entries.for_each(|entry| self.watched(entry, now, &mut look));
        }
    }

    /// Of those that match, forget the one that was touched longest ago if another one would be too many.
    fn keep_at_most(&self, max: usize, shard: &mut HashMap<u64, Entry>, matches: impl Fn(&Entry) -> bool) {
        let those = || shard.iter().filter(|(_, entry)| matches(entry));
        if those().count() < max {
            return;
        }
        let oldest = those().min_by_key(|(_, entry)| entry.touched).map(|(key, _)| *key);
        let gone = oldest.and_then(|key| shard.remove(&key));
        if gone.is_some_and(|entry| entry.breaker.state != State::Closed) {
            self.ailing.fetch_sub(1, Ordering::Relaxed);
        }
    }

    /// All revisions of a place lie in one shard.
    fn shard(&self, spot: &Spot<'_>) -> Option<&Mutex<HashMap<u64, Entry>>> {
        let place = self.hash.hash_one((spot.environment, spot.connector, &spot.at));
        self.shards.get(usize::try_from(place).unwrap_or(0) % SHARDS)
    }

    /// Look, and see to the count and the log if the state changed.
    fn watched<T>(&self, entry: &mut Entry, now: Timestamp, look: impl FnOnce(&mut Entry) -> T) -> T {
        let before = entry.breaker.state;
        entry.breaker.pass_time(now);
        let seen = look(entry);
        let after = entry.breaker.state;
        match (before == State::Closed, after == State::Closed) {
            (true, false) => self.ailing.fetch_add(1, Ordering::Relaxed),
            (false, true) => self.ailing.fetch_sub(1, Ordering::Relaxed),
            _ => 0,
        };
        if before != after {
            entry.log();
        }
        seen
    }
}

impl Entry {
    fn new(spot: &Spot<'_>, now: Timestamp) -> Self {
        let (country, network) = match &spot.at {
            At::Country(country) => (country.map(str::to_owned), None),
            At::Network(network) => (None, Some((*network).to_owned())),
        };
        Self {
            environment: spot.environment.to_owned(),
            connector: spot.connector.to_owned(),
            revision: spot.revision,
            country,
            network,
            breaker: Breaker::closed(now),
            uses: Uses::default(),
            belief: Belief::default(),
            silence: Silence::default(),
            waiting: Waiting::default(),
            worth: Worth::default(),
            touched: now,
        }
    }

    /// Whether its codes are still used; if not, it is opened. Answers whether the others have to be asked what is usual.
    pub(super) fn listen(&mut self, others: Option<&Pace>, now: Timestamp) -> bool {
        if self.breaker.state != State::Closed {
            return false;
        }
        match self.silence.judge(others, now) {
            Heard::Nothing => false,
            Heard::Untaught => true,
            Heard::Silent { why, batches } => {
                self.breaker.open(Kind::Uses, why, now);
                self.uses.clear();
                self.silence.clear(batches, now);
                false
            }
        }
    }

    /// Whether it is of the same connector in the same country or network, of whatever revision.
    fn is_at_place_of(&self, spot: &Spot<'_>) -> bool {
        let at = match &spot.at {
            At::Country(country) => self.network.is_none() && self.country.as_deref() == *country,
            At::Network(network) => self.network.as_deref() == Some(network),
        };
        at && self.environment == spot.environment && self.connector == spot.connector
    }

    fn log(&self) {
        let (environment, connector, revision) = (&self.environment, &self.connector, self.revision);
        let (country, network) = (self.country.as_deref(), self.network.as_deref());
        let (why, until) = (&self.breaker.why, self.breaker.until);
        match self.breaker.state {
            State::Open => {
                tracing::warn!(environment, connector, revision, country, network, why, %until, "breaker open: others are asked first");
            }
            State::Probation => {
                tracing::info!(
                    environment,
                    connector,
                    revision,
                    country,
                    network,
                    why,
                    "breaker on probation: a message now and then"
                );
            }
            State::Closed => {
                tracing::info!(
                    environment,
                    connector,
                    revision,
                    country,
                    network,
                    "breaker closed: it has its place again"
                );
            }
        }
    }
}
