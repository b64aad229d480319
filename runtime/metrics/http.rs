//! Counting requests to this service.

use std::time::Duration;

use super::Metrics;
use super::labels::{self, Fate, Request, Route};
use super::series::Whose;

/// Every address that nothing is at.
const UNMATCHED: &str = "unmatched";

impl Metrics {
    /// What became of spans.
    pub fn spans(&self, outcome: &'static str, count: u64) {
        self.spans.at(Whose::service(), Fate { outcome }).inc_by(count);
    }

    /// A request was answered. `route` is the template that it matched: whatever stands in the address itself is none
    /// of it.
    pub fn answered(&self, method: &str, route: Option<&str>, status: u16, took: Duration) {
        let (method, route) = (labels::method(method), route.unwrap_or(UNMATCHED).to_owned());
        let seconds = self.request_seconds.at(Whose::service(), Route { method, route: route.clone() });
        seconds.observe(took.as_secs_f64());
        self.requests.at(Whose::service(), Request { method, route, status }).inc();
    }
}
