//! How codes are made, asked for and guessed: the rules, and what a policy changes of them.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::PolicyError;

/// Every rule with its smallest and largest value.
pub const RANGES: [(&str, u32, u32); 8] = [
    ("code_length", 4, 10),
    ("life_seconds", 60, 600),
    ("checks", 1, 10),
    ("cooldown_seconds", 0, 3600),
    ("sends_per_hour", 1, 1000),
    ("sends_per_hour_per_client", 0, 10_000),
    ("failures_max", 10, 100),
    ("lock_seconds", 60, 86_400),
];

/// Rules that are set; the others stay as they are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(default, deny_unknown_fields)]
pub struct RuleChanges {
    /// Digits of a code, 4 to 10 (6). Fewer than 6 is below NIST SP 800-63B-4 §3.1.3.2.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code_length: Option<u8>,
    /// Life of a code in seconds, 60 to 600 (600).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub life_seconds: Option<u32>,
    /// Checks of a verification, 1 to 10 (5).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checks: Option<u32>,
    /// Seconds between two messages to a number, 0 to 3600 (30).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cooldown_seconds: Option<u32>,
    /// Messages to a number in an hour, 1 to 1000 (5).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sends_per_hour: Option<u32>,
    /// Messages in an hour for one `client_ip` (an IPv6 address counts by its /64), whatever their number: 0 to 10000, where
    /// 0 is no limit (60; none in an environment of kind development).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sends_per_hour_per_client: Option<u32>,
    /// Consecutive wrong codes against a number until it is locked, 10 to 100 (100).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failures_max: Option<u32>,
    /// Seconds that a lock lasts, 60 to 86400 (3600), or 0: until an operator releases it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lock_seconds: Option<u32>,
}

/// The rules that hold for one verification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rules {
    /// Digits of a code.
    pub code_length: u8,
    /// Life of a code.
    pub life: Duration,
    /// Checks of a verification.
    pub checks: u32,
    /// Between two messages to a number.
    pub cooldown: Duration,
    /// Messages to a number in an hour.
    pub sends_per_hour: u32,
    /// Messages for one client in an hour, where that is limited.
    pub sends_per_hour_per_client: Option<u32>,
    /// Messages to the number's country in a day, where that is limited.
    pub sends_per_day_to_country: Option<u32>,
    /// Consecutive wrong codes against a number until it is locked.
    pub failures_max: u32,
    /// How long a lock lasts; none if until an operator releases it.
    pub lock: Option<Duration>,
}

impl RuleChanges {
    /// What an environment can bear in volume is its own: a development environment's cap is no word about production.
    /// All others say how a code works, which is what was tested. Written out, so that a new rule is put on one side.
    pub(super) fn with_caps_of(&self, other: &Self) -> Self {
        let Self {
            code_length,
            life_seconds,
            checks,
            cooldown_seconds,
            failures_max,
            lock_seconds,
            sends_per_hour: _,
            sends_per_hour_per_client: _,
        } = *self;
        let Self { sends_per_hour, sends_per_hour_per_client, .. } = *other;
        Self {
            code_length,
            life_seconds,
            checks,
            cooldown_seconds,
            sends_per_hour,
            sends_per_hour_per_client,
            failures_max,
            lock_seconds,
        }
    }

    pub(super) fn faults(&self, at: &str) -> Vec<PolicyError> {
        let values = [
            self.code_length.map(u32::from),
            self.life_seconds,
            self.checks,
            self.cooldown_seconds,
            self.sends_per_hour,
            self.sends_per_hour_per_client,
            self.failures_max,
            // 0 is no time: until an operator releases it.
            self.lock_seconds.filter(|seconds| *seconds != 0),
        ];
        let outside =
            RANGES.iter().zip(values).filter(|((_, min, max), value)| value.is_some_and(|v| v < *min || v > *max));
        outside
            .map(|((name, min, max), _)| PolicyError {
                pointer: format!("{at}/{name}"),
                detail: format!("must be from {min} to {max}"),
            })
            .collect()
    }
}
