//! `/v1/environments/{env}/webhooks`: where the application is told what happened.

mod document;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::AppState;
use super::auth::Caller;
use super::body::{At, Body, Params};
use super::error::{ApiError, Problem};
use super::lists::{page_size, whole_list};
use super::whole::whole;
use crate::keys::Role;
use crate::store::DeliveryStatus;
use crate::webhooks::{DeliveryPage, DeliveryView, PutWebhook, WebhookError, WebhookView};

pub(super) use document::events;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(get, put, delete))
        .routes(routes!(rotate))
        .routes(routes!(test))
        .routes(routes!(deliveries))
        .routes(routes!(retry))
}

/// The environment's webhooks, oldest first. Secrets are not read back.
#[utoipa::path(get, path = "/v1/environments/{env}/webhooks", tag = "Webhooks", params(("env" = String, Path)),
    responses((status = 200, description = "`items`, `next`", body = Vec<WebhookView>), (status = 404, body = Problem)))]
async fn list(State(app): State<AppState>, caller: Caller, At(env): At<String>) -> Result<Json<Value>, ApiError> {
    caller.require_admin()?;
    let items = app.parts.webhooks.list(&env).await?;
    Ok(whole_list(items))
}

/// Make a webhook: what happens from then on is told to `url`, signed as Standard Webhooks says, until it is taken, for
/// three days. The answer is the only one that has the `secret`. An environment has at most 10. Of what one does not take,
/// the newest `retention.webhooks_waiting` (100,000) are kept; `dropped` says how many were not.
#[utoipa::path(post, path = "/v1/environments/{env}/webhooks", tag = "Webhooks", params(("env" = String, Path)), request_body = PutWebhook,
    responses((status = 201, body = WebhookView), (status = 404, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem)))]
async fn create(
    State(app): State<AppState>,
    caller: Caller,
    At(env): At<String>,
    body: Body<PutWebhook>,
) -> Result<Response, ApiError> {
    caller.require(Role::Configure)?;
    let made = app.parts.webhooks.create(&env, body.value).await?;
    caller.noting.target(made.id.clone());
    note(&caller, &made);
    Ok((StatusCode::CREATED, Json(made)).into_response())
}

/// One webhook.
#[utoipa::path(get, path = "/v1/environments/{env}/webhooks/{id}", tag = "Webhooks", params(("env" = String, Path), ("id" = String, Path)),
    responses((status = 200, body = WebhookView), (status = 404, body = Problem)))]
async fn get(
    State(app): State<AppState>,
    caller: Caller,
    At((env, id)): At<(String, String)>,
) -> Result<Json<WebhookView>, ApiError> {
    caller.require_admin()?;
    Ok(Json(app.parts.webhooks.get(&env, &id).await?))
}

