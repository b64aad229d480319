//! `/v1/verifications`: create, check, read, resend, cancel.

use std::net::IpAddr;

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::AppState;
use super::auth::Caller;
use super::body::{At, Body, parse};
use super::error::{ApiError, Problem};
use super::once::once;
use super::prefer;
use crate::otp::{Check, Create, Proof, VerificationView};
use crate::secret::Secret;
use crate::store::VerificationStatus;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(create))
        .routes(routes!(get))
        .routes(routes!(check))
        .routes(routes!(resend))
        .routes(routes!(cancel))
}

/// Ask for a verification.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CreateBody {
    /// The recipient, in international form.
    #[schema(example = "+14155550123")]
    to: String,
    /// `sms`.
    #[serde(default)]
    channel: Option<String>,
    /// Why; `generic` unless given. It chooses the template and the policy.
    #[serde(default)]
    #[schema(example = "sign-in")]
    purpose: Option<String>,
    /// The recipient's language (BCP 47); `en` unless given.
    #[serde(default)]
    locale: Option<String>,
    /// The end user's address, for limits: the caller is a server.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    client_ip: Option<IpAddr>,
    /// Whom you mean, in your own words, such as an account's id. A check can repeat it.
    #[serde(default)]
    subject: Option<String>,
    /// Your own, kept beside it: a JSON object of at most 4096 bytes.
    #[serde(default)]
    #[schema(value_type = Option<Object>)]
    metadata: Option<Value>,
    /// Hash of the Android app that asks (11 characters): it ends the message, so that the app reads the code itself.
    #[serde(default)]
    #[schema(example = "FA+9qCX9VSu")]
    app_hash: Option<String>,
    /// Send nothing, but answer as if: for a number that has no account, so that whoever asks does not learn that. Limits
    /// hold as for any other, the answer comes after as long as a send takes, and no code is right.
    #[serde(default)]
    suppressed: bool,
    /// What shows that a person asks, where the environment's attestation asks for it: a captcha's token, or what your own
    /// endpoint reads. 1 to 4096 characters of printable ASCII; kept nowhere.
    #[serde(default)]
    attestation: Option<String>,
}

/// There is room for a proof, whether or not it has one.
pub(super) fn proof(token: Option<String>) -> Proof {
    token.map_or(Proof::Nothing, |token| Proof::Token(Secret::new(token)))
}

/// Send a code to a number. `201` stands even if the send failed: `delivery` says so, and no cooldown applies then.
/// `Prefer: respond-async` answers `202` at once, and with `wait=N` if there is no outcome after so many seconds; `GET` tells
/// then what became of it. `409 purpose-closed` if the
/// environment's sign-in experience has the purpose closed. `403 attestation-required` if it is sent with an `attestation` only.
#[utoipa::path(post, path = "/v1/verifications", tag = "Verifications", request_body = CreateBody,
    responses((status = 201, body = VerificationView), (status = 202, body = VerificationView), (status = 403, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem)))]
async fn create(
    State(app): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    body: Body<CreateBody>,
) -> Result<Response, ApiError> {
    let environment = caller.environment()?;
    let Body { value, bytes } = body;
    sms_only(value.channel.as_deref())?;
    let request = Create {
        to: value.to,
        purpose: value.purpose.unwrap_or_else(|| crate::texts::GENERIC.to_owned()),
        locale: value.locale.unwrap_or_else(|| "en".to_owned()),
        client_ip: value.client_ip,
        subject: value.subject,
        metadata: value.metadata,
        app_hash: value.app_hash,
        suppressed: value.suppressed,
        proof: proof(value.attestation),
    };
    let (state, place, wait) = (app.clone(), environment.clone(), prefer::wait(&headers));
    let work = async move {
        let made = state.parts.otp.create(&place, request, wait).await.map_err(|error| state.otp_error(error))?;
        Ok(prefer::answer(wait, StatusCode::CREATED, made.delivery.status, made))
    };
    Ok(once(&app, &caller, &[&environment, "create"], &headers, &bytes, work).await)
}

/// One verification, as it stands now.
#[utoipa::path(get, path = "/v1/verifications/{id}", tag = "Verifications", params(("id" = String, Path)),
    responses((status = 200, body = VerificationView), (status = 404, body = Problem)))]
async fn get(
    State(app): State<AppState>,
    caller: Caller,
    At(id): At<String>,
) -> Result<Json<VerificationView>, ApiError> {
    let environment = caller.environment()?;
    app.parts.otp.get(&environment, &id).await.map(Json).map_err(|error| app.otp_error(error))
}

