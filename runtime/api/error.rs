//! Refusals, as problem documents (RFC 9457): the only place that knows status codes.
//!
//! What the caller reads and what the log says are two texts: a fault of ours is logged here, once, with its cause,
//! and answered without it.

use std::collections::BTreeMap;

mod hook;
mod kinds;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::clock::Timestamp;
use crate::connector::contract::{Failure, FailureKind};
use crate::connector::reason::Reason;
use crate::delivery::{CallbackError, Delivered};
use crate::otp::OtpError;
use crate::setup::SetupError;
use crate::store::{Limited, MessageStatus, StoreError};

pub(super) use kinds::KINDS;

/// A problem document.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct Problem {
    /// Where the kind of problem is explained.
    #[serde(rename = "type")]
    #[schema(example = "/problems/invalid-field")]
    pub kind: String,
    /// The kind, for people.
    pub title: String,
    /// The HTTP status.
    pub status: u16,
    /// This very problem, for people.
    pub detail: String,
    /// Every fault, where there can be several.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<Fault>,
    /// More for programs, by the kind of problem.
    #[serde(flatten)]
    #[schema(value_type = Object)]
    pub more: Map<String, Value>,
    #[serde(skip)]
    retry_after_seconds: Option<u64>,
    #[serde(skip)]
    policy: Option<&'static str>,
}

/// One fault.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(super) struct Fault {
    /// JSON Pointer of the field.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// What is wrong.
    pub detail: String,
    /// One word for programs.
    pub code: String,
}

/// What a handler answers when it refuses.
#[derive(Debug)]
pub(super) struct ApiError(Box<Problem>);

impl ApiError {
    fn new(status: StatusCode, slug: &str, detail: impl Into<String>) -> Self {
        let title = slug.replace('-', " ");
        Self(Box::new(Problem {
            kind: format!("/problems/{slug}"),
            title: title.get(..1).map(str::to_uppercase).unwrap_or_default() + title.get(1..).unwrap_or_default(),
            status: status.as_u16(),
            detail: detail.into(),
            errors: Vec::new(),
            more: Map::new(),
            retry_after_seconds: None,
            policy: None,
        }))
    }

    /// A request that can't be read.
    pub(super) fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad-request", detail)
    }

    /// No key, or none that is known.
    pub(super) fn unauthorized(detail: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", detail)
    }

    /// A key that may not do this.
    pub(super) fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", detail)
    }

    /// Nothing there.
    pub(super) fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", detail)
    }

    /// It is there already, or in use.
    pub(super) fn conflict(slug: &str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, slug, detail)
    }

    /// A field that can't be taken.
    pub(super) fn field(pointer: &str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        let problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid-field", format!("{pointer}: {detail}"));
        problem.fault(Some(pointer), &detail, "invalid")
    }

    /// Fields that can't be taken; add each as a fault.
    pub(super) fn invalid(detail: &str) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid-field", detail)
    }

    /// The idempotency key belongs to another request.
    pub(super) fn idempotency_mismatch() -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "idempotency-mismatch",
            "this idempotency key was used for another request",
        )
    }

    /// Too many requests.
    pub(super) fn throttled(detail: &str, seconds: u64) -> Self {
        let mut error = Self::new(StatusCode::TOO_MANY_REQUESTS, "rate-limited", detail);
        error.0.retry_after_seconds = Some(seconds);
        error
    }

    /// More than is taken.
    pub(super) fn too_large(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", detail)
    }

    /// Of a kind that is not taken.
    pub(super) fn unsupported_media(detail: &str) -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", detail)
    }

    /// The address is right, the method is not.
    pub(super) fn method_not_allowed() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", "this address does not take this method")
    }

    /// A name that this service does not answer to.
    pub(super) fn misdirected(host: &str) -> Self {
        let detail = format!("this service does not answer to `{host}`; an operator can add it to `server.hosts`");
        Self::new(StatusCode::MISDIRECTED_REQUEST, "unknown-host", detail)
    }

    /// A fault of ours: the cause is logged, not told.
    pub(super) fn internal(cause: &dyn std::fmt::Display) -> Self {
        tracing::error!(%cause, "a request failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal-error", "the service failed; its log says why")
    }

    pub(super) fn fault(mut self, pointer: Option<&str>, detail: &str, code: &str) -> Self {
        let fault = Fault { pointer: pointer.map(str::to_owned), detail: detail.to_owned(), code: code.to_owned() };
        self.0.errors.push(fault);
        self
    }

    pub(super) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.more.insert(name.to_owned(), value.into());
        self
    }

    fn reasons(slug: &str, detail: String, reasons: &[Reason]) -> Self {
        let problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, slug, detail);
        reasons
            .iter()
            .fold(problem, |problem, reason| problem.fault(reason.pointer.as_deref(), &reason.text, reason.code))
    }

    fn limited(limited: &Limited, now: Timestamp) -> Self {
        let seconds = limited.retry_at.since(now).as_millis().div_ceil(1000).max(1);
        let seconds = u64::try_from(seconds).unwrap_or(u64::MAX);
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
            "back-off" => ("back-off", None, "too many wrong codes in a row; wait before the next"),
            _ => ("locked", None, "this number is locked after too many wrong codes"),
        };
        let mut error = Self::new(StatusCode::TOO_MANY_REQUESTS, slug, format!("{detail}; try again in {seconds} s"));
        error.0.retry_after_seconds = Some(seconds);
        error.0.policy = policy;
        error.with("rule", limited.rule).with("retry_at", limited.retry_at.to_string())
    }

    /// A refusal of the OTP use cases.
    pub(super) fn otp(error: OtpError, now: Timestamp) -> Self {
        match error {
            OtpError::UnknownEnvironment(name) => Self::not_found(format!("there is no environment `{name}`")),
            OtpError::Field { field, detail } => Self::field(field, detail),
            OtpError::Phone(phone) => Self::new(
                StatusCode::UNPROCESSABLE_ENTITY,
                "invalid-number",
                format!("/to: {phone}"),
            )
            .fault(Some("/to"), &phone.to_string(), phone.code()),
            OtpError::NoRoute(none) => {
                Self::conflict("no-active-connector", format!("{none}; set one up and activate it"))
            }
            OtpError::PurposeClosed { environment, purpose } => {
                let place = format!("/v1/environments/{environment}/sign-in-experience");
                let detail = format!(
                    "purpose `{purpose}` is closed in `{environment}`; PUT {place} with `true` at /purposes/{purpose} opens it"
                );
                Self::conflict("purpose-closed", detail).with("purpose", purpose).with("switched_on_at", place)
            }
            OtpError::Limited(limited) => Self::limited(&limited, now),
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
    pub(super) fn message_refused(id: &str, delivered: &Delivered) -> Self {
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

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Overloaded => {
                let mut busy = Self::new(
                    StatusCode::SERVICE_UNAVAILABLE,
                    "overloaded",
                    "more requests are waiting than can be served in time",
                );
                busy.0.retry_after_seconds = Some(1);
                busy
            }
            other => Self::internal(&other),
        }
    }
}

