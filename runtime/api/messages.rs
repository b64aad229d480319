//! `/v1/messages`: delivery only, and the log.

use std::net::IpAddr;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use futures_util::Stream;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::AppState;
use super::auth::Caller;
use super::body::{At, Body, Params};
use super::error::{ApiError, Problem};
use super::once::once;
use super::prefer;
use super::verifications::proof;
use crate::connector::contract::Pair;
use crate::log::{LogPage, LogParams, MessageView};
use crate::otp::{Content, Message};
use crate::secret::Secret;
use crate::store::{MessageStatus, SOURCE_API, StoreError};

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
    /// What shows that a person asks, where the environment's attestation asks for it. 1 to 4096 characters of printable
    /// ASCII; kept nowhere.
    #[serde(default)]
    attestation: Option<String>,
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
    responses((status = 201, description = "`id`, `status`, `delivery`"), (status = 202, description = "`id`, `status`, `delivery`"), (status = 403, body = Problem), (status = 409, body = Problem), (status = 422, body = Problem), (status = 429, body = Problem), (status = 502, body = Problem)))]
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
        proof: proof(value.attestation),
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

/// A page of the log.
#[derive(Serialize, ToSchema)]
struct MessageList {
    /// The newest first.
    items: Vec<MessageView>,
    /// `cursor` of the next page; null if there is none.
    next: Option<String>,
    /// `newer` of the page before; null if this is the first.
    prev: Option<String>,
}

/// The log, newest first; as a table (`text/csv`) if that is asked for. Filters are quick by index for status, connector,
/// country, purpose, verification and time; a filter that nothing fits is slower the more it has to read, so give `from`
/// where the log is large. In the table a cell that a spreadsheet would take for a formula begins with `'`, also a number's
/// `+`.
#[utoipa::path(get, path = "/v1/messages", tag = "Messages", params(LogParams), responses(
    (status = 200, content((MessageList = "application/json"), (String = "text/csv"))), (status = 400, body = Problem)))]
async fn list(
    State(app): State<AppState>,
    caller: Caller,
    headers: HeaderMap,
    Params(params): Params<LogParams>,
) -> Result<Response, ApiError> {
    let environment = caller.environment()?;
    let filter = params.filter(&environment)?;
    let accepts = headers.get(header::ACCEPT).and_then(|accepts| accepts.to_str().ok()).unwrap_or_default();
    if params.is_csv(accepts)? {
        return Ok(table(app.parts.log().export(filter), &environment));
    }
    let LogPage { items, next, prev } = app.parts.log().page(filter).await?;
    Ok(Json(MessageList { items, next, prev }).into_response())
}

/// A table as a file to keep.
pub(crate) fn table(
    pieces: impl Stream<Item = Result<String, StoreError>> + Send + 'static,
    environment: &str,
) -> Response {
    let name = format!("attachment; filename=\"messages-{environment}.csv\"");
    let kind = "text/csv; charset=utf-8; header=present".to_owned();
    let headers = [(header::CONTENT_TYPE, kind), (header::CONTENT_DISPOSITION, name)];
    (headers, axum::body::Body::from_stream(pieces)).into_response()
}

/// One message with its attempts.
#[utoipa::path(get, path = "/v1/messages/{id}", tag = "Messages", params(("id" = String, Path)),
    responses((status = 200, body = MessageView), (status = 404, body = Problem)))]
async fn get(State(app): State<AppState>, caller: Caller, At(id): At<String>) -> Result<Json<MessageView>, ApiError> {
    let environment = caller.environment()?;
    let found = app.parts.log().one(&environment, &id).await?;
    found.map(Json).ok_or_else(|| ApiError::not_found("there is no message of this id in this environment"))
}
