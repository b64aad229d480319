//! What serves now, by environment: one atomic pointer.
//!
//! A send takes the pointer once and keeps what it found; a swap replaces the pointer. So a swap waits for no send and
//! fails none: running sends finish on the old revision, whose code is freed when the last of them ends.

use std::collections::HashMap;
use std::sync::Arc;

use arc_swap::ArcSwap;

mod draining;
mod retired;

pub use retired::Retired;

use crate::clock::Timestamp;
use crate::connector::serving::Serving;
use crate::connector::serving::flights::Drain;
use crate::phone::PhoneNumber;
use crate::prices::{Price, PriceList};
use crate::store::{Canary, Prefer, Rule};
use crate::texts::Shared;
use draining::Draining;

/// What serves in one environment. Immutable: a change makes a new one.
#[derive(Default)]
pub struct Routes {
    /// The active connector of channel `sms`.
    pub active: Option<String>,
    /// Who is asked after it, in order.
    pub fallback: Vec<String>,
    /// Who sends what differs; the first rule that matches decides.
    pub rules: Vec<Rule>,
    /// What decides who is first of those that are named.
    pub prefer: Prefer,
    /// A revision on trial.
    pub canary: Option<Trial>,
    /// Every connector that has a serving revision, by name.
    pub connectors: HashMap<String, Arc<Serving>>,
    /// Who served before, and is still told what became of its messages.
    pub retired: Vec<Retired>,
    /// Texts that the environment's connectors share.
    pub texts: Shared,
    /// What providers ask, by connector.
    pub prices: HashMap<String, Prices>,
    /// `{{ app }}` in texts.
    pub display_name: String,
    /// Whether what went over the wire is recorded, so that a failed send can be told as a transcript.
    pub keeps_failed_sends: bool,
}

/// A revision on trial, ready to send, beside the one that serves.
#[derive(Clone)]
pub struct Trial {
    /// How many messages it gets.
    pub canary: Canary,
    /// The revision.
    pub serving: Arc<Serving>,
}

/// A connector's price list.
#[derive(Clone)]
pub struct Prices {
    /// Of the stored list that it was read from.
    pub version: u64,
    /// The list.
    pub list: Arc<PriceList>,
}

impl Routes {
    /// What one SMS part costs a connector, where its list tells.
    pub fn price(&self, connector: &str, to: &PhoneNumber) -> Option<Price> {
        self.prices.get(connector)?.list.price(to)
    }

    /// What serves now, after `before`: whoever reads callbacks and is left out stays at hand for a while.
    pub fn following(mut self, before: Option<&Self>, at: Timestamp) -> Self {
        self.retired = before.map(|before| retired::retire(before, &self, at)).unwrap_or_default();
        self
    }

    /// The serving revision of a connector, and the one on trial.
    pub fn revisions(&self, name: &str) -> impl Iterator<Item = &Arc<Serving>> {
        let trial = self.canary.iter().map(|trial| &trial.serving).filter(move |serving| serving.name == name);
        self.connectors.get(name).into_iter().chain(trial)
    }

    /// Every revision that serves here, wholly or on trial.
    fn all(&self) -> impl Iterator<Item = &Arc<Serving>> {
        self.connectors.values().chain(self.canary.iter().map(|trial| &trial.serving))
    }

    /// A revision that serves here, wholly or on trial.
    pub fn revision(&self, name: &str, revision: u64) -> Option<&Arc<Serving>> {
        self.revisions(name).find(|serving| serving.revision == revision)
    }
}

/// The pointer.
#[derive(Default)]
pub struct Registry {
    environments: ArcSwap<HashMap<String, Arc<Routes>>>,
    draining: Draining,
}

impl Registry {
    /// What serves in `environment` at this moment.
    pub fn routes(&self, environment: &str) -> Option<Arc<Routes>> {
        self.environments.load().get(environment).cloned()
    }

    /// Swap what serves in `environment`. The next send uses it.
    pub fn replace(&self, environment: &str, routes: Routes, at: Timestamp) {
        let routes = Arc::new(routes);
        let before = self.environments.rcu(|all| {
            let mut all = HashMap::clone(all);
            all.insert(environment.to_owned(), Arc::clone(&routes));
            all
        });
        if let Some(before) = before.get(environment) {
            self.draining.note(before, Some(&routes), at);
        }
    }

    /// Nothing serves there any more.
    pub fn remove(&self, environment: &str, at: Timestamp) {
        let before = self.environments.rcu(|all| {
            let mut all = HashMap::clone(all);
            all.remove(environment);
            all
        });
        if let Some(before) = before.get(environment) {
            self.draining.note(before, None, at);
        }
    }

    /// Sends of a revision that are under way, also those that began before it was swapped out.
    pub fn in_flight(&self, environment: &str, name: &str, revision: u64) -> u64 {
        let serves = self.routes(environment).and_then(|routes| routes.revision(name, revision).cloned());
        let now = serves.map_or(0, |serving| serving.flights.running());
        now + self.draining.running(environment, name, revision)
    }

    /// How the last swap away from a revision ended. Only in memory, and of the last swaps only.
    pub fn drain(&self, environment: &str, name: &str, revision: u64) -> Option<Drain> {
        self.draining.drain(environment, name, revision)
    }

    /// Every environment in which anything may serve.
    pub fn environments(&self) -> Vec<String> {
        self.environments.load().keys().cloned().collect()
    }

    /// The serving revision of every connector.
    pub fn serving(&self) -> Vec<Arc<Serving>> {
        self.environments.load().values().flat_map(|routes| routes.connectors.values().cloned()).collect()
    }

    /// Sends under way, by environment and connector; several entries of one may be there, one a revision.
    pub fn flights(&self) -> Vec<(String, String, u64)> {
        let here =
            |serving: &Arc<Serving>| (serving.environment.clone(), serving.name.clone(), serving.flights.running());
        self.all().iter().map(here).chain(self.draining.all_running()).collect()
    }

    /// Every connector that serves anywhere, to warm them up.
    pub fn all(&self) -> Vec<Arc<Serving>> {
        let serving = |routes: &Arc<Routes>| -> Vec<_> { routes.all().cloned().collect() };
        self.environments.load().values().flat_map(serving).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1);

    #[test]
    fn who_took_the_pointer_keeps_what_it_found() {
        let registry = Registry::default();
        registry.replace("development", Routes { display_name: "one".into(), ..Routes::default() }, NOW);
        let held = registry.routes("development").unwrap();
        registry.replace("development", Routes { display_name: "two".into(), ..Routes::default() }, NOW);
        assert_eq!(held.display_name, "one");
        assert_eq!(registry.routes("development").unwrap().display_name, "two");
        assert_eq!(Arc::strong_count(&held), 1, "nothing else keeps the old one alive");
    }

    #[test]
    fn an_environment_does_not_see_anothers() {
        let registry = Registry::default();
        registry.replace("development", Routes::default(), NOW);
        assert!(registry.routes("production").is_none());
        registry.remove("development", NOW);
        assert!(registry.routes("development").is_none());
    }
}
