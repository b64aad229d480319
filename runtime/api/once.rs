//! `Idempotency-Key` on every POST that sends (draft-ietf-httpapi-idempotency-key-header).
//!
//! The work runs as a task of its own: a caller that hangs up tears nothing in two, and when he asks again under the
//! same key, he gets the answer that he missed.

use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use super::AppState;
use super::auth::Caller;
use super::error::ApiError;
use crate::otp::idempotency::{Begun, Ticket};

/// Do `work` once for this caller, route and key; without a key, just do it.
pub(super) async fn once(
    app: &AppState,
    caller: &Caller,
    scope: &[&str],
    headers: &HeaderMap,
    body: &Bytes,
    work: impl Future<Output = Result<Response, ApiError>> + Send + 'static,
) -> Response {
    let key = match key(headers) {
        Ok(Some(key)) => key,
        Ok(None) => return apart(async { work.await.unwrap_or_else(ApiError::into_response) }).await,
        Err(error) => return error.into_response(),
    };
    let scope: Vec<&str> = [caller.key_id.as_str(), key.as_str()].into_iter().chain(scope.iter().copied()).collect();
    let ticket = match app.idempotency.begin(&scope, body).await {
        Ok(Begun::Fresh(ticket)) => ticket,
        Ok(Begun::Replay { status, body }) => return replay(status, body),
        Ok(Begun::OtherBody) => return ApiError::idempotency_mismatch().into_response(),
        Ok(Begun::InFlight) => {
            return ApiError::conflict("idempotency-in-flight", "the same request is still running").into_response();
        }
        Err(error) => return ApiError::from(error).into_response(),
    };
    let app = app.clone();
    apart(async move {
        let response = work.await.unwrap_or_else(ApiError::into_response);
        keep(&app, &ticket, response).await
    })
    .await
}

async fn apart(work: impl Future<Output = Response> + Send + 'static) -> Response {
    tokio::spawn(crate::traces::carried(work)).await.unwrap_or_else(|error| ApiError::internal(&error).into_response())
}

/// Keep an answer for whoever asks again.
async fn keep(app: &AppState, ticket: &Ticket, response: Response) -> Response {
    let status = response.status();
    // What may be different the next time is not kept: a fault of ours, a limit, a conflict, something that lacks.
    let again = [StatusCode::TOO_MANY_REQUESTS, StatusCode::CONFLICT, StatusCode::FORBIDDEN];
    let passing = status.is_server_error() || again.contains(&status);
    let (parts, body) = response.into_parts();
    let bytes = to_bytes(body, 1 << 20).await.unwrap_or_default();
    let kept = if passing {
        app.idempotency.forget(ticket).await
    } else {
        app.idempotency.finish(ticket, status.as_u16(), &bytes).await
    };
    if let Err(error) = kept {
        tracing::error!(%error, "the answer to an idempotent request could not be kept");
    }
    Response::from_parts(parts, Body::from(bytes))
}

fn key(headers: &HeaderMap) -> Result<Option<String>, ApiError> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    match value.to_str() {
        Ok(text) if (1..=255).contains(&text.len()) => Ok(Some(text.to_owned())),
        _ => Err(ApiError::bad_request("an Idempotency-Key has 1 to 255 visible ASCII characters")),
    }
}

fn replay(status: u16, body: Vec<u8>) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    let kind = if status.is_success() { "application/json" } else { "application/problem+json" };
    let mut response = (status, body).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    response.headers_mut().insert("idempotency-replayed", HeaderValue::from_static("true"));
    response
}
