//! What a connector says when it did not do what it was asked.

use serde::{Deserialize, Serialize};

use super::Pair;

/// Why something was not done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "wit/connector.wit describes each case; a second text would drift")]
pub enum FailureKind {
    InvalidConfig,
    AuthenticationFailed,
    InsufficientFunds,
    InvalidRecipient,
    UnsupportedDestination,
    RecipientBlocked,
    ContentRejected,
    RateLimited,
    QuotaExceeded,
    FraudBlocked,
    ProviderUnavailable,
    Timeout,
    InvalidResponse,
    Other,
}

impl FailureKind {
    /// The contract's word for it, such as `invalid-recipient`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidConfig => "invalid-config",
            Self::AuthenticationFailed => "authentication-failed",
            Self::InsufficientFunds => "insufficient-funds",
            Self::InvalidRecipient => "invalid-recipient",
            Self::UnsupportedDestination => "unsupported-destination",
            Self::RecipientBlocked => "recipient-blocked",
            Self::ContentRejected => "content-rejected",
            Self::RateLimited => "rate-limited",
            Self::QuotaExceeded => "quota-exceeded",
            Self::FraudBlocked => "fraud-blocked",
            Self::ProviderUnavailable => "provider-unavailable",
            Self::Timeout => "timeout",
            Self::InvalidResponse => "invalid-response",
            Self::Other => "other",
        }
    }
}

/// What is known about the message when something failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// Certainly not sent.
    NotSent,
    /// It may have been sent.
    Unknown,
}

/// A call that did not succeed. `text` and `provider_code` come from outside and were scrubbed and shortened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Why.
    pub kind: FailureKind,
    /// What is known about the message.
    pub certainty: Certainty,
    /// The provider's own code.
    pub provider_code: Option<String>,
    /// The provider's words, or the host's.
    pub text: String,
    /// How long the provider asks to wait.
    pub retry_after_seconds: Option<u32>,
    /// More.
    pub extra: Vec<Pair>,
}
