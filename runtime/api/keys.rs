//! `/v1/keys`: API keys.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::AppState;
use super::auth::Caller;
use super::body::{At, Body};
use super::error::{ApiError, Problem};
use super::lists::whole_list;
use crate::clock::Timestamp;
use crate::keys::{self, NewKey, Role};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(revoke))
}

/// A key, without the key itself.
#[derive(Serialize, ToSchema)]
struct KeyView {
    /// Its id.
    id: String,
    /// What it is for.
    name: String,
    /// How it begins, to tell it from others; none of a key that was made before this was kept, or that was given from
    /// outside.
    #[schema(example = "cs_env_x8Qw2K")]
    prefix: Option<String>,
    /// Roles of an admin key.
    roles: Vec<String>,
    /// The environment of an environment key.
    environment: Option<String>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When it was used last, to the minute.
    #[schema(value_type = Option<String>, format = DateTime)]
    last_used_at: Option<Timestamp>,
    /// When it was revoked.
    #[schema(value_type = Option<String>, format = DateTime)]
    revoked_at: Option<Timestamp>,
}

/// Every key.
#[utoipa::path(get, path = "/v1/keys", tag = "Keys", responses((status = 200, description = "`items`, `next`")))]
async fn list(State(app): State<AppState>, caller: Caller) -> Result<Json<Value>, ApiError> {
    caller.require_admin()?;
    let view = |row: crate::store::KeyRow| KeyView {
        id: row.id,
        name: row.name,
        prefix: row.prefix,
        roles: row.roles,
        environment: row.environment,
        created_at: row.created_at,
        last_used_at: row.last_used_at,
        revoked_at: row.revoked_at,
    };
    let items: Vec<KeyView> = app.parts.store.keys().await?.into_iter().map(view).collect();
    Ok(whole_list(items))
}

/// Make a key. The answer is the only one that has it.
#[utoipa::path(post, path = "/v1/keys", tag = "Keys", request_body = NewKey,
    responses((status = 201, description = "`id`, `key`: shown once"), (status = 403, body = Problem), (status = 422, body = Problem)))]
async fn create(State(app): State<AppState>, caller: Caller, body: Body<NewKey>) -> Result<Response, ApiError> {
    caller.require(Role::Configure)?;
    let told = json!({ "name": body.value.name, "environment": body.value.environment, "roles": body.value.roles });
    let made = keys::issue(&*app.parts.store, caller.roles(), body.value, app.parts.clock.now()).await?;
    caller.noting.target(made.id.clone());
    caller.noting.detail(told);
    Ok((StatusCode::CREATED, Json(json!({ "id": made.id, "key": made.key.expose() }))).into_response())
}

/// Revoke a key. It counts no more from the next request on.
#[utoipa::path(delete, path = "/v1/keys/{id}", tag = "Keys", params(("id" = String, Path)), responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn revoke(State(app): State<AppState>, caller: Caller, At(id): At<String>) -> Result<StatusCode, ApiError> {
    caller.require(Role::Configure)?;
    keys::revoke(&*app.parts.store, &id, Some(&caller.key_id), app.parts.clock.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}
