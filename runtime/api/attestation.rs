//! `/v1/environments/{env}/attestation`: which proofs that a person asks are wanted before a message goes out.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::AppState;
use super::auth::Caller;
use super::body::{At, Body, etag, if_match};
use super::error::{ApiError, Problem};
use super::whole::whole;
use crate::keys::Role;
use crate::setup::{AttestationView, PutAttestation, SetupError};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get, put, delete))
}

/// Which attestations the environment asks for; without the secret. `404` if it asks for none.
#[utoipa::path(get, path = "/v1/environments/{env}/attestation", tag = "Environments", params(("env" = String, Path)),
    responses((status = 200, body = AttestationView, headers(("ETag" = String, description = "Its version"))), (status = 404, body = Problem)))]
async fn get(State(app): State<AppState>, caller: Caller, At(env): At<String>) -> Result<Response, ApiError> {
    caller.require_admin()?;
    let found = app.parts.setup.attestation(&env).await?;
    Ok((etag(found.version), Json(found)).into_response())
}

/// Ask for a captcha's token, or an attestation of your app, before messages go out: the `attestation` of
/// `POST /v1/verifications`, their resends, and `POST /v1/messages`. With `when: suspicious` only where a rule of the
/// policy's `guard` fires that does not refuse the message. Kind `siteverify` asks Turnstile, hCaptcha or reCAPTCHA; kind
/// `endpoint` POSTs `{"attestation", "environment", "purpose", "country", "client_ip"}` to your own address, signed as
/// webhooks are, and reads `{"ok": true}` or `{"ok": false}` in an answer 2xx. Whoever is asked has two seconds; then, and
/// where the answer can't be read, `on_error` counts. A token is good once. A good one raises no limit, cap, budget or lock,
/// and opens nothing that the guard refuses. Hooks, the Twilio façade and the demo can't pass a token, and are asked for none.
/// It is never promoted into another environment. With `If-Match`, `409 stale-revision` if somebody saved another version
/// meanwhile.
#[utoipa::path(put, path = "/v1/environments/{env}/attestation", tag = "Environments", request_body = PutAttestation,
    params(("env" = String, Path), ("if-match" = Option<u64>, Header, description = "The version that you saw, as `ETag` had it; 0 if none was saved")),
    responses((status = 200, body = AttestationView, headers(("ETag" = String, description = "Its version"))), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn put(
    State(app): State<AppState>,
    caller: Caller,
    At(env): At<String>,
    headers: HeaderMap,
    body: Body<PutAttestation>,
) -> Result<Response, ApiError> {
    caller.require(Role::Configure)?;
    let if_match = if_match(&headers)?;
    let saved =
        whole::<_, SetupError>(async move { app.parts.setup.put_attestation(&env, body.value, if_match).await })
            .await?;
    caller.noting.detail(saved.told());
    Ok((etag(saved.version), Json(saved)).into_response())
}

/// Ask for no attestation any more.
#[utoipa::path(delete, path = "/v1/environments/{env}/attestation", tag = "Environments", params(("env" = String, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
async fn delete(State(app): State<AppState>, caller: Caller, At(env): At<String>) -> Result<StatusCode, ApiError> {
    caller.require(Role::Configure)?;
    whole::<_, SetupError>(async move { app.parts.setup.delete_attestation(&env).await }).await?;
    Ok(StatusCode::NO_CONTENT)
}
