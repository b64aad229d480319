//! `/2010-04-01/Accounts/{account}`: the account itself, and its messages.

use std::sync::Arc;

use axum::Json;
use axum::extract::{OriginalUri, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::super::AppState;
use super::{Answer, Asked, Caller, Named, apart};
use crate::twilio::{Fault, Form};

pub(super) async fn create(
    State(app): State<AppState>,
    caller: Caller,
    Named(account): Named<String>,
    form: Form,
) -> Result<Response, Fault> {
    caller.owns(&account)?;
    let twilio = Arc::clone(&app.parts.twilio);
    apart(StatusCode::CREATED, async move { twilio.create_message(&caller.0, &form).await.map(Json) }).await
}

pub(super) async fn list(
    State(app): State<AppState>,
    caller: Caller,
    Named(account): Named<String>,
    query: Asked,
) -> Answer {
    caller.owns(&account)?;
    app.parts.twilio.list_document(&caller.0, &query.0).await.map(Json)
}

pub(super) async fn fetch(
    State(app): State<AppState>,
    caller: Caller,
    Named((account, message)): Named<(String, String)>,
    OriginalUri(uri): OriginalUri,
) -> Answer {
    caller.owns(&account)?;
    app.parts.twilio.fetch_message(&caller.0, file(&message, uri.path())?, uri.path()).await.map(Json)
}

pub(super) async fn delete(
    State(app): State<AppState>,
    caller: Caller,
    Named((account, message)): Named<(String, String)>,
    OriginalUri(uri): OriginalUri,
) -> Result<StatusCode, Fault> {
    caller.owns(&account)?;
    app.parts.twilio.delete_message(&caller.0, file(&message, uri.path())?, uri.path()).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Clients look here whether their credential is right.
pub(super) async fn account(
    State(app): State<AppState>,
    caller: Caller,
    Named(account): Named<String>,
    OriginalUri(uri): OriginalUri,
) -> Answer {
    caller.owns(file(&account, uri.path())?)?;
    Ok(Json(app.parts.twilio.account(&caller.0)))
}

/// The name of a JSON document.
fn file<'a>(name: &'a str, path: &str) -> Result<&'a str, Fault> {
    name.strip_suffix(".json").ok_or_else(|| Fault::not_found(path))
}
