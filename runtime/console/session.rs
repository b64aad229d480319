//! What a browser holds of a session: a cookie that no script can read and no other site's form brings along.
//!
//! Over TLS it is bound to this very host (`__Host-`), and only that one counts: a cookie that somebody slipped in by plain
//! HTTP, or from a neighbouring name, is none.

use axum::http::request::Parts as Head;
use axum::http::{Extensions, HeaderMap, HeaderValue, header};
use cookie::{Cookie, SameSite};

use super::visit::cookie;
use crate::api::Client;
use crate::people::NewSession;
use crate::people::oidc::LOGIN_LIFE;

/// The name of the cookie that holds a session.
pub(super) const fn cookie_name(is_secure: bool) -> &'static str {
    if is_secure { "__Host-Countersign" } else { "Countersign" }
}

/// Whether a request came by TLS, as far as that is known.
pub(super) fn is_secure(extensions: &Extensions) -> bool {
    extensions.get::<Client>().is_some_and(|client| client.is_secure)
}

/// The token that a request brings.
pub(super) fn session(head: &Head) -> Option<String> {
    token(&head.headers, is_secure(&head.extensions))
}

/// The token among these headers.
pub(super) fn token(headers: &HeaderMap, is_secure: bool) -> Option<String> {
    cookie(headers, cookie_name(is_secure))
}

/// Give a browser its session.
pub(super) fn give(headers: &mut HeaderMap, new: &NewSession, is_secure: bool) {
    let life = cookie::time::Duration::try_from(new.life()).unwrap_or_default();
    set(headers, Cookie::build((cookie_name(is_secure), new.token.expose().clone())).max_age(life), is_secure);
}

/// Let a browser forget its session.
pub(super) fn take(headers: &mut HeaderMap, is_secure: bool) {
    set(headers, Cookie::build(cookie_name(is_secure)).removal(), is_secure);
}

/// The name of the cookie that holds what a browser began at the identity provider.
const fn login_name(is_secure: bool) -> &'static str {
    if is_secure { "__Host-Countersign-Login" } else { "Countersign-Login" }
}

/// What this browser began at the identity provider.
pub(super) fn login(headers: &HeaderMap, is_secure: bool) -> Option<String> {
    cookie(headers, login_name(is_secure))
}

/// Let a browser keep what it began; with nothing, forget it.
pub(super) fn keep_login(headers: &mut HeaderMap, sealed: Option<&str>, is_secure: bool) {
    let life = cookie::time::Duration::try_from(LOGIN_LIFE).unwrap_or_default();
    let cookie = match sealed {
        Some(sealed) => Cookie::build((login_name(is_secure), sealed.to_owned())).max_age(life),
        None => Cookie::build(login_name(is_secure)).removal(),
    };
    set(headers, cookie, is_secure);
}

fn set(headers: &mut HeaderMap, cookie: cookie::CookieBuilder<'_>, is_secure: bool) {
    // `Lax`: somebody who follows a link to a page here is signed in there, and a form of another site is not.
    let cookie = cookie.path("/").http_only(true).same_site(SameSite::Lax).secure(is_secure).build();
    if let Ok(value) = HeaderValue::from_str(&cookie.to_string()) {
        headers.append(header::SET_COOKIE, value);
    }
}
