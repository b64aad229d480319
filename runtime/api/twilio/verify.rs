//! `/v2/Services`: services, verifications, checks.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;

use super::super::AppState;
use super::{Answer, Asked, Base, Caller, Named, apart};
use crate::twilio::{Fault, Form};

pub(super) async fn list(State(app): State<AppState>, caller: Caller, base: Base, query: Asked) -> Answer {
    app.parts.twilio.list_services(&caller.0, &query.0, &base.0).await.map(Json)
}

pub(super) async fn create(
    State(app): State<AppState>,
    caller: Caller,
    base: Base,
    form: Form,
) -> Result<(StatusCode, Json<serde_json::Value>), Fault> {
    let made = app.parts.twilio.create_service(&caller.0, &form, &base.0).await?;
    Ok((StatusCode::CREATED, Json(made)))
}

pub(super) async fn fetch(
    State(app): State<AppState>,
    caller: Caller,
    base: Base,
    Named(service): Named<String>,
) -> Answer {
    app.parts.twilio.fetch_service(&caller.0, &service, &base.0).await.map(Json)
}

pub(super) async fn update(
    State(app): State<AppState>,
    caller: Caller,
    base: Base,
    Named(service): Named<String>,
    form: Form,
) -> Answer {
    app.parts.twilio.update_service(&caller.0, &service, &form, &base.0).await.map(Json)
}

pub(super) async fn send(
    State(app): State<AppState>,
    caller: Caller,
    base: Base,
    Named(service): Named<String>,
    form: Form,
) -> Result<Response, Fault> {
    let twilio = Arc::clone(&app.parts.twilio);
    let work = async move { twilio.create_verification(&caller.0, &service, &form, &base.0).await.map(Json) };
    apart(StatusCode::CREATED, work).await
}

pub(super) async fn fetch_sent(
    State(app): State<AppState>,
    caller: Caller,
    base: Base,
    Named((service, key)): Named<(String, String)>,
) -> Answer {
    app.parts.twilio.fetch_verification(&caller.0, (&service, &key), &base.0).await.map(Json)
}

pub(super) async fn end(
    State(app): State<AppState>,
    caller: Caller,
    base: Base,
    Named((service, key)): Named<(String, String)>,
    form: Form,
) -> Answer {
    app.parts.twilio.update_verification(&caller.0, (&service, &key), &form, &base.0).await.map(Json)
}

pub(super) async fn check(
    State(app): State<AppState>,
    caller: Caller,
    Named(service): Named<String>,
    form: Form,
) -> Result<Response, Fault> {
    let twilio = Arc::clone(&app.parts.twilio);
    let work = async move { twilio.check(&caller.0, &service, &form).await.map(Json) };
    apart(StatusCode::OK, work).await
}
