//! `/v1/components`: the registry of uploads.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, FromRequest, Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};
use tokio::sync::OwnedSemaphorePermit;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::auth::Caller;
use super::body::At;
use super::error::{ApiError, Problem};
use super::lists::whole_list;
use super::{AppState, Parts};
use crate::connector::package::Package;
use crate::keys::Role;
use crate::setup::{ComponentView, SetupError, Tried, component_view};
use crate::store::ComponentRow;

pub(super) fn routes(app: &AppState) -> OpenApiRouter<AppState> {
    let upload_bytes_max = usize::try_from(app.parts.config.sandbox.upload_mib << 20).unwrap_or(usize::MAX);
    OpenApiRouter::new()
        .routes(routes!(upload, list))
        .routes(routes!(newest))
        .routes(routes!(get, delete))
        .routes(routes!(wasm))
        .routes(routes!(try_again))
        .layer(DefaultBodyLimit::max(upload_bytes_max))
}

/// How long a component may take to arrive: whoever sends a byte an hour must not keep a place from others.
const ARRIVAL: Duration = Duration::from_secs(120);

/// A component that was received, and the place that its memory takes up. It is received after the caller's key was
/// looked at: who has none holds up nobody.
struct Received {
    bytes: Bytes,
    _place: OwnedSemaphorePermit,
}

/// Receive an upload once there is a place for it, within a time; `read` does the reading.
pub(crate) async fn received<T>(
    parts: &Parts,
    read: impl Future<Output = Result<T, ApiError>>,
) -> Result<(T, OwnedSemaphorePermit), ApiError> {
    let place = Arc::clone(&parts.uploads).acquire_owned().await;
    let place = place.map_err(|error| ApiError::internal(&error))?;
    let too_slow = |_| ApiError::bad_request("the component did not arrive within 120 s");
    Ok((tokio::time::timeout(ARRIVAL, read).await.map_err(too_slow)??, place))
}

/// An upload that has more bytes than this service takes.
pub(crate) fn too_large(parts: &Parts) -> ApiError {
    ApiError::too_large(format!("a component has at most {} MiB", parts.config.sandbox.upload_mib))
}

impl FromRequest<AppState> for Received {
    type Rejection = ApiError;

    async fn from_request(request: Request, app: &AppState) -> Result<Self, ApiError> {
        let read = async { Bytes::from_request(request, app).await.map_err(|_| too_large(&app.parts)) };
        let (bytes, place) = received(&app.parts, read).await?;
        Ok(Self { bytes, _place: place })
    }
}

/// Upload a packed component. The same bytes again answer `200`. Nothing is stored on failure.
#[utoipa::path(post, path = "/v1/components", tag = "Components", request_body(content = Vec<u8>, content_type = "application/wasm"),
    responses((status = 201, body = ComponentView), (status = 200, body = ComponentView), (status = 409, body = Problem), (status = 413, body = Problem), (status = 422, body = Problem)))]
async fn upload(
    State(app): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    given: Result<Received, ApiError>,
) -> Result<Response, ApiError> {
    caller.require(Role::Upload)?;
    let kind = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if !kind.starts_with("application/wasm") {
        return Err(ApiError::unsupported_media("a component is sent as `content-type: application/wasm`"));
    }
    let received = given?;
    let uploaded = app.parts.setup.upload(received.bytes.clone()).await?;
    caller.noting.target(format!("{}@{}", uploaded.component.id, uploaded.component.version));
    caller.noting.detail(json!({ "digest": uploaded.component.digest, "new": uploaded.new }));
    let status = if uploaded.new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(uploaded.component)).into_response())
}

/// Every component, newest version first.
#[utoipa::path(get, path = "/v1/components", tag = "Components", responses((status = 200, description = "`items`, `next`")))]
async fn list(State(app): State<AppState>, caller: Caller) -> Result<Json<Value>, ApiError> {
    caller.require_admin()?;
    Ok(whole_list(app.parts.setup.components().await?))
}

