//! The overview of an environment.

use super::charts;
use super::common::count;
use crate::delivery::health::State;

pub(in crate::console) const PERIODS: &str = "Time";
pub(in crate::console) const ACTIVE: &str = "Active connector";
pub(in crate::console) const NO_ACTIVE: &str = "none";
pub(in crate::console) const DELIVERED: &str = "Delivered";
pub(in crate::console) const P95: &str = "95 of 100 took at most";
pub(in crate::console) const SENT: &str = "Sent";
pub(in crate::console) const FAILED: &str = "Failed or unknown";
pub(in crate::console) const NO_REPORTS: &str = "no delivery reports";
pub(in crate::console) const NOT_KNOWN: &str = "not known yet";
pub(in crate::console) const COUNT: &str = "Count and draw what was sent";
pub(in crate::console) const CHART: &str = "Sends by outcome";
pub(in crate::console) const LATENCY: &str = "How long sends took";
pub(in crate::console) const CONVERSION: &str = "Codes used, by connector and country";
pub(in crate::console) const LAST_FAILURES: &str = "Last failures";
pub(in crate::console) const FAILURE_COLUMNS: [&str; 5] = ["When", "To", "Status", "Connector", "What went wrong"];
pub(in crate::console) const NO_FAILURE: &str = "Nothing failed in this time.";
pub(in crate::console) const ALL_FAILURES: &str = "All failures";
pub(in crate::console) const LEFT: &str = "Left to do";
pub(in crate::console) const DOING_WELL: &str = "in its place";
pub(in crate::console) const NOT_MEASURED: &str = "no send in the last minutes";

/// A period of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::console) enum Period {
    Day,
    Week,
    Month,
}

impl Period {
    pub(in crate::console) const ALL: [Self; 3] = [Self::Day, Self::Week, Self::Month];

    /// In addresses.
    pub(in crate::console) fn word(self) -> &'static str {
        match self {
            Self::Day => "24h",
            Self::Week => "7d",
            Self::Month => "30d",
        }
    }

    pub(in crate::console) fn name(self) -> &'static str {
        match self {
            Self::Day => "24 hours",
            Self::Week => "7 days",
            Self::Month => "30 days",
        }
    }
}

/// Nothing was sent in this time.
pub(in crate::console) fn nothing(period: Period) -> String {
    format!("Nothing was sent in the last {}. What is sent is counted and drawn here.", period.name())
}

/// The share that was delivered.
pub(in crate::console) fn delivered(delivered: u64, undelivered: u64, sent: u64) -> String {
    match (delivered + undelivered, sent) {
        (_, 0) => NOT_KNOWN.to_owned(),
        (0, _) => NO_REPORTS.to_owned(),
        (_, sent) => charts::percent(delivered as f64 / sent as f64),
    }
}

/// How many failed, of how many.
pub(in crate::console) fn failed(failed: u64, all: u64) -> String {
    format!("{} of {} tried", count(failed), count(all))
}

/// How a connector does.
pub(in crate::console) fn standing(state: State) -> (&'static str, &'static str) {
    match state {
        State::Closed => ("good", DOING_WELL),
        State::Open => ("bad", "others are asked first"),
        State::Probation => ("warn", "on probation"),
    }
}

/// A step that is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::console) enum Step {
    Connector,
    Countries,
    Real,
    Test,
    Reports,
    Key,
    Texts,
    Experience,
}

impl Step {
    /// What to do, and why.
    pub(in crate::console) fn told(self) -> (&'static str, &'static str) {
        match self {
            Self::Connector => ("Add a connector", "No connector is active: codes can't be sent until one is."),
            Self::Countries => {
                ("Name a country", "Nothing is sent yet: here only countries get messages that are named.")
            }
            Self::Real => ("Add a connector that sends", "Only the inbox is active: nothing leaves this service."),
            Self::Test => ("Send a test", "No test was sent here yet."),
            Self::Reports => (
                "Set server.public_url",
                "Providers can't report what was delivered: they don't know this service's address.",
            ),
            Self::Key => ("Make a key", "No application has a key for this environment."),
            Self::Texts => ("Look through the texts", "Messages go out with the built-in texts."),
            Self::Experience => ("Set up the sign-in experience", "It was never saved."),
        }
    }
}

/// A revision.
pub(in crate::console) fn revision(number: u64) -> String {
    format!("revision {number}")
}
