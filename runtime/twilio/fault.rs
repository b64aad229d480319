//! Refusals in Twilio's words. Pure.
//!
//! A body has the four legacy keys and no others: with `type` and `title` beside them, Twilio's newer SDKs would raise
//! another exception than the one that programs catch.

use serde_json::{Value, json};

use crate::clock::Timestamp;
use crate::connector::contract::FailureKind;
use crate::otp::OtpError;
use crate::store::{Limited, StoreError};

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
    RegionNotEnabled,
    BodyMissing,
    FromMissing,
    ToMissing,
    InvalidStatusCallback,
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
            Self::RegionNotEnabled => (
                21408,
                403,
                "Permission to send an SMS has not been enabled for the region indicated by the 'To' number",
            ),
            Self::BodyMissing => (21602, 400, "Message body is required"),
            Self::FromMissing => (21603, 400, "A 'From' phone number is required"),
            Self::ToMissing => (21604, 400, "A 'To' phone number is required"),
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

    fn limited(kind: Kind, limited: &Limited, now: Timestamp) -> Self {
        let seconds = limited.retry_at.since(now).as_millis().div_ceil(1000).max(1);
        Self { retry_after_seconds: u64::try_from(seconds).ok(), ..Self::with(kind, words(limited.rule)) }
    }

    /// A refusal of a use case, as Verify says it; `path` is what was asked for.
    pub fn of_verify(error: OtpError, path: &str, now: Timestamp) -> Self {
        match error {
            OtpError::Phone(phone) => Self::with(Kind::InvalidParameter, format!("`To`: {phone}")),
            OtpError::Field { field, detail } => {
                Self::with(Kind::InvalidParameter, format!("`{}` {detail}", parameter(field)))
            }
            OtpError::NoRoute(none) => Self::with(Kind::ChannelDisabled, none.to_string()),
            OtpError::PurposeClosed { .. } => Self::with(Kind::ChannelDisabled, error.to_string()),
            // What is counted for a pair or a client passes; a locked number takes none for long, and gets none.
            OtpError::Limited(limited) if matches!(limited.rule, "back-off" | "client-cap") => {
                Self::limited(Kind::TooManyRequests, &limited, now)
            }
            OtpError::Limited(limited) if limited.rule == "locked" => Self::limited(Kind::MaxChecks, &limited, now),
            OtpError::Limited(limited) => Self::limited(Kind::MaxSends, &limited, now),
            OtpError::NotPending(_) | OtpError::NotFound(_) | OtpError::UnknownEnvironment(_) => Self::not_found(path),
            other => Self::of_ours(other),
        }
    }

    /// A refusal of a use case, as Messages says it.
    pub fn of_messages(error: OtpError, now: Timestamp) -> Self {
        match error {
            OtpError::Phone(phone) => Self::with(Kind::InvalidTo, phone.to_string()),
            OtpError::Field { field: "/text", detail } => Self::with(Kind::BodyTooLong, format!("`Body` {detail}")),
            OtpError::Field { field: "/sender", detail } => Self::with(Kind::InvalidFrom, format!("`From` {detail}")),
            OtpError::Field { field, detail } => Self::with(Kind::UnknownParameters, format!("{field} {detail}")),
            OtpError::NoRoute(none) => Self::with(Kind::NoSender, none.to_string()),
            OtpError::PurposeClosed { .. } => Self::with(Kind::NoSender, error.to_string()),
            OtpError::Limited(limited) => Self::limited(Kind::SendRate, &limited, now),
            other => Self::of_ours(other),
        }
    }

    fn of_ours(error: OtpError) -> Self {
        match error {
            OtpError::Store(error) => error.into(),
            other => {
                tracing::error!(error = %other, "a request of the Twilio façade failed");
                Self::new(Kind::Internal)
            }
        }
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Self {
        if matches!(error, StoreError::Overloaded) {
            return Self::later(Kind::TooManyRequests, 1);
        }
        tracing::error!(%error, "a request of the Twilio façade failed");
        Self::new(Kind::Internal)
    }
}

fn words(rule: &str) -> &'static str {
    match rule {
        "cooldown" => "a message went to this number a moment ago",
        "hourly-cap" => "this number got as many messages in an hour as the policy permits",
        "client-cap" => "this client got as many messages in an hour as the policy permits",
        "back-off" => "too many wrong codes in a row",
        _ => "this number is locked after too many wrong codes",
    }
}

/// Our field as the parameter that it came from.
fn parameter(field: &'static str) -> &'static str {
    match field {
        "/to" => "To",
        "/locale" => "Locale",
        "/app_hash" => "AppHash",
        "/metadata" => "Tags",
        other => other,
    }
}

/// The error that a message shows which nobody took or which did not arrive. Twilio has no code for most of what goes
/// wrong between providers; those are 30008, unknown.
pub(super) fn of_failure(kind: Option<FailureKind>) -> (u32, &'static str) {
    use FailureKind as K;
    match kind {
        Some(K::InvalidRecipient) => (30005, "Unknown destination handset"),
        Some(K::RecipientBlocked) => (21610, "Attempt to send to unsubscribed recipient"),
        Some(K::ContentRejected) => (30007, "Message filtered"),
        Some(K::UnsupportedDestination) => (21408, "Permission to send an SMS has not been enabled for the region"),
        Some(K::RateLimited | K::QuotaExceeded) => (30001, "Queue overflow"),
        Some(K::InvalidConfig | K::AuthenticationFailed | K::InsufficientFunds) => (30002, "Account suspended"),
        Some(K::FraudBlocked) => (30004, "Message blocked"),
        _ => (30008, "Unknown error"),
    }
}

/// The refusal of a verification whose message certainly was not sent, where another try would come to the same.
pub(super) fn of_unsent(kind: FailureKind) -> Option<Fault> {
    use FailureKind as K;
    match kind {
        K::InvalidRecipient => {
            Some(Fault::with(Kind::InvalidParameter, "`To`: the provider does not take this number"))
        }
        K::RecipientBlocked => Some(Fault::new(Kind::OptedOut)),
        K::FraudBlocked => Some(Fault::new(Kind::FraudBlocked)),
        K::UnsupportedDestination => Some(Fault::new(Kind::GeoBlocked)),
        _ => None,
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

    #[test]
    fn a_limit_says_when_to_come_back() {
        let now = Timestamp::from_millis(1_000);
        let limited = |rule| OtpError::Limited(Limited { rule, retry_at: Timestamp::from_millis(2_500) });
        let told = |rule| {
            let fault = Fault::of_verify(limited(rule), "/v2", now);
            (fault.body()["code"].as_u64().unwrap(), fault.retry_after_seconds())
        };
        assert_eq!(told("hourly-cap"), (60203, Some(2)));
        assert_eq!(told("locked"), (60202, Some(2)));
        assert_eq!(told("back-off"), (20429, Some(2)));
        assert_eq!(Fault::of_messages(limited("cooldown"), now).body()["code"], 14107);
    }
}
