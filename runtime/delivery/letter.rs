//! What is to be sent, and what became of it.

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::connector::contract::{Certainty, Failure, FailureKind, Pair};
use crate::phone::PhoneNumber;
use crate::secret::Secret;
use crate::store::MessageStatus;

/// What is to be sent. Holds number and code in clear and only in memory.
pub struct Letter {
    /// Id of the message in the store.
    pub message_id: String,
    /// The environment.
    pub environment: String,
    /// The recipient.
    pub to: PhoneNumber,
    /// Why it is sent.
    pub purpose: String,
    /// BCP 47 tag of the recipient's language.
    pub locale: String,
    /// The code, where the message carries one.
    pub code: Option<Secret<String>>,
    /// A text to send as it is, instead of a template.
    pub text: Option<Secret<String>>,
    /// The caller's parameters for templates.
    pub parameters: Vec<Pair>,
    /// A sender that beats every configured one.
    pub sender: Option<String>,
    /// Hash of the app that asked: it ends the message instead of what is configured.
    pub app_hash: Option<String>,
    /// When the code ends.
    pub valid_until: Timestamp,
    /// The end user's IP address.
    pub client_ip: Option<String>,
    /// What a provider is told that makes the code; none where a message is sent as it is given.
    pub start: Option<Start>,
    /// Whether somebody tells if its code is used: a check, or a source that tells outcomes.
    pub use_is_told: bool,
    /// Whether its code was sent to nobody before.
    pub is_first: bool,
    /// Whether the verification has already gone on once after an unknown outcome.
    pub ambiguous_failover_used: bool,
}

/// What a provider that makes the code is told of its verification.
#[derive(Clone, Debug)]
pub struct Start {
    /// Digits that the policy asks for.
    pub code_length: u8,
    /// The provider's id of an earlier start: this is a resend.
    pub previous: Option<String>,
}

/// What became of a message.
#[derive(Clone, Debug, Serialize)]
pub struct Delivered {
    /// `accepted`, `refused` or `unknown`.
    pub status: MessageStatus,
    /// The connector that was asked last.
    pub connector: Option<String>,
    /// Its revision.
    pub revision: Option<u64>,
    /// Whether its provider makes and checks the code.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub code_by_provider: bool,
    /// Why the last one did not take it.
    pub failure: Option<DeliveryFailure>,
    /// How long the provider asks to wait, in seconds.
    #[serde(skip)]
    pub retry_after_seconds: Option<u32>,
    /// For how long a code of the provider's is good, in seconds, where it said so.
    #[serde(skip)]
    pub expires_in_seconds: Option<u32>,
    /// Whether the one failover after an unknown outcome was used.
    #[serde(skip)]
    pub ambiguous_failover_used: bool,
}

impl Delivered {
    /// Nobody took it, and nobody said why.
    pub fn nothing(status: MessageStatus) -> Self {
        Self {
            status,
            connector: None,
            revision: None,
            code_by_provider: false,
            failure: None,
            retry_after_seconds: None,
            expires_in_seconds: None,
            ambiguous_failover_used: false,
        }
    }
}

/// Why a connector did not take a message.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct DeliveryFailure {
    /// One of the contract's kinds, such as `invalid-recipient`.
    #[schema(value_type = String)]
    pub kind: FailureKind,
    /// `not-sent`, or `unknown`: it may have been sent.
    #[schema(value_type = String)]
    pub certainty: Certainty,
    /// The provider's own code.
    pub provider_code: Option<String>,
    /// The provider's words, shortened, without number and code.
    pub text: String,
}

impl From<Failure> for DeliveryFailure {
    fn from(failure: Failure) -> Self {
        let Failure { kind, certainty, provider_code, text, .. } = failure;
        Self { kind, certainty, provider_code, text }
    }
}