impl From<SetupError> for ApiError {
    fn from(error: SetupError) -> Self {
        let detail = error.to_string();
        match error {
            SetupError::Refused { what: "the component", reasons } => {
                Self::reasons("invalid-component", detail, &reasons)
            }
            SetupError::Refused { reasons, .. } => Self::reasons("invalid-field", detail, &reasons),
            SetupError::NotFound { .. } => Self::not_found(detail),
            SetupError::VersionTaken { .. } => Self::conflict("version-taken", detail),
            SetupError::ApprovalNeeded { digest, asks } => {
                let problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "approval-needed", detail)
                    .with("approve", digest)
                    .with("asks", asks.clone());
                asks.iter().fold(problem, |problem, ask| problem.fault(Some("/approve"), ask, "approval-needed"))
            }
            SetupError::SecretRebound { fields } => {
                let problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "secret-rebound", detail);
                fields.iter().fold(problem, |problem, field| {
                    problem.fault(
                        Some(&format!("/config/{field}")),
                        "give this secret again: it would go where it was not approved to go",
                        "secret-rebound",
                    )
                })
            }
            SetupError::NotPromoted { reasons, approvals } => {
                // The kind is that of the gravest fault: what to approve is the last thing to read.
                let has = |code: &str| reasons.iter().any(|reason| reason.code == code);
                let ours = |reason: &Reason| matches!(reason.code, "secret-rebound" | "approval-needed");
                let slug = match reasons.iter().all(ours) {
                    true if has("secret-rebound") => "secret-rebound",
                    true => "approval-needed",
                    false => "invalid-field",
                };
                let problem = Self::reasons(slug, detail, &reasons);
                let approve: BTreeMap<_, _> = approvals.iter().map(|(name, asked)| (name, &asked.digest)).collect();
                let asks: BTreeMap<_, _> = approvals.iter().map(|(name, asked)| (name, &asked.asks)).collect();
                if approvals.is_empty() {
                    problem
                } else {
                    problem.with("approve", json!(approve)).with("asks", json!(asks))
                }
            }
            SetupError::SecretErased { fields } => {
                let problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "secret-erased", detail);
                fields.iter().fold(problem, |problem, field| {
                    problem.fault(Some(&format!("/config/{field}")), "this secret was erased", "secret-erased")
                })
            }
            SetupError::Stale { current, .. } => Self::conflict("stale-revision", detail).with("current", current),
            SetupError::Moved(_) => Self::conflict("stale-revision", detail),
            SetupError::Quarantined { .. } => Self::conflict("quarantined", detail),
            SetupError::InUse { by, .. } => Self::conflict("in-use", detail).with("used_by", by),
            SetupError::NoActiveConnector { needs, .. } => {
                let problem = Self::conflict("no-active-connector", detail);
                needs
                    .iter()
                    .fold(problem, |problem, need| problem.fault(need.pointer.as_deref(), &need.text, need.code))
            }
            SetupError::Store(error) => error.into(),
            SetupError::Load(_) | SetupError::Egress(_) | SetupError::Vault(_) => Self::internal(&detail),
        }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let (retry, policy) = (self.0.retry_after_seconds, self.0.policy);
        let mut response = (status, Json(*self.0)).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        if let Some(seconds) = retry {
            headers.insert(header::RETRY_AFTER, seconds.into());
            if status == StatusCode::TOO_MANY_REQUESTS
                && let Ok(value) = HeaderValue::from_str(&format!("\"limit\";r=0;t={seconds}"))
            {
                headers.insert("ratelimit", value);
            }
        }
        if let Some(policy) = policy {
            headers.insert("ratelimit-policy", HeaderValue::from_static(policy));
        }
        if status == StatusCode::UNAUTHORIZED {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        response
    }
}
