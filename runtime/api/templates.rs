//! `/v1/environments/{env}/templates`: the texts that an environment's connectors share, and what they come to.

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
use crate::setup::{PreviewTexts, Previews, SavedTexts};
use crate::texts::Shared;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get, put)).routes(routes!(preview))
}

/// The environment's texts.
#[utoipa::path(get, path = "/v1/environments/{env}/templates", tag = "Templates", params(("env" = String, Path)),
    responses((status = 200, body = Shared), (status = 404, body = Problem)))]
async fn get(State(app): State<AppState>, caller: Caller, At(env): At<String>) -> Result<Json<Shared>, ApiError> {
    caller.require_admin()?;
    Ok(Json(app.parts.setup.texts(&env).await?))
}

/// Replace the environment's texts. Takes effect with the next send. What can't work is refused; `warnings` say what
/// costs more or arrives less often than it could.
#[utoipa::path(put, path = "/v1/environments/{env}/templates", tag = "Templates", params(("env" = String, Path)), request_body = Shared,
    responses((status = 200, body = SavedTexts), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn put(
    State(app): State<AppState>,
    caller: Caller,
    At(env): At<String>,
    body: Body<Shared>,
) -> Result<Json<SavedTexts>, ApiError> {
    caller.require(Role::Configure)?;
    whole(async move { app.parts.setup.put_texts(&env, body.value).await }).await.map(Json)
}

/// What a message would say, for each connector that serves: its text with a sample code, parts, sender and registered
/// template. Composed as a send composes it; sends and saves nothing.
#[utoipa::path(post, path = "/v1/environments/{env}/templates/preview", tag = "Templates", params(("env" = String, Path)), request_body = PreviewTexts,
    responses((status = 200, body = Previews), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn preview(
    State(app): State<AppState>,
    caller: Caller,
    At(env): At<String>,
    body: Body<PreviewTexts>,
) -> Result<Json<Previews>, ApiError> {
    caller.require_admin()?;
    Ok(Json(app.parts.setup.preview(&env, body.value).await?))
}
