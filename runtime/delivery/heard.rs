//! What is heard of messages: how attempts ended, reports that moved one, codes that were used.

use std::time::Duration;

use super::health::Place;
use super::route::{self, Situation};
use super::{Delivery, Letter, attempts};
use crate::clock::Timestamp;
use crate::connector::contract::{Certainty, Ending, FailureKind};
use crate::connector::serving::Serving;
use crate::metrics::Attempted;
use crate::store::{AttemptEnd, AttemptStatus, MessageStatus, Moved};

impl Delivery {
    /// An attempt ended.
    pub(super) fn count_attempt(&self, letter: &Letter, serving: &Serving, ending: Ending, end: &AttemptEnd) {
        let accepted = end.status == AttemptStatus::Accepted;
        self.metrics.attempted(&Attempted {
            environment: &serving.environment,
            connector: &serving.name,
            country: letter.to.country(),
            outcome: match end.certainty {
                None => "accepted",
                Some(Certainty::NotSent) => "refused",
                Some(Certainty::Unknown) => "unknown",
            },
            kind: end.kind.map_or("none", FailureKind::as_str),
            took: (ending != Ending::NotBegun).then_some(Duration::from_millis(end.elapsed_ms)),
            may_convert: accepted && letter.use_is_told,
        });
    }

    /// A report moved an attempt.
    pub fn told(&self, moved: &Moved) {
        let place = Place {
            environment: moved.environment.clone(),
            connector: moved.connector.clone(),
            revision: moved.revision,
            country: moved.country.clone(),
            area: moved.area.clone(),
        };
        let now = self.clock.now();
        self.count_move(moved, now);
        let delivered = match moved.attempt {
            AttemptStatus::Delivered => true,
            // A bad number or an opt-out is no provider's fault.
            AttemptStatus::Undelivered if route::another_may_do_better(moved.kind.unwrap_or(FailureKind::Other)) => {
                false
            }
            _ => return,
        };
        self.health.reported(&place, moved.network.as_deref(), delivered, now);
    }

    fn count_move(&self, moved: &Moved, now: Timestamp) {
        let (status, after) = match moved.attempt {
            AttemptStatus::Delivered => ("delivered", Some(now.since(moved.started_at))),
            AttemptStatus::Undelivered => ("undelivered", None),
            _ => ("accepted", None),
        };
        let (environment, connector, country) = (&moved.environment, &moved.connector, moved.country.as_deref());
        self.metrics.attempt_reported(environment, connector, country, status, after);
    }

    /// A code that a connector sent was used.
    pub fn converted(&self, place: &Place, network: Option<&str>) {
        self.metrics.code_used(&place.environment, &place.connector, place.country.as_deref());
        self.health.converted(place, network, self.clock.now());
    }

    /// Whether a message that a provider could not deliver goes on to the next connector: as after a failure that
    /// certainly sent nothing.
    pub fn goes_on(&self, moved: &Moved, valid_until: Timestamp) -> bool {
        let life_left = valid_until.since(self.clock.now());
        let situation = Situation { life_left, ambiguous_failover_used: true, in_time: true };
        let undelivered = moved.message == MessageStatus::Undelivered && !moved.overtaken;
        undelivered && route::after(&attempts::undelivered(moved.kind), situation) != route::Next::Stop
    }
}
