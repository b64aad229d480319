//! `/v1/environments/{env}/faults`: rehearsing a provider's bad day.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde_json::{Value, json};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::AppState;
use super::auth::Caller;
use super::body::{At, Body};
use super::error::{ApiError, Problem};
use super::lists::whole_list;
use super::whole::whole;
use crate::keys::Role;
use crate::setup::{FaultView, PutFault};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(get, put, delete))
}

/// Faults that are injected now, by connector. They are in memory only: a restart ends them.
#[utoipa::path(get, path = "/v1/environments/{env}/faults", tag = "Connectors", params(("env" = String, Path)),
    responses((status = 200, description = "`items`, `next`", body = Vec<FaultView>), (status = 404, body = Problem)))]
async fn list(State(app): State<AppState>, caller: Caller, At(env): At<String>) -> Result<Json<Value>, ApiError> {
    caller.require_admin()?;
    Ok(whole_list(app.parts.setup.faults(&env).await?))
}

/// The fault that a connector meets now; `404` if there is none.
#[utoipa::path(get, path = "/v1/environments/{env}/faults/{name}", tag = "Connectors", params(("env" = String, Path), ("name" = String, Path)),
    responses((status = 200, body = FaultView), (status = 404, body = Problem)))]
async fn get(
    State(app): State<AppState>,
    caller: Caller,
    At((env, name)): At<(String, String)>,
) -> Result<Json<FaultView>, ApiError> {
    caller.require_admin()?;
    Ok(Json(app.parts.setup.fault(&env, &name).await?))
}

/// Have a connector of a development environment meet a fault, from its next call on, to watch what happens then. What is
/// sent meets it where the request would leave; nothing goes anywhere else. `latency` and `half-answer` let the request
/// reach the provider, the others don't. Attempts that met it say so. Elsewhere than in development it is refused.
#[utoipa::path(put, path = "/v1/environments/{env}/faults/{name}", tag = "Connectors", params(("env" = String, Path), ("name" = String, Path)),
    request_body = PutFault, responses((status = 200, body = FaultView), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn put(
    State(app): State<AppState>,
    caller: Caller,
    At((env, name)): At<(String, String)>,
    body: Body<PutFault>,
) -> Result<Json<FaultView>, ApiError> {
    caller.require(Role::Operate)?;
    let setup = app.parts.setup.clone();
    let begun = whole(async move { setup.inject_fault(&env, &name, body.value).await }).await?;
    caller.noting.detail(json!({
        "kind": begun.fault.kind, "percent": begun.percent, "countries": begun.countries, "until": begun.until,
    }));
    Ok(Json(begun))
}

/// End a connector's fault before its time.
#[utoipa::path(delete, path = "/v1/environments/{env}/faults/{name}", tag = "Connectors", params(("env" = String, Path), ("name" = String, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
async fn delete(
    State(app): State<AppState>,
    caller: Caller,
    At((env, name)): At<(String, String)>,
) -> Result<StatusCode, ApiError> {
    caller.require(Role::Operate)?;
    app.parts.setup.end_fault(&env, &name).await?;
    Ok(StatusCode::NO_CONTENT)
}
