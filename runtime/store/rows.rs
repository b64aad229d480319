//! What the store takes and gives.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::clock::Timestamp;
use crate::connector::contract::{Certainty, FailureKind};
use crate::texts::{Sender, Template};

/// An API key, as its hash.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the names say it; keys.rs explains them")]
pub struct KeyRow {
    pub id: String,
    pub name: String,
    pub roles: Vec<String>,
    pub environment: Option<String>,
    pub hash: [u8; 32],
    pub created_at: Timestamp,
    pub revoked_at: Option<Timestamp>,
}

/// An environment.
#[derive(Clone, Debug)]
pub struct EnvironmentRow {
    /// Its name.
    pub name: String,
    /// `development` or `production`, fixed.
    pub kind: String,
    /// `{{ app }}` in texts.
    pub display_name: String,
    /// When it was made.
    pub created_at: Timestamp,
}

impl EnvironmentRow {
    /// Whether overrides, the inbox and watched folders count here.
    pub fn is_development(&self) -> bool {
        self.kind == "development"
    }
}

/// A document of an environment.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The document.
    pub document: Value,
    /// Grows with every change.
    pub version: u64,
}

/// A component that is to be added.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the names say it; setup/components.rs explains them")]
pub struct NewComponent {
    pub id: String,
    pub version: String,
    pub digest: String,
    pub package: Value,
    pub size: u64,
    pub compile_ms: u64,
    pub instantiate_us: u64,
    pub exports: Vec<String>,
    pub built_in: bool,
    pub created_at: Timestamp,
}

/// A component that is there.
pub type ComponentRow = NewComponent;

/// What adding a component came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inserted {
    /// It is new.
    New,
    /// The same bytes were there.
    Same,
    /// The same id and version were there with other bytes.
    Conflict {
        /// Their digest.
        digest: String,
    },
}

/// A connector.
#[derive(Clone, Debug)]
pub struct ConnectorRow {
    /// Its name.
    pub name: String,
    /// Number of the revision that serves; none for a draft.
    pub serving: Option<u64>,
    /// Number of the newest revision.
    pub newest: u64,
    /// Id of the newest revision's component.
    pub component_id: Option<String>,
}

/// A revision that is to be saved.
pub struct NewRevision {
    /// Its environment.
    pub environment: String,
    /// The connector's name.
    pub name: String,
    /// Its component.
    pub component_digest: String,
    /// Configuration without secrets.
    pub config: Value,
    /// Its texts.
    pub templates: Vec<Template>,
    /// Who sends where.
    pub senders: Vec<Sender>,
    /// What was granted.
    pub approved: Value,
    /// Secrets that stay as they are, by field and version.
    pub kept: BTreeMap<String, u32>,
    /// Secrets that are new; sealed by the function once their version is known.
    pub given: Vec<GivenSecret>,
    /// Whether it serves at once, or stays a draft.
    pub serve: bool,
    /// Whether it becomes the channel's active connector.
    pub activate: bool,
    /// The revision that the caller saw as the newest.
    pub if_match: Option<u64>,
    /// Now.
    pub now: Timestamp,
}

/// A secret that a request brings.
pub struct GivenSecret {
    /// Its field.
    pub field: String,
    /// Seals it for a version.
    pub seal: Box<dyn FnOnce(u32) -> Vec<u8> + Send>,
    /// Bindings for which it was given.
    pub bindings: Value,
}

/// What saving or serving a revision came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Saved {
    /// Done.
    Revision {
        /// Its number.
        number: u64,
        /// Whether its connector is the channel's active one now.
        active: bool,
    },
    /// Somebody else was faster.
    Stale {
        /// The newest revision.
        current: u64,
    },
    /// There is no such connector or revision.
    Missing,
}

/// A saved revision.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "as in NewRevision")]
pub struct RevisionRow {
    pub number: u64,
    pub component_digest: String,
    pub config: Value,
    pub templates: Vec<Template>,
    pub senders: Vec<Sender>,
    pub approved: Value,
    pub secret_versions: BTreeMap<String, u32>,
    pub created_at: Timestamp,
}

