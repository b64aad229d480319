//! What is judged, counted and noted before a message goes out.

use serde_json::Value;

use super::Limited;
use super::counters::{Receipt, Tally, Write};
use crate::clock::Timestamp;

/// What follows from a look at what was sent lately.
#[derive(Debug, Default)]
pub struct Verdict {
    /// Why the message does not go out.
    pub limited: Option<Limited>,
    /// What is counted, whether it goes out or not.
    pub writes: Vec<Write>,
    /// What is kept with the message, so that its fate counts where it did.
    pub receipt: Option<Receipt>,
    /// What the guard noted.
    pub decision: Option<NewDecision>,
    /// What is recorded of it, so that other rules can be tried on it.
    pub traffic: Option<NewTraffic>,
}

impl From<Result<(), Limited>> for Verdict {
    fn from(judged: Result<(), Limited>) -> Self {
        Self { limited: judged.err(), ..Self::default() }
    }
}

/// A message that a rule of the guard fired for.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "as the API shows it")]
pub struct NewDecision {
    pub id: String,
    pub outcome: &'static str,
    /// What it would have cost, in millionths.
    pub cost_micros: u64,
    /// The rules, each with what it saw and permits.
    pub fired: Value,
}

/// A message that was judged, as it is recorded beside what its row says of it.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "as recorded traffic shows it")]
pub struct NewTraffic {
    pub country: String,
    pub area: String,
    pub block: String,
    pub cost_micros: u64,
    pub told: bool,
    pub outcome: &'static str,
    pub fired: Vec<&'static str>,
    pub allowed: Option<&'static str>,
}

/// A recorded message. Its number and client are the keyed indices.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "as recorded traffic shows it")]
pub struct TrafficRow {
    pub line: i64,
    pub at: Timestamp,
    pub country: String,
    pub area: String,
    pub block: String,
    pub number_index: [u8; 32],
    pub client_index: Option<[u8; 32]>,
    pub cost_micros: u64,
    pub told: bool,
    pub purpose: String,
    pub source: String,
    pub outcome: String,
    pub fired: Vec<String>,
    pub allowed: Option<String>,
    pub used_at: Option<Timestamp>,
    pub used_after: Option<i64>,
    pub unsent_after: Option<i64>,
}

/// Which decisions, newest first.
#[derive(Clone, Debug, Default)]
pub struct DecisionFilter {
    /// The environment.
    pub environment: String,
    /// With this outcome.
    pub outcome: Option<String>,
    /// Noted before the one of this id.
    pub before: Option<String>,
    /// How many at most.
    pub limit: u32,
}

/// A decision as it was noted.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "as the API shows it")]
pub struct DecisionRow {
    pub id: String,
    pub at: Timestamp,
    pub outcome: String,
    pub message_id: Option<String>,
    pub to_masked: String,
    pub country: Option<String>,
    pub purpose: String,
    pub source: String,
    pub cost_micros: u64,
    pub fired: Value,
}

/// What the guard's counters and decisions say of now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GuardRow {
    /// What an environment sent in the day so far.
    pub today: Tally,
    /// The latest decisions by outcome, and by outcome and rule.
    pub decided: Vec<DecidedRow>,
    /// Whether there were more than those.
    pub more: bool,
}

/// Decisions together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DecidedRow {
    /// What followed.
    pub outcome: String,
    /// The rule that fired, among others perhaps; none for all decisions of the outcome.
    pub rule: Option<String>,
    /// How many.
    pub messages: u64,
    /// What these messages cost, or would have.
    pub cost_micros: u64,
}
