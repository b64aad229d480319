//! How connectors' calls ended and how long they took, counted.

mod tally;

use std::time::Duration;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::clock::Timestamp;

pub use tally::Tally;

/// How long a part of a series is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// Full hours, in UTC.
    #[default]
    Hour,
    /// Days, in UTC.
    Day,
}

impl Step {
    /// How long one lasts.
    pub const fn length(self) -> Duration {
        Duration::from_secs(match self {
            Self::Hour => 3600,
            Self::Day => 24 * 3600,
        })
    }

    /// When the one began that `at` lies in.
    pub fn start(self, at: Timestamp) -> Timestamp {
        let length = u64::try_from(self.length().as_millis()).unwrap_or(u64::MAX);
        Timestamp::from_millis(at.as_millis() - at.as_millis() % length)
    }
}

/// So many messages are counted in a moment, whatever is counted of them.
pub const QUICK_MAX: u32 = 2000;

/// Whose calls.
#[derive(Clone, Debug)]
pub struct StatisticsQuery {
    /// The environment.
    pub environment: String,
    /// For messages made at this time or later.
    pub from: Timestamp,
    /// For messages made before.
    pub to: Timestamp,
    /// How long a part of the series is.
    pub step: Step,
    /// Only calls of this connector.
    pub connector: Option<String>,
    /// Only to this country.
    pub country: Option<String>,
    /// Only for this purpose.
    pub purpose: Option<String>,
}

/// How calls ended, and how long they took. Each call is counted once: by what is known of it now.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, ToSchema)]
pub struct Figures {
    /// Calls of connectors. A message that two connectors were asked for counts for each of them.
    pub attempts: u64,
    /// The provider took it, and reported nothing more yet.
    pub accepted: u64,
    /// Reported as delivered.
    pub delivered: u64,
    /// Reported as not delivered.
    pub undelivered: u64,
    /// Certainly not sent.
    pub refused: u64,
    /// Nobody knows.
    pub unknown: u64,
    /// Still under way.
    pub sending: u64,
    /// Half of the calls that have ended took no longer than this, in milliseconds; null where none has ended.
    pub p50_ms: Option<u64>,
    /// 95 of 100 took no longer.
    pub p95_ms: Option<u64>,
    /// 99 of 100 took no longer.
    pub p99_ms: Option<u64>,
}

impl Figures {
    /// What a provider took, or may have taken: all but what was refused or is still under way.
    pub fn sent(&self) -> u64 {
        self.accepted + self.delivered + self.undelivered + self.unknown
    }

    /// What went wrong, or may have: not delivered, refused, unknown.
    pub fn failed(&self) -> u64 {
        self.undelivered + self.refused + self.unknown
    }

    /// Of the calls that have ended, those whose message a provider took and did not report as lost; none where no call
    /// has ended.
    pub fn success_rate(&self) -> Option<f64> {
        let ended = self.attempts - self.sending.min(self.attempts);
        (ended > 0).then(|| (self.accepted + self.delivered) as f64 / ended as f64)
    }
}

/// Figures of a part of a series.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Bucket {
    /// When it began: a full hour, or a day, in UTC.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// What was counted.
    #[serde(flatten)]
    pub figures: Figures,
}

/// Figures over time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Statistics {
    /// Every part of the span in order, also where nothing was sent. The first and the last are cut off where the span is.
    pub series: Vec<Bucket>,
    /// The whole span.
    pub totals: Figures,
}

/// Figures of a connector's revision.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct RevisionFigures {
    /// Its number.
    pub revision: u64,
    /// What was counted; `sending` is what is in flight on it.
    #[serde(flatten)]
    pub figures: Figures,
    /// Of the calls that have ended, those that a provider took and did not report as lost; null where none has ended.
    pub success_rate: Option<f64>,
    /// When its first call of the span began.
    #[schema(value_type = String, format = DateTime)]
    pub first_at: Timestamp,
    /// When its last one began.
    #[schema(value_type = String, format = DateTime)]
    pub last_at: Timestamp,
}

/// How many messages were sent for a purpose.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct SentOf {
    /// The purpose.
    pub purpose: String,
    /// Messages that the provider took, or may have taken.
    pub sent: u64,
}
