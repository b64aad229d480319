//! What our use cases and connectors refuse, as Twilio would say it. Pure, but for the log of a fault of ours.

use super::{Fault, Kind};
use crate::clock::Timestamp;
use crate::connector::contract::FailureKind;
use crate::otp::OtpError;
use crate::otp::policy::Closed;
use crate::store::{Limited, StoreError};

impl Fault {
    fn limited(kind: Kind, limited: &Limited, now: Timestamp) -> Self {
        Self { retry_after_seconds: limited.retry_after_seconds(now), ..Self::with(kind, words(limited.rule)) }
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
            OtpError::Closed { closed, .. } => match closed {
                Closed::Prefix => Self::with(Kind::FraudBlocked, closed.to_string()),
                Closed::Type(_) => Self::with(Kind::InvalidParameter, format!("`To`: {closed}")),
                _ => Self::with(Kind::GeoBlocked, closed.to_string()),
            },
            // What is counted for a pair, a client or a country passes; a locked number takes none for long, and gets none.
            OtpError::Limited(limited) if matches!(limited.rule, "back-off" | "client-cap" | "country-cap") => {
                Self::limited(Kind::TooManyRequests, &limited, now)
            }
            OtpError::Limited(limited) if limited.rule.starts_with("fraud-") => {
                Self::limited(Kind::FraudBlocked, &limited, now)
            }
            OtpError::Limited(limited) if matches!(limited.rule, "budget" | "day-cap" | "prefix-cap") => {
                Self::limited(Kind::TooManyRequests, &limited, now)
            }
            OtpError::Limited(limited) if limited.rule == "locked" => Self::limited(Kind::MaxChecks, &limited, now),
            OtpError::Limited(limited) => Self::limited(Kind::MaxSends, &limited, now),
            // Twilio's own word for "try again".
            OtpError::Unchecked { failure, .. } => {
                Self::later(Kind::TooManyRequests, failure.retry_after_seconds.unwrap_or(1).max(1).into())
            }
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
            OtpError::Closed { closed, .. } => Self::with(Kind::RegionClosed, closed.to_string()),
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
        if !matches!(error, StoreError::Overloaded) {
            tracing::error!(%error, "a request of the Twilio façade failed");
        }
        match error {
            // Twilio's own word for "try again".
            StoreError::Overloaded | StoreError::Unreachable(_) => Self::later(Kind::TooManyRequests, 1),
            _ => Self::new(Kind::Internal),
        }
    }
}

fn words(rule: &str) -> &'static str {
    match rule {
        "cooldown" => "a message went to this number a moment ago",
        "hourly-cap" => "this number got as many messages in an hour as the policy permits",
        "client-cap" => "this client got as many messages in an hour as the policy permits",
        "country-cap" => "as many messages went to this country in a day as the policy permits",
        "back-off" => "too many wrong codes in a row",
        "budget" => "the money for today is spent",
        "day-cap" => "as many messages went out today as the policy permits",
        "prefix-cap" => "as many messages went to numbers like this one today as the policy permits",
        rule if rule.starts_with("fraud-") => "messages like this one look as if somebody earned on them",
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
pub(in crate::twilio) fn of_failure(kind: Option<FailureKind>) -> (u32, &'static str) {
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
pub(in crate::twilio) fn of_unsent(kind: FailureKind) -> Option<Fault> {
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
        let away = Fault::from(StoreError::Unreachable(String::new()));
        assert_eq!((away.status(), away.retry_after_seconds()), (429, Some(1)), "a database comes back");
    }
}
