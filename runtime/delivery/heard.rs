//! What is heard of messages: how attempts ended, reports that moved one, codes that were used.

use std::time::Duration;

use super::health::Place;
use super::{Delivery, Letter, route};
use crate::clock::Timestamp;
use crate::connector::contract::{Certainty, Ending, FailureKind, Report};
use crate::connector::serving::Serving;
use crate::metrics::Attempted;
use crate::store::{AttemptEnd, AttemptStatus, MessageStatus, Moved};
use crate::traces::{Said, Span};

impl Delivery {
    /// An attempt ended.
    pub(super) fn count_attempt(&self, letter: &Letter, serving: &Serving, ending: Ending, end: &AttemptEnd) {
        let accepted = end.status == AttemptStatus::Accepted;
        self.metrics.attempted(&Attempted {
            environment: &serving.environment,
            connector: &serving.name,
            country: letter.to.country(),
            outcome: outcome(end.certainty),
            kind: end.kind.map_or("none", FailureKind::as_str),
            took: (ending != Ending::NotBegun).then_some(Duration::from_millis(end.elapsed_ms)),
            may_convert: accepted && letter.use_is_told,
        });
    }

    /// A report moved an attempt.
    pub fn told(&self, moved: &Moved) {
        let now = self.clock.now();
        self.count_move(moved, now);
        let Some(delivered) = route::speaks(moved.attempt, moved.kind) else { return };
        self.health.reported(&place_of(moved), moved.network.as_deref(), delivered, now);
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

    /// A code that a connector sent then was used; `first` if it had been sent by nobody before.
    pub fn converted(&self, place: &Place, network: Option<&str>, sent_at: Timestamp, first: bool) {
        self.metrics.code_used(&place.environment, &place.connector, place.country.as_deref());
        let now = self.clock.now();
        self.health.converted(place, network, sent_at, now);
        if first {
            self.health.used_first(place, sent_at, now);
        }
    }

    /// Whether a message that a provider could not deliver goes on to the next connector: as after a failure that
    /// certainly sent nothing.
    pub fn goes_on(&self, moved: &Moved, valid_until: Timestamp) -> bool {
        let now = self.clock.now();
        failed_for_good(moved)
            && route::goes_on(moved.kind, valid_until.since(now))
            && self.health.believes(&place_of(moved), now)
    }

    /// The code of the message that a report moved was used. If the report says that it was not delivered, it is wrong.
    pub fn code_was_used(&self, moved: &Moved) {
        if failed_for_good(moved) {
            self.health.refuted(&place_of(moved), self.clock.now());
        }
    }
}

/// What is told of a connector that was asked.
pub(super) fn asked<T>(span: &Span, serving: &Serving, report: &Report<T>) {
    span.say(Said::Environment(&serving.environment));
    span.say(Said::Connector(&serving.name));
    span.say(Said::Revision(serving.revision));
    span.say(Said::CpuUs(report.cpu_us));
    let failure = report.result.as_ref().err();
    span.say(Said::Outcome(outcome(failure.map(|failure| failure.certainty))));
    if let Some(failure) = failure {
        span.say(Said::Kind(failure.kind.as_str()));
        span.failed();
    }
}

/// The word for what an attempt came to.
fn outcome(certainty: Option<Certainty>) -> &'static str {
    match certainty {
        None => "accepted",
        Some(Certainty::NotSent) => "refused",
        Some(Certainty::Unknown) => "unknown",
    }
}

fn place_of(moved: &Moved) -> Place {
    Place {
        environment: moved.environment.clone(),
        connector: moved.connector.clone(),
        revision: moved.revision,
        country: moved.country.clone(),
        area: moved.area.clone(),
    }
}

/// Whether nothing of it is under way any more: no other attempt, and no newer message with the same code.
fn failed_for_good(moved: &Moved) -> bool {
    moved.message == MessageStatus::Undelivered && !moved.overtaken
}
