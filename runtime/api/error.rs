//! Refusals, as problem documents (RFC 9457): the only place that knows status codes.
//!
//! What the caller reads and what the log says are two texts: a fault of ours is logged here, once, with its cause,
//! and answered without it.

use std::collections::BTreeMap;

mod figures;
mod hook;
mod kinds;
mod otp;
mod people;
mod setup;
mod webhook;

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::clock::Timestamp;
use crate::connector::contract::{Failure, FailureKind};
use crate::connector::reason::Reason;
use crate::delivery::{CallbackError, Delivered, DeliveryFailure, NoRoute};
use crate::otp::OtpError;
use crate::otp::policy::Closed;
use crate::setup::SetupError;
use crate::store::{Limited, MessageStatus, StoreError};

pub(super) use kinds::KINDS;

/// A problem document.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Problem {
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
    /// When to come again.
    #[serde(skip)]
    pub(crate) retry_after_seconds: Option<u64>,
    #[serde(skip)]
    policy: Option<&'static str>,
}

/// One fault.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Fault {
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
pub(crate) struct ApiError(Box<Problem>);

impl ApiError {
    /// What it says, for whoever shows it in another way.
    pub(crate) fn problem(&self) -> &Problem {
        &self.0
    }

    /// After how long it is worth another try, where that is known.
    pub(crate) fn retry_after_seconds(&self) -> Option<u64> {
        self.0.retry_after_seconds
    }

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
    pub(crate) fn bad_request(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad-request", detail)
    }

    /// No key, or none that is known.
    pub(crate) fn unauthorized(detail: &str) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", detail)
    }

    /// A key that may not do this.
    pub(crate) fn forbidden(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", detail)
    }

    /// It is done, and some nodes don't serve it yet.
    pub(crate) fn nodes_behind(nodes: &[String]) -> Self {
        let detail = "it is saved; the nodes in `nodes` don't serve it yet";
        Self::new(StatusCode::GATEWAY_TIMEOUT, "nodes-behind", detail).with("nodes", nodes.to_vec())
    }

    /// Nothing there.
    pub(crate) fn not_found(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not-found", detail)
    }

    /// It was there, and is no more.
    pub(crate) fn gone(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::GONE, "gone", detail)
    }

    /// It is there already, or in use.
    pub(crate) fn conflict(slug: &str, detail: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, slug, detail)
    }

    /// A field that can't be taken.
    pub(crate) fn field(pointer: &str, detail: impl Into<String>) -> Self {
        let detail = detail.into();
        let problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid-field", format!("{pointer}: {detail}"));
        problem.fault(Some(pointer), &detail, "invalid")
    }

    /// Fields that can't be taken; add each as a fault.
    pub(crate) fn invalid(detail: &str) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid-field", detail)
    }

    /// The idempotency key belongs to another request.
    pub(crate) fn idempotency_mismatch() -> Self {
        Self::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "idempotency-mismatch",
            "this idempotency key was used for another request",
        )
    }

    /// Too many requests.
    pub(crate) fn throttled(detail: &str, seconds: u64) -> Self {
        let mut error = Self::new(StatusCode::TOO_MANY_REQUESTS, "rate-limited", detail);
        error.0.retry_after_seconds = Some(seconds);
        error
    }

    /// More than is taken.
    pub(crate) fn too_large(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", detail)
    }

    /// Of a kind that is not taken.
    pub(crate) fn unsupported_media(detail: &str) -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-media-type", detail)
    }

    /// The address is right, the method is not.
    pub(crate) fn method_not_allowed() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method-not-allowed", "this address does not take this method")
    }

    /// A name that this service does not answer to.
    pub(crate) fn misdirected(host: &str) -> Self {
        let detail = format!("this service does not answer to `{host}`; an operator can add it to `server.hosts`");
        Self::new(StatusCode::MISDIRECTED_REQUEST, "unknown-host", detail)
    }

    /// The identity provider gave no answer that helps.
    pub(crate) fn provider_failed(detail: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_GATEWAY, "identity-provider", detail)
    }

    /// Not now, but perhaps in a moment.
    fn unavailable(slug: &str, detail: &str) -> Self {
        let mut error = Self::new(StatusCode::SERVICE_UNAVAILABLE, slug, detail);
        error.0.retry_after_seconds = Some(1);
        error
    }

    /// A fault of ours: the cause is logged, not told.
    pub(crate) fn internal(cause: &dyn std::fmt::Display) -> Self {
        tracing::error!(%cause, "a request failed");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal-error", "the service failed; its log says why")
    }

    pub(crate) fn fault(mut self, pointer: Option<&str>, detail: &str, code: &str) -> Self {
        let fault = Fault { pointer: pointer.map(str::to_owned), detail: detail.to_owned(), code: code.to_owned() };
        self.0.errors.push(fault);
        self
    }

    pub(crate) fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        self.0.more.insert(name.to_owned(), value.into());
        self
    }

    fn reasons(slug: &str, detail: String, reasons: &[Reason]) -> Self {
        let problem = Self::new(StatusCode::UNPROCESSABLE_ENTITY, slug, detail);
        reasons
            .iter()
            .fold(problem, |problem, reason| problem.fault(reason.pointer.as_deref(), &reason.text, reason.code))
    }
}

impl From<StoreError> for ApiError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Overloaded => {
                Self::unavailable("overloaded", "more requests are waiting than can be served in time")
            }
            StoreError::Unreachable(_) => {
                tracing::error!(cause = %error, "a request failed");
                Self::unavailable(
                    "store-unreachable",
                    "the service's database can't be reached, or did not answer in time",
                )
            }
            other => Self::internal(&other),
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
