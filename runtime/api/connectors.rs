//! `/v1/environments/{env}/connectors`: set up, test, roll back.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::AppState;
use super::auth::Caller;
use super::body::{At, Body, Params, if_match, parse, unreadable};
use super::error::{ApiError, Problem};
use super::lists::whole_list;
use super::once::once;
use super::whole::whole;
use crate::delivery::health::Standing;
use crate::keys::Role;
use crate::setup::{Account, CheckAccount, ConnectorView, Dependents, PutConnector, Replacement, TestSend, Tested};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(put, get, delete))
        .routes(routes!(dependents))
        .routes(routes!(replacement))
        .routes(routes!(test))
        .routes(routes!(account))
        .routes(routes!(erase_secret))
        .routes(routes!(health))
}

/// Connectors of an environment, the active one first.
#[utoipa::path(get, path = "/v1/environments/{env}/connectors", tag = "Connectors", params(("env" = String, Path)),
    responses((status = 200, description = "`items`, `next`"), (status = 404, body = Problem)))]
async fn list(State(app): State<AppState>, caller: Caller, At(env): At<String>) -> Result<Json<Value>, ApiError> {
    caller.require_admin()?;
    Ok(whole_list(app.parts.setup.connectors(&env).await?))
}

/// How to save.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct PutParams {
    /// Only tell what it would come to (`PlanConnector`): nothing is stored. What would have to be approved is told as
    /// `approve`, and refuses nothing here.
    #[serde(default)]
    dry_run: bool,
}

/// Set a connector up, or change it: saves a revision and swaps it in. Takes effect with the next send. What is there
/// already, its secrets included, is not saved again: the revision stays. `warnings` are there if an operator should know
/// something, such as a secret that is too short to be masked.
#[utoipa::path(put, path = "/v1/environments/{env}/connectors/{name}", tag = "Connectors", request_body = PutConnector,
    params(("env" = String, Path), ("name" = String, Path), PutParams, ("if-match" = Option<u64>, Header, description = "The newest revision that you saw; 0 if there was none")),
    responses((status = 200, body = ConnectorView), (status = 201, body = ConnectorView), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn put(
    State(app): State<AppState>,
    caller: Caller,
    At((env, name)): At<(String, String)>,
    Params(params): Params<PutParams>,
    headers: HeaderMap,
    body: Body<PutConnector>,
) -> Result<Response, ApiError> {
    caller.require(Role::Configure)?;
    let put = PutConnector { if_match: if_match(&headers)?, by: Some(caller.actor()), ..body.value };
    let noting = caller.noting.clone();
    if params.dry_run {
        noting.nothing();
        return Ok(Json(app.parts.setup.plan_connector(&env, &name, put).await?).into_response());
    }
    let saved = whole(async move { app.parts.setup.put_connector(&env, &name, put).await }).await?;
    noting.detail(saved.told());
    let status = if saved.new { StatusCode::CREATED } else { StatusCode::OK };
    let mut answer = json!(saved.connector);
    if let (Some(object), false) = (answer.as_object_mut(), saved.warnings.is_empty()) {
        object.insert("warnings".to_owned(), json!(saved.warnings));
    }
    Ok((status, Json(answer)).into_response())
}

/// One connector, as its newest revision has it. A secret shows as `{"set": true}`.
#[utoipa::path(get, path = "/v1/environments/{env}/connectors/{name}", tag = "Connectors", params(("env" = String, Path), ("name" = String, Path)),
    responses((status = 200, body = ConnectorView), (status = 404, body = Problem)))]
async fn get(
    State(app): State<AppState>,
    caller: Caller,
    At((env, name)): At<(String, String)>,
) -> Result<Json<ConnectorView>, ApiError> {
    caller.require_admin()?;
    Ok(Json(app.parts.setup.connector(&env, &name).await?))
}

/// How to delete.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct DeleteParams {
    /// Delete it although sign-in depends on it.
    #[serde(default)]
    force: bool,
}

/// Delete a connector. `409` while sign-in depends on it, naming in `used_by` what would break: identifiers and open
/// purposes, if it is the active one; rules, a fallback or a trial that name it. `?force=true` does it.
#[utoipa::path(delete, path = "/v1/environments/{env}/connectors/{name}", tag = "Connectors", params(("env" = String, Path), ("name" = String, Path), DeleteParams),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn delete(
    State(app): State<AppState>,
    caller: Caller,
    At((env, name)): At<(String, String)>,
    Params(params): Params<DeleteParams>,
) -> Result<StatusCode, ApiError> {
    caller.require(Role::Configure)?;
    let by = Some(caller.actor());
    whole(async move { app.parts.setup.delete_connector(&env, &name, params.force, by).await }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What would break if this connector were deleted or served no more, and who would be asked instead.
#[utoipa::path(get, path = "/v1/environments/{env}/connectors/{name}/dependents", tag = "Connectors", params(("env" = String, Path), ("name" = String, Path)),
    responses((status = 200, body = Dependents), (status = 404, body = Problem)))]
async fn dependents(
    State(app): State<AppState>,
    caller: Caller,
    At((env, name)): At<(String, String)>,
) -> Result<Json<Dependents>, ApiError> {
    caller.require_admin()?;
    Ok(Json(app.parts.setup.dependents(&env, &name).await?))
}

