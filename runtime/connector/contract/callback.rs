//! A provider's callback, and what a connector reads from it.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{FailureKind, Money, Pair};
use crate::clock::Timestamp;

/// A provider's request to us, as it arrived. `Debug` shows method and size: the rest may hold numbers.
#[derive(Clone)]
pub struct Callback {
    /// Upper case.
    pub method: String,
    /// The full public URL, as the provider signed it.
    pub url: String,
    /// As they came.
    pub headers: Vec<Pair>,
    /// As it came.
    pub body: Vec<u8>,
}

impl fmt::Debug for Callback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Callback({}, {} bytes)", self.method, self.body.len())
    }
}

/// How far a message got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "wit/connector.wit describes each case; a second text would drift")]
pub enum ReportStatus {
    Accepted,
    Sent,
    Delivered,
    Undelivered,
    Expired,
    Rejected,
    Other,
}

impl ReportStatus {
    /// The contract's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Undelivered => "undelivered",
            Self::Expired => "expired",
            Self::Rejected => "rejected",
            Self::Other => "other",
        }
    }
}

/// What a provider says of a message after it took it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeliveryReport {
    /// The provider's ids that a receipt named.
    pub message_ids: Vec<String>,
    /// Our own reference, where the report names that.
    pub reference: Option<String>,
    /// How far it got.
    pub status: ReportStatus,
    /// When, where the provider says so.
    pub at: Option<Timestamp>,
    /// Why it got no further.
    pub kind: Option<FailureKind>,
    /// The provider's own code.
    pub provider_code: Option<String>,
    /// The provider's own words.
    pub text: Option<String>,
    /// Mobile network, as the provider names it.
    pub network: Option<String>,
    /// SMS parts.
    pub segments: Option<u32>,
    /// What it cost.
    pub price: Option<Money>,
    /// More.
    pub extra: Vec<Pair>,
}

/// What to answer the provider.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// HTTP status.
    pub status: u16,
    /// Its media type.
    pub content_type: String,
    /// Its body.
    pub body: Vec<u8>,
}

/// What a connector made of a callback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Handled {
    /// What it reports.
    pub reports: Vec<DeliveryReport>,
    /// What the provider is answered.
    pub answer: Answer,
    /// Whether a signature of the callback was verified in this call. Without it no report moves a state.
    pub verified: bool,
}
