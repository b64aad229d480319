//! What callers are shown of a verification.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use super::{Otp, OtpError};
use crate::clock::Timestamp;
use crate::delivery::DeliveryFailure;
use crate::store::{MessageStatus, Verification, VerificationStatus};

/// One verification. The only answer that has the number in full.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct VerificationView {
    /// Its id.
    #[schema(example = "vrf_019bc1d7a0b27cc29e2f6a8b9d3c4e5f")]
    pub id: String,
    /// Where it stands.
    pub status: VerificationStatus,
    /// The recipient, E.164. Empty where a restore without the master key has lost it.
    #[schema(example = "+14155550123")]
    pub to: String,
    /// Why it was sent.
    #[schema(example = "sign-in")]
    pub purpose: String,
    /// Always `sms` for now.
    #[schema(example = "sms")]
    pub channel: String,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was last sent, checked or ended.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// When the code ends.
    #[schema(value_type = String, format = DateTime)]
    pub expires_at: Timestamp,
    /// Checks that are left.
    pub attempts_left: u32,
    /// When it may be sent again.
    #[schema(value_type = String, format = DateTime)]
    pub resend_after: Timestamp,
    /// What became of its last message.
    pub delivery: DeliveryView,
    /// What the caller kept beside it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub metadata: Option<Value>,
    /// Which of its caller's services it was made for.
    #[serde(skip)]
    pub service: Option<String>,
}

/// What became of a message.
#[derive(Clone, Debug, Serialize, Deserialize, ToSchema)]
pub struct DeliveryView {
    /// `accepted`, `refused`, `unknown`, …
    pub status: MessageStatus,
    /// Why it was not sent, on purpose: `not sent: reviewer number`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// Id of the message, for `GET /v1/messages/{id}`.
    #[serde(default)]
    pub message: Option<String>,
    /// When that came out. Not shown: it would tell a message that was sent from one that never is.
    #[schema(ignore)]
    #[serde(default, skip_serializing)]
    pub at: Option<Timestamp>,
    /// Whether it was the first of its code. Not shown: it is for those who choose the next connector.
    #[schema(ignore)]
    #[serde(default, skip_serializing)]
    pub first: bool,
    /// The connector that was asked last.
    pub connector: Option<String>,
    /// Its revision.
    pub revision: Option<u64>,
    /// Whether its provider makes and checks the code: then the code's length and its text are the provider's.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub code_by_provider: bool,
    /// Why it did not take the message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub failure: Option<DeliveryFailure>,
}

impl Otp {
    pub(super) fn view(&self, v: Verification) -> Result<VerificationView, OtpError> {
        let to = if v.to.is_empty() { String::new() } else { self.open_number(&v)?.e164().to_owned() };
        let sending = DeliveryView {
            status: MessageStatus::Sending,
            why: None,
            message: None,
            at: None,
            first: false,
            connector: None,
            revision: None,
            code_by_provider: false,
            failure: None,
        };
        let delivery = v.delivery.and_then(|json| serde_json::from_value(json).ok()).unwrap_or(sending);
        let over = v.status == VerificationStatus::Pending && self.clock.now() >= v.expires_at;
        Ok(VerificationView {
            id: v.id,
            status: if over { VerificationStatus::Expired } else { v.status },
            to,
            purpose: v.purpose,
            channel: v.channel,
            created_at: v.created_at,
            updated_at: v.updated_at,
            expires_at: v.expires_at,
            attempts_left: v.attempts_left,
            resend_after: v.resend_after,
            delivery,
            metadata: v.metadata,
            service: v.service,
        })
    }
}
