//! `/v1/environments/{env}/connectors/{name}/prices`: what a connector's provider asks.

use axum::Json;
use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::AppState;
use super::auth::Caller;
use super::body::{At, Params, parse, unreadable};
use super::error::{ApiError, Problem};
use super::whole::whole;
use crate::keys::Role;
use crate::prices::{BYTES_MAX, Draft, PriceList, read_table, table_of};
use crate::setup::refused_prices;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get, put, delete)).layer(DefaultBodyLimit::max(BYTES_MAX))
}

/// Of a table.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct TableParams {
    /// The currency of all prices (ISO 4217), where the table has no column `currency`.
    currency: Option<String>,
}

/// A price list that was saved.
#[derive(Serialize, ToSchema)]
struct SavedPrices {
    /// Its currency.
    currency: String,
    /// How many rows it has.
    rows: usize,
}

/// A connector's price list; as a table (`text/csv`) if that is asked for.
#[utoipa::path(get, path = "/v1/environments/{env}/connectors/{name}/prices", tag = "Connectors", params(("env" = String, Path), ("name" = String, Path)),
    responses((status = 200, content((Draft = "application/json"), (String = "text/csv"))), (status = 404, body = Problem)))]
async fn get(
    State(app): State<AppState>,
    caller: Caller,
    At((env, name)): At<(String, String)>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    caller.require_admin()?;
    let list = app.parts.setup.prices(&env, &name).await?;
    if wants_table(&headers) {
        return Ok(table(&format!("prices-{env}-{name}.csv"), table_of(&list)));
    }
    Ok(Json(list.draft()).into_response())
}

/// Replace a connector's price list as a whole: as JSON, or as a table (`text/csv`) with the header `country,price`,
/// `prefix,price` or `destination,price`, and `currency` if the table says it; columns may be parted by semicolons, and then
/// prices may have a decimal comma. At most 20000 rows and 1 MiB. Prices are for one SMS part. The next send is counted by it:
/// for the budget before it leaves, and for the bill unless the provider tells its own price. A list is no part of a revision
/// and is not promoted.
#[utoipa::path(put, path = "/v1/environments/{env}/connectors/{name}/prices", tag = "Connectors",
    params(("env" = String, Path), ("name" = String, Path), TableParams),
    request_body(content((Draft = "application/json"), (String = "text/csv"))),
    responses((status = 200, body = SavedPrices), (status = 404, body = Problem), (status = 413, body = Problem), (status = 415, body = Problem), (status = 422, body = Problem)))]
async fn put(
    State(app): State<AppState>,
    caller: Caller,
    At((env, name)): At<(String, String)>,
    Params(of_table): Params<TableParams>,
    headers: HeaderMap,
    bytes: Result<Bytes, BytesRejection>,
) -> Result<Json<SavedPrices>, ApiError> {
    caller.require(Role::Configure)?;
    let bytes = bytes.map_err(|rejection| unreadable(&rejection))?;
    let draft = draft(&headers, &bytes, of_table.currency.as_deref())?;
    let list = PriceList::read(&draft).map_err(refused_prices)?;
    let saved = SavedPrices { currency: list.currency().to_string(), rows: list.rows() };
    whole(async move { app.parts.setup.put_prices(&env, &name, &list).await }).await?;
    caller.noting.detail(json!(saved));
    Ok(Json(saved))
}

fn draft(headers: &HeaderMap, bytes: &[u8], currency: Option<&str>) -> Result<Draft, ApiError> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let kind = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match kind.as_str() {
        "text/csv" => Ok(read_table(bytes, currency).map_err(refused_prices)?),
        "application/json" if currency.is_some() => {
            Err(ApiError::bad_request("`currency` in the address is for tables: JSON has a field of this name"))
        }
        "application/json" => parse(bytes),
        _ => Err(ApiError::unsupported_media(
            "the body is sent as `content-type: text/csv` or `content-type: application/json`",
        )),
    }
}

/// Delete a connector's price list: the policy's prices count then.
#[utoipa::path(delete, path = "/v1/environments/{env}/connectors/{name}/prices", tag = "Connectors", params(("env" = String, Path), ("name" = String, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
async fn delete(
    State(app): State<AppState>,
    caller: Caller,
    At((env, name)): At<(String, String)>,
) -> Result<StatusCode, ApiError> {
    caller.require(Role::Configure)?;
    whole(async move { app.parts.setup.delete_prices(&env, &name).await }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Whether a caller would have a table.
pub(super) fn wants_table(headers: &HeaderMap) -> bool {
    let accepts = headers.get(header::ACCEPT).and_then(|accepts| accepts.to_str().ok()).unwrap_or_default();
    let mut kinds = accepts.split(',').filter_map(|kind| kind.split(';').next());
    kinds.any(|kind| kind.trim().eq_ignore_ascii_case("text/csv"))
}

/// A table as a file to keep. Names of environments and connectors have no character that could end the header.
pub(crate) fn table(name: &str, rows: String) -> Response {
    let kind = "text/csv; charset=utf-8; header=present".to_owned();
    let headers =
        [(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\""))];
    (headers, rows).into_response()
}
