//! `/v1/environments/{env}/bill` and `…/connectors/{name}/bill`: what was sent, what it took, what it cost.

use axum::Json;
use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::{IntoResponse as _, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::AppState;
use super::auth::Caller;
use super::body::{At, Params};
use super::error::{ApiError, Problem};
use super::prices::{table, wants_table};
use crate::bill::{Bill, BillParams, EnvironmentBill, table_of};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(environment)).routes(routes!(connector))
}

/// What every connector of an environment sent, what that took and what it cost, deleted ones included; as a table
/// (`text/csv`) if that is asked for. Bills are counted as things happen, by UTC day of each call and by country, and are
/// kept longer than the log (`retention.bills_days`). What a provider told that a message costs beats the connector's price
/// list; what neither tells is `unpriced`. Test sends, account checks and reading reports are not counted.
#[utoipa::path(get, path = "/v1/environments/{env}/bill", tag = "Messages", params(("env" = String, Path), BillParams),
    responses((status = 200, content((EnvironmentBill = "application/json"), (String = "text/csv"))), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn environment(
    State(app): State<AppState>,
    caller: Caller,
    At(env): At<String>,
    Params(params): Params<BillParams>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    caller.require_admin()?;
    let bill = app.parts.bills().environment(&env, params).await?;
    if wants_table(&headers) {
        return Ok(table(&format!("bill-{env}.csv"), table_of(bill.span, &bill.connectors)));
    }
    Ok(Json(bill).into_response())
}

/// The same of one connector. One that was deleted has bills as long as they are kept.
#[utoipa::path(get, path = "/v1/environments/{env}/connectors/{name}/bill", tag = "Connectors",
    params(("env" = String, Path), ("name" = String, Path), BillParams),
    responses((status = 200, content((Bill = "application/json"), (String = "text/csv"))), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn connector(
    State(app): State<AppState>,
    caller: Caller,
    At((env, name)): At<(String, String)>,
    Params(params): Params<BillParams>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    caller.require_admin()?;
    let bill = app.parts.bills().connector(&env, &name, params).await?;
    if wants_table(&headers) {
        return Ok(table(&format!("bill-{env}-{name}.csv"), table_of(bill.span, &[bill.of])));
    }
    Ok(Json(bill).into_response())
}
