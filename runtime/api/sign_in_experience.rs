//! `/v1/environments/{env}/sign-in-experience`: by what people sign up and in, and which purposes are open.

use axum::Json;
use axum::extract::State;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::AppState;
use super::auth::Caller;
use super::body::{At, Body};
use super::error::{ApiError, Problem};
use super::whole::whole;
use crate::keys::Role;
use crate::otp::sign_in::SignInExperience;
use crate::setup::{SavedExperience, SetupError};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get, put))
}

/// The environment's sign-in experience, in full: every standard purpose is named.
#[utoipa::path(get, path = "/v1/environments/{env}/sign-in-experience", tag = "Sign-in experience", params(("env" = String, Path)),
    responses((status = 200, body = SignInExperience), (status = 404, body = Problem)))]
async fn get(
    State(app): State<AppState>,
    caller: Caller,
    At(env): At<String>,
) -> Result<Json<SignInExperience>, ApiError> {
    caller.require_admin()?;
    Ok(Json(app.parts.setup.sign_in_experience(&env).await?))
}

/// Replace the environment's sign-in experience. Takes effect with the next request. `409 no-active-connector` if it turns
/// on what needs SMS and no connector is active; `errors` names each. `warnings` say what is hardly meant.
#[utoipa::path(put, path = "/v1/environments/{env}/sign-in-experience", tag = "Sign-in experience", params(("env" = String, Path)), request_body = SignInExperience,
    responses((status = 200, body = SavedExperience), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn put(
    State(app): State<AppState>,
    caller: Caller,
    At(env): At<String>,
    body: Body<SignInExperience>,
) -> Result<Json<SavedExperience>, ApiError> {
    caller.require(Role::Configure)?;
    whole::<_, SetupError>(async move {
        let saved = app.parts.setup.put_sign_in_experience(&env, body.value).await?;
        app.parts.otp.invalidate(&env);
        Ok(Json(saved))
    })
    .await
}
