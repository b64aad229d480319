//! `/v1/environments`: list, make, rename, delete; their policy.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::AppState;
use super::auth::Caller;
use super::body::{At, Body, Params, etag, if_match};
use super::error::{ApiError, Problem};
use super::lists::whole_list;
use super::whole::whole;
use crate::clock::Timestamp;
use crate::keys::Role;
use crate::otp::policy::Policy;
use crate::setup::{NewEnvironment, PutEnvironment, SetupError};
use crate::store::EnvironmentRow;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, put, delete))
        .routes(routes!(policy, put_policy))
}

/// An environment.
#[derive(Serialize, ToSchema)]
struct EnvironmentView {
    /// Its name.
    name: String,
    /// `development` or `production`, fixed when it is made.
    kind: String,
    /// `{{ app }}` in texts.
    display_name: String,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

fn view(row: EnvironmentRow) -> EnvironmentView {
    EnvironmentView { name: row.name, kind: row.kind, display_name: row.display_name, created_at: row.created_at }
}

/// Every environment.
#[utoipa::path(get, path = "/v1/environments", tag = "Environments", responses((status = 200, description = "`items`, `next`")))]
async fn list(State(app): State<AppState>, caller: Caller) -> Result<Json<Value>, ApiError> {
    caller.require_admin()?;
    let items: Vec<EnvironmentView> = app.parts.store.environments().await?.into_iter().map(view).collect();
    Ok(whole_list(items))
}

/// Make an environment.
#[utoipa::path(post, path = "/v1/environments", tag = "Environments", request_body = NewEnvironment,
    responses((status = 201, body = EnvironmentView), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn create(State(app): State<AppState>, caller: Caller, body: Body<NewEnvironment>) -> Result<Response, ApiError> {
    caller.require(Role::Configure)?;
    let setup = Arc::clone(&app.parts.setup);
    let row = whole(async move { setup.create_environment(body.value).await }).await?;
    caller.noting.target(row.name.clone());
    caller.noting.detail(json!({ "kind": row.kind }));
    Ok((StatusCode::CREATED, Json(view(row))).into_response())
}

/// One environment.
#[utoipa::path(get, path = "/v1/environments/{env}", tag = "Environments", params(("env" = String, Path)),
    responses((status = 200, body = EnvironmentView), (status = 404, body = Problem)))]
async fn get(
    State(app): State<AppState>,
    caller: Caller,
    At(env): At<String>,
) -> Result<Json<EnvironmentView>, ApiError> {
    caller.require_admin()?;
    Ok(Json(view(find(&app, &env).await?)))
}

/// Change an environment's name for people. Takes effect with the next send. Its kind is fixed.
#[utoipa::path(put, path = "/v1/environments/{env}", tag = "Environments", params(("env" = String, Path)), request_body = PutEnvironment,
    responses((status = 200, body = EnvironmentView), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn put(
    State(app): State<AppState>,
    caller: Caller,
    At(env): At<String>,
    body: Body<PutEnvironment>,
) -> Result<Json<EnvironmentView>, ApiError> {
    caller.require(Role::Configure)?;
    let saved = whole(async move { app.parts.setup.put_environment(&env, body.value).await });
    Ok(Json(view(saved.await?)))
}

async fn find(app: &AppState, env: &str) -> Result<EnvironmentRow, ApiError> {
    let row = app.parts.store.environment(env).await?;
    row.ok_or_else(|| ApiError::not_found(format!("there is no environment `{env}`")))
}

/// How to delete.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct DeleteParams {
    /// Delete it with its connectors.
    #[serde(default)]
    force: bool,
}

/// Delete an environment with everything in it. `409` while it has connectors; `?force=true` does it.
#[utoipa::path(delete, path = "/v1/environments/{env}", tag = "Environments", params(("env" = String, Path), DeleteParams),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn delete(
    State(app): State<AppState>,
    caller: Caller,
    At(env): At<String>,
    Params(params): Params<DeleteParams>,
) -> Result<StatusCode, ApiError> {
    caller.require(Role::Configure)?;
    whole(async move { app.parts.setup.delete_environment(&env, params.force).await }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The environment's policy: what differs from the built-in rules.
#[utoipa::path(get, path = "/v1/environments/{env}/policy", tag = "Environments", params(("env" = String, Path)),
    responses((status = 200, body = Policy, headers(("ETag" = String, description = "Its version"))), (status = 404, body = Problem)))]
async fn policy(State(app): State<AppState>, caller: Caller, At(env): At<String>) -> Result<Response, ApiError> {
    caller.require_admin()?;
    let (policy, version) = app.parts.setup.policy(&env).await?;
    Ok((etag(version), Json(policy)).into_response())
}

/// Replace the environment's policy. Takes effect with the next request. With `If-Match`, `409 stale-revision` if somebody
/// saved another version meanwhile.
#[utoipa::path(put, path = "/v1/environments/{env}/policy", tag = "Environments", request_body = Policy,
    params(("env" = String, Path), ("if-match" = Option<u64>, Header, description = "The version that you saw, as `ETag` had it; 0 if none was saved")),
    responses((status = 200, body = Policy, headers(("ETag" = String, description = "Its version"))), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn put_policy(
    State(app): State<AppState>,
    caller: Caller,
    At(env): At<String>,
    headers: HeaderMap,
    body: Body<Policy>,
) -> Result<Response, ApiError> {
    caller.require(Role::Configure)?;
    let if_match = if_match(&headers)?;
    whole::<_, SetupError>(async move {
        let version = app.parts.setup.put_policy(&env, &body.value, if_match).await?;
        Ok((etag(version), Json(body.value)).into_response())
    })
    .await
}
