//! `/v1/environments/{env}/connectors/{name}/revisions`: what was saved, by whom, what served when, and rolling back.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::AppState;
use super::auth::Caller;
use super::body::if_match;
use super::body::{At, Body, Params};
use super::error::{ApiError, Problem};
use super::lists::whole_list;
use super::whole::whole;
use crate::keys::Role;
use crate::setup::{Comparison, ConnectorView, PutConnector, RevisionDetail};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(revisions))
        .routes(routes!(compare))
        .routes(routes!(revision))
        .routes(routes!(compare_unsaved))
        .routes(routes!(activate))
}

/// Revisions of a connector, newest first: who saved each, and in `switches` when it served.
#[utoipa::path(get, path = "/v1/environments/{env}/connectors/{name}/revisions", tag = "Connectors", params(("env" = String, Path), ("name" = String, Path)),
    responses((status = 200, description = "`items`, `next`"), (status = 404, body = Problem)))]
async fn revisions(
    State(app): State<AppState>,
    caller: Caller,
    At((env, name)): At<(String, String)>,
) -> Result<Json<Value>, ApiError> {
    caller.require_admin()?;
    Ok(whole_list(app.parts.setup.revisions(&env, &name).await?))
}

/// One revision: also its sends that are under way now, and how its last ones ended after another took its place.
#[utoipa::path(get, path = "/v1/environments/{env}/connectors/{name}/revisions/{n}", tag = "Connectors",
    params(("env" = String, Path), ("name" = String, Path), ("n" = u64, Path)),
    responses((status = 200, body = RevisionDetail), (status = 404, body = Problem)))]
async fn revision(
    State(app): State<AppState>,
    caller: Caller,
    At((env, name, n)): At<(String, String, u64)>,
) -> Result<Json<RevisionDetail>, ApiError> {
    caller.require_admin()?;
    Ok(Json(app.parts.setup.revision_detail(&env, &name, n).await?))
}

/// Which two.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct CompareParams {
    /// Number of the revision that was.
    from: u64,
    /// Number of the other one.
    to: u64,
}

/// Where two revisions differ. Of a secret it is only told that it is another one.
#[utoipa::path(get, path = "/v1/environments/{env}/connectors/{name}/revisions/compare", tag = "Connectors",
    params(("env" = String, Path), ("name" = String, Path), CompareParams),
    responses((status = 200, body = Comparison), (status = 404, body = Problem)))]
async fn compare(
    State(app): State<AppState>,
    caller: Caller,
    At((env, name)): At<(String, String)>,
    Params(params): Params<CompareParams>,
) -> Result<Json<Comparison>, ApiError> {
    caller.require_admin()?;
    Ok(Json(app.parts.setup.compare(&env, &name, params.from, params.to).await?))
}

/// Where a set-up that is not saved differs from a revision: what a save that was refused as stale would undo. A secret
/// that the request brings always counts as another one. Saves nothing.
#[utoipa::path(post, path = "/v1/environments/{env}/connectors/{name}/revisions/{n}/compare", tag = "Connectors", request_body = PutConnector,
    params(("env" = String, Path), ("name" = String, Path), ("n" = u64, Path)),
    responses((status = 200, body = Comparison), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn compare_unsaved(
    State(app): State<AppState>,
    caller: Caller,
    At((env, name, n)): At<(String, String, u64)>,
    body: Body<PutConnector>,
) -> Result<Json<Comparison>, ApiError> {
    caller.require_admin()?;
    Ok(Json(app.parts.setup.compare_unsaved(&env, &name, n, &body.value).await?))
}

/// Roll back or forward: let another revision serve.
#[utoipa::path(post, path = "/v1/environments/{env}/connectors/{name}/revisions/{n}/activate", tag = "Connectors",
    params(("env" = String, Path), ("name" = String, Path), ("n" = u64, Path)),
    responses((status = 200, body = ConnectorView), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn activate(
    State(app): State<AppState>,
    caller: Caller,
    At((env, name, n)): At<(String, String, u64)>,
    headers: HeaderMap,
) -> Result<Json<ConnectorView>, ApiError> {
    caller.require(Role::Operate)?;
    let if_match = if_match(&headers)?;
    let by = Some(caller.actor());
    caller.noting.detail(json!({ "revision": n }));
    whole(async move { app.parts.setup.activate_revision(&env, &name, n, if_match, by).await }).await.map(Json)
}
