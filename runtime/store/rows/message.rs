//! Messages and their attempts.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::bill::Usage;
use super::counters::Read;
use super::follow::NewFollow;
use crate::clock::Timestamp;
use crate::connector::contract::{Certainty, FailureKind};
use crate::prices::Price;

/// Where a message stands, derived from its attempts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum MessageStatus {
    /// Stored, not yet tried.
    Queued,
    /// An attempt is running.
    Sending,
    /// A provider took it.
    Accepted,
    /// Nobody took it: certainly not sent.
    Refused,
    /// It may have been sent.
    Unknown,
    /// The provider reported delivery.
    Delivered,
    /// The provider reported that it could not be delivered.
    Undelivered,
    /// Nobody was asked, on purpose: the recipient is a reviewer number.
    NotSent,
}

/// Where an attempt stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "as in MessageStatus")]
pub enum AttemptStatus {
    Sending,
    Accepted,
    Refused,
    Unknown,
    Delivered,
    Undelivered,
}

impl MessageStatus {
    /// A message's status from its attempts': delivered > accepted > unknown > sending > undelivered > refused.
    pub fn derive(attempts: impl IntoIterator<Item = AttemptStatus>) -> Self {
        let mut best = None;
        for attempt in attempts {
            let rank = match attempt {
                AttemptStatus::Delivered => (5, Self::Delivered),
                AttemptStatus::Accepted => (4, Self::Accepted),
                AttemptStatus::Unknown => (3, Self::Unknown),
                AttemptStatus::Sending => (2, Self::Sending),
                AttemptStatus::Undelivered => (1, Self::Undelivered),
                AttemptStatus::Refused => (0, Self::Refused),
            };
            if best.is_none_or(|(found, _)| rank.0 > found) {
                best = Some(rank);
            }
        }
        best.map_or(Self::Queued, |(_, status)| status)
    }
}

/// Who counted the parts of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SegmentsBy {
    /// The provider told.
    Provider,
    /// The host counted, since the provider told nothing.
    Host,
}

/// What asked for a message: the messages API.
pub const SOURCE_API: &str = "api";
/// What asked for a message: a verification.
pub const SOURCE_VERIFICATION: &str = "verification";

/// Why a message is never sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeptBack {
    /// Its recipient is a reviewer number.
    Reviewer,
    /// Its caller wants an answer as for any other, and nothing sent.
    Suppressed,
}

/// A message that is to be stored.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "service.md's own words")]
pub struct NewMessage {
    pub id: String,
    pub environment: String,
    pub verification_id: Option<String>,
    /// What asked for it: [`SOURCE_API`], [`SOURCE_VERIFICATION`], or a door of its own.
    pub source: String,
    /// Whom the caller means, in his own words.
    pub subject: Option<String>,
    pub purpose: String,
    pub locale: String,
    /// Masked, for the log.
    pub to_masked: String,
    pub number_index: [u8; 32],
    /// Keyed index of the end user's address.
    pub client_index: Option<[u8; 32]>,
    /// Keyed index of the request that it answers: the same one again is the same message.
    pub request_index: Option<[u8; 32]>,
    /// Messages of the same request that were made before this are others; none of them if it is not there.
    pub request_since: Option<Timestamp>,
    /// Why nothing is sent, if so.
    pub kept_back: Option<KeptBack>,
    pub country: Option<String>,
    /// Country code and three digits more.
    pub area: String,
    /// Sealed recipient and content, for messages whose code we don't derive.
    pub content: Option<Vec<u8>>,
    /// What is kept for a caller that follows it.
    pub follow: Option<NewFollow>,
    /// What the guard's counters are asked before it goes out.
    pub reads: Vec<Read>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

/// A message in the log.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "service.md's own words")]
pub struct MessageRow {
    pub id: String,
    pub environment: String,
    pub verification_id: Option<String>,
    pub source: String,
    pub subject: Option<String>,
    pub purpose: String,
    pub locale: String,
    pub to_masked: String,
    pub country: Option<String>,
    pub status: MessageStatus,
    /// Why nothing was sent; not known of old ones, which were to reviewer numbers.
    pub kept_back: Option<KeptBack>,
    pub used: Option<bool>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

/// An attempt, before its request leaves.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "delivery.rs explains them")]
pub struct NewAttempt {
    pub message_id: String,
    pub number: u32,
    pub connector: String,
    pub revision: u64,
    /// Whether the provider makes and checks the code.
    pub code_by_provider: bool,
    pub reference: String,
    /// What a part costs by the connector's price list.
    pub price: Option<Price>,
    pub started_at: Timestamp,
}

/// An attempt's outcome.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "delivery.rs explains them")]
pub struct AttemptEnd {
    pub message_id: String,
    pub number: u32,
    pub status: AttemptStatus,
    pub kind: Option<FailureKind>,
    pub certainty: Option<Certainty>,
    pub provider_code: Option<String>,
    pub text: Option<String>,
    pub provider_ids: Vec<String>,
    pub segments: Option<u32>,
    pub segments_by: Option<SegmentsBy>,
    /// What the provider told that it costs.
    pub cost: Option<Price>,
    pub usage: Usage,
    pub elapsed_ms: u64,
    pub ended_at: Timestamp,
}

/// Who told what a message cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum CostBy {
    /// The provider.
    Provider,
    /// The connector's price list, since the provider told nothing.
    List,
}

/// What an attempt cost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct AttemptCost {
    /// In millionths of the currency.
    pub micros: u64,
    /// ISO 4217, as the provider or the list has it.
    pub currency: String,
    /// Who told.
    pub by: CostBy,
}

