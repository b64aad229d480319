//! Around every page of the demo: what a browser is told, and whom a form is taken from.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::visit::Stop;
use crate::api::error::ApiError;
use crate::console::frame::is_foreign;

/// Nothing but what comes from here; only this very service may show it in a frame.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; base-uri 'none'; \
    form-action 'self'; frame-ancestors 'self'";
/// The same of a page that can do nothing.
const PREVIEW: &str =
    "default-src 'none'; style-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

/// Refuse what another site sends, by the console's rule, and dress the answer.
pub(super) async fn frame(request: Request, next: Next) -> Response {
    let mut response = if is_foreign(request.method(), request.headers()) {
        let why = "this was sent by another site, or by a browser that does not say where it comes from";
        Stop::from(ApiError::forbidden(why)).into_response()
    } else {
        next.run(request).await
    };
    dress(response.headers_mut(), POLICY);
    response
}

/// What is said without any of its pages.
pub(super) fn dressed(mut response: Response) -> Response {
    dress(response.headers_mut(), POLICY);
    response
}

/// What a browser is told of the preview.
pub(super) fn dress_preview(headers: &mut HeaderMap) {
    dress(headers, PREVIEW);
}

fn dress(headers: &mut HeaderMap, policy: &'static str) {
    headers.insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(policy));
    // A form of one's own site says so by its `Origin`, which `no-referrer` would make `null`.
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("same-origin"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert("permissions-policy", HeaderValue::from_static("camera=(), microphone=(), geolocation=()"));
}
