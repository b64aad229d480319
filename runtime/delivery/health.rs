//! How connectors do lately: what their attempts came to, what providers reported, which codes were used.
//!
//! In memory, bounded, cheap: a restart begins with a clean sheet, and so does a new revision. A breaker stands
//! before each revision in each country, and in each network that a report named. An open one demotes its connector
//! behind the others; it never excludes it. What speaks against a provider is what [`mod@super::route`] takes to another
//! one: a bad number, an opt-out, a fraud block or refused content is no provider's fault.

mod belief;
mod breaker;
mod choice;
mod networks;
mod silence;
mod table;
mod uses;
mod view;
mod waiting;
mod window;
mod worth;

use std::sync::Arc;

use crate::clock::Timestamp;
use crate::connector::contract::{Certainty, Failure, Receipt};
use crate::connector::registry::Registry;
use crate::connector::serving::Serving;
use crate::phone::PhoneNumber;

use super::Wish;
use super::canary::Trials;
use super::route::another_may_do_better;
use breaker::Kind;
use networks::Networks;
use silence::Pace;
use table::{At, Spot, Table};
use window::Pair;

pub use breaker::State;
pub use choice::Cost;
pub use view::Standing;

/// Whoever is refused as quickly asks another connector before anybody notices.
const AT_ONCE_MS: u64 = 1000;

/// Where something happened.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// The environment.
    pub environment: String,
    /// The connector.
    pub connector: String,
    /// Its revision: a new one begins with a clean sheet.
    pub revision: u64,
    /// The recipient's country.
    pub country: Option<String>,
    /// Country code and three digits more of the recipient's number.
    pub area: String,
}

/// What an attempt came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The provider took it.
    Accepted,
    /// It did not, or nobody knows.
    Failed(Failure),
}

/// What is known, in memory.
pub struct Health {
    registry: Arc<Registry>,
    table: Table,
    networks: Networks,
    trials: Trials,
}

impl Place {
    /// Of a send.
    pub fn of(serving: &Serving, to: &PhoneNumber) -> Self {
        Self {
            environment: serving.environment.clone(),
            connector: serving.name.clone(),
            revision: serving.revision,
            country: to.country().map(str::to_owned),
            area: to.area().to_owned(),
        }
    }

    fn spot(&self) -> Spot<'_> {
        self.spot_at(At::Country(self.country.as_deref()))
    }

    fn spot_at<'a>(&'a self, at: At<'a>) -> Spot<'a> {
        Spot { environment: &self.environment, connector: &self.connector, revision: self.revision, at }
    }
}

impl Outcome {
    /// Of a send.
    pub fn of(result: &Result<Receipt, Failure>) -> Self {
        result.as_ref().err().map_or(Self::Accepted, |failure| Self::Failed(failure.clone()))
    }

    /// Whether it may have been sent.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Failed(failure) if failure.certainty == Certainty::Unknown)
    }

    /// Whether it speaks for the provider or against it; a recipient's own fault does neither.
    fn speaks(&self) -> Option<bool> {
        match self {
            Self::Accepted => Some(true),
            Self::Failed(failure) => another_may_do_better(failure.kind).then_some(false),
        }
    }
}

impl Health {
    /// Of what this registry lets serve.
    pub fn new(registry: Arc<Registry>) -> Self {
        Self { registry, table: Table::default(), networks: Networks::default(), trials: Trials::default() }
    }

    /// What revisions on trial did.
    pub fn trials(&self) -> &Trials {
        &self.trials
    }

    /// An attempt begins.
    pub fn began(&self, place: &Place, now: Timestamp) {
        if self.trial_arm(place).is_none_or(|arm| !arm.on_trial) {
            self.table.at(&place.spot(), now, |entry| {
                let long = entry.waiting.begin(now);
                entry.breaker.waits(long, now);
            });
        }
    }

    /// The attempt that began then has ended; `answered` if the provider had its say, whatever that was.
    pub fn ended(&self, place: &Place, began: Timestamp, answered: bool, now: Timestamp) {
        self.table.look(&place.spot(), now, |entry| entry.waiting.end(began, answered));
    }

    /// What an attempt came to. Where nobody tells if its code is used, silence is no failure: then it counts for nothing but an
    /// attempt, and what providers report is all that comes after it.
    pub fn attempted(&self, place: &Place, outcome: Outcome, use_is_told: bool, elapsed_ms: u64, now: Timestamp) {
        // A revision on trial is judged against the serving one, not by a breaker.
        if let Some(arm) = self.trial_arm(place) {
            self.trials.attempted(&arm, matches!(outcome, Outcome::Accepted), use_is_told, elapsed_ms);
            if arm.on_trial {
                return;
            }
        }
        let Some(good) = outcome.speaks() else { return };
        let refused_at_once = !good && !outcome.is_unknown() && elapsed_ms < AT_ONCE_MS;
        let kind = if refused_at_once { Kind::Refusals } else { Kind::Attempts };
        let due = self.table.at(&place.spot(), now, |entry| {
            entry.breaker.hear(kind, good, now);
            match (good, use_is_told) {
                (true, true) => {
                    entry.uses.sent(now);
                    entry.silence.sent(now);
                }
                (true, false) => entry.uses.sent_untold(now),
                (false, _) => {}
            }
            let untaught = good && use_is_told && entry.silence.is_due(now) && entry.listen(None, now);
            (good && entry.uses.is_due(now), untaught)
        });
        let (due, untaught) = due.unwrap_or_default();
        if untaught {
            let others = self.pace_of_others(place, now);
            self.table.look(&place.spot(), now, |entry| entry.listen(Some(&others), now));
        }
        if due {
            self.judge_uses(place, now);
        }
    }

