//! What providers say of a message after they took it, and what moves by it.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::message::{AttemptStatus, MessageStatus};
use crate::clock::Timestamp;
use crate::connector::contract::{FailureKind, Money, ReportStatus};

impl AttemptStatus {
    /// Where a report takes an attempt; none where it says nothing new.
    ///
    /// | reported | sending, unknown | accepted | refused | undelivered | delivered |
    /// |---|---|---|---|---|---|
    /// | accepted, sent | accepted | – | – | – | – |
    /// | delivered | delivered | delivered | delivered | delivered | – |
    /// | undelivered, expired, rejected | undelivered | undelivered | – | – | – |
    /// | other | – | – | – | – | – |
    ///
    /// So what is final is never taken back, in whatever order reports come; that a handset has it beats all else.
    pub fn told(self, reported: ReportStatus) -> Option<Self> {
        use ReportStatus as R;
        match (reported, self) {
            (R::Delivered, Self::Delivered) => None,
            (R::Delivered, _) => Some(Self::Delivered),
            (R::Accepted | R::Sent, Self::Sending | Self::Unknown) => Some(Self::Accepted),
            (R::Undelivered | R::Expired | R::Rejected, Self::Sending | Self::Unknown | Self::Accepted) => {
                Some(Self::Undelivered)
            }
            _ => None,
        }
    }
}

/// Which attempt a report speaks of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Subject {
    /// The connector's attempt at this message: the callback's own address, or our reference, says so.
    Message(String),
    /// The attempt that got one of these ids from the provider.
    ProviderIds(Vec<String>),
}

/// A report that is to be kept.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "as in contract::DeliveryReport")]
pub struct NewReport {
    /// Of connector, subject and what is said: the same report twice is kept once.
    pub digest: [u8; 32],
    pub environment: String,
    pub connector: String,
    pub subject: Subject,
    pub status: ReportStatus,
    pub kind: Option<FailureKind>,
    pub provider_code: Option<String>,
    pub text: Option<String>,
    pub network: Option<String>,
    pub segments: Option<u32>,
    pub price: Option<Money>,
    pub at: Option<Timestamp>,
    pub received_at: Timestamp,
    /// Whether it may move anything.
    pub verified: bool,
}

/// An attempt that a report moved.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "as in MessageRow and AttemptRow")]
pub struct Moved {
    pub message_id: String,
    pub verification_id: Option<String>,
    pub environment: String,
    pub connector: String,
    pub revision: u64,
    pub country: Option<String>,
    pub area: String,
    pub network: Option<String>,
    /// When the attempt began.
    pub started_at: Timestamp,
    /// Where the attempt stands now.
    pub attempt: AttemptStatus,
    /// Where the message stands now.
    pub message: MessageStatus,
    pub kind: Option<FailureKind>,
    /// Whether a newer message of the same verification is on its way, or arrived.
    pub overtaken: bool,
    /// The step of a trace in which the message was made.
    pub traceparent: Option<String>,
}

/// A report in the log.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReportRow {
    /// Number of the attempt that it speaks of.
    pub attempt: Option<u32>,
    /// `accepted`, `sent`, `delivered`, `undelivered`, `expired`, `rejected` or `other`.
    pub status: String,
    /// The contract's kind of failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// The provider's own code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider_code: Option<String>,
    /// The provider's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// Mobile network, as the provider names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network: Option<String>,
    /// SMS parts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub segments: Option<u32>,
    /// What it cost, as the provider says.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub price: Option<Value>,
    /// When, as the provider says.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = DateTime)]
    pub at: Option<Timestamp>,
    /// When it came.
    #[schema(value_type = String, format = DateTime)]
    pub received_at: Timestamp,
    /// Whether it was found to be the provider's. What was not moves nothing.
    pub verified: bool,
    /// Whether it moved the attempt.
    pub moved: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_final_is_never_taken_back() {
        use AttemptStatus as A;
        use ReportStatus as R;
        let told =
            |attempt: A, reports: &[R]| reports.iter().fold(attempt, |now, report| now.told(*report).unwrap_or(now));
        assert_eq!(told(A::Accepted, &[R::Sent, R::Delivered, R::Sent, R::Undelivered, R::Expired]), A::Delivered);
        assert_eq!(told(A::Accepted, &[R::Undelivered, R::Sent, R::Accepted]), A::Undelivered);
        assert_eq!(told(A::Accepted, &[R::Undelivered, R::Delivered]), A::Delivered, "a handset has it");
        assert_eq!(told(A::Unknown, &[R::Accepted]), A::Accepted);
        assert_eq!(told(A::Refused, &[R::Rejected, R::Accepted]), A::Refused);
        assert_eq!(told(A::Accepted, &[R::Other]), A::Accepted);
    }
}