/// Present a code. What is given besides must match what the verification was made for; a mismatch is not counted.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CheckBody {
    /// What the person typed.
    #[schema(example = "123456")]
    code: String,
    /// The recipient.
    #[serde(default)]
    to: Option<String>,
    /// The purpose.
    #[serde(default)]
    purpose: Option<String>,
    /// The subject.
    #[serde(default)]
    subject: Option<String>,
}

/// The answer to a check.
#[derive(Serialize, ToSchema)]
struct CheckAnswer {
    /// `approved` for a right code, once; `pending` or `attempts_exhausted` for a wrong one.
    status: VerificationStatus,
    /// Checks that are left.
    attempts_left: u32,
}

/// Check a code. A right one is accepted exactly once, however many race. Where a provider made the code it is asked, and
/// `502` or `503 not-checked` says that it could not tell: nothing was wrong, and the check can be repeated.
#[utoipa::path(post, path = "/v1/verifications/{id}/check", tag = "Verifications", params(("id" = String, Path)), request_body = CheckBody,
    responses((status = 200, body = CheckAnswer), (status = 404, body = Problem), (status = 409, body = Problem), (status = 429, body = Problem), (status = 502, body = Problem), (status = 503, body = Problem)))]
async fn check(
    State(app): State<AppState>,
    caller: Caller,
    At(id): At<String>,
    headers: HeaderMap,
    body: Body<CheckBody>,
) -> Result<Response, ApiError> {
    let environment = caller.environment()?;
    let Body { value, bytes } = body;
    let request = Check { code: Secret::new(value.code), to: value.to, purpose: value.purpose, subject: value.subject };
    let (state, place, which) = (app.clone(), environment.clone(), id.clone());
    let work = async move {
        let checked = state.parts.otp.check(&place, &which, request).await.map_err(|error| state.otp_error(error))?;
        Ok(Json(CheckAnswer { status: checked.status, attempts_left: checked.attempts_left }).into_response())
    };
    Ok(once(&app, &caller, &[&environment, "check", &id], &headers, &bytes, work).await)
}

/// How to send it again.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ResendBody {
    /// `sms`.
    #[serde(default)]
    channel: Option<String>,
    /// What shows that a person asks, as with `POST /v1/verifications`: a token of its own.
    #[serde(default)]
    attestation: Option<String>,
}

fn sms_only(channel: Option<&str>) -> Result<(), ApiError> {
    match channel {
        None | Some("sms") => Ok(()),
        Some(_) => Err(ApiError::field("/channel", "is `sms`: no connector serves another channel")),
    }
}

/// Send the same code once more, by a connector that was not asked before where there is one. Resets no count and
/// extends no life. `Prefer: respond-async` answers `202` at once.
#[utoipa::path(post, path = "/v1/verifications/{id}/resend", tag = "Verifications", params(("id" = String, Path)),
    request_body(content = ResendBody, description = "May be left out"),
    responses((status = 200, body = VerificationView), (status = 202, body = VerificationView), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem), (status = 429, body = Problem)))]
async fn resend(
    State(app): State<AppState>,
    caller: Caller,
    At(id): At<String>,
    headers: HeaderMap,
    bytes: Bytes,
) -> Result<Response, ApiError> {
    let environment = caller.environment()?;
    let asked = if bytes.is_empty() { None } else { parse::<Option<ResendBody>>(&bytes)? };
    let asked = asked.unwrap_or_default();
    sms_only(asked.channel.as_deref())?;
    let (state, place, which) = (app.clone(), environment.clone(), id.clone());
    let (wait, proof) = (prefer::wait(&headers), proof(asked.attestation));
    let work = async move {
        let sent = state.parts.otp.resend(&place, &which, &proof, wait).await;
        let sent = sent.map_err(|error| state.otp_error(error))?;
        Ok(prefer::answer(wait, StatusCode::OK, sent.delivery.status, sent))
    };
    Ok(once(&app, &caller, &[&environment, "resend", &id], &headers, &bytes, work).await)
}

/// End a pending verification: its code is worth nothing any more.
#[utoipa::path(post, path = "/v1/verifications/{id}/cancel", tag = "Verifications", params(("id" = String, Path)),
    responses((status = 200, body = VerificationView), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn cancel(
    State(app): State<AppState>,
    caller: Caller,
    At(id): At<String>,
) -> Result<Json<VerificationView>, ApiError> {
    let environment = caller.environment()?;
    app.parts.otp.cancel(&environment, &id).await.map(Json).map_err(|error| app.otp_error(error))
}
