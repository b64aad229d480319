//! What became of messages, counted.

use serde::Serialize;
use utoipa::ToSchema;

use crate::clock::Timestamp;

/// What tells groups of messages apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dimension {
    /// The connector that was asked.
    Connector,
    /// Its revision.
    Revision,
    /// The recipient's country.
    Country,
    /// Country code and three digits more of the recipient's number.
    Area,
    /// The recipient's network, where a report named it.
    Network,
}

/// Which messages, and how they are grouped.
#[derive(Clone, Debug)]
pub struct ConversionQuery {
    /// The environment.
    pub environment: String,
    /// Made at this time or later.
    pub from: Timestamp,
    /// Made before.
    pub to: Timestamp,
    /// What tells groups apart.
    pub by: Vec<Dimension>,
    /// Now: codes that end later live still.
    pub now: Timestamp,
    /// At most so many groups, the largest first.
    pub limit: u32,
}

/// By what those who sent something are judged beside their attempts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum JudgedBy {
    /// Whether codes were used.
    Conversion,
    /// What providers report: nobody tells whether codes were used.
    Reports,
}

impl JudgedBy {
    /// By how many it was told of, and how many nobody told of. `reports_only` is what hears nothing of uses anyway.
    pub fn of(told: u64, untold: u64, reports_only: bool) -> Self {
        if reports_only || (told == 0 && untold > 0) { Self::Reports } else { Self::Conversion }
    }
}

/// One group. A message that two connectors were asked for counts for each of them.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Conversion {
    /// The connector, if asked for by it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connector: Option<String>,
    /// The connector's revision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revision: Option<u64>,
    /// The recipients' country.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Country code and three digits more of the recipients' numbers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub area: Option<String>,
    /// The recipients' network.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network: Option<String>,
    /// How often a connector was asked.
    pub messages: u64,
    /// How often the provider took it; what it later reported is counted here too.
    pub accepted: u64,
    /// Reported as delivered.
    pub delivered: u64,
    /// Reported as not delivered.
    pub undelivered: u64,
    /// Certainly not sent.
    pub refused: u64,
    /// Nobody knows.
    pub unknown: u64,
    /// The code was used. Where several connectors were asked, it counts for the one that most likely delivered it.
    pub used: u64,
    /// Taken, not used yet, and the code lives still: neither a success nor a failure.
    pub living: u64,
    /// Taken, and asked for by a source that never tells if a code was used: neither a success nor a failure.
    pub untold: u64,
    /// `conversion`, or `reports` where every message that was taken is `untold`: then `delivered` and `undelivered` say how
    /// it does.
    pub judged_by: JudgedBy,
    /// Used ones among those that were taken and are neither `living` nor `untold`; null where there are none.
    pub ratio: Option<f64>,
}
