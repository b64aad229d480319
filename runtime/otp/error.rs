//! Why a use case did not do it.

use super::attestation::Unproven;
use super::policy::Closed;
use crate::connector::contract::Failure;
use crate::credentials::VaultError;
use crate::delivery::{CallbackError, NoRoute};
use crate::phone::PhoneError;
use crate::store::{Limited, StoreError, VerificationStatus};

/// Why a use case did not do it.
#[derive(Debug, thiserror::Error)]
pub enum OtpError {
    /// No such environment.
    #[error("there is no environment `{0}`")]
    UnknownEnvironment(String),
    /// A field of the request.
    #[error("`{field}` {detail}")]
    Field {
        /// JSON Pointer of the field.
        field: &'static str,
        /// What is wrong with it.
        detail: String,
    },
    /// Not a number.
    #[error("`to`: {0}")]
    Phone(#[from] PhoneError),
    /// Nobody would send it.
    #[error(transparent)]
    NoRoute(#[from] NoRoute),
    /// The environment sends nothing for this purpose.
    #[error("purpose `{purpose}` is closed in `{environment}`")]
    PurposeClosed {
        /// The environment.
        environment: String,
        /// The purpose.
        purpose: String,
    },
    /// Nothing is sent to this number, or to numbers like it.
    #[error("`{environment}`: {closed}")]
    Closed {
        /// The environment.
        environment: String,
        /// Why.
        closed: Closed,
    },
    /// A limit.
    #[error("the limit `{}` holds", .0.rule)]
    Limited(Limited),
    /// Nobody has shown that a person asks.
    #[error(transparent)]
    Unproven(Unproven),
    /// Only a pending verification takes that.
    #[error("the verification is not pending")]
    NotPending(VerificationStatus),
    /// What was given does not match what it was made for.
    #[error("`{0}` does not match the verification")]
    Mismatch(&'static str),
    /// No such verification or message, or another environment's.
    #[error("there is no {0} of this id")]
    NotFound(&'static str),
    /// Its provider makes the codes, and could not say whether this one is right: nobody knows.
    #[error("connector `{connector}` could not have the code checked: {}", .failure.kind.as_str())]
    Unchecked {
        /// The connector.
        connector: String,
        /// Why.
        failure: Box<Failure>,
        /// Checks that are left.
        attempts_left: u32,
        /// Where the verification stands now.
        status: VerificationStatus,
    },
    /// Of a verification's message the check tells whether its code was used.
    #[error("the message belongs to a verification, whose check tells whether the code was used")]
    OutcomeOfCheck,
    /// No more reviewer numbers may live in an environment at once.
    #[error("the environment has {0} living reviewer numbers, the most that it may have")]
    ReviewersFull(u32),
    /// A provider's callback that nobody could read.
    #[error(transparent)]
    Callback(#[from] CallbackError),
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Sealed data that does not open.
    #[error(transparent)]
    Vault(#[from] VaultError),
}
