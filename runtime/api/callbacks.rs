//! `/callbacks/{environment}/{connector}/{token}`: where providers report. Any method, no key: the token is one.
//!
//! The threat: the answer is the component's word, shown under our name. So it is never anything that a browser would
//! run: a few inert types, and a policy that forbids the rest.

use axum::Router;
use axum::body::Bytes;
use axum::extract::{OriginalUri, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::any;

use super::AppState;
use super::body::At;
use super::error::ApiError;
use crate::connector::contract::{Answer, Callback, Pair};

pub(super) fn routes() -> Router<AppState> {
    Router::new().route("/callbacks/{env}/{connector}/{token}", any(call))
}

async fn call(
    State(app): State<AppState>,
    At((env, connector, token)): At<(String, String, String)>,
    OriginalUri(uri): OriginalUri,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Response, ApiError> {
    let path = uri.path_and_query().map_or_else(|| uri.path(), |both| both.as_str());
    let callback = Callback {
        method: method.as_str().to_owned(),
        url: app.parts.callbacks.called(path),
        headers: headers.iter().map(pair).collect(),
        body: body.into(),
    };
    let answered = app.parts.otp.callback(&env, &connector, &token, callback).await;
    answered.map(answer).map_err(|error| app.otp_error(error))
}

fn pair((name, value): (&header::HeaderName, &HeaderValue)) -> Pair {
    Pair { name: name.as_str().to_owned(), value: String::from_utf8_lossy(value.as_bytes()).into_owned() }
}

/// What providers read: everything else goes out as text.
const TYPES: [&str; 5] =
    ["application/json", "application/xml", "text/plain", "text/xml", "application/x-www-form-urlencoded"];

fn answer(answer: Answer) -> Response {
    let status = StatusCode::from_u16(answer.status).ok().filter(|status| !status.is_informational());
    let mut response = (status.unwrap_or(StatusCode::OK), answer.body).into_response();
    let essence = answer.content_type.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    let kind = TYPES
        .iter()
        .find(|known| **known == essence)
        .map_or_else(|| HeaderValue::from_static("text/plain; charset=utf-8"), |known| HeaderValue::from_static(known));
    response.headers_mut().insert(header::CONTENT_TYPE, kind);
    let policy = HeaderValue::from_static("sandbox; default-src 'none'");
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, policy);
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_component_answers_is_never_a_page() {
        let told = |status, content_type: &str| {
            let response = answer(Answer { status, content_type: content_type.into(), body: b"<script>".to_vec() });
            let header = |name| response.headers().get(name).unwrap().to_str().unwrap().to_owned();
            (response.status().as_u16(), header(header::CONTENT_TYPE), header(header::CONTENT_SECURITY_POLICY))
        };
        let (sandbox, text) = ("sandbox; default-src 'none'".to_owned(), "text/plain; charset=utf-8".to_owned());
        assert_eq!(told(200, "text/html"), (200, text.clone(), sandbox.clone()));
        assert_eq!(told(204, "image/svg+xml"), (204, text.clone(), sandbox.clone()));
        assert_eq!(told(400, "Application/JSON; charset=utf-8"), (400, "application/json".into(), sandbox.clone()));
        assert_eq!(told(101, ""), (200, text.clone(), sandbox.clone()));
        assert_eq!(told(9, "\r\nset-cookie: a=b"), (200, text, sandbox));
    }
}
