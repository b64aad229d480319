//! `/v1/environments/{env}/twilio-credentials`: who may call Twilio's addresses.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::super::AppState;
use super::super::auth::Caller;
use super::super::body::{At, Body};
use super::super::error::{ApiError, Problem};
use crate::api::lists::whole_list;
use crate::clock::Timestamp;
use crate::keys::Role;
use crate::store::TwilioCredential;
use crate::texts;
use crate::twilio::NewCredential;

pub(in crate::api) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(delete))
}

/// A credential to make.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct CredentialBody {
    /// What it is for.
    #[serde(default)]
    name: Option<String>,
    /// Why the codes of its Verify service are sent; `generic` unless given. It chooses the template and the policy.
    #[serde(default)]
    #[schema(example = "sign-in")]
    purpose: Option<String>,
    /// Whether a message's `From` is used as its sender: otherwise that is what the environment says.
    #[serde(default)]
    use_from: bool,
}

/// A credential, without its token.
#[derive(Serialize, ToSchema)]
struct CredentialView {
    /// The account SID: the user name.
    account_sid: String,
    /// The Verify service that was named with it.
    service_sid: String,
    /// What it is for.
    name: String,
    /// Whether a message's `From` is used as its sender.
    use_from: bool,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
}

fn view(row: TwilioCredential) -> CredentialView {
    CredentialView {
        account_sid: row.account_sid,
        service_sid: row.service_sid,
        name: row.name,
        use_from: row.use_from,
        created_at: row.created_at,
    }
}

async fn environment(app: &AppState, env: &str) -> Result<(), ApiError> {
    let found = app.parts.store.environment(env).await?;
    found.map(|_| ()).ok_or_else(|| ApiError::not_found(format!("there is no environment `{env}`")))
}

/// The credentials of an environment.
#[utoipa::path(get, path = "/v1/environments/{env}/twilio-credentials", tag = "Twilio", params(("env" = String, Path)),
    responses((status = 200, description = "`items`, `next`"), (status = 404, body = Problem)))]
async fn list(State(app): State<AppState>, caller: Caller, At(env): At<String>) -> Result<Json<Value>, ApiError> {
    caller.require_admin()?;
    environment(&app, &env).await?;
    let rows = app.parts.store.twilio_credentials(&env).await?;
    let items: Vec<CredentialView> = rows.into_iter().map(view).collect();
    Ok(whole_list(items))
}

/// Make a credential for Twilio's SDKs: set their base URL to this service. The answer is the only one that has the token.
#[utoipa::path(post, path = "/v1/environments/{env}/twilio-credentials", tag = "Twilio", params(("env" = String, Path)), request_body = CredentialBody,
    responses((status = 201, description = "`account_sid`, `auth_token`: shown once, `service_sid`"), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn create(
    State(app): State<AppState>,
    caller: Caller,
    At(env): At<String>,
    body: Body<CredentialBody>,
) -> Result<Response, ApiError> {
    caller.require(Role::Configure)?;
    environment(&app, &env).await?;
    let asked = body.value;
    let purpose = asked.purpose.unwrap_or_else(|| texts::GENERIC.to_owned());
    if !texts::is_purpose(&purpose) {
        return Err(ApiError::field("/purpose", "has 1 to 64 lower-case letters, digits and hyphens"));
    }
    let name = asked.name.unwrap_or_default();
    if name.chars().count() > 100 {
        return Err(ApiError::field("/name", "has at most 100 characters"));
    }
    let told = json!({ "name": name });
    let new = NewCredential { name, purpose, use_from: asked.use_from };
    let made = app.parts.twilio.make_credential(&env, new).await?;
    caller.noting.target(made.account_sid.clone());
    caller.noting.detail(told);
    let answer = json!({
        "account_sid": made.account_sid, "auth_token": made.auth_token.expose(), "service_sid": made.service_sid,
    });
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

/// Delete a credential. It counts no more from the next request on; its service stays for the others.
#[utoipa::path(delete, path = "/v1/environments/{env}/twilio-credentials/{account_sid}", tag = "Twilio",
    params(("env" = String, Path), ("account_sid" = String, Path)), responses((status = 204), (status = 404, body = Problem)))]
async fn delete(
    State(app): State<AppState>,
    caller: Caller,
    At((env, account_sid)): At<(String, String)>,
) -> Result<StatusCode, ApiError> {
    caller.require(Role::Configure)?;
    if !app.parts.store.delete_twilio_credential(&env, &account_sid).await? {
        return Err(ApiError::not_found("there is no Twilio credential of this account SID in this environment"));
    }
    Ok(StatusCode::NO_CONTENT)
}
