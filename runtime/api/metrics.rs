//! `/metrics`, for Prometheus.
//!
//! The threat: how many codes a business sends, where to and by whom is its own affair. On this machine anybody may read
//! it, as he may read the inbox there; from anywhere else only a key that may read.

use axum::extract::{FromRequestParts as _, State};
use axum::http::header;
use axum::http::request::Parts as Head;
use axum::response::{IntoResponse as _, Response};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::AppState;
use super::auth::Caller;
use super::error::{ApiError, Problem};
use super::server::Client;
use crate::metrics::Form;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(metrics))
}

/// What the service counts, as Prometheus reads it: OpenMetrics 1.0 where `Accept` names it, else Prometheus' text format.
///
/// Needs an admin key, of whatever role. None is needed on the machine itself if the service listens on loopback only.
#[utoipa::path(get, path = "/metrics", tag = "Operations", responses((status = 200, description = "Metrics", body = String, content_type = "application/openmetrics-text"), (status = 401, body = Problem), (status = 403, body = Problem)))]
async fn metrics(State(app): State<AppState>, mut head: Head) -> Result<Response, ApiError> {
    let client = head.extensions.get::<Client>().copied();
    if !(app.is_local() && client.is_some_and(|client| client.is_here)) {
        Caller::from_request_parts(&mut head, &app).await?.require_admin()?;
    }
    let accept = head.headers.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    let form = Form::asked(accept);
    let written = app.parts.scrape.written(form).map_err(|error| ApiError::internal(&error))?;
    let headers = [(header::CONTENT_TYPE, form.media_type()), (header::CACHE_CONTROL, "no-store")];
    Ok((headers, written).into_response())
}
