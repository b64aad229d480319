//! `/v1/users`: people who may use the console.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
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
use super::sessions::SessionView;
use crate::actor::ActorKind;
use crate::clock::Timestamp;
use crate::keys::Role;
use crate::people::{INVITATION_LIFE, UserInput, link_path};
use crate::store::UserRow;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, put, delete))
        .routes(routes!(link))
        .routes(routes!(sessions))
}

/// A user.
#[derive(Serialize, ToSchema)]
struct UserView {
    /// His id.
    id: String,
    /// For people.
    name: String,
    /// In lower case.
    email: String,
    /// What he may do.
    roles: Vec<String>,
    /// Whether an identity provider has vouched for him: then only that account of his signs in there.
    bound: bool,
    /// When he was added.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// Since when he may not sign in.
    #[schema(value_type = Option<String>, format = DateTime)]
    disabled_at: Option<Timestamp>,
}

impl From<UserRow> for UserView {
    fn from(row: UserRow) -> Self {
        Self {
            id: row.id,
            name: row.name,
            email: row.email,
            roles: row.roles,
            bound: row.subject.is_some(),
            created_at: row.created_at,
            disabled_at: row.disabled_at,
        }
    }
}

/// Every user, by name.
#[utoipa::path(get, path = "/v1/users", tag = "Users", responses((status = 200, description = "`items`, `next`", body = Vec<UserView>)))]
async fn list(State(app): State<AppState>, caller: Caller) -> Result<Json<Value>, ApiError> {
    caller.require_admin()?;
    let items: Vec<UserView> = app.parts.people.users().await?.into_iter().map(Into::into).collect();
    Ok(whole_list(items))
}

/// Add a user. He signs in with a link, or at the identity provider with this address.
#[utoipa::path(post, path = "/v1/users", tag = "Users", request_body = UserInput,
    responses((status = 201, body = UserView), (status = 403, body = Problem), (status = 422, body = Problem)))]
async fn create(
    State(app): State<AppState>,
    caller: Caller,
    body: Body<UserInput>,
) -> Result<(StatusCode, Json<UserView>), ApiError> {
    caller.require(Role::Configure)?;
    let user = app.parts.people.add_user(caller.roles(), body.value).await?;
    caller.noting.target(user.id.clone());
    Ok((StatusCode::CREATED, Json(user.into())))
}

/// One user.
#[utoipa::path(get, path = "/v1/users/{id}", tag = "Users", params(("id" = String, Path)),
    responses((status = 200, body = UserView), (status = 404, body = Problem)))]
async fn get(State(app): State<AppState>, caller: Caller, At(id): At<String>) -> Result<Json<UserView>, ApiError> {
    caller.require_admin()?;
    Ok(Json(app.parts.people.user(&id).await?.into()))
}

/// Change a user. Other roles count from his next request on; whoever is disabled is signed out at once. With another
/// address he is bound anew at his next sign-in at the identity provider. With a role more, his links work no more, and
/// he is signed out where one let him in: somebody else may have it.
#[utoipa::path(put, path = "/v1/users/{id}", tag = "Users", params(("id" = String, Path)), request_body = UserInput,
    responses((status = 200, body = UserView), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn put(
    State(app): State<AppState>,
    caller: Caller,
    At(id): At<String>,
    body: Body<UserInput>,
) -> Result<Json<UserView>, ApiError> {
    caller.require(Role::Configure)?;
    Ok(Json(app.parts.people.change_user(caller.roles(), &id, body.value).await?.into()))
}

/// Delete a user. He is signed out at once.
#[utoipa::path(delete, path = "/v1/users/{id}", tag = "Users", params(("id" = String, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
async fn delete(State(app): State<AppState>, caller: Caller, At(id): At<String>) -> Result<StatusCode, ApiError> {
    caller.require(Role::Configure)?;
    app.parts.people.remove_user(&id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Make a link that signs a user in once, within a day. The answer is the only one that has it.
#[utoipa::path(post, path = "/v1/users/{id}/link", tag = "Users", params(("id" = String, Path)),
    responses((status = 201, description = "`url`: shown once, `expires_at`"), (status = 403, body = Problem), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn link(
    State(app): State<AppState>,
    caller: Caller,
    At(id): At<String>,
    headers: HeaderMap,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    caller.require(Role::Configure)?;
    let token = app.parts.people.invite(caller.roles(), &id).await?;
    let url = format!("{}{}", app.parts.base(&headers), link_path(&token));
    let expires_at = app.parts.clock.now().plus(INVITATION_LIFE);
    Ok((StatusCode::CREATED, Json(json!({ "url": url, "expires_at": expires_at }))))
}

/// Where a user is signed in.
#[utoipa::path(get, path = "/v1/users/{id}/sessions", tag = "Users", params(("id" = String, Path)),
    responses((status = 200, description = "`items`, `next`", body = Vec<SessionView>), (status = 404, body = Problem)))]
async fn sessions(State(app): State<AppState>, caller: Caller, At(id): At<String>) -> Result<Json<Value>, ApiError> {
    caller.require_admin()?;
    app.parts.people.user(&id).await?;
    let rows = app.parts.people.sessions(Some((ActorKind::User, &id))).await?;
    let items: Vec<SessionView> = rows.into_iter().map(Into::into).collect();
    Ok(whole_list(items))
}