/// A secret, sealed.
#[derive(Clone, Debug)]
pub struct SecretRow {
    /// Its field.
    pub field: String,
    /// Its version.
    pub version: u32,
    /// Sealed value.
    pub sealed: Vec<u8>,
    /// Bindings that it was approved for.
    pub bindings: Value,
}

/// Who sends on a channel.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChannelRow {
    /// The active connector.
    pub active: Option<String>,
    /// Who is asked after it.
    pub fallback: Vec<String>,
}

/// Where a verification stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum VerificationStatus {
    /// Waits for the code.
    Pending,
    /// The code was right, once.
    Approved,
    /// Its life is over.
    Expired,
    /// The caller ended it.
    Canceled,
    /// Too many wrong codes.
    AttemptsExhausted,
}

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

/// A verification as it is kept.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "service.md's own words; otp.rs explains the others")]
pub struct Verification {
    pub id: String,
    pub environment: String,
    pub purpose: String,
    pub channel: String,
    pub locale: String,
    /// Sealed E.164.
    pub to: Vec<u8>,
    /// Keyed index of the number.
    pub number_index: [u8; 32],
    /// Keyed index of number and subject (or address): failures count and back off for the pair first.
    pub pair_index: [u8; 32],
    pub subject: Option<String>,
    pub client_ip: Option<String>,
    pub metadata: Option<Value>,
    pub status: VerificationStatus,
    /// Which key the code derives from.
    pub code_key: u32,
    pub code_length: u8,
    pub attempts_left: u32,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub resend_after: Timestamp,
    pub ambiguous_failover_used: bool,
    /// Outcome of the last message, as JSON.
    pub delivery: Option<Value>,
}

/// Wrong codes against one number, or one pair of number and subject or address.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Failures {
    /// Consecutive wrong codes.
    pub consecutive: u32,
    /// No check before.
    pub blocked_until: Option<Timestamp>,
}

/// What was sent to a number lately.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sends {
    /// When the last message that was not refused went out.
    pub last: Option<Timestamp>,
    /// How many in the last hour.
    pub in_last_hour: u32,
    /// When the oldest of those went out.
    pub oldest_in_last_hour: Option<Timestamp>,
    /// The number's own lock.
    pub failures: Failures,
}

/// May it be sent? A reason to refuse, with when to try again.
pub type SendJudge = Box<dyn FnOnce(&Sends) -> Result<(), Limited> + Send>;
/// May it be resent?
pub type ResendJudge = Box<dyn FnOnce(&Verification, &Sends) -> Result<(), ResendRefusal> + Send>;
/// What follows from a presented code.
pub type CheckJudge = Box<dyn FnOnce(&Verification, &Failures, &Failures) -> CheckDecision + Send>;

/// A limit that refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limited {
    /// Which limit: `cooldown`, `hourly-cap`, `locked`.
    pub rule: &'static str,
    /// When it would permit it.
    pub retry_at: Timestamp,
}

/// Why a verification is not sent again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResendRefusal {
    /// It is not pending.
    NotPending(VerificationStatus),
    /// A limit.
    Limited(Limited),
}

/// What a check decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CheckDecision {
    /// The verification's new status.
    pub status: VerificationStatus,
    /// Checks that are left.
    pub attempts_left: u32,
    /// New state of the number, if it changes.
    pub number: Option<Failures>,
    /// New state of the pair, if it changes.
    pub pair: Option<Failures>,
    /// What the caller is told.
    pub told: Told,
}

/// What a check's caller is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Told {
    /// Right.
    Approved,
    /// Wrong.
    Wrong,
    /// It was not pending.
    NotPending(VerificationStatus),
    /// Not looked at: too many wrong codes lately.
    Limited(Limited),
    /// A given field does not match.
    Mismatch(&'static str),
}

/// A check's result, after it was written.
#[derive(Clone, Debug)]
pub struct CheckOutcome {
    /// The verification as it is now.
    pub verification: Verification,
    /// What the caller is told.
    pub told: Told,
}

