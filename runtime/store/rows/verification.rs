//! Verifications, what counts against a number, and what the rules decide.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::Verdict;
use super::counters::Counts;
use super::message::{NewAttempt, NewMessage};
use crate::clock::Timestamp;

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
    /// Hash of the app that asked.
    pub app_hash: Option<String>,
    /// Which of its caller's services it was made for; a number has at most one pending verification in each.
    pub service: Option<String>,
    pub status: VerificationStatus,
    /// The sealed code of a reviewer number; without one the code is derived.
    pub fixed_code: Option<Vec<u8>>,
    /// Whether nothing is sent, and no code is right.
    pub suppressed: bool,
    /// Which key the code derives from.
    pub code_key: u32,
    pub code_length: u8,
    pub attempts_left: u32,
    /// Checks that its provider could not answer, and that were not counted.
    pub unanswered: u32,
    pub created_at: Timestamp,
    /// When it was last sent, checked or ended.
    pub updated_at: Timestamp,
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

/// What was sent to a number, and for a client, lately.
#[derive(Clone, Debug, Default)]
pub struct Sends {
    /// When the last message that was not refused went out.
    pub last: Option<Timestamp>,
    /// How many in the last hour.
    pub in_last_hour: u32,
    /// When the oldest of those went out.
    pub oldest_in_last_hour: Option<Timestamp>,
    /// How many went out in the last hour for the same client, whatever their number.
    pub of_client: u32,
    /// When the oldest of those went out.
    pub oldest_of_client: Option<Timestamp>,
    /// How many went out to the number's country in the last day, counted by the hour: in 24 to 25 hours.
    pub to_country: u32,
    /// The first hour of those in which any went out.
    pub oldest_to_country: Option<Timestamp>,
    /// The number's own lock.
    pub failures: Failures,
    /// What the guard asked for.
    pub counts: Counts,
}

/// May it be sent, or sent again?
pub type SendJudge = Box<dyn FnOnce(&Sends) -> Verdict + Send>;
/// What follows from a presented code.
pub type CheckJudge = Box<dyn FnOnce(&Verification, &Failures, &Failures) -> CheckDecision + Send>;

/// A number that is locked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockRow {
    /// Keyed index of the number.
    pub number_index: [u8; 32],
    /// When it ends.
    pub until: Timestamp,
    /// The number, masked, where the log has a message to it.
    pub to_masked: Option<String>,
}

/// A limit that refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limited {
    /// Which limit: `cooldown`, `hourly-cap`, `client-cap`, `country-cap`, `locked`, `budget`, `day-cap`, `prefix-cap`, `fraud-` and a rule of the guard, or `attestation-` and what is wrong with it.
    pub rule: &'static str,
    /// When it would permit it.
    pub retry_at: Timestamp,
}

impl Limited {
    /// In how many whole seconds it would permit it; none if never by itself.
    pub fn retry_after_seconds(&self, now: Timestamp) -> Option<u64> {
        let seconds = self.retry_at.since(now).as_millis().div_ceil(1000).max(1);
        u64::try_from(seconds).ok().filter(|_| self.retry_at < Timestamp::NEVER)
    }
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
    /// New count of checks that the provider could not answer.
    pub unanswered: u32,
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
    /// Counted as wrong until its provider has been asked.
    Held,
    /// Its provider was asked, and nobody knows.
    Unanswered,
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
    /// The number's wrong codes before the check.
    pub number_before: Failures,
    /// The pair's.
    pub pair_before: Failures,
}

/// Whose code a verification has, as far as anything of it may have arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum CodeSource {
    /// Nobody's: everything that was tried was refused.
    Open,
    /// Ours.
    Given,
    /// A provider's.
    Provider(BoundCode),
}

/// A code that a provider made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BoundCode {
    /// The connector that alone can check it.
    pub connector: String,
    /// The revision that started it.
    pub revision: u64,
    /// What the provider calls it; none if the outcome of every start is unknown.
    pub provider_id: Option<String>,
    /// The reference of the start that gave it.
    pub reference: String,
}

/// A verification that is to be made.
#[derive(Clone, Debug)]
pub struct NewVerification {
    /// The verification.
    pub verification: Verification,
    /// Its first message.
    pub message: NewMessage,
    /// Its first attempt; none for a message that waits in the queue.
    pub attempt: Option<NewAttempt>,
}

/// A further message of a verification.
#[derive(Clone, Debug)]
pub struct NewResend {
    /// The verification.
    pub verification_id: String,
    /// The message.
    pub message: NewMessage,
    /// Its first attempt; none for a message that waits in the queue.
    pub attempt: Option<NewAttempt>,
    /// When the next may be asked for.
    pub resend_after: Timestamp,
    /// What the verification shows of it meanwhile, as JSON.
    pub delivery: Option<Value>,
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
