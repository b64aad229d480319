//! `/v1/environments/{env}/conversion`: what became of messages, and whether their codes were used.

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
use crate::statistics::ConversionStatistics;
use crate::store::Dimension;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(conversion))
}

/// Which messages, and how they are grouped.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct ConversionParams {
    /// Messages made at this time or later (RFC 3339); a day before `to` unless given.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// Messages made before this time; now unless given. At most 31 days after `from`.
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<Timestamp>,
    /// One or more of `connector`, `revision`, `country`, `area`, `network`, with commas; `connector` unless given.
    by: Option<String>,
}

/// What became of messages, by group, the largest first: how many a connector was asked for, how many the provider took,
/// what it reported, and how many codes were used. A code that lives still is neither used nor unused: `ratio` leaves
/// out what is `living`. A group without one of the things
/// that it was asked for by is of messages where that is not known.
#[utoipa::path(get, path = "/v1/environments/{env}/conversion", tag = "Messages", params(("env" = String, Path), ConversionParams),
    responses((status = 200, body = ConversionStatistics), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn conversion(
    State(app): State<AppState>,
    caller: Caller,
    At(env): At<String>,
    Params(params): Params<ConversionParams>,
) -> Result<Json<ConversionStatistics>, ApiError> {
    caller.require_admin()?;
    let by = dimensions(params.by.as_deref().unwrap_or("connector"))?;
    Ok(Json(app.parts.statistics().conversion(&env, params.from, params.to, by).await?))
}

fn dimensions(by: &str) -> Result<Vec<Dimension>, ApiError> {
    let dimension = |word: &str| match word.trim() {
        "connector" => Ok(Dimension::Connector),
        "revision" => Ok(Dimension::Revision),
        "country" => Ok(Dimension::Country),
        "area" => Ok(Dimension::Area),
        "network" => Ok(Dimension::Network),
        _ => Err(ApiError::field("/by", "is a list of `connector`, `revision`, `country`, `area`, `network`")),
    };
    by.split(',').map(dimension).collect()
}
