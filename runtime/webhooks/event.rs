//! What is told. Pure.
//!
//! Thin and stable: ids, what became of it, and what the caller gave; who wants more asks the API. Never a code, a text, a
//! full number, or a provider's words. Fields are added, and none changes its meaning.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::clock::Timestamp;
use crate::store::MessageStatus;

/// What kind of event it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub enum EventType {
    /// A provider took a message, or may have: then its `status` is `unknown`.
    #[serde(rename = "message.sent")]
    MessageSent,
    /// The provider reports that it arrived.
    #[serde(rename = "message.delivered")]
    MessageDelivered,
    /// Nobody took it (`refused`), or the provider reports that it did not arrive (`undelivered`).
    #[serde(rename = "message.failed")]
    MessageFailed,
    /// A right code was given.
    #[serde(rename = "verification.approved")]
    VerificationApproved,
    /// Nobody gave the right code in time. Told within half a minute of the end, or with a check that comes too late.
    #[serde(rename = "verification.expired")]
    VerificationExpired,
    /// A number had too many wrong codes: it takes none for a while, and gets none.
    #[serde(rename = "number.locked")]
    NumberLocked,
    /// A rule against SMS pumping fired for a message, which was refused, or sent all the same.
    #[serde(rename = "fraud.decided")]
    FraudDecided,
    /// Somebody tries a webhook. Nobody subscribes to it.
    #[serde(rename = "webhook.test")]
    WebhookTest,
}

impl EventType {
    /// Those that a webhook can want.
    pub const ALL: [Self; 7] = [
        Self::MessageSent,
        Self::MessageDelivered,
        Self::MessageFailed,
        Self::VerificationApproved,
        Self::VerificationExpired,
        Self::NumberLocked,
        Self::FraudDecided,
    ];

    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::MessageSent => "message.sent",
            Self::MessageDelivered => "message.delivered",
            Self::MessageFailed => "message.failed",
            Self::VerificationApproved => "verification.approved",
            Self::VerificationExpired => "verification.expired",
            Self::NumberLocked => "number.locked",
            Self::FraudDecided => "fraud.decided",
            Self::WebhookTest => "webhook.test",
        }
    }

    /// What is told where a message moves from one status to another; none where that is no news. One that is on its way
    /// again after bad news is told to be sent again: by another connector.
    pub fn of_message(from: MessageStatus, to: MessageStatus) -> Option<Self> {
        use MessageStatus as S;
        let was_bad = matches!(from, S::Refused | S::Undelivered);
        match to {
            S::Accepted | S::Unknown if was_bad || matches!(from, S::Queued | S::Sending) => Some(Self::MessageSent),
            S::Delivered if from != S::Delivered => Some(Self::MessageDelivered),
            S::Refused | S::Undelivered if !was_bad => Some(Self::MessageFailed),
            _ => None,
        }
    }
}

/// An event as it is told.
#[derive(Debug, Serialize)]
pub struct Event<'a, D> {
    /// Its type.
    #[serde(rename = "type")]
    pub kind: EventType,
    /// When it happened.
    pub timestamp: Timestamp,
    /// What it is about.
    pub data: &'a D,
}

impl<D: Serialize> Event<'_, D> {
    /// The bytes that are signed: made once, and kept.
    pub fn body(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self)
    }
}

/// What the caller gave, and whom it concerns.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct About {
    /// The environment.
    pub environment: String,
    /// Why the code is sent.
    #[schema(example = "sign-in")]
    pub purpose: String,
    /// The number, masked; null where the log has no message to it any more.
    #[schema(example = "+1••••••••23")]
    pub to: Option<String>,
    /// Its country.
    #[schema(example = "US")]
    pub country: Option<String>,
    /// The verification; null for a message whose code you made.
    pub verification: Option<String>,
    /// The `subject` that you gave.
    pub subject: Option<String>,
    /// The `metadata` that you gave.
    #[schema(value_type = Option<Object>)]
    pub metadata: Option<Value>,
}

/// Why it failed, in the words of the contract.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct WhyFailed {
    /// The kind of failure; null if nobody was asked.
    #[schema(example = "recipient-blocked")]
    pub kind: Option<String>,
    /// `not-sent` or `unknown`.
    pub certainty: Option<String>,
}

/// `message.sent`, `message.delivered`, `message.failed`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct MessageData {
    /// What the caller gave.
    #[serde(flatten)]
    pub about: About,
    /// The message.
    pub message: String,
    /// What asked for it: `verification`, `api`, or a hook.
    pub source: String,
    /// Where it stands.
    pub status: MessageStatus,
    /// The connector; null if none was asked.
    pub connector: Option<String>,
    /// Why it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<WhyFailed>,
}

/// `verification.approved`, `verification.expired`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct VerificationData {
    /// What the caller gave.
    #[serde(flatten)]
    pub about: About,
    /// `approved` or `expired`.
    pub status: &'static str,
    /// The connector of its newest message.
    pub connector: Option<String>,
}

/// `number.locked`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct LockData {
    /// The verification whose wrong code was the last one.
    #[serde(flatten)]
    pub about: About,
    /// When it ends by itself; null if only an operator ends it.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
}

/// `fraud.decided`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FraudData {
    /// Whom the message was for. A verification that was refused does not exist.
    #[serde(flatten)]
    pub about: About,
    /// The decision, as `GET …/guard/decisions` has it.
    pub decision: String,
    /// `refused`; `recorded` where a rule would have refused it and only records; `allowed` where the allow list has it.
    pub outcome: String,
    /// The rules that fired.
    #[schema(example = json!(["prefix"]))]
    pub rules: Vec<String>,
    /// The message, if it went out.
    pub message: Option<String>,
    /// What asked for it.
    pub source: String,
    /// What it cost, or would have, in millionths of the currency.
    pub cost_micros: u64,
}

/// `webhook.test`.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TestData {
    /// The environment.
    pub environment: String,
    /// The webhook.
    pub webhook: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_told_to_be_sent_once_and_again_only_after_bad_news() {
        use MessageStatus as S;
        let told = |from, to| EventType::of_message(from, to).map(EventType::as_str);
        assert_eq!(told(S::Sending, S::Accepted), Some("message.sent"));
        assert_eq!(told(S::Sending, S::Unknown), Some("message.sent"));
        assert_eq!(told(S::Unknown, S::Accepted), None, "it was told to be sent");
        assert_eq!(told(S::Undelivered, S::Accepted), Some("message.sent"), "by another connector");
        assert_eq!(told(S::Refused, S::Sending), None);
        assert_eq!(told(S::Sending, S::Delivered), Some("message.delivered"), "a report may be faster");
        assert_eq!(told(S::Accepted, S::Undelivered), Some("message.failed"));
        assert_eq!(told(S::Queued, S::Refused), Some("message.failed"));
        assert_eq!(told(S::Refused, S::Undelivered), None);
        assert_eq!(told(S::Queued, S::NotSent), None);
    }

    #[test]
    fn each_word_is_the_one_that_is_written() {
        for kind in EventType::ALL.into_iter().chain([EventType::WebhookTest]) {
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
    }
}