/// An attempt in the log.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AttemptRow {
    /// From 1.
    pub number: u32,
    /// The connector.
    pub connector: String,
    /// Its revision.
    pub revision: u64,
    /// Whether the provider makes and checks the code.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub code_by_provider: bool,
    /// The reference that the provider got.
    pub reference: String,
    /// Its outcome.
    pub status: AttemptStatus,
    /// The contract's kind of failure.
    pub kind: Option<String>,
    /// `not-sent` or `unknown`.
    pub certainty: Option<String>,
    /// The provider's own code.
    pub provider_code: Option<String>,
    /// The provider's words.
    pub text: Option<String>,
    /// The provider's ids.
    pub provider_ids: Vec<String>,
    /// Parts of the message.
    pub segments: Option<u32>,
    /// Mobile network, where a report named it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network: Option<String>,
    /// `provider`, or `host` where the provider told none.
    pub segments_by: Option<SegmentsBy>,
    /// What it cost, where the provider told it or the connector has a price list. What certainly was not sent costs nothing
    /// by a list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cost: Option<AttemptCost>,
    /// Wall-clock time.
    pub elapsed_ms: Option<u64>,
    /// Processor time that the connector took, in microseconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cpu_us: Option<u64>,
    /// The most memory that it had.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub memory_bytes: Option<u64>,
    /// Bytes of its requests to the provider, without TLS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes_out: Option<u64>,
    /// Bytes of the provider's answers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes_in: Option<u64>,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    pub started_at: Timestamp,
}

/// A message that was taken and not tried yet.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "as in MessageRow")]
pub struct QueuedMessage {
    pub id: String,
    pub environment: String,
    pub verification_id: Option<String>,
    pub source: String,
    pub purpose: String,
    pub locale: String,
    pub content: Option<Vec<u8>>,
    pub expires_at: Timestamp,
    /// The step of a trace in which it was made.
    pub traceparent: Option<String>,
}

/// What a delivery came to, for its verification.
#[derive(Clone, Debug)]
pub struct SettledDelivery {
    /// The verification.
    pub verification_id: String,
    /// The message.
    pub message_id: String,
    /// As the API shows it.
    pub delivery: Value,
    /// Whether it certainly was not sent: then no cooldown applies.
    pub refused: bool,
    /// Whether the one failover after an unknown outcome is used up.
    pub ambiguous_failover_used: bool,
    /// When the provider's own code ends, where it said so: the verification ends no later.
    pub ends_at: Option<Timestamp>,
    /// Now.
    pub now: Timestamp,
}
