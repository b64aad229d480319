//! Which network an area's numbers belong to, learned from reports. Numbers move between networks, so it is what most
//! reports of an area say, and forgotten when others say otherwise.

use std::collections::HashMap;
use std::sync::{PoisonError, RwLock};

/// No more areas than this are remembered.
const AREAS_MAX: usize = 8192;
const VOTES_MAX: u8 = 20;

#[derive(Default)]
pub(super) struct Networks {
    areas: RwLock<HashMap<(String, String), (String, u8)>>,
}

impl Networks {
    /// A report named a network.
    pub(super) fn learn(&self, environment: &str, area: &str, network: &str) {
        let mut areas = self.areas.write().unwrap_or_else(PoisonError::into_inner);
        let key = (environment.to_owned(), area.to_owned());
        if areas.len() >= AREAS_MAX && !areas.contains_key(&key) {
            let some = areas.keys().next().cloned();
            some.map(|some| areas.remove(&some));
        }
        let (name, votes) = areas.entry(key).or_insert_with(|| (network.to_owned(), 0));
        match (name == network, *votes) {
            (true, _) => *votes = (*votes + 1).min(VOTES_MAX),
            (false, 0 | 1) => (*name, *votes) = (network.to_owned(), 1),
            (false, _) => *votes -= 1,
        }
    }

    /// The network of an area, if a report named one.
    pub(super) fn of(&self, environment: &str, area: &str) -> Option<String> {
        let areas = self.areas.read().unwrap_or_else(PoisonError::into_inner);
        areas.get(&(environment.to_owned(), area.to_owned())).map(|(name, _)| name.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_most_reports_say_is_an_areas_network() {
        let networks = Networks::default();
        assert_eq!(networks.of("production", "+49151"), None);
        for name in ["Telekom", "Telekom", "Telekom", "O2", "Telekom"] {
            networks.learn("production", "+49151", name);
            assert_eq!(networks.of("production", "+49151").as_deref(), Some("Telekom"));
        }
        (0..4).for_each(|_| networks.learn("production", "+49151", "O2"));
        assert_eq!(networks.of("production", "+49151").as_deref(), Some("O2"));
        assert_eq!(networks.of("development", "+49151"), None, "another environment learns for itself");
    }

    #[test]
    fn it_does_not_grow_without_end() {
        let networks = Networks::default();
        (0..AREAS_MAX + 100).for_each(|n| networks.learn("production", &n.to_string(), "one"));
        assert_eq!(networks.areas.read().unwrap().len(), AREAS_MAX);
    }
}
