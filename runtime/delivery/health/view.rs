//! What an operator is shown of it.

use serde::Serialize;
use utoipa::ToSchema;

use super::breaker::State;
use super::window::Pair;
use super::{Health, Place};
use crate::clock::Timestamp;
use crate::connector::serving::Serving;
use crate::delivery::canary::Arm;
use crate::store::JudgedBy;

/// How a connector's revision does in one country, or one network, in the last five minutes.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Standing {
    /// The connector.
    pub connector: String,
    /// Its revision.
    pub revision: u64,
    /// The recipients' country; null for numbers of none, and where a network is named.
    pub country: Option<String>,
    /// The recipients' network, as reports name it.
    pub network: Option<String>,
    /// `closed`: it has its place; `open`: others are asked first; `probation`: it gets a message now and then.
    pub state: State,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    /// When an open one is tried again.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
    /// Why it is not closed.
    pub why: Option<String>,
    /// Attempts that count for or against the provider.
    pub attempts: u64,
    /// Those that failed.
    pub failed: u64,
    /// Final delivery reports.
    pub reports: u64,
    /// Those that said no.
    pub undelivered: u64,
    /// By what the connector is judged beside its attempts: `conversion`, or `reports` where nobody tells of any of these
    /// messages if its code was used.
    pub judged_by: JudgedBy,
    /// Messages of the last half hour that are at least three minutes old, and of which it is told if they are used.
    pub sent: u64,
    /// Codes used in the last half hour.
    pub used: u64,
    /// Messages of the last half hour of which nobody tells if they are used: neither a success nor a failure.
    pub untold: u64,
}

impl Health {
    /// How the revisions do that serve in an environment, in the order of their names.
    pub fn standings(&self, environment: &str, now: Timestamp) -> Vec<Standing> {
        let Some(routes) = self.registry.routes(environment) else { return Vec::new() };
        let mut all = Vec::new();
        self.table.each(environment, now, |entry| {
            if routes.revision(&entry.connector, entry.revision).is_none() {
                return;
            }
            let (attempts, reports) = entry.breaker.counts(now);
            let uses = entry.uses.present(now);
            let Pair { first: told, second: untold } = entry.uses.told_and_untold(now);
            let ails = entry.breaker.state != State::Closed;
            all.push(Standing {
                connector: entry.connector.clone(),
                revision: entry.revision,
                country: entry.country.clone(),
                network: entry.network.clone(),
                state: entry.breaker.state,
                since: entry.breaker.since,
                until: (entry.breaker.state == State::Open).then_some(entry.breaker.until),
                why: ails.then(|| entry.breaker.why.clone()),
                attempts: attempts.first + attempts.second,
                failed: attempts.second,
                reports: reports.first + reports.second,
                undelivered: reports.second,
                // A network's breaker hears of reports alone. One that conversion opened began to count anew.
                judged_by: JudgedBy::of(
                    told + uses.second + u64::from(entry.breaker.ails_by_uses()),
                    untold,
                    entry.network.is_some(),
                ),
                sent: uses.first,
                used: uses.second,
                untold,
            });
        });
        let key = |s: &Standing| (s.connector.clone(), s.revision, s.country.clone(), s.network.clone());
        all.sort_by_key(key);
        all
    }

    /// Which side of a trial a place is on, if its connector has a revision on trial.
    pub(super) fn trial_arm(&self, place: &Place) -> Option<Arm> {
        let routes = self.registry.routes(&place.environment)?;
        let trial = routes.canary.as_ref().filter(|trial| trial.canary.connector == place.connector)?;
        let serving = routes.connectors.get(&place.connector)?.revision;
        let on_trial = place.revision == trial.canary.revision;
        (on_trial || place.revision == serving).then(|| Arm {
            environment: place.environment.clone(),
            canary: trial.canary.clone(),
            serving,
            quarantined: trial.serving.quarantine.get().cloned(),
            on_trial,
        })
    }

    pub(super) fn is_on_trial(&self, serving: &Serving) -> bool {
        let routes = self.registry.routes(&serving.environment);
        let trial = routes.as_ref().and_then(|routes| routes.canary.as_ref());
        trial.is_some_and(|trial| trial.canary.connector == serving.name && trial.canary.revision == serving.revision)
    }
}