    /// How fast the other connectors' codes are used in the same country.
    fn pace_of_others(&self, place: &Place, now: Timestamp) -> Pace {
        let mut others = Pace::default();
        self.table.each(&place.environment, now, |entry| {
            if entry.network.is_none() && entry.country == place.country && entry.connector != place.connector {
                others = others.plus(&entry.silence.pace(now));
            }
        });
        others
    }

    /// A provider reported a final state of a message.
    pub fn reported(&self, place: &Place, network: Option<&str>, delivered: bool, now: Timestamp) {
        if let Some(network) = network {
            self.networks.learn(&place.environment, &place.area, network);
        }
        if let Some(arm) = self.trial_arm(place) {
            if !delivered {
                self.trials.undelivered(&arm);
            }
            if arm.on_trial {
                return;
            }
        }
        // Whoever has sent nothing there has nothing to be disbelieved for.
        let believed =
            delivered || self.table.look(&place.spot(), now, |entry| entry.belief.hear_no(now)) != Some(false);
        if !believed {
            return;
        }
        // Where the network is known, it alone is blamed: outages are mostly one carrier's.
        let at = network.map_or(At::Country(place.country.as_deref()), At::Network);
        self.table.at(&place.spot_at(at), now, |entry| entry.breaker.hear(Kind::Reports, delivered, now));
    }

    /// A report said of a message that it could not be delivered, and its code was used.
    pub fn refuted(&self, place: &Place, now: Timestamp) {
        self.table.look(&place.spot(), now, |entry| entry.belief.refuted(now));
    }

    /// Whether a report is believed that says no.
    pub fn believes(&self, place: &Place, now: Timestamp) -> bool {
        self.table.look(&place.spot(), now, |entry| entry.belief.holds(now)).unwrap_or(true)
    }

    /// A code that a connector sent then was used.
    pub fn converted(&self, place: &Place, network: Option<&str>, sent_at: Timestamp, now: Timestamp) {
        if let Some(network) = network {
            self.networks.learn(&place.environment, &place.area, network);
        }
        if let Some(arm) = self.trial_arm(place) {
            self.trials.converted(&arm);
            if arm.on_trial {
                return;
            }
        }
        self.table.at(&place.spot(), now, |entry| {
            entry.uses.used(now);
            entry.silence.used(sent_at, now);
            // One from before says nothing of how it does on probation, and a late one nothing good.
            if sent_at >= entry.breaker.since && now.since(sent_at) <= entry.silence.in_time(now) {
                entry.breaker.hear(Kind::Uses, true, now);
            }
        });
    }

    /// Whether a connector may stay where the operator put it for this message. `first` says that the message would
    /// really go to it: then one on probation may be tried.
    pub fn keeps_its_place(&self, serving: &Serving, wish: &Wish<'_>, first: bool, now: Timestamp) -> bool {
        if self.table.all_are_well() || self.is_on_trial(serving) {
            return true;
        }
        self.lets_through(&Place::of(serving, wish.to), first, now)
    }

    /// The same of a revision that is not on trial: the breaker of the country, and that of the network that reports of
    /// this area named.
    pub fn lets_through(&self, place: &Place, first: bool, now: Timestamp) -> bool {
        let lets = |at| {
            let asked = self.table.look(&place.spot_at(at), now, |entry| {
                entry.breaker.state == State::Closed || (first && entry.breaker.lets_through(now))
            });
            asked.unwrap_or(true)
        };
        let network = self.networks.of(&place.environment, &place.area);
        lets(At::Country(place.country.as_deref()))
            && network.as_deref().is_none_or(|network| lets(At::Network(network)))
    }

    /// Hardly any code used, against its own past or else against the others' present in the same country?
    fn judge_uses(&self, place: &Place, now: Timestamp) {
        let (mut own, mut past, mut others) = (Pair::default(), None, Pair::default());
        self.table.each(&place.environment, now, |entry| {
            if entry.network.is_some() || entry.country != place.country {
                return;
            }
            if entry.connector == place.connector && entry.revision == place.revision {
                (own, past) = (entry.uses.present(now), entry.uses.past());
            } else if entry.connector != place.connector {
                let present = entry.uses.present(now);
                (others.first, others.second) = (others.first + present.first, others.second + present.second);
            }
        });
        if let Some(why) = uses::collapsed(own, past.unwrap_or(others)) {
            self.table.at(&place.spot(), now, |entry| {
                if entry.breaker.state == State::Closed {
                    entry.breaker.open(Kind::Uses, why, now);
                    entry.uses.clear();
                    entry.silence.clear(usize::MAX, now);
                }
            });
        }
    }
}

#[cfg(test)]
mod tests;
