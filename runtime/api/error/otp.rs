//! What asking for a code, checking it or sending a message came to.

use super::*;
use crate::otp::attestation::Unproven;

/// When whoever judges attestations may answer again.
const ASK_AGAIN_SECONDS: u64 = 5;

impl ApiError {
    fn limited(limited: &Limited, now: Timestamp) -> Self {
        let (slug, policy, detail) = match limited.rule {
            "cooldown" => ("cooldown", Some("\"cooldown\";q=1"), "a message went to this number a moment ago"),
            "hourly-cap" => {
                ("hourly-cap", Some("\"hourly-cap\";w=3600"), "this number got as many messages in an hour as it may")
            }
            "client-cap" => (
                "client-cap",
                Some("\"client-cap\";w=3600"),
                "as many messages went out for this client as may in an hour",
            ),
            "country-cap" => (
                "country-cap",
                Some("\"country-cap\";w=86400"),
                "as many messages went to this number's country as may in a day",
            ),
            "budget" => ("budget", None, "the money for today is spent"),
            "day-cap" => ("day-cap", None, "as many messages went out today as may"),
            "prefix-cap" => ("prefix-cap", None, "as many messages went to numbers like this one today as may"),
            rule if rule.starts_with("fraud-") => {
                ("suspected-fraud", None, "messages like this one look as if somebody earned on them")
            }
            "back-off" => ("back-off", None, "too many wrong codes in a row; wait before the next"),
            _ => ("locked", None, "this number is locked after too many wrong codes"),
        };
        let Some(seconds) = limited.retry_after_seconds(now) else {
            let detail = format!("{detail}, until an operator releases it");
            return Self::new(StatusCode::TOO_MANY_REQUESTS, slug, detail).with("rule", limited.rule);
        };
        let mut error = Self::new(StatusCode::TOO_MANY_REQUESTS, slug, format!("{detail}; try again in {seconds} s"));
        error.0.retry_after_seconds = Some(seconds);
        error.0.policy = policy;
        error.with("rule", limited.rule).with("retry_at", limited.retry_at.to_string())
    }

