//! How the guard stands: what the day cost so far, and what the rules decided lately.

use std::time::Duration;

use serde::Serialize;
use utoipa::ToSchema;

use super::guard::Mode;
use super::{Otp, OtpError};
use crate::clock::Timestamp;
use crate::store::DecidedRow;
use crate::store::counters::Span;

/// How far back decisions are summed.
const LATELY: Duration = Duration::from_secs(24 * 3600);
/// Decisions that are summed at most: an attack may make a million of them.
const DECISIONS_MAX: u32 = 10_000;

/// How the guard of an environment stands.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct GuardStanding {
    /// The most that its rules may do.
    pub mode: Mode,
    /// What was sent since the day began (UTC), in millionths of the currency. What certainly did not leave costs nothing.
    pub spent_micros: u64,
    /// What may be spent in a day; null is no limit.
    pub budget_micros: Option<u64>,
    /// Messages of that day.
    pub messages: u64,
    /// When the next day begins.
    #[schema(value_type = String, format = DateTime)]
    pub next_day: Timestamp,
    /// Since when decisions are summed: of the last 24 hours, and the newest 10,000 of them.
    #[schema(value_type = String, format = DateTime)]
    pub since: Timestamp,
    /// Whether there were more.
    pub more: bool,
    /// Messages for which a rule fired, by what followed.
    pub decided: Vec<DecidedSum>,
    /// Likewise by rule: for one message several may fire.
    pub by_rule: Vec<DecidedSum>,
}

/// Decisions together.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct DecidedSum {
    /// `refused`, `recorded` or `allowed`.
    pub outcome: String,
    /// The rule, where it is by rule.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rule: Option<String>,
    /// How many messages.
    pub messages: u64,
    /// What they cost, or would have, in millionths of the currency.
    pub cost_micros: u64,
}

impl From<DecidedRow> for DecidedSum {
    fn from(row: DecidedRow) -> Self {
        let DecidedRow { outcome, rule, messages, cost_micros } = row;
        Self { outcome, rule, messages, cost_micros }
    }
}

impl Otp {
    /// How the guard of an environment stands now.
    pub async fn guard_standing(&self, environment: &str) -> Result<GuardStanding, OtpError> {
        let known = self.settings.of(environment).await?;
        let now = self.clock.now();
        let since = now.minus(LATELY);
        let row = self.store.guard_row(environment, now, since, DECISIONS_MAX).await?;
        let (by_rule, decided): (Vec<_>, Vec<_>) =
            row.decided.into_iter().map(DecidedSum::from).partition(|sum| sum.rule.is_some());
        Ok(GuardStanding {
            mode: known.guard().mode,
            spent_micros: row.today.cost_micros,
            budget_micros: known.guard().budget_micros_per_day,
            messages: row.today.sent,
            next_day: Span::Day.next(now),
            since,
            more: row.more,
            decided,
            by_rule,
        })
    }
}
