//! Counting what becomes of messages.

use std::time::Duration;

use super::Metrics;
use super::labels::{Attempt, Failover, Nothing, Report, Reported, Swap};
use super::series::Whose;

/// What an attempt came to.
#[derive(Clone, Copy, Debug)]
pub struct Attempted<'a> {
    /// The environment.
    pub environment: &'a str,
    /// The connector.
    pub connector: &'a str,
    /// The recipient's country.
    pub country: Option<&'a str>,
    /// `accepted`, `refused` or `unknown`.
    pub outcome: &'static str,
    /// Why it failed; `none`.
    pub kind: &'static str,
    /// How long it took, if the connector was asked at all.
    pub took: Option<Duration>,
    /// Whether it was accepted, and it is told if its code is used.
    pub may_convert: bool,
}

impl Metrics {
    /// An attempt ended.
    pub fn attempted(&self, attempted: &Attempted<'_>) {
        let Attempted { environment, connector, country, outcome, kind, took, may_convert } = *attempted;
        let whose = Whose::connector_of(environment, connector);
        if let Some(took) = took {
            self.attempt_seconds.at(whose.clone(), Nothing).observe(took.as_secs_f64());
        }
        let there = whose.to(country);
        if may_convert {
            self.codes_sent.at(there.clone(), Nothing).inc();
        }
        self.attempts.at(there, Attempt { outcome, kind }).inc();
    }

    /// A message went on to the next connector after an attempt that was `refused`, `unknown` or `undelivered`.
    pub fn failed_over(&self, environment: &str, connector: &str, after: &'static str) {
        self.failovers.at(Whose::connector_of(environment, connector), Failover { after }).inc();
    }

    /// A code was used.
    pub fn code_used(&self, environment: &str, connector: &str, country: Option<&str>) {
        self.codes_used.at(Whose::connector_of(environment, connector).to(country), Nothing).inc();
    }

    /// A provider reported.
    pub fn report_read(&self, environment: &str, connector: &str, status: &'static str, verified: bool) {
        self.reports.at(Whose::connector_of(environment, connector), Report { status, verified }).inc();
    }

    /// A report moved an attempt; `after` is how long it took to be delivered.
    pub fn attempt_reported(
        &self,
        environment: &str,
        connector: &str,
        country: Option<&str>,
        status: &'static str,
        after: Option<Duration>,
    ) {
        let whose = Whose::connector_of(environment, connector);
        if let Some(after) = after {
            self.report_seconds.at(whose.clone(), Nothing).observe(after.as_secs_f64());
        }
        self.reported.at(whose.to(country), Reported { status }).inc();
    }

    /// Something else serves: another `revision` of a connector, or it as the `active` one.
    pub fn swapped(&self, environment: &str, connector: &str, what: &'static str) {
        self.swaps.at(Whose::connector_of(environment, connector), Swap { what }).inc();
    }
}