/// The newest version of a component, with its README, its logo, `used_by` (`environment/connector`) and, where it has no
/// code, its provider.toml.
#[utoipa::path(get, path = "/v1/components/{id}", tag = "Components", params(("id" = String, Path)),
    responses((status = 200, body = ComponentView), (status = 404, body = Problem)))]
async fn newest(State(app): State<AppState>, caller: Caller, At(id): At<String>) -> Result<Json<Value>, ApiError> {
    caller.require_admin()?;
    shown(&app, &app.parts.setup.component_row(&id, None).await?).await
}

/// One version of a component, with its README, its logo, `used_by` (`environment/connector`) and, where it has no code,
/// its provider.toml.
#[utoipa::path(get, path = "/v1/components/{id}/{version}", tag = "Components", params(("id" = String, Path), ("version" = String, Path)),
    responses((status = 200, body = ComponentView), (status = 404, body = Problem)))]
async fn get(
    State(app): State<AppState>,
    caller: Caller,
    At((id, version)): At<(String, String)>,
) -> Result<Json<Value>, ApiError> {
    caller.require_admin()?;
    shown(&app, &app.parts.setup.component_row(&id, Some(&version)).await?).await
}

async fn shown(app: &AppState, row: &ComponentRow) -> Result<Json<Value>, ApiError> {
    let package =
        Package::from_json(&row.package).map_err(|reasons| SetupError::Refused { what: "the component", reasons })?;
    let mut value = json!(component_view(row)?);
    let users = app.parts.setup.component_users(&row.digest).await?;
    if let Some(object) = value.as_object_mut() {
        object.insert("used_by".into(), json!(users));
        object.insert("readme".into(), json!(package.readme));
        object.insert("logo".into(), json!(package.logo));
        object.insert("provider".into(), json!(package.provider));
        object.insert("website".into(), json!(package.manifest.website));
        object.insert("documentation".into(), json!(package.manifest.documentation));
    }
    Ok(Json(value))
}

/// The bytes, as they were uploaded.
#[utoipa::path(get, path = "/v1/components/{id}/{version}/wasm", tag = "Components", params(("id" = String, Path), ("version" = String, Path)),
    responses((status = 200, content_type = "application/wasm"), (status = 404, body = Problem)))]
async fn wasm(
    State(app): State<AppState>,
    caller: Caller,
    At((id, version)): At<(String, String)>,
) -> Result<Response, ApiError> {
    caller.require_admin()?;
    let row = app.parts.setup.component_row(&id, Some(&version)).await?;
    let bytes = app.parts.store.wasm(&row.digest).await?.ok_or_else(|| ApiError::not_found("its bytes are gone"))?;
    let mut response = bytes.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/wasm"));
    Ok(response)
}

/// Try a component as an upload is tried: a provider's standard faults, its toolchain's traps, what it costs. Reaches
/// nobody. Null if it can't be run any more.
#[utoipa::path(post, path = "/v1/components/{id}/{version}/try", tag = "Components", params(("id" = String, Path), ("version" = String, Path)),
    responses((status = 200, body = Tried), (status = 404, body = Problem)))]
async fn try_again(
    State(app): State<AppState>,
    caller: Caller,
    At((id, version)): At<(String, String)>,
) -> Result<Json<Option<Tried>>, ApiError> {
    caller.require(Role::Upload)?;
    Ok(Json(app.parts.setup.try_component(&id, &version).await?))
}

/// Delete a component that no connector uses.
#[utoipa::path(delete, path = "/v1/components/{id}/{version}", tag = "Components", params(("id" = String, Path), ("version" = String, Path)),
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn delete(
    State(app): State<AppState>,
    caller: Caller,
    At((id, version)): At<(String, String)>,
) -> Result<StatusCode, ApiError> {
    caller.require(Role::Upload)?;
    app.parts.setup.delete_component(&id, &version).await?;
    Ok(StatusCode::NO_CONTENT)
}
