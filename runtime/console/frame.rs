//! Around every page of the console: what a browser is told, and whom a form is taken from.
//!
//! The threat: another site that makes the browser of somebody who is signed in here send a form. There are no tokens:
//! a browser says itself where a request comes from (Fetch Metadata, `Sec-Fetch-Site`), and older ones send `Origin`
//! with every form. A request that changes something and says neither is refused; so is one from another site, and one
//! from another port of this host. The cookie is `SameSite=Lax` besides.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};

use super::refusal::Refusal;
use crate::api::error::ApiError;

/// Nothing but what comes from here: no inline script or style, no eval, no frame of another site.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    connect-src 'self'; font-src 'self'; frame-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/// Refuse what another site sends, and dress the answer.
pub(super) async fn frame(request: Request, next: Next) -> Response {
    let response = if is_foreign(request.method(), request.headers()) {
        let why = "this was sent by another site, or by a browser that does not say where it comes from";
        Refusal::from(ApiError::forbidden(why)).into_response()
    } else {
        next.run(request).await
    };
    dress(response)
}

fn dress(mut response: Response) -> Response {
    let headers = response.headers_mut();
    let set = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::REFERRER_POLICY, "same-origin"),
        (header::CACHE_CONTROL, "no-store"),
    ];
    for (name, value) in set {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    headers.insert("cross-origin-opener-policy", HeaderValue::from_static("same-origin"));
    headers.insert("permissions-policy", HeaderValue::from_static("camera=(), microphone=(), geolocation=()"));
    response
}

/// Whether another site may have made the browser send this.
pub(crate) fn is_foreign(method: &Method, headers: &HeaderMap) -> bool {
    if method.is_safe() {
        return false;
    }
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    match (text("sec-fetch-site"), text("origin"), text("host")) {
        (Some(site), _, _) => site != "same-origin" && site != "none",
        (None, Some(origin), Some(host)) => {
            // The scheme is left out: behind a proxy that ends TLS this service can't know it.
            origin.split_once("://").is_none_or(|(_, from)| !from.eq_ignore_ascii_case(host))
        }
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn foreign(method: Method, given: &[(&'static str, &str)]) -> bool {
        let mut headers = HeaderMap::new();
        for (name, value) in given {
            headers.insert(*name, value.parse().unwrap());
        }
        is_foreign(&method, &headers)
    }

    #[test]
    fn only_a_page_of_this_origin_may_change_something() {
        for own in [
            &[("sec-fetch-site", "same-origin")][..],
            &[("sec-fetch-site", "none"), ("origin", "null")],
            &[("origin", "http://127.0.0.1:8080"), ("host", "127.0.0.1:8080")],
            &[("origin", "https://console.example.com"), ("host", "Console.example.com")],
        ] {
            assert!(!foreign(Method::POST, own), "{own:?}");
        }
        for other in [
            &[][..],
            &[("host", "127.0.0.1:8080")],
            &[("sec-fetch-site", "cross-site"), ("origin", "http://127.0.0.1:8080"), ("host", "127.0.0.1:8080")],
            &[("sec-fetch-site", "same-site")],
            &[("origin", "http://127.0.0.1:9090"), ("host", "127.0.0.1:8080")],
            &[("origin", "null"), ("host", "127.0.0.1:8080")],
            &[("origin", "https://evil.example"), ("host", "127.0.0.1:8080")],
        ] {
            assert!(foreign(Method::POST, other) && foreign(Method::DELETE, other), "{other:?}");
        }
    }

    #[test]
    fn anybody_may_link_to_a_page() {
        assert!(!foreign(Method::GET, &[("sec-fetch-site", "cross-site")]));
    }
}
