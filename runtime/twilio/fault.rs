//! Refusals in Twilio's words. Pure.
//!
//! A body has the four legacy keys and no others: with `type` and `title` beside them, Twilio's newer SDKs would raise
//! another exception than the one that programs catch.

mod ours;

use serde_json::{Value, json};

pub(super) use ours::{of_failure, of_unsent};

/// Twilio's errors, as far as something here leads to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the table below has their texts")]
pub enum Kind {
    UnknownParameters,
    Authenticate,
    MethodNotAllowed,
    NotDeletable,
    NotFound,
    TooManyRequests,
    Internal,
    SendRate,
    InvalidTo,
    InvalidFrom,
    BodyMissing,
    FromMissing,
    ToMissing,
    InvalidStatusCallback,
    RegionClosed,
    OptedOut,
    BodyTooLong,
    NoSender,
    InvalidMessagingService,
    InvalidParameter,
    MaxChecks,
    MaxSends,
    FeatureNotSupported,
    ConcurrentRequests,
    ChannelDisabled,
    FraudBlocked,
    GeoBlocked,
}

impl Kind {
    /// Code, HTTP status and text, as <https://www.twilio.com/docs/api/errors> has them.
    fn row(self) -> (u32, u16, &'static str) {
        match self {
            Self::UnknownParameters => (20001, 400, "Unknown parameters"),
            Self::Authenticate => (20003, 401, "Authenticate"),
            Self::MethodNotAllowed => (20004, 405, "Method not allowed"),
            Self::NotDeletable => (20009, 409, "Cannot delete this resource before it is complete"),
            Self::NotFound => (20404, 404, "The requested resource was not found"),
            Self::TooManyRequests => (20429, 429, "Too Many Requests"),
            Self::Internal => (20500, 500, "Internal Server Error"),
            Self::SendRate => (14107, 429, "SMS send rate limit exceeded"),
            Self::InvalidTo => (21211, 400, "Invalid 'To' Phone Number"),
            Self::InvalidFrom => (21212, 400, "Invalid From Number (caller ID)"),
            Self::BodyMissing => (21602, 400, "Message body is required"),
            Self::FromMissing => (21603, 400, "A 'From' phone number is required"),
            Self::ToMissing => (21604, 400, "A 'To' phone number is required"),
            Self::RegionClosed => (
                21408,
                400,
                "Permission to send an SMS has not been enabled for the region indicated by the 'To' number",
            ),
            Self::InvalidStatusCallback => (21609, 400, "Invalid 'StatusCallback' URL"),
            Self::OptedOut => (21610, 400, "Attempt to send to unsubscribed recipient"),
            Self::BodyTooLong => (21617, 400, "The concatenated message body exceeds the 1600 character limit"),
            Self::NoSender => {
                (21703, 400, "The Messaging Service does not have a phone number available to send a message")
            }
            Self::InvalidMessagingService => (21705, 400, "The Messaging Service Sid is invalid"),
            Self::InvalidParameter => (60200, 400, "Invalid parameter"),
            Self::MaxChecks => (60202, 429, "Max check attempts reached"),
            Self::MaxSends => (60203, 429, "Max send attempts reached"),
            Self::FeatureNotSupported => (60204, 403, "Service does not support this feature"),
            Self::ConcurrentRequests => (60212, 429, "Too many concurrent requests for phone number"),
            Self::ChannelDisabled => (60223, 400, "Delivery channel disabled"),
            Self::FraudBlocked => (60410, 403, "Verification delivery attempt blocked"),
            Self::GeoBlocked => (60605, 403, "Verification delivery attempt blocked"),
        }
    }
}

/// A refusal.
#[derive(Clone, Debug)]
pub struct Fault {
    kind: Kind,
    detail: Option<String>,
    retry_after_seconds: Option<u64>,
}

impl Fault {
    /// In Twilio's words alone.
    pub fn new(kind: Kind) -> Self {
        Self { kind, detail: None, retry_after_seconds: None }
    }

    /// With ours behind them. They never repeat a value.
    pub fn with(kind: Kind, detail: impl Into<String>) -> Self {
        Self { kind, detail: Some(detail.into()), retry_after_seconds: None }
    }

    /// Nothing at this path; it is named as Twilio names it, without the version of Verify's API.
    pub fn not_found(path: &str) -> Self {
        Self::with(Kind::NotFound, path.strip_prefix("/v2").unwrap_or(path))
    }

    /// Later, and when.
    pub fn later(kind: Kind, retry_after_seconds: u64) -> Self {
        Self { kind, detail: None, retry_after_seconds: Some(retry_after_seconds) }
    }

    /// Which error it is.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.kind.row().1
    }

    /// When to try again, in seconds.
    pub fn retry_after_seconds(&self) -> Option<u64> {
        self.retry_after_seconds
    }

    /// What a person reads.
    pub fn message(&self) -> String {
        let words = self.kind.row().2;
        match (&self.detail, self.kind) {
            (Some(path), Kind::NotFound) => format!("The requested resource {path} was not found"),
            (Some(detail), _) => format!("{words}: {detail}"),
            (None, _) => words.to_owned(),
        }
    }

    /// The body.
    pub fn body(&self) -> Value {
        let (code, status, _) = self.kind.row();
        let more_info = format!("https://www.twilio.com/docs/errors/{code}");
        json!({ "code": code, "message": self.message(), "more_info": more_info, "status": status })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_has_the_four_legacy_keys_and_no_others() {
        let body = Fault::new(Kind::MaxSends).body();
        assert_eq!(
            body,
            json!({"code": 60203, "message": "Max send attempts reached", "more_info": "https://www.twilio.com/docs/errors/60203", "status": 429})
        );
        let missing = Fault::not_found("/v2/Services/VA0/VerificationCheck");
        assert_eq!(missing.message(), "The requested resource /Services/VA0/VerificationCheck was not found");
    }
}