/// A verification that is to be made.
#[derive(Clone, Debug)]
pub struct NewVerification {
    /// The verification.
    pub verification: Verification,
    /// Its first message.
    pub message: NewMessage,
    /// Its first attempt.
    pub attempt: NewAttempt,
}

/// A further message of a verification.
#[derive(Clone, Debug)]
pub struct NewResend {
    /// The verification.
    pub verification_id: String,
    /// The message.
    pub message: NewMessage,
    /// Its first attempt.
    pub attempt: NewAttempt,
    /// When the next may be asked for.
    pub resend_after: Timestamp,
}

/// What making something came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Created {
    /// Done.
    Done,
    /// A limit.
    Limited(Limited),
}

/// What resending came to.
#[derive(Clone, Debug)]
pub enum Resent {
    /// Done; the verification as it is now.
    Done(Box<Verification>),
    /// Refused.
    Refused(ResendRefusal),
    /// No such verification.
    Missing,
}

/// A message that is to be stored.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "service.md's own words")]
pub struct NewMessage {
    pub id: String,
    pub environment: String,
    pub verification_id: Option<String>,
    pub purpose: String,
    pub locale: String,
    /// Masked, for the log.
    pub to_masked: String,
    pub number_index: [u8; 32],
    pub country: Option<String>,
    /// Sealed content, for messages whose code we don't derive.
    pub content: Option<Vec<u8>>,
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
    pub purpose: String,
    pub locale: String,
    pub to_masked: String,
    pub country: Option<String>,
    pub status: MessageStatus,
    pub used: Option<bool>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
}

/// Which messages.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "the names say it")]
pub struct MessageFilter {
    pub environment: String,
    /// Only messages before this id (ids sort by time).
    pub before: Option<String>,
    pub limit: u32,
    pub verification_id: Option<String>,
    pub connector: Option<String>,
    pub status: Option<MessageStatus>,
}

/// An attempt, before its request leaves.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "delivery.rs explains them")]
pub struct NewAttempt {
    pub message_id: String,
    pub number: u32,
    pub connector: String,
    pub revision: u64,
    pub reference: String,
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
    pub elapsed_ms: u64,
    pub ended_at: Timestamp,
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
    /// Parts that the provider counted.
    pub segments: Option<u32>,
    /// Wall-clock time.
    pub elapsed_ms: Option<u64>,
    /// When it began.
    #[schema(value_type = String, format = DateTime)]
    pub started_at: Timestamp,
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
    /// Now.
    pub now: Timestamp,
}

/// A request under an idempotency key.
#[derive(Clone, Debug)]
pub struct IdempotencyEntry {
    /// Keyed hash of environment, key, route and idempotency key.
    pub scope: [u8; 32],
    /// Keyed hash of the body.
    pub body: [u8; 32],
    /// Now.
    pub now: Timestamp,
    /// Until when the answer is kept.
    pub expires_at: Timestamp,
    /// After this, a request that never finished (a crash) may be done again.
    pub abandoned_at: Timestamp,
}

/// What is known under an idempotency key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdempotencyState {
    /// Nothing: go on.
    Fresh,
    /// The same request is running.
    InFlight,
    /// Another request had this key.
    OtherBody,
    /// It was answered.
    Answered {
        /// Its status.
        status: u16,
        /// Its answer, sealed.
        sealed: Vec<u8>,
    },
}

#[cfg(test)]
mod tests {
    use super::{AttemptStatus as A, MessageStatus as M};

    #[test]
    fn a_messages_status_is_the_best_of_its_attempts() {
        assert_eq!(M::derive([]), M::Queued);
        assert_eq!(M::derive([A::Refused, A::Sending]), M::Sending);
        assert_eq!(M::derive([A::Unknown, A::Refused]), M::Unknown);
        assert_eq!(M::derive([A::Unknown, A::Accepted]), M::Accepted);
        assert_eq!(M::derive([A::Delivered, A::Undelivered, A::Accepted]), M::Delivered);
        assert_eq!(M::derive([A::Refused, A::Undelivered]), M::Undelivered);
    }
}
