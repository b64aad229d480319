//! `/v1/environments/{env}/conversion`: what became of messages, and whether their codes were used.

use std::time::Duration;

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::AppState;
use super::auth::Caller;
use super::body::{At, Params};
use super::error::{ApiError, Problem};
use crate::clock::Timestamp;
use crate::store::{Conversion, ConversionQuery, Dimension};

const DAY: Duration = Duration::from_secs(24 * 3600);
/// Messages are kept so long.
const SPAN_MAX: Duration = Duration::from_secs(31 * 24 * 3600);
const GROUPS_MAX: u32 = 1000;

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
    responses((status = 200, description = "`from`, `to`, `items`, `next`; `truncated` if there are more than 1000 groups", body = Vec<Conversion>), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn conversion(
    State(app): State<AppState>,
    caller: Caller,
    At(env): At<String>,
    Params(params): Params<ConversionParams>,
) -> Result<Json<Value>, ApiError> {
    caller.require_admin()?;
    let environment = app.parts.store.environment(&env).await?;
    let environment = environment.ok_or_else(|| ApiError::not_found(format!("there is no environment `{env}`")))?;
    let now = app.parts.clock.now();
    // What was made in this very millisecond is asked for too.
    let to = params.to.unwrap_or_else(|| now.plus(Duration::from_millis(1)));
    let from = params.from.unwrap_or_else(|| to.minus(DAY));
    if from >= to {
        return Err(ApiError::field("/from", "lies before `to`"));
    }
    if to.since(from) > SPAN_MAX {
        return Err(ApiError::field("/from", "lies at most 31 days before `to`"));
    }
    let by = dimensions(params.by.as_deref().unwrap_or("connector"))?;
    let query = ConversionQuery { environment: environment.name, from, to, by, now, limit: GROUPS_MAX + 1 };
    let mut items = app.parts.store.conversion(query).await?;
    let truncated = items.len() > GROUPS_MAX as usize;
    items.truncate(GROUPS_MAX as usize);
    Ok(Json(json!({ "from": from, "to": to, "items": items, "next": null, "truncated": truncated })))
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