    /// A refusal of the OTP use cases.
    pub(crate) fn otp(error: OtpError, now: Timestamp) -> Self {
        match error {
            OtpError::UnknownEnvironment(name) => Self::not_found(format!("there is no environment `{name}`")),
            OtpError::Field { field, detail } => Self::field(field, detail),
            OtpError::Phone(phone) => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "invalid-number",
                format!("/to: {phone}"),
            )
            .fault(Some("/to"), &phone.to_string(), phone.code()),
            OtpError::NoRoute(none) => Self::no_route(&none),
            OtpError::Unchecked { connector, failure, attempts_left, status } => Self::unchecked(&connector, *failure)
                .with("attempts_left", attempts_left)
                .with("verification_status", json!(status)),
            OtpError::PurposeClosed { environment, purpose } => {
                let place = format!("/v1/environments/{environment}/sign-in-experience");
                let detail = format!(
                    "purpose `{purpose}` is closed in `{environment}`; PUT {place} with `true` at /purposes/{purpose} opens it"
                );
                Self::conflict("purpose-closed", detail).with("purpose", purpose).with("switched_on_at", place)
            }
            OtpError::Closed { environment, closed } => Self::closed(&environment, &closed),
            OtpError::Limited(limited) => Self::limited(&limited, now),
            OtpError::Unproven(unproven) => Self::unproven(unproven),
            OtpError::NotPending(status) => {
                let word = json!(status);
                let detail =
                    format!("the verification is {}; only a pending one takes this", word.as_str().unwrap_or_default());
                Self::conflict("not-pending", detail).with("verification_status", word)
            }
            OtpError::Mismatch(field) => Self::conflict(
                "mismatch",
                format!("`{field}` is not what the verification was made for"),
            )
            .fault(Some(&format!("/{field}")), "does not match the verification", "mismatch"),
            OtpError::NotFound(what) => Self::not_found(format!("there is no {what} of this id in this environment")),
            OtpError::OutcomeOfCheck => Self::conflict("outcome-of-check", error.to_string()),
            OtpError::ReviewersFull(_) => Self::conflict("reviewer-numbers-full", error.to_string()),
            OtpError::Callback(CallbackError::NobodyReads) => {
                Self::not_found("no connector of this name reads callbacks in this environment")
            }
            OtpError::Callback(CallbackError::Store(error)) => error.into(),
            OtpError::Callback(CallbackError::Failed(failure)) => Self::callback_failed(&failure),
            OtpError::Store(error) => error.into(),
            OtpError::Vault(error) => Self::internal(&error),
        }
    }

    /// Nobody has shown that a person asks: with a token, or another one, it may go out.
    fn unproven(unproven: Unproven) -> Self {
        let problem = |status, detail: &str| Self::new(status, unproven.rule(), detail).with("rule", unproven.rule());
        match unproven {
            Unproven::Required | Unproven::Unread => problem(
                StatusCode::FORBIDDEN,
                "nothing was sent: ask the person for a captcha, and repeat the request with its token as `attestation`",
            ),
            Unproven::Failed(doubt) => {
                problem(StatusCode::FORBIDDEN, &format!("nothing was sent: {unproven}")).with("reason", doubt.word())
            }
            Unproven::Unavailable => {
                let mut error = problem(StatusCode::SERVICE_UNAVAILABLE, &unproven.to_string());
                error.0.retry_after_seconds = Some(ASK_AGAIN_SECONDS);
                error
            }
        }
    }

    /// Not the caller's mistake and not to be tried again: what he asks for is closed, and who may open it is the operator.
    fn closed(environment: &str, closed: &Closed) -> Self {
        let place = format!("/v1/environments/{environment}/policy");
        let opens = match closed {
            Closed::Everywhere | Closed::Country(_) => "/destinations/named",
            Closed::Blocked(_) => "/destinations/blocked",
            Closed::Prefix => "/destinations/blocked_prefixes",
            Closed::Type(_) => "/destinations/refused_types",
        };
        let detail = format!("{closed} in `{environment}`; an operator opens it by PUT {place} at {opens}");
        Self::new(StatusCode::FORBIDDEN, "destination-closed", detail)
            .fault(Some("/to"), &closed.to_string(), closed.rule())
            .with("rule", closed.rule())
            .with("opened_at", place)
    }

    fn no_route(none: &NoRoute) -> Self {
        let detail = none.to_string();
        match none {
            NoRoute::Nobody { .. } => {
                Self::conflict("no-active-connector", format!("{detail}; set one up and activate it"))
            }
            NoRoute::OnlyCodeMakers { .. } => Self::conflict("code-by-provider", detail),
            NoRoute::Lost { connector, .. } => {
                Self::conflict("connector-lost", detail).with("connector", connector.clone())
            }
        }
    }

    /// The provider that made the code could not say whether this one is right.
    fn unchecked(connector: &str, failure: Failure) -> Self {
        use FailureKind as K;
        let passing = matches!(failure.kind, K::ProviderUnavailable | K::Timeout | K::RateLimited | K::QuotaExceeded);
        let status = if passing { StatusCode::SERVICE_UNAVAILABLE } else { StatusCode::BAD_GATEWAY };
        let detail = format!(
            "the code could not be checked, so it is neither right nor wrong: the provider of `{connector}` makes and \
             checks the codes, and the call of it failed ({}); try again",
            failure.kind.as_str()
        );
        let mut error = Self::new(status, "not-checked", detail);
        error.0.retry_after_seconds = failure.retry_after_seconds.map(u64::from);
        error.with("connector", connector).with("failure", json!(DeliveryFailure::from(failure)))
    }

    /// A callback that its connector did not take: a forgery, or what it can't read. The words are the guest's, who has
    /// read numbers in it, and the caller is anybody: neither he nor the log gets more than the kind.
    fn callback_failed(failure: &Failure) -> Self {
        let kind = failure.kind.as_str();
        tracing::warn!(kind, "a callback was not read");
        match failure.kind {
            FailureKind::AuthenticationFailed => Self::forbidden("the callback is not signed as the provider signs"),
            _ => {
                Self::new(StatusCode::BAD_GATEWAY, "callback-failed", format!("the callback could not be read: {kind}"))
            }
        }
    }

    /// Every attempt at a message was refused.
    pub(in crate::api) fn message_refused(id: &str, delivered: &Delivered) -> Self {
        use FailureKind as K;
        let kind = delivered.failure.as_ref().map(|failure| failure.kind);
        let callers =
            matches!(kind, Some(K::InvalidRecipient | K::RecipientBlocked | K::ContentRejected | K::FraudBlocked));
        let status = if callers { StatusCode::UNPROCESSABLE_ENTITY } else { StatusCode::BAD_GATEWAY };
        debug_assert_eq!(delivered.status, MessageStatus::Refused);
        let text = delivered.failure.as_ref().map(|failure| failure.text.clone()).unwrap_or_default();
        let mut error = Self::new(status, "not-sent", format!("the message was not sent: {text}"));
        error.0.retry_after_seconds = delivered.retry_after_seconds.map(u64::from);
        error.with("id", id).with("delivery", json!(delivered))
    }
}
