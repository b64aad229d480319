//! `/v1/erasures`, `/v1/exports`: a number is forgotten, or what is kept of it told; and who asked for that is not forgotten.

use axum::Json;
use axum::extract::State;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::AppState;
use super::auth::Caller;
use super::body::{Body, Params};
use super::error::{ApiError, Problem};
use super::lists::page_size;
use crate::audit::{AuditPage, action, after};
use crate::keys::Role;
use crate::otp::{Disclosure, Erasure};
use crate::phone::PhoneNumber;
use crate::store::{AuditFilter, AuditRow};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(erase, list)).routes(routes!(export))
}

/// A number to erase.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ErasureBody {
    /// The number, in international form.
    #[schema(example = "+14155550123")]
    to: String,
    /// Where. An environment's key erases in its own one; an admin key everywhere, unless this names one.
    #[serde(default)]
    environment: Option<String>,
}

/// Erase a number: its verifications, its messages with their attempts and reports, failed sends that are kept for
/// transcripts, kept answers, the inbox. What limits count for it stays for a day at most (or as long as a lock lasts), as a keyed index. Answers how many rows went; a
/// second time there are none. Backups that were made before still have it.
#[utoipa::path(post, path = "/v1/erasures", tag = "Erasures", request_body = ErasureBody,
    responses((status = 200, body = Erasure), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn erase(
    State(app): State<AppState>,
    caller: Caller,
    body: Body<ErasureBody>,
) -> Result<Json<Erasure>, ApiError> {
    let environment = place(&caller, body.value.environment)?;
    let erased = app.parts.otp.erase(environment.as_deref(), &body.value.to, &caller.actor()).await;
    let erased = erased.map_err(|error| app.otp_error(error))?;
    let development = match &environment {
        Some(name) => app.parts.store.environment(name).await?.is_some_and(|row| row.is_development()),
        None => true,
    };
    let inbox = if development { app.parts.inbox.forget(&body.value.to) } else { 0 };
    Ok(Json(Erasure { inbox, ..erased }))
}

fn place(caller: &Caller, named: Option<String>) -> Result<Option<String>, ApiError> {
    let Some(own) = caller.own_environment() else {
        caller.require(Role::Operate)?;
        return Ok(named);
    };
    match named {
        Some(other) if other != own => {
            Err(ApiError::forbidden(format!("this key belongs to `{own}`, not to `{other}`")))
        }
        _ => Ok(Some(own.to_owned())),
    }
}

/// A number to tell of.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct ExportBody {
    /// The number, in international form.
    #[schema(example = "+14155550123")]
    to: String,
    /// Where. An environment's key tells of its own one; an admin key of every one, unless this names one.
    #[serde(default)]
    environment: Option<String>,
}

/// What is kept of a number, for the person whose it is (GDPR, articles 15 and 20): verifications, messages with their
/// attempts and reports, what the guard noted, wrong codes. No code or text is kept in clear, so none is in it. Noted in the audit
/// log, with the number masked.
#[utoipa::path(post, path = "/v1/exports", tag = "Erasures", request_body = ExportBody,
    responses((status = 200, body = Disclosure), (status = 403, body = Problem), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn export(
    State(app): State<AppState>,
    caller: Caller,
    body: Body<ExportBody>,
) -> Result<Json<Disclosure>, ApiError> {
    let environment = place(&caller, body.value.environment)?;
    if let Ok(number) = PhoneNumber::parse(&body.value.to) {
        caller.noting.target(number.masked());
    }
    caller.noting.detail(json!({ "environment": environment }));
    let told = app.parts.otp.disclose(environment.as_deref(), &body.value.to).await;
    told.map(Json).map_err(|error| app.otp_error(error))
}

/// Which entries.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct ListParams {
    /// `next` of the page before.
    cursor: Option<String>,
    /// 1 to 200; 50 unless given.
    limit: Option<u32>,
}

/// What was erased, newest first: when, by which key, how many rows. Never which number.
#[utoipa::path(get, path = "/v1/erasures", tag = "Erasures", params(ListParams),
    responses((status = 200, description = "`items`, `next`"), (status = 422, body = Problem)))]
async fn list(
    State(app): State<AppState>,
    caller: Caller,
    Params(params): Params<ListParams>,
) -> Result<Json<Value>, ApiError> {
    caller.require_admin()?;
    let limit = page_size(params.limit)?;
    let after = params.cursor.as_deref().map(after).transpose()?;
    let filter = AuditFilter { action: Some(action::ERASURE.to_owned()), after, limit, ..AuditFilter::default() };
    let AuditPage { items, next } = app.parts.audit.page(filter).await?;
    let item = |row: &AuditRow| json!({ "id": row.id, "at": row.at, "key": row.actor.id, "erased": row.detail });
    Ok(Json(json!({ "items": items.iter().map(item).collect::<Vec<_>>(), "next": next })))
}