/// Change a webhook: all of it but its secret. Enabled again, it is told what it was still to be told.
#[utoipa::path(put, path = "/v1/environments/{env}/webhooks/{id}", tag = "Webhooks", params(("env" = String, Path), ("id" = String, Path)), request_body = PutWebhook,
    responses((status = 200, body = WebhookView), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn put(
    State(app): State<AppState>,
    caller: Caller,
    At((env, id)): At<(String, String)>,
    body: Body<PutWebhook>,
) -> Result<Json<WebhookView>, ApiError> {
    caller.require(Role::Configure)?;
    let saved = app.parts.webhooks.put(&env, &id, body.value).await?;
    note(&caller, &saved);
    Ok(Json(saved))
}

/// A path or a query may be what the receiver knows its callers by.
fn note(caller: &Caller, webhook: &WebhookView) {
    let host = url::Url::parse(&webhook.url).ok().and_then(|url| url.host_str().map(str::to_owned));
    caller.noting.detail(json!({ "host": host, "events": webhook.events, "enabled": webhook.enabled }));
}

/// Delete a webhook, with what it was still to be told.
#[utoipa::path(delete, path = "/v1/environments/{env}/webhooks/{id}", tag = "Webhooks", params(("env" = String, Path), ("id" = String, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
async fn delete(
    State(app): State<AppState>,
    caller: Caller,
    At((env, id)): At<(String, String)>,
) -> Result<StatusCode, ApiError> {
    caller.require(Role::Configure)?;
    app.parts.webhooks.delete(&env, &id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Give a webhook another secret. For 24 hours its calls have a signature by the one before, too, so that the receiver can
/// be changed without a gap; a second rotation ends that at once. The answer is the only one that has the `secret`.
#[utoipa::path(post, path = "/v1/environments/{env}/webhooks/{id}/rotate", tag = "Webhooks", params(("env" = String, Path), ("id" = String, Path)),
    responses((status = 200, body = WebhookView), (status = 404, body = Problem)))]
async fn rotate(
    State(app): State<AppState>,
    caller: Caller,
    At((env, id)): At<(String, String)>,
) -> Result<Json<WebhookView>, ApiError> {
    caller.require(Role::Configure)?;
    Ok(Json(app.parts.webhooks.rotate(&env, &id).await?))
}

/// Tell a webhook the event `webhook.test` at once, also one that is disabled, and answer what came back. It is tried once.
#[utoipa::path(post, path = "/v1/environments/{env}/webhooks/{id}/test", tag = "Webhooks", params(("env" = String, Path), ("id" = String, Path)),
    responses((status = 200, body = DeliveryView), (status = 404, body = Problem)))]
async fn test(
    State(app): State<AppState>,
    caller: Caller,
    At((env, id)): At<(String, String)>,
) -> Result<Json<DeliveryView>, ApiError> {
    caller.require(Role::Configure)?;
    whole::<_, WebhookError>(async move { app.parts.webhooks.test(&env, &id).await.map(Json) }).await
}

/// Which deliveries.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
struct DeliveryParams {
    /// Only those that stand so: `pending`, `delivered` or `failed`.
    status: Option<String>,
    /// `next` of the page before.
    cursor: Option<String>,
    /// Items on a page, 1 to 200 (50).
    limit: Option<u32>,
}

/// What a webhook was told, and is still to be told, newest first. Kept for `retention.webhooks_days`.
#[utoipa::path(get, path = "/v1/environments/{env}/webhooks/{id}/deliveries", tag = "Webhooks",
    params(("env" = String, Path), ("id" = String, Path), DeliveryParams),
    responses((status = 200, body = DeliveryPage), (status = 404, body = Problem), (status = 422, body = Problem)))]
async fn deliveries(
    State(app): State<AppState>,
    caller: Caller,
    At((env, id)): At<(String, String)>,
    Params(asked): Params<DeliveryParams>,
) -> Result<Json<DeliveryPage>, ApiError> {
    caller.require_admin()?;
    let status = match asked.status.as_deref() {
        None => None,
        Some("pending") => Some(DeliveryStatus::Pending),
        Some("delivered") => Some(DeliveryStatus::Delivered),
        Some("failed") => Some(DeliveryStatus::Failed),
        Some(_) => return Err(ApiError::field("/status", "is `pending`, `delivered` or `failed`")),
    };
    let limit = page_size(asked.limit)?;
    Ok(Json(app.parts.webhooks.deliveries(&env, &id, status, asked.cursor, limit).await?))
}

/// Tell an event once more, whatever came of it: now, with the same id and bytes, and if need be by the schedule from its
/// beginning.
#[utoipa::path(post, path = "/v1/environments/{env}/webhooks/{id}/deliveries/{delivery}/retry", tag = "Webhooks",
    params(("env" = String, Path), ("id" = String, Path), ("delivery" = String, Path)),
    responses((status = 202, body = DeliveryView), (status = 404, body = Problem), (status = 409, body = Problem)))]
async fn retry(
    State(app): State<AppState>,
    caller: Caller,
    At((env, id, delivery)): At<(String, String, String)>,
) -> Result<Response, ApiError> {
    caller.require(Role::Configure)?;
    let due = app.parts.webhooks.retell(&env, &id, &delivery).await?;
    Ok((StatusCode::ACCEPTED, Json(due)).into_response())
}
