//! `/v1/environments/{env}/sign-in-experience`: by what people sign up and in, and which purposes are open.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::AppState;
use super::auth::Caller;
use super::body::{At, Body, etag, if_match};
use super::error::{ApiError, Problem};
use super::whole::whole;
use crate::keys::Role;
use crate::otp::sign_in::SignInExperience;
use crate::setup::SavedExperience;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get, put))
}

/// The environment's sign-in experience, in full: every standard purpose is named. `ETag` is its version, for `If-Match`.
#[utoipa::path(get, path = "/v1/environments/{env}/sign-in-experience", tag = "Sign-in experience", params(("env" = String, Path)),
    responses((status = 200, body = SignInExperience), (status = 404, body = Problem)))]
async fn get(State(app): State<AppState>, caller: Caller, At(env): At<String>) -> Result<Response, ApiError> {
    caller.require_admin()?;
    // The version first: of a save between the two reads, the version is then too old, and never too new.
    let version = app.parts.setup.sign_in_experience_version(&env).await?;
    let experience = app.parts.setup.sign_in_experience(&env).await?;
    Ok((etag(version), Json(experience)).into_response())
}

/// Replace the environment's sign-in experience. Takes effect with the next request. `409 no-active-connector` if it turns
/// on what needs SMS and no connector is active; `errors` names each. `warnings` say what is hardly meant.
/// With `If-Match`, `409 stale-revision` if somebody saved another version meanwhile.
#[utoipa::path(put, path = "/v1/environments/{env}/sign-in-experience", tag = "Sign-in experience", params(("env" = String, Path), ("if-match" = Option<u64>, Header, description = "The version that you saw, as `ETag` had it; 0 if none was saved")), request_body = SignInExperience,
    responses((status = 200, body = SavedExperience), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn put(
    State(app): State<AppState>,
    caller: Caller,
    At(env): At<String>,
    headers: HeaderMap,
    body: Body<SignInExperience>,
) -> Result<Response, ApiError> {
    caller.require(Role::Configure)?;
    let if_match = if_match(&headers)?;
    let setup = Arc::clone(&app.parts.setup);
    let saved = whole(async move { setup.put_sign_in_experience(&env, body.value, if_match).await }).await?;
    Ok((etag(saved.version), Json(saved)).into_response())
}
