//! `/v1/environments/{env}/guard`: how the defence against SMS pumping stands, and what it decided.

use axum::Json;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::AppState;
use super::auth::Caller;
use super::body::{At, Params};
use super::error::{ApiError, Problem};
use crate::clock::Timestamp;
use crate::otp::{Decisions, GuardStanding};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(standing)).routes(routes!(traffic))
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

/// Which traffic.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct TrafficParams {
    /// Asked for at this time or later.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<String>,
    /// Asked for before this time.
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<String>,
}

/// What the guard judged, as a file for `countersign replay`: a head with the rules as they are now, then a line of JSON for
/// each message in the order of judging, with what became of it. Of a number it tells all but the last four digits; number
/// and client have pseudonyms besides that, other ones in each file. No code, no whole number, no address. Kept as long as
/// messages are; an erased number's lines go with it. Nothing is recorded while the guard's `mode` is `off` and it has no cap.
#[utoipa::path(get, path = "/v1/environments/{env}/guard/traffic", tag = "Environments",
    params(("env" = String, Path), TrafficParams),
    responses((status = 200, content((String = "application/jsonl"))), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn traffic(
    State(app): State<AppState>,
    caller: Caller,
    At(env): At<String>,
    Params(asked): Params<TrafficParams>,
) -> Result<Response, ApiError> {
    caller.require_admin()?;
    let (from, to) = (time("/from", asked.from.as_deref())?, time("/to", asked.to.as_deref())?);
    if from.zip(to).is_some_and(|(from, to)| from >= to) {
        return Err(ApiError::field("/from", "lies before `to`"));
    }
    let pieces = app.parts.otp.traffic(&env, from, to).await.map_err(|error| app.otp_error(error))?;
    let name = format!("attachment; filename=\"traffic-{env}.jsonl\"");
    let headers = [(header::CONTENT_TYPE, "application/jsonl".to_owned()), (header::CONTENT_DISPOSITION, name)];
    Ok((headers, axum::body::Body::from_stream(pieces)).into_response())
}

fn time(pointer: &str, text: Option<&str>) -> Result<Option<Timestamp>, ApiError> {
    let parse = |text: &str| serde_json::from_value(serde_json::Value::from(text));
    let wrong = |_| ApiError::field(pointer, "is a time such as 2026-01-15T12:00:00Z");
    text.map(str::trim).filter(|text| !text.is_empty()).map(parse).transpose().map_err(wrong)
}
