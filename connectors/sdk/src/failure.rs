//! From a provider's words to the contract's.

use crate::{Certainty, Failure, FailureKind};

/// A provider's codes and what they mean, in one table that can be read against its documentation.
pub type CodeTable = [(&'static str, FailureKind)];

/// A failure that certainly sent nothing: the provider said no, or was never reached.
pub fn failure(kind: FailureKind, text: impl Into<String>) -> Failure {
    Failure {
        kind,
        certainty: Certainty::NotSent,
        provider_code: None,
        text: text.into(),
        retry_after_seconds: None,
        extra: Vec::new(),
    }
}

/// Saying more of a failure.
pub trait Fail {
    /// It may have been sent after all.
    #[must_use]
    fn maybe_sent(self) -> Self;
    /// The provider's own code.
    #[must_use]
    fn code(self, code: impl Into<String>) -> Self;
    /// How long the provider asks to wait.
    #[must_use]
    fn retry_after(self, seconds: Option<u32>) -> Self;
}

impl Fail for Failure {
    fn maybe_sent(self) -> Self {
        Self { certainty: Certainty::Unknown, ..self }
    }

    fn code(self, code: impl Into<String>) -> Self {
        Self { provider_code: Some(code.into()), ..self }
    }

    fn retry_after(self, seconds: Option<u32>) -> Self {
        Self { retry_after_seconds: seconds, ..self }
    }
}

/// What a code means, if the table has it.
pub fn kind_of(table: &CodeTable, code: &str) -> Option<FailureKind> {
    table.iter().find(|(known, _)| *known == code).map(|(_, kind)| *kind)
}

/// What an HTTP status means where the provider's answer says no more, and what is then known of the message: a
/// gateway's 5xx may come after the provider took it, a 503 says that nobody did.
pub fn kind_of_status(status: u16) -> (FailureKind, Certainty) {
    use FailureKind as K;
    match status {
        401 | 403 => (K::AuthenticationFailed, Certainty::NotSent),
        402 => (K::InsufficientFunds, Certainty::NotSent),
        408 => (K::Timeout, Certainty::Unknown),
        429 => (K::RateLimited, Certainty::NotSent),
        400..=499 => (K::InvalidConfig, Certainty::NotSent),
        503 => (K::ProviderUnavailable, Certainty::NotSent),
        500..=599 => (K::ProviderUnavailable, Certainty::Unknown),
        _ => (K::InvalidResponse, Certainty::Unknown),
    }
}
