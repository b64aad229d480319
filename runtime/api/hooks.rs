//! `/v1/environments/{env}/hooks/{name}`: where identity servers send their messages.

mod receive;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde_json::Value;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::AppState;
use super::auth::Caller;
use super::body::{At, Body};
use super::error::{ApiError, Problem};
use super::lists::whole_list;
use super::whole::whole;
use crate::hooks::{HookError, HookView, PutHook};
use crate::keys::Role;

pub(super) use receive::routes as receiving;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(get, put, delete))
}

/// Every hook of the environment.
#[utoipa::path(get, path = "/v1/environments/{env}/hooks", tag = "Hooks", params(("env" = String, Path)),
    responses((status = 200, description = "`items`, `next`"), (status = 404, body = Problem)))]
async fn list(
    State(app): State<AppState>,
    caller: Caller,
    At(env): At<String>,
    headers: HeaderMap,
) -> Result<Json<Value>, ApiError> {
    caller.require_admin()?;
    let items = app.parts.hooks.list(&env, &app.parts.base(&headers)).await?;
    Ok(whole_list(items))
}

/// One hook, with what to set at its sender. Keys and secrets are not read back.
#[utoipa::path(get, path = "/v1/environments/{env}/hooks/{name}", tag = "Hooks", params(("env" = String, Path), ("name" = String, Path)),
    responses((status = 200, body = HookView), (status = 404, body = Problem)))]
async fn get(
    State(app): State<AppState>,
    caller: Caller,
    At((env, name)): At<(String, String)>,
    headers: HeaderMap,
) -> Result<Json<HookView>, ApiError> {
    caller.require_admin()?;
    Ok(Json(app.parts.hooks.get(&env, &name, &app.parts.base(&headers)).await?))
}

/// Make a hook, or change it. The answer that makes its key, or its secret, is the only one that has it.
#[utoipa::path(put, path = "/v1/environments/{env}/hooks/{name}", tag = "Hooks", params(("env" = String, Path), ("name" = String, Path)), request_body = PutHook,
    responses((status = 200, body = HookView), (status = 201, body = HookView), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn put(
    State(app): State<AppState>,
    caller: Caller,
    At((env, name)): At<(String, String)>,
    headers: HeaderMap,
    body: Body<PutHook>,
) -> Result<Response, ApiError> {
    caller.require(Role::Configure)?;
    let base = app.parts.base(&headers);
    whole::<_, HookError>(async move {
        let (new, view) = app.parts.hooks.put(&env, &name, body.value, &base).await?;
        let status = if new { StatusCode::CREATED } else { StatusCode::OK };
        Ok((status, Json(view)).into_response())
    })
    .await
}

/// Delete a hook. The next call of its sender is refused.
#[utoipa::path(delete, path = "/v1/environments/{env}/hooks/{name}", tag = "Hooks", params(("env" = String, Path), ("name" = String, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
async fn delete(
    State(app): State<AppState>,
    caller: Caller,
    At((env, name)): At<(String, String)>,
) -> Result<StatusCode, ApiError> {
    caller.require(Role::Configure)?;
    whole::<_, HookError>(async move { app.parts.hooks.delete(&env, &name).await }).await?;
    Ok(StatusCode::NO_CONTENT)
}
