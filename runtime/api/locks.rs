//! `/v1/environments/{env}/locks`: numbers that are locked after too many wrong codes.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::Value;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::AppState;
use super::auth::Caller;
use super::body::At;
use super::error::{ApiError, Problem};
use super::lists::whole_list;
use super::whole::whole;
use crate::keys::Role;
use crate::otp::Lock;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(release))
}

/// Numbers that are locked after too many wrong codes, masked, the one that is free first in front; at most 1000.
#[utoipa::path(get, path = "/v1/environments/{env}/locks", tag = "Environments", params(("env" = String, Path)),
    responses((status = 200, description = "`items`, `next`", body = Vec<Lock>), (status = 404, body = Problem)))]
async fn list(State(app): State<AppState>, caller: Caller, At(env): At<String>) -> Result<Json<Value>, ApiError> {
    caller.require_admin()?;
    let items = app.parts.otp.locks(&env).await.map_err(|error| app.otp_error(error))?;
    Ok(whole_list(items))
}

/// Release a number before its time: its count of wrong codes begins anew, and so does the back-off of everybody who
/// guessed at it. Do it when you have made sure that it is its owner who asks.
#[utoipa::path(delete, path = "/v1/environments/{env}/locks/{number}", tag = "Environments",
    params(("env" = String, Path), ("number" = String, Path, description = "E.164, such as `+14155550123`, or the lock's `id`")),
    responses((status = 204), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn release(
    State(app): State<AppState>,
    caller: Caller,
    At((env, number)): At<(String, String)>,
) -> Result<StatusCode, ApiError> {
    caller.require(Role::Operate)?;
    caller.noting.target(Lock::told(&number));
    whole(async move { app.parts.otp.release(&env, &number).await.map_err(|error| app.otp_error(error)) }).await?;
    Ok(StatusCode::NO_CONTENT)
}
