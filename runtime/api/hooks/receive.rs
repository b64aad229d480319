//! `POST /hooks/{env}/{name}`, and with the key as a last part: where senders call.
//!
//! The threat: somebody who guesses. Wrong keys and signatures are counted by address, and who had too many is told to
//! wait; but a right one always passes, so that nobody can lock a login out from behind the same proxy. No hook, a wrong
//! key and a wrong signature are one answer.

use std::net::IpAddr;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use axum::{Extension, Router};

use super::super::AppState;
use super::super::body::At;
use super::super::error::ApiError;
use super::super::server::Client;
use crate::hooks::{Answer, Call, HookError, Sender, answer};
use crate::secret::Secret;
use crate::store::MessageStatus;

/// What Supabase sends at most; the others send less.
const BODY_BYTES_MAX: usize = 200 << 10;

pub(in crate::api) fn routes() -> Router<AppState> {
    Router::new()
        .route("/hooks/{env}/{name}", post(without_key))
        .route("/hooks/{env}/{name}/{key}", post(with_key))
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
}

type Received = Result<Bytes, BytesRejection>;

async fn without_key(
    State(app): State<AppState>,
    Extension(client): Extension<Client>,
    At((env, name)): At<(String, String)>,
    headers: HeaderMap,
    body: Received,
) -> Response {
    receive(app, client.address, (env, name, None), headers, body).await
}

async fn with_key(
    State(app): State<AppState>,
    Extension(client): Extension<Client>,
    path: Result<Path<(String, String, String)>, axum::extract::rejection::PathRejection>,
    headers: HeaderMap,
    body: Received,
) -> Response {
    // A key that can't be decoded is a wrong one.
    let Ok(Path((env, name, key))) = path else { return stranger(&app, client.address).into_response() };
    receive(app, client.address, (env, name, Some(Secret::new(key))), headers, body).await
}

async fn receive(
    app: AppState,
    peer: IpAddr,
    (env, name, path_key): (String, String, Option<Secret<String>>),
    headers: HeaderMap,
    body: Received,
) -> Response {
    let body = match body {
        Ok(body) => body,
        Err(rejection) => return super::super::body::unreadable(&rejection).into_response(),
    };
    let call = Call { headers, path_key, body };
    let known = match app.parts.hooks.known(&env, &name, &call).await {
        Ok(known) => known,
        Err(HookError::Stranger) => return stranger(&app, peer).into_response(),
        Err(error) => return ApiError::from(error).into_response(),
    };
    let sender = known.sender;
    // Apart from the connection: a sender that hangs up tears nothing in two.
    let work = async move {
        let sent = app.parts.hooks.send(&known, &call).await.map_err(|error| match error {
            HookError::Otp(error) => app.otp_error(error),
            other => other.into(),
        })?;
        match sent.delivered.status {
            MessageStatus::Refused => Err(ApiError::message_refused(&sent.id, &sent.delivered)),
            _ => Ok(sent.id),
        }
    };
    match tokio::spawn(crate::traces::carried(work)).await {
        Ok(Ok(id)) => shaped(answer::taken(sender, &id), StatusCode::OK, None),
        Ok(Err(error)) => refused(sender, error),
        Err(fault) => refused(sender, ApiError::internal(&fault)),
    }
}

fn stranger(app: &AppState, peer: IpAddr) -> ApiError {
    app.strangers.count(peer);
    match app.strangers.blocked(peer) {
        Some(seconds) => ApiError::throttled("too many calls with a wrong key or signature from this address", seconds),
        None => HookError::Stranger.into(),
    }
}

fn refused(sender: Sender, error: ApiError) -> Response {
    let shape = answer::refused(sender, &error.fault_of_hook());
    let status = error.status();
    shaped(shape, status, Some(error))
}

/// In the sender's shape. Every answer has a content type: Supabase takes none without.
fn shaped(answer: Answer, status: StatusCode, error: Option<ApiError>) -> Response {
    match (answer, error) {
        (Answer::Json(value), _) => axum::Json(value).into_response(),
        (Answer::Text(text), error) => {
            let mut response = (status, text).into_response();
            let told = error.map(ApiError::into_response);
            let retry = told.as_ref().and_then(|told| told.headers().get(header::RETRY_AFTER).cloned());
            if let Some(retry) = retry {
                response.headers_mut().insert(header::RETRY_AFTER, retry);
            }
            response
        }
        (Answer::Problem, Some(error)) => error.into_response(),
        (Answer::Problem, None) => status.into_response(),
    }
}
