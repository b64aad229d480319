//! `/v1/environments/{env}/reviewer-numbers`: fixed codes for whoever reviews an app or shows it.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::Value;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::AppState;
use super::auth::Caller;
use super::body::{At, Body};
use super::error::{ApiError, Problem};
use super::lists::whole_list;
use super::whole::whole;
use crate::keys::Role;
use crate::otp::{PutReviewer, Reviewer};
use crate::phone::PhoneNumber;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(put, delete))
}

/// The environment's reviewer numbers, oldest first, masked, and without their codes. One whose day has passed is shown for
/// 30 days more.
#[utoipa::path(get, path = "/v1/environments/{env}/reviewer-numbers", tag = "Environments", params(("env" = String, Path)),
    responses((status = 200, description = "`items`, `next`", body = Vec<Reviewer>), (status = 404, body = Problem)))]
async fn list(State(app): State<AppState>, caller: Caller, At(env): At<String>) -> Result<Json<Value>, ApiError> {
    caller.require_admin()?;
    let items = app.parts.otp.reviewers(&env).await.map_err(|error| app.otp_error(error))?;
    Ok(whole_list(items))
}

/// Give a number a fixed code until a day: for the reviewers of an app store, and for demonstrations. Verifications for it
/// are made as for any number, with all limits and locks, but nothing is sent, and their `delivery` says so. Every use is
/// logged and counted. At most 20 live in an environment at once; none is ever promoted into another.
#[utoipa::path(put, path = "/v1/environments/{env}/reviewer-numbers/{number}", tag = "Environments",
    params(("env" = String, Path), ("number" = String, Path, description = "E.164, such as `+14155550123`")), request_body = PutReviewer,
    responses((status = 200, body = Reviewer), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn put(
    State(app): State<AppState>,
    caller: Caller,
    At((env, number)): At<(String, String)>,
    body: Body<PutReviewer>,
) -> Result<Json<Reviewer>, ApiError> {
    caller.require(Role::Configure)?;
    note_number(&caller, &number);
    whole(async move {
        let saved = app.parts.otp.put_reviewer(&env, &number, body.value).await;
        saved.map(Json).map_err(|error| app.otp_error(error))
    })
    .await
}

/// Take a number its fixed code. Verifications that were made for it keep the code until they end.
#[utoipa::path(delete, path = "/v1/environments/{env}/reviewer-numbers/{number}", tag = "Environments",
    params(("env" = String, Path), ("number" = String, Path, description = "E.164, such as `+14155550123`")),
    responses((status = 204), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn delete(
    State(app): State<AppState>,
    caller: Caller,
    At((env, number)): At<(String, String)>,
) -> Result<StatusCode, ApiError> {
    caller.require(Role::Configure)?;
    note_number(&caller, &number);
    whole(async move { app.parts.otp.delete_reviewer(&env, &number).await.map_err(|error| app.otp_error(error)) })
        .await?;
    Ok(StatusCode::NO_CONTENT)
}

/// The audit log has it masked.
fn note_number(caller: &Caller, number: &str) {
    if let Ok(number) = PhoneNumber::parse(number) {
        caller.noting.target(number.masked());
    }
}
