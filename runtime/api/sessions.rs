//! `/v1/sessions`: browsers that are signed in to the console.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::AppState;
use super::auth::Caller;
use super::body::At;
use super::error::{ApiError, Problem};
use super::lists::whole_list;
use crate::actor::Actor;
use crate::clock::Timestamp;
use crate::keys::Role;
use crate::people::PeopleError;
use crate::store::{SessionRow, SignedInBy};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(end))
}

/// A browser that is signed in.
#[derive(Serialize, ToSchema)]
pub(super) struct SessionView {
    /// For ending it.
    id: String,
    /// Who it is.
    actor: Actor,
    /// How he signed in.
    how: SignedInBy,
    /// What the browser says of itself.
    browser: String,
    /// When he signed in.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When it was used last, to the minute.
    #[schema(value_type = String, format = DateTime)]
    last_seen: Timestamp,
    /// It is over then, however much it is used.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
}

impl From<SessionRow> for SessionView {
    fn from(row: SessionRow) -> Self {
        Self {
            id: row.id,
            actor: row.actor,
            how: row.how,
            browser: row.browser,
            created_at: row.created_at,
            last_seen: row.last_seen,
            expires_at: row.expires_at,
        }
    }
}

/// Every session that lives, the last used first.
#[utoipa::path(get, path = "/v1/sessions", tag = "Users", responses((status = 200, description = "`items`, `next`", body = Vec<SessionView>)))]
async fn list(State(app): State<AppState>, caller: Caller) -> Result<Json<Value>, ApiError> {
    caller.require_admin()?;
    let items: Vec<SessionView> = app.parts.people.sessions(None).await?.into_iter().map(Into::into).collect();
    Ok(whole_list(items))
}

/// End a session: its browser is signed out from its next request on.
#[utoipa::path(delete, path = "/v1/sessions/{id}", tag = "Users", params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
async fn end(State(app): State<AppState>, caller: Caller, At(id): At<String>) -> Result<StatusCode, ApiError> {
    caller.require(Role::Configure)?;
    if !app.parts.people.end_session(&id).await? {
        return Err(PeopleError::Missing("session").into());
    }
    Ok(StatusCode::NO_CONTENT)
}
