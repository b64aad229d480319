//! `/v1/environments/{env}/templates`: the texts that an environment's connectors share, and what they come to.

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
use crate::setup::{PreviewTexts, Previews, SavedTexts};
use crate::texts::Shared;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get, put)).routes(routes!(preview))
}

/// The environment's texts. `ETag` is their version, for `If-Match`.
#[utoipa::path(get, path = "/v1/environments/{env}/templates", tag = "Templates", params(("env" = String, Path)),
    responses((status = 200, body = Shared, headers(("ETag" = String, description = "Their version"))), (status = 404, body = Problem)))]
async fn get(State(app): State<AppState>, caller: Caller, At(env): At<String>) -> Result<Response, ApiError> {
    caller.require_admin()?;
    let (texts, version) = app.parts.setup.texts_with_version(&env).await?;
    Ok((etag(version), Json(texts)).into_response())
}

/// Replace the environment's texts. Takes effect with the next send. What can't work is refused; `warnings` say what
/// costs more or arrives less often than it could. With `If-Match`, `409` if somebody saved others since they were read.
#[utoipa::path(put, path = "/v1/environments/{env}/templates", tag = "Templates", request_body = Shared,
    params(("env" = String, Path), ("If-Match" = Option<String>, Header, description = "The `ETag` that was read")),
    responses((status = 200, body = SavedTexts, headers(("ETag" = String, description = "Their version"))), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn put(
    State(app): State<AppState>,
    caller: Caller,
    At(env): At<String>,
    headers: HeaderMap,
    body: Body<Shared>,
) -> Result<Response, ApiError> {
    caller.require(Role::Configure)?;
    let seen = if_match(&headers)?;
    let saved = whole(async move { app.parts.setup.put_texts(&env, body.value, seen).await }).await?;
    Ok((etag(saved.version), Json(saved)).into_response())
}

/// What a message would say, for each connector that serves: its text with a sample code, parts, sender and registered
/// template, the characters that make it costly, and whether a phone can take the code out of it. With `draft`, for a
/// connector that is not saved; with `every`, what each text costs at worst. Composed as a send composes it; sends and
/// saves nothing.
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
