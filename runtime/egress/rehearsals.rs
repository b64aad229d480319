//! Faults that are injected now, by environment and connector. In memory: a restart ends them, and so does time.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

use super::Injected;
use crate::clock::Timestamp;

/// A fault, and whom it meets.
#[derive(Debug)]
pub struct Rehearsal {
    /// What happens.
    pub fault: Arc<Injected>,
    /// To how many of a hundred calls.
    pub percent: u8,
    /// To recipients of these countries; to all if there is none.
    pub countries: Vec<String>,
    /// Since when.
    pub since: Timestamp,
    /// Until when.
    pub until: Timestamp,
    asked: AtomicU64,
}

impl Rehearsal {
    /// One that begins.
    pub fn new(fault: Injected, percent: u8, countries: Vec<String>, since: Timestamp, until: Timestamp) -> Self {
        Self { fault: Arc::new(fault), percent, countries, since, until, asked: AtomicU64::new(0) }
    }

    /// Whether the next call to that country meets it: of each hundred exactly as many as were asked for.
    fn meets(&self, country: Option<&str>) -> bool {
        let concerned =
            self.countries.is_empty() || country.is_some_and(|country| self.countries.iter().any(|one| one == country));
        if !concerned {
            return false;
        }
        let before = self.asked.fetch_add(1, Ordering::Relaxed) % 100;
        let share = u64::from(self.percent);
        (before + 1) * share / 100 > before * share / 100
    }
}

type Key = (String, String);

/// All of them.
#[derive(Default)]
pub struct Rehearsals {
    on: RwLock<BTreeMap<Key, Arc<Rehearsal>>>,
}

impl Rehearsals {
    /// Begin one; it takes the place of the connector's last one.
    pub fn begin(&self, environment: &str, connector: &str, rehearsal: Rehearsal) -> Arc<Rehearsal> {
        let (now, rehearsal) = (rehearsal.since, Arc::new(rehearsal));
        let mut on = self.write();
        on.retain(|_, known| known.until > now);
        on.insert((environment.to_owned(), connector.to_owned()), Arc::clone(&rehearsal));
        rehearsal
    }

    /// End one. Says whether there was one.
    pub fn end(&self, environment: &str, connector: &str, now: Timestamp) -> bool {
        let ended = self.write().remove(&(environment.to_owned(), connector.to_owned()));
        ended.is_some_and(|ended| ended.until > now)
    }

    /// End those of an environment, but for the connectors that stay.
    pub fn retain(&self, environment: &str, stays: impl Fn(&str) -> bool) {
        if !self.read().is_empty() {
            self.write().retain(|(of, connector), _| of != environment || stays(connector));
        }
    }

    /// Those of an environment that are on, by connector.
    pub fn of(&self, environment: &str, now: Timestamp) -> Vec<(String, Arc<Rehearsal>)> {
        let on = self.read();
        let own = on.iter().filter(|((of, _), rehearsal)| of == environment && rehearsal.until > now);
        own.map(|((_, connector), rehearsal)| (connector.clone(), Arc::clone(rehearsal))).collect()
    }

    /// What the next call of a connector meets.
    pub(super) fn next(
        &self,
        environment: &str,
        connector: &str,
        country: Option<&str>,
        now: Timestamp,
    ) -> Option<Arc<Injected>> {
        let on = self.read();
        if on.is_empty() {
            return None;
        }
        let rehearsal = on.get(&(environment.to_owned(), connector.to_owned()))?;
        (rehearsal.until > now && rehearsal.meets(country)).then(|| Arc::clone(&rehearsal.fault))
    }

    fn read(&self) -> RwLockReadGuard<'_, BTreeMap<Key, Arc<Rehearsal>>> {
        self.on.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, BTreeMap<Key, Arc<Rehearsal>>> {
        self.on.write().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    fn rehearsal(percent: u8, countries: &[&str]) -> Rehearsal {
        let countries = countries.iter().map(|&country| country.to_owned()).collect();
        Rehearsal::new(Injected::Refused, percent, countries, at(0), at(60))
    }

    fn met(all: &Rehearsals, country: Option<&str>, calls: usize) -> usize {
        (0..calls).filter(|_| all.next("development", "main", country, at(1)).is_some()).count()
    }

    #[test]
    fn of_a_hundred_calls_as_many_meet_it_as_were_asked_for() {
        let all = Rehearsals::default();
        for percent in [1, 33, 50, 99, 100] {
            all.begin("development", "main", rehearsal(percent, &[]));
            assert_eq!(met(&all, Some("US"), 300), 3 * usize::from(percent));
        }
    }

    #[test]
    fn it_meets_its_connector_in_its_countries_until_its_time_is_over() {
        let all = Rehearsals::default();
        all.begin("development", "main", rehearsal(100, &["DE"]));
        assert_eq!([Some("DE"), Some("US"), None].map(|country| met(&all, country, 1)), [1, 0, 0]);
        assert!(all.next("development", "other", Some("DE"), at(1)).is_none());
        assert!(all.next("staging", "main", Some("DE"), at(1)).is_none());
        assert!(all.next("development", "main", Some("DE"), at(60)).is_none());
        assert!(all.of("development", at(60)).is_empty());
        assert!(!all.end("development", "main", at(60)), "it had ended");
    }
}
