//! Twilio's own addresses: Verify v2 under `/v2`, Messages under `/2010-04-01`. Its clients change their base URL.
//!
//! Everything here answers in Twilio's shape, also what there is not and what went wrong.

mod caller;
mod credentials;
mod messages;
mod verify;

use axum::Json;
use axum::Router;
use axum::body::Bytes;
use axum::extract::{FromRequest, FromRequestParts, OriginalUri, Request};
use axum::http::request::Parts;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get, post};
use serde_json::Value;

use super::AppState;
use crate::twilio::{Fault, Form, Kind};
use caller::Caller;

pub(super) use credentials::routes as credentials;

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/v2/Services", get(verify::list).post(verify::create))
        .route("/v2/Services/{service}", get(verify::fetch).post(verify::update))
        .route("/v2/Services/{service}/Verifications", post(verify::send))
        .route("/v2/Services/{service}/Verifications/{key}", get(verify::fetch_sent).post(verify::end))
        .route("/v2/Services/{service}/VerificationCheck", post(verify::check))
        .route("/2010-04-01/Accounts/{account}/Messages.json", get(messages::list).post(messages::create))
        .route("/2010-04-01/Accounts/{account}/Messages/{message}", get(messages::fetch).delete(messages::delete))
        .route("/2010-04-01/Accounts/{account}", get(messages::account))
        .route("/v2/{*rest}", any(nothing))
        .route("/2010-04-01/{*rest}", any(nothing))
        .method_not_allowed_fallback(|| async { Fault::new(Kind::MethodNotAllowed) })
}

/// What Twilio has and we don't.
async fn nothing(_caller: Caller, OriginalUri(uri): OriginalUri) -> Fault {
    Fault::not_found(uri.path())
}

impl IntoResponse for Fault {
    fn into_response(self) -> Response {
        let status = StatusCode::from_u16(self.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let mut response = (status, Json(self.body())).into_response();
        let headers = response.headers_mut();
        if let Some(seconds) = self.retry_after_seconds() {
            headers.insert(header::RETRY_AFTER, seconds.into());
        }
        if self.kind() == Kind::Authenticate {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Basic realm=\"Twilio API\""));
        }
        response
    }
}

impl FromRequest<AppState> for Form {
    type Rejection = Fault;

    async fn from_request(request: Request, state: &AppState) -> Result<Self, Fault> {
        let kind =
            request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let essence = kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        if !matches!(essence.as_str(), "" | "application/x-www-form-urlencoded") {
            let form = "the body is sent as `application/x-www-form-urlencoded`";
            return Err(Fault::with(Kind::UnknownParameters, form));
        }
        let large = |_| Fault::with(Kind::UnknownParameters, "the body can't be read, or is too large");
        Self::parse(&Bytes::from_request(request, state).await.map_err(large)?)
    }
}

/// A query, read as a form.
struct Asked(Form);

impl FromRequestParts<AppState> for Asked {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, _: &AppState) -> Result<Self, Fault> {
        Form::parse(parts.uri.query().unwrap_or_default().as_bytes()).map(Self)
    }
}

/// Parts of the path; what can't be decoded names nothing.
struct Named<T>(T);

impl<T: serde::de::DeserializeOwned + Send> FromRequestParts<AppState> for Named<T> {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Fault> {
        let path = parts.uri.path().to_owned();
        let found = axum::extract::Path::from_request_parts(parts, state).await;
        found.map(|axum::extract::Path(value)| Self(value)).map_err(|_| Fault::not_found(&path))
    }
}

/// Where the caller reaches us: the configured address, or the one that he called.
struct Base(String);

impl FromRequestParts<AppState> for Base {
    type Rejection = Fault;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, Fault> {
        let server = &state.parts.config.server;
        if let Some(url) = &server.public_url {
            return Ok(Self(url.as_str().trim_end_matches('/').to_owned()));
        }
        let called = parts.uri.authority().map(|authority| authority.as_str().to_owned());
        let host = parts.headers.get(header::HOST).and_then(|value| value.to_str().ok());
        Ok(Self(format!("{}://{}", server.scheme(), called.as_deref().or(host).unwrap_or("localhost"))))
    }
}

/// Work that is finished even if its caller hangs up.
async fn apart<T: IntoResponse + Send + 'static>(
    done: StatusCode,
    work: impl Future<Output = Result<T, Fault>> + Send + 'static,
) -> Result<Response, Fault> {
    let value = tokio::spawn(crate::traces::carried(work)).await.unwrap_or_else(|error| {
        tracing::error!(%error, "a request of the Twilio façade panicked");
        Err(Fault::new(Kind::Internal))
    })?;
    Ok((done, value).into_response())
}

type Answer = Result<Json<Value>, Fault>;
