//! Counting what callers ask for.

use super::Metrics;
use super::labels::{self, Attested, Checked, Decision, Meant, Message, Nothing, Refusal};
use super::series::Whose;

impl Metrics {
    /// A verification was made.
    pub fn verification_created(&self, environment: &str, purpose: &str, country: Option<&str>) {
        let purpose = labels::purpose(purpose);
        self.verifications.at(Whose::environment(environment).to(country), Meant { purpose }).inc();
    }

    /// A message was taken to be sent.
    pub fn message_created(&self, environment: &str, source: &str, country: Option<&str>) {
        let source = labels::source(source);
        self.messages.at(Whose::environment(environment).to(country), Message { source }).inc();
    }

    /// A code was presented.
    pub fn checked(&self, environment: &str, result: &'static str) {
        self.checks.at(Whose::environment(environment), Checked { result }).inc();
    }

    /// A message was refused.
    pub fn refused(&self, environment: &str, purpose: &str, rule: &'static str) {
        let purpose = labels::purpose(purpose);
        self.refusals.at(Whose::environment(environment), Refusal { purpose, rule }).inc();
    }

    /// So many events were not told to a webhook, since too many waited for it.
    pub fn webhook_events_dropped(&self, environment: &str, events: u64) {
        self.webhook_events_dropped.at(Whose::environment(environment), Nothing).inc_by(events);
    }

    /// A rule of the guard fired.
    pub fn decided(&self, environment: &str, country: Option<&str>, rule: &'static str, outcome: &'static str) {
        self.decisions.at(Whose::environment(environment).to(country), Decision { rule, outcome }).inc();
    }

    /// A proof was asked for.
    pub fn attested(&self, environment: &str, outcome: &'static str) {
        self.attestations.at(Whose::environment(environment), Attested { outcome }).inc();
    }
}
