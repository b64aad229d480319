//! How connectors do lately: what their attempts came to, what providers reported, which codes were used.

use crate::clock::Timestamp;
use crate::connector::contract::{Certainty, Failure, Receipt};
use crate::connector::serving::Serving;
use crate::phone::PhoneNumber;

/// Where something happened.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// The environment.
    pub environment: String,
    /// The connector.
    pub connector: String,
    /// Its revision: a new one begins with a clean sheet.
    pub revision: u64,
    /// The recipient's country.
    pub country: Option<String>,
    /// Country code and three digits more of the recipient's number.
    pub area: String,
}

/// What an attempt came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The provider took it.
    Accepted,
    /// It did not, or nobody knows.
    Failed(Failure),
}

/// What is known, in memory.
#[derive(Default)]
pub struct Health {}

impl Place {
    /// Of a send.
    pub fn of(serving: &Serving, to: &PhoneNumber) -> Self {
        Self {
            environment: serving.environment.clone(),
            connector: serving.name.clone(),
            revision: serving.revision,
            country: to.country().map(str::to_owned),
            area: to.area().to_owned(),
        }
    }
}

impl Outcome {
    /// Of a send.
    pub fn of(result: &Result<Receipt, Failure>) -> Self {
        result.as_ref().err().map_or(Self::Accepted, |failure| Self::Failed(failure.clone()))
    }

    /// Whether it may have been sent.
    pub fn is_unknown(&self) -> bool {
        matches!(self, Self::Failed(failure) if failure.certainty == Certainty::Unknown)
    }
}

impl Health {
    /// An attempt ended.
    pub fn attempted(&self, _place: &Place, _outcome: Outcome, _elapsed_ms: u64, _now: Timestamp) {}

    /// A provider reported a final state of a message.
    pub fn reported(&self, _place: &Place, _network: Option<&str>, _delivered: bool, _now: Timestamp) {}

    /// A code that a connector sent was used.
    pub fn converted(&self, _place: &Place, _network: Option<&str>, _now: Timestamp) {}
}
