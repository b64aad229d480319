//! Codes that a provider makes and checks, in our own types (`wit/verification/verification.wit` says what each means).

use std::fmt;

use super::{Money, Pair, Receipt, ReceiptStatus};
use crate::secret::Secret;

/// One verification as a connector is asked to start it. Holds the number in clear: `Debug` does not show it.
#[derive(Clone)]
pub struct StartRequest {
    /// E.164 with `+`.
    pub to: String,
    /// Digits only.
    pub calling_code: String,
    /// ISO 3166-1 alpha-2, where the number tells.
    pub country: Option<String>,
    /// Why it is sent.
    pub purpose: String,
    /// BCP 47.
    pub locale: String,
    /// Unique for (message, connector), the same on a retry.
    pub reference: String,
    /// What is left of the verification's life, in seconds.
    pub validity_seconds: u32,
    /// Sender for this recipient, where the operator set one.
    pub sender: Option<String>,
    /// The end user's IP address.
    pub client_ip: Option<String>,
    /// Hash of the app that asked.
    pub app_hash: Option<String>,
    /// Digits that the policy asks for.
    pub code_length: Option<u8>,
    /// The id of an earlier start: this is a resend.
    pub previous: Option<String>,
    /// Regulatory ids and the like.
    pub extra: Vec<Pair>,
}

impl fmt::Debug for StartRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StartRequest")
            .field("reference", &self.reference)
            .field("purpose", &self.purpose)
            .finish_non_exhaustive()
    }
}

/// The provider took it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Started {
    /// What the provider calls it.
    pub id: String,
    /// For how long its code is good, in seconds, where the provider says so.
    pub expires_in_seconds: Option<u32>,
    /// SMS parts as the provider counts them.
    pub segments: Option<u32>,
    /// What it costs, where the provider says.
    pub price: Option<Money>,
    /// More.
    pub extra: Vec<Pair>,
}

impl From<Started> for Receipt {
    /// As an attempt keeps it: the provider's id is the one that a check needs.
    fn from(started: Started) -> Self {
        let Started { id, segments, price, extra, .. } = started;
        Self { status: ReceiptStatus::Accepted, message_ids: vec![id], segments, price, extra }
    }
}

/// A code that a person typed, as a connector is asked about it.
#[derive(Clone)]
pub struct CheckRequest {
    /// The newest id that a start gave; none if its outcome is unknown.
    pub id: Option<String>,
    /// E.164 with `+`.
    pub to: String,
    /// Digits only.
    pub code: Secret<String>,
    /// The reference of the start.
    pub reference: String,
}

/// What the provider says of a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CodeVerdict {
    /// Right.
    Approved,
    /// Wrong.
    Wrong,
    /// Its life is over at the provider.
    Expired,
    /// The provider takes no more codes for it.
    TooMany,
    /// The provider knows it no more.
    Gone,
    /// Not approved, in some other way.
    Other,
}

impl CodeVerdict {
    /// The contract's word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Approved => "approved",
            Self::Wrong => "wrong",
            Self::Expired => "expired",
            Self::TooMany => "too-many",
            Self::Gone => "gone",
            Self::Other => "other",
        }
    }
}