/// By what.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct ReplacementParams {
    /// `id` (the newest version) or `id@version` of the component that is to take its place.
    component: String,
}

/// What carries over if another component takes this connector's place: texts, senders, and where the channel names it.
/// Saves nothing: the switch is a `PUT` of the new connector with `replaces`.
#[utoipa::path(get, path = "/v1/environments/{env}/connectors/{name}/replacement", tag = "Connectors", params(("env" = String, Path), ("name" = String, Path), ReplacementParams),
    responses((status = 200, body = Replacement), (status = 404, body = Problem)))]
async fn replacement(
    State(app): State<AppState>,
    caller: Caller,
    At((env, name)): At<(String, String)>,
    Params(params): Params<ReplacementParams>,
) -> Result<Json<Replacement>, ApiError> {
    caller.require_admin()?;
    Ok(Json(app.parts.setup.change_plan(&env, &name, &params.component).await?))
}

/// Which versions.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct SecretParams {
    /// One version; unless given, every one that the serving revision does not use.
    version: Option<u32>,
}

/// Erase a compromised secret. Revisions that need it can't be rolled back to any more; `409` for the version that the
/// serving revision uses: save one with a new secret first.
#[utoipa::path(delete, path = "/v1/environments/{env}/connectors/{name}/secrets/{field}", tag = "Connectors",
    params(("env" = String, Path), ("name" = String, Path), ("field" = String, Path), SecretParams),
    responses((status = 200, description = "`erased`: the versions"), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn erase_secret(
    State(app): State<AppState>,
    caller: Caller,
    At((env, name, field)): At<(String, String, String)>,
    Params(params): Params<SecretParams>,
) -> Result<Json<Value>, ApiError> {
    caller.require(Role::Configure)?;
    let erased = app.parts.setup.erase_secret(&env, &name, &field, params.version).await?;
    caller.noting.detail(json!({ "field": field, "versions": erased }));
    Ok(Json(json!({ "erased": erased })))
}

/// Send a real message with a saved or an unsaved set-up, and show what went over the wire.
#[utoipa::path(post, path = "/v1/environments/{env}/connectors/{name}/test", tag = "Connectors", request_body = TestSend,
    params(("env" = String, Path), ("name" = String, Path)), responses((status = 200, body = Tested), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn test(
    State(app): State<AppState>,
    caller: Caller,
    At((env, name)): At<(String, String)>,
    headers: HeaderMap,
    body: Body<TestSend>,
) -> Result<Response, ApiError> {
    // A draft can name any component and its guest log is shown: that is setting up, not operating.
    caller.require(if body.value.draft.is_some() { Role::Configure } else { Role::Operate })?;
    let Body { value, bytes } = body;
    let (setup, place, which) = (app.parts.setup.clone(), env.clone(), name.clone());
    let noting = caller.noting.clone();
    let work = async move {
        let (purpose, is_draft) = (value.purpose.clone(), value.draft.is_some());
        let tested = setup.test(&place, &which, value).await?;
        noting.detail(tested.told(&purpose, is_draft));
        noting.outcome(tested.status);
        Ok(Json(tested).into_response())
    };
    Ok(once(&app, &caller, &[&env, "test", &name], &headers, &bytes, work).await)
}

/// Ask the provider whether the credentials are good: the saved ones, or those of an unsaved set-up. Sends nothing. The
/// body can be left out.
#[utoipa::path(post, path = "/v1/environments/{env}/connectors/{name}/account", tag = "Connectors", request_body = Option<CheckAccount>,
    params(("env" = String, Path), ("name" = String, Path)),
    responses((status = 200, body = Account), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn account(
    State(app): State<AppState>,
    caller: Caller,
    At((env, name)): At<(String, String)>,
    bytes: Result<Bytes, BytesRejection>,
) -> Result<Json<Account>, ApiError> {
    let bytes = bytes.map_err(|rejection| unreadable(&rejection))?;
    let asked: CheckAccount = if bytes.is_empty() { CheckAccount::default() } else { parse(&bytes)? };
    caller.require(if asked.draft.is_some() { Role::Configure } else { Role::Operate })?;
    Ok(Json(app.parts.setup.check_account(&env, &name, asked.draft).await?))
}

/// How a connector did in the last five minutes, by country and by network: whether it has its place, or others are
/// asked first, and why. Kept in memory; a revision begins with a clean sheet.
#[utoipa::path(get, path = "/v1/environments/{env}/connectors/{name}/health", tag = "Connectors", params(("env" = String, Path), ("name" = String, Path)),
    responses((status = 200, description = "`items`, `next`", body = Vec<Standing>), (status = 404, body = Problem)))]
async fn health(
    State(app): State<AppState>,
    caller: Caller,
    At((env, name)): At<(String, String)>,
) -> Result<Json<Value>, ApiError> {
    caller.require_admin()?;
    let connector = app.parts.setup.connector(&env, &name).await?;
    let mut standings = app.parts.health.standings(&env, app.parts.clock.now());
    standings.retain(|standing| standing.connector == connector.name);
    Ok(whole_list(standings))
}
