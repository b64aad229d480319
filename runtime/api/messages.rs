//! `/v1/messages`: delivery only, and the log.

use std::net::IpAddr;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::AppState;
use super::auth::Caller;
use super::body::{At, Body, Params};
use super::error::{ApiError, Problem};
use super::once::once;
use super::prefer;
use crate::clock::Timestamp;
use crate::connector::contract::Pair;
use crate::otp::{Content, Message, NOT_SENT};
use crate::secret::Secret;
use crate::store::{AttemptRow, MessageFilter, MessageRow, MessageStatus, ReportRow, SOURCE_API};

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(create, list)).routes(routes!(get))
}

/// A message whose code you made. Exactly one of `code`, `parameters`, `text`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MessageBody {
    /// The recipient, in international form.
    #[schema(example = "+14155550123")]
    to: String,
    /// Which template; `generic` unless given.
    #[serde(default)]
    purpose: Option<String>,
    /// The code, put into the template.
    #[serde(default)]
    code: Option<String>,
    /// Values for the template, in order.
    #[serde(default)]
    #[schema(value_type = Option<Vec<Object>>)]
    parameters: Option<Vec<Pair>>,
    /// A text that goes out as it is.
    #[serde(default)]
    text: Option<String>,
    /// A sender that beats every configured one.
    #[serde(default)]
    sender: Option<String>,
    /// The recipient's language (BCP 47); `en` unless given.
    #[serde(default)]
    locale: Option<String>,
    /// The end user's address, for limits: the caller is a server. Kept as a keyed index.
    #[serde(default)]
    #[schema(value_type = Option<String>)]
    client_ip: Option<IpAddr>,
    /// How long the code lives, in seconds, 60 to 3600; 600 unless given.
    #[serde(default)]
    expires_in: Option<u32>,
    /// Whom you mean, in your own words: the log shows it.
    #[serde(default)]
    subject: Option<String>,
    /// Hash of the Android app that asks (11 characters): it ends the message, not a `text`, so that the app reads the code itself.
    #[serde(default)]
    #[schema(example = "FA+9qCX9VSu")]
    app_hash: Option<String>,
}

impl MessageBody {
    fn content(&mut self) -> Result<Content, ApiError> {
        match (self.code.take(), self.parameters.take(), self.text.take()) {
            (Some(code), None, None) => Ok(Content::Code(Secret::new(code))),
            (None, Some(parameters), None) => Ok(Content::Parameters(parameters)),
            (None, None, Some(text)) => Ok(Content::Text(Secret::new(text))),
            _ => Err(ApiError::field("/code", "give exactly one of `code`, `parameters` and `text`")),
        }
    }
}

/// Send a message. Every attempt refused: `422` for a recipient or content, else `502`, with the message's id.
/// `Prefer: respond-async` answers `202` at once, and with `wait=N` if there is no outcome after so many seconds; `GET` tells
/// then what became of it.
#[utoipa::path(post, path = "/v1/messages", tag = "Messages", request_body = MessageBody,
    responses((status = 201, description = "`id`, `status`, `delivery`"), (status = 202, description = "`id`, `status`, `delivery`"), (status = 409, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem), (status = 502, body = Problem)))]
async fn create(
    State(app): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    body: Body<MessageBody>,
) -> Result<Response, ApiError> {
    let environment = caller.environment()?;
    let Body { mut value, bytes } = body;
    let message = Message {
        content: value.content()?,
        to: value.to,
        purpose: value.purpose.unwrap_or_else(|| crate::texts::GENERIC.to_owned()),
        locale: value.locale.unwrap_or_else(|| "en".to_owned()),
        sender: value.sender,
        app_hash: value.app_hash,
        client_ip: value.client_ip,
        subject: value.subject,
        source: SOURCE_API.to_owned(),
        request: None,
        expires_in: value.expires_in.unwrap_or(600),
    };
    let (state, place, wait) = (app.clone(), environment.clone(), prefer::wait(&headers));
    let work = async move {
        let sent = state.parts.otp.send_message(&place, message, wait).await.map_err(|error| state.otp_error(error))?;
        if sent.delivered.status == MessageStatus::Refused {
            return Err(ApiError::message_refused(&sent.id, &sent.delivered));
        }
        let status = sent.delivered.status;
        let answer = json!({ "id": sent.id, "status": status, "delivery": sent.delivered });
        Ok(prefer::answer(wait, StatusCode::CREATED, status, answer))
    };
    Ok(once(&app, &caller, &[&environment, "message"], &headers, &bytes, work).await)
}

