//! What came of a send, as far as two of them are compared.

use std::fmt;

use super::swaps::Swaps;
use crate::connector::contract::{Certainty, Failure, FailureKind, Receipt};

/// None is a send that was accepted.
pub(super) struct Outcome(Option<(FailureKind, Certainty, Option<String>)>);

impl Outcome {
    /// Of a real one: the provider's code is its word, and is treated like all its words.
    pub(super) fn of(result: &Result<Receipt, Failure>, swaps: &Swaps) -> Self {
        let Self(failure) = Self::told(result);
        Self(failure.map(|(kind, certainty, code)| (kind, certainty, code.map(|code| swaps.in_reply(&code)))))
    }

    /// Of one that has nothing of anybody's in it.
    pub(super) fn told(result: &Result<Receipt, Failure>) -> Self {
        let failure = result.as_ref().err();
        Self(failure.map(|failure| (failure.kind, failure.certainty, failure.provider_code.clone())))
    }

    /// The provider's own code.
    pub(super) fn code(&self) -> Option<&str> {
        self.0.as_ref().and_then(|(_, _, code)| code.as_deref())
    }

    /// In what way it came out otherwise when it was played again.
    pub(super) fn differs(&self, replayed: &Self) -> Option<String> {
        (self.0 != replayed.0).then(|| {
            format!(
                "it came out as {self}, and replayed as {replayed}: another number, text or secret makes a difference here"
            )
        })
    }
}

impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            None => f.write_str("accepted"),
            Some((kind, _, None)) => f.write_str(kind.as_str()),
            Some((kind, _, Some(code))) => write!(f, "{}, code {code}", kind.as_str()),
        }
    }
}
