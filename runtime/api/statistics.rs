//! `/v1/environments/{env}/statistics` and `…/connectors/{name}/statistics`: how sends went, in figures.

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
use crate::clock::Timestamp;
use crate::statistics::{ConnectorStatistics, SendStatistics, StatisticsParams};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(sends)).routes(routes!(connector))
}

/// How calls of connectors ended over time, and how long they took. Each call counts once, by what is known of it now, at
/// the time when its message was made. Percentiles are exact (nearest rank), over all calls that have ended. What was not
/// sent on purpose (reviewer numbers) and what waits still is not counted.
#[utoipa::path(get, path = "/v1/environments/{env}/statistics", tag = "Messages", params(("env" = String, Path), StatisticsParams),
    responses((status = 200, body = SendStatistics), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn sends(
    State(app): State<AppState>,
    caller: Caller,
    At(env): At<String>,
    Params(params): Params<StatisticsParams>,
) -> Result<Json<SendStatistics>, ApiError> {
    caller.require_admin()?;
    Ok(Json(app.parts.statistics().sends(&env, params).await?))
}

/// Since when.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct Since {
    /// Messages made at this time or later (RFC 3339), at most 31 days ago; a day ago unless given.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
}

/// How the revisions of a connector do, side by side, and how many messages it sent, in all and by purpose. A message counts
/// as sent if the provider took it or may have taken it, whatever was reported of it since. A connector that was deleted
/// has figures as long as its messages are kept.
#[utoipa::path(get, path = "/v1/environments/{env}/connectors/{name}/statistics", tag = "Connectors",
    params(("env" = String, Path), ("name" = String, Path), Since),
    responses((status = 200, body = ConnectorStatistics), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn connector(
    State(app): State<AppState>,
    caller: Caller,
    At((env, name)): At<(String, String)>,
    Params(since): Params<Since>,
) -> Result<Json<ConnectorStatistics>, ApiError> {
    caller.require_admin()?;
    Ok(Json(app.parts.statistics().connector(&env, &name, since.from).await?))
}