/// A message of the log. The number is masked.
#[derive(Serialize, ToSchema)]
struct MessageView {
    /// Its id.
    id: String,
    /// The verification that it belongs to.
    verification: Option<String>,
    /// Where it stands.
    status: MessageStatus,
    /// What asked for it: `verification`, `api`, or a door of its own such as `hook:NAME`.
    source: String,
    /// Whom the caller means, in his own words.
    subject: Option<String>,
    /// Why nothing was sent, where that is on purpose: `not sent: reviewer number`.
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<&'static str>,
    /// The recipient, masked.
    to: String,
    /// The recipient's country.
    country: Option<String>,
    /// Why it was sent.
    purpose: String,
    /// The recipient's language.
    locale: String,
    /// Whether its code was used, where the caller told.
    used: Option<bool>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When its code ends.
    #[schema(value_type = String, format = DateTime)]
    expires_at: Timestamp,
    /// Every call of a connector for it.
    attempts: Vec<AttemptRow>,
    /// What providers reported of it, in the order of coming.
    reports: Vec<ReportRow>,
}

async fn view(app: &AppState, row: MessageRow) -> Result<MessageView, ApiError> {
    let attempts = app.parts.store.attempts(&row.id).await?;
    let reports = app.parts.store.reports(&row.id).await?;
    Ok(MessageView {
        id: row.id,
        verification: row.verification_id,
        status: row.status,
        source: row.source,
        subject: row.subject,
        why: (row.status == MessageStatus::NotSent).then_some(NOT_SENT),
        to: row.to_masked,
        country: row.country,
        purpose: row.purpose,
        locale: row.locale,
        used: row.used,
        created_at: row.created_at,
        expires_at: row.expires_at,
        attempts,
        reports,
    })
}

/// Which messages.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
struct ListParams {
    /// `next` of the page before.
    cursor: Option<String>,
    /// Messages of a page, 1 to 200; 50 unless given.
    limit: Option<u32>,
    /// Only of this verification.
    verification: Option<String>,
    /// Only those that this connector was asked for.
    connector: Option<String>,
    /// Only with this status.
    status: Option<MessageStatus>,
    /// Only those that this source asked for: `verification`, `api`, …
    source: Option<String>,
}

/// The log, newest first.
#[utoipa::path(get, path = "/v1/messages", tag = "Messages", params(ListParams), responses((status = 200, description = "`items`, `next`")))]
async fn list(
    State(app): State<AppState>,
    caller: Caller,
    Params(params): Params<ListParams>,
) -> Result<Response, ApiError> {
    let environment = caller.environment()?;
    let limit = params.limit.unwrap_or(50);
    if !(1..=200).contains(&limit) {
        return Err(ApiError::bad_request("`limit` is 1 to 200"));
    }
    let filter = MessageFilter {
        environment,
        before: params.cursor,
        limit: limit + 1,
        verification_id: params.verification,
        connector: params.connector,
        status: params.status,
        source: params.source,
    };
    let mut rows = app.parts.store.messages(filter).await?;
    let more = rows.len() > limit as usize;
    rows.truncate(limit as usize);
    let next = if more { rows.last().map(|row| row.id.clone()) } else { None };
    let mut items = Vec::new();
    for row in rows {
        items.push(view(&app, row).await?);
    }
    Ok(Json(json!({ "items": items, "next": next })).into_response())
}

/// One message with its attempts.
#[utoipa::path(get, path = "/v1/messages/{id}", tag = "Messages", params(("id" = String, Path)),
    responses((status = 200, body = MessageView), (status = 404, body = Problem)))]
async fn get(State(app): State<AppState>, caller: Caller, At(id): At<String>) -> Result<Json<MessageView>, ApiError> {
    let environment = caller.environment()?;
    let row = app.parts.store.message(&environment, &id).await?;
    let row = row.ok_or_else(|| ApiError::not_found("there is no message of this id in this environment"))?;
    view(&app, row).await.map(Json)
}
