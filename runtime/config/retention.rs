//! `[retention]`: how long things are kept.

use std::time::Duration;

use serde::Deserialize;

use super::ConfigError;
use crate::store::Retention;

const DAYS_MAX: u32 = 3650;
/// Longer than an event is tried.
const WEBHOOKS_DAYS_MIN: u32 = 7;
/// What comes in a few seconds of a busy day is no backlog.
const WEBHOOKS_WAITING_MIN: u32 = 1_000;
const WEBHOOKS_WAITING_MAX: u32 = 10_000_000;

/// Whole days, and a number of events. What is left out has its default; there is no "for ever".
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct RetentionConfig {
    /// Verifications, from the end of their code.
    pub verifications_days: u32,
    /// Messages with their attempts and reports.
    pub messages_days: u32,
    /// Answers to requests with an `Idempotency-Key`.
    pub idempotency_days: u32,
    /// What a deleted connector leaves, so that its numbering goes on if the name comes back.
    pub tombstones_days: u32,
    /// What webhooks were told, and the log of that.
    pub webhooks_days: u32,
    /// Events that a webhook did not take: how many of each are kept, the newest.
    pub webhooks_waiting: u32,
    /// Who did what: the audit log.
    pub audit_days: u32,
    /// Bills: what was sent and what it cost, by day and country.
    pub bills_days: u32,
}

impl Default for RetentionConfig {
    fn default() -> Self {
        Self {
            verifications_days: 1,
            messages_days: 30,
            idempotency_days: 1,
            tombstones_days: 90,
            webhooks_days: 30,
            webhooks_waiting: 100_000,
            audit_days: 400,
            bills_days: 400,
        }
    }
}

impl RetentionConfig {
    /// How long an idempotent answer is kept.
    pub fn idempotency(&self) -> Duration {
        days(self.idempotency_days)
    }

    /// How long the store keeps what has ended.
    pub fn spans(&self) -> Retention {
        Retention {
            verifications: days(self.verifications_days),
            messages: days(self.messages_days),
            tombstones: days(self.tombstones_days),
            webhooks: days(self.webhooks_days),
            audit: days(self.audit_days),
            bills: days(self.bills_days),
        }
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let refuse = |option: &str, detail: String| Err(ConfigError::Value { option: option.into(), detail });
        for (option, value) in [
            ("retention.verifications_days", self.verifications_days),
            ("retention.messages_days", self.messages_days),
            ("retention.idempotency_days", self.idempotency_days),
            ("retention.tombstones_days", self.tombstones_days),
            ("retention.webhooks_days", self.webhooks_days),
            ("retention.audit_days", self.audit_days),
            ("retention.bills_days", self.bills_days),
        ] {
            if !(1..=DAYS_MAX).contains(&value) {
                return refuse(option, format!("is 1 to {DAYS_MAX} days; leave it out for its default"));
            }
        }
        if !(WEBHOOKS_WAITING_MIN..=WEBHOOKS_WAITING_MAX).contains(&self.webhooks_waiting) {
            let detail = format!("is {WEBHOOKS_WAITING_MIN} to {WEBHOOKS_WAITING_MAX} events");
            return refuse("retention.webhooks_waiting", detail);
        }
        // What is still to be told is tried for three days, by a webhook that may fail for five.
        if self.webhooks_days < WEBHOOKS_DAYS_MIN {
            return refuse("retention.webhooks_days", format!("is {WEBHOOKS_DAYS_MIN} days or more"));
        }
        // A verification is shown with its message; a revision's number means one thing in the log.
        if self.messages_days < self.verifications_days {
            return refuse("retention.messages_days", "is no less than `retention.verifications_days`".into());
        }
        if self.tombstones_days < self.messages_days {
            return refuse("retention.tombstones_days", "is no less than `retention.messages_days`".into());
        }
        Ok(())
    }
}

fn days(days: u32) -> Duration {
    Duration::from_secs(u64::from(days) * 24 * 3600)
}
