//! `/v1/environments/{env}/guard`: how the defence against SMS pumping stands, and what it decided.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::AppState;
use super::auth::Caller;
use super::body::{At, Params};
use super::error::{ApiError, Problem};
use crate::otp::{Decisions, GuardStanding};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(standing))
}

/// Which decisions.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct DecisionParams {
    /// Only with this outcome: `refused`, `recorded` or `allowed`.
    outcome: Option<String>,
    /// `next` of the page before.
    cursor: Option<String>,
    /// Items on a page, at most 200 (50).
    limit: Option<u32>,
}

/// Messages for which a rule of the policy's `guard` fired, newest first: refused, or sent although a rule that only records
/// would have refused them, or since the allow list has them. Kept as long as messages are.
#[utoipa::path(get, path = "/v1/environments/{env}/guard/decisions", tag = "Environments",
    params(("env" = String, Path), DecisionParams), responses((status = 200, body = Decisions), (status = 404, body = Problem)))]
async fn list(
    State(app): State<AppState>,
    caller: Caller,
    At(env): At<String>,
    Params(asked): Params<DecisionParams>,
) -> Result<Json<Decisions>, ApiError> {
    caller.require_admin()?;
    if let Some(outcome) = asked.outcome.as_deref().filter(|one| !["refused", "recorded", "allowed"].contains(one)) {
        return Err(ApiError::field("/outcome", format!("is `refused`, `recorded` or `allowed`, not `{outcome}`")));
    }
    let page = app.parts.otp.decisions(&env, asked.outcome, asked.cursor, asked.limit.unwrap_or(50)).await;
    page.map(Json).map_err(|error| app.otp_error(error))
}

/// How the guard stands: what the day cost so far beside its budget, and what the rules decided in the last 24 hours.
#[utoipa::path(get, path = "/v1/environments/{env}/guard", tag = "Environments", params(("env" = String, Path)),
    responses((status = 200, body = GuardStanding), (status = 404, body = Problem)))]
async fn standing(
    State(app): State<AppState>,
    caller: Caller,
    At(env): At<String>,
) -> Result<Json<GuardStanding>, ApiError> {
    caller.require_admin()?;
    app.parts.otp.guard_standing(&env).await.map(Json).map_err(|error| app.otp_error(error))
}
