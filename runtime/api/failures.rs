//! `/v1/environments/{env}/connectors/{name}/failures`: failed sends, and each as a transcript.

use axum::Json;
use axum::extract::State;
use serde_json::Value;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::AppState;
use super::auth::Caller;
use super::body::At;
use super::error::{ApiError, Problem};
use super::lists::whole_list;
use crate::keys::Role;
use crate::setup::{FailedSendTranscript, FailedSendView};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(get))
}

/// A connector's last failed sends, for who may read the log, newest first: 20 at most, kept in memory only, without number, code and text. In
/// environments of kind development; elsewhere if `transcripts.failed_sends` says so.
#[utoipa::path(get, path = "/v1/environments/{env}/connectors/{name}/failures", tag = "Connectors", params(("env" = String, Path), ("name" = String, Path)),
    responses((status = 200, description = "`items`, `next`", body = Vec<FailedSendView>), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn list(
    State(app): State<AppState>,
    caller: Caller,
    At((env, name)): At<(String, String)>,
) -> Result<Json<Value>, ApiError> {
    caller.require(Role::Operate)?;
    Ok(whole_list(app.parts.setup.failed_sends(&env, &name).await?))
}

/// A failed send as a transcript, which `countersign check` replays: made by asking the component again in the sandbox,
/// with fake secrets, a number that is nobody's, another code and another text, against what the provider answered.
#[utoipa::path(get, path = "/v1/environments/{env}/connectors/{name}/failures/{id}", tag = "Connectors",
    params(("env" = String, Path), ("name" = String, Path), ("id" = String, Path)),
    responses((status = 200, body = FailedSendTranscript), (status = 403, body = Problem), (status = 404, body = Problem)))]
async fn get(
    State(app): State<AppState>,
    caller: Caller,
    At((env, name, id)): At<(String, String, String)>,
) -> Result<Json<FailedSendTranscript>, ApiError> {
    caller.require(Role::Operate)?;
    Ok(Json(app.parts.setup.failed_send(&env, &name, &id).await?))
}
