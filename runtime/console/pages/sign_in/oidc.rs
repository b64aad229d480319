//! Signing in at the identity provider: there, and back.

use std::sync::Arc;

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::{Extensions, HeaderMap};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use maud::html;

use super::{browser, enter, failed, local, not_too_often, query};
use crate::api::Parts;
use crate::api::error::ApiError;
use crate::console::refusal::{self, Refusal};
use crate::console::words::sign_in as words;
use crate::console::{session, shell};
use crate::people::oidc::{Answer, CALLBACK, Oidc, OidcError};

pub(super) fn routes() -> Router<Arc<Parts>> {
    Router::new().route("/sign-in/oidc", get(there)).route("/sign-in/oidc/callback", get(back))
}

fn provider(parts: &Parts) -> Result<&Oidc, Refusal> {
    Ok(parts.oidc.as_ref().ok_or_else(|| ApiError::not_found(words::NO_PROVIDER))?)
}

async fn there(
    State(parts): State<Arc<Parts>>,
    extensions: Extensions,
    headers: HeaderMap,
    asked: RawQuery,
) -> Result<Response, Refusal> {
    let oidc = provider(&parts)?;
    not_too_often(&parts, &extensions)?;
    let asked = query(asked);
    let redirect = format!("{}{CALLBACK}", parts.base(&headers));
    match oidc.begin(&redirect, local(asked.get("next"))).await {
        Ok(beginning) => {
            let mut response = Redirect::to(&beginning.url).into_response();
            let is_secure = session::is_secure(&extensions);
            session::keep_login(response.headers_mut(), Some(beginning.cookie.expose()), is_secure);
            Ok(response)
        }
        Err(error) => Ok(not_signed_in(error)),
    }
}

async fn back(
    State(parts): State<Arc<Parts>>,
    extensions: Extensions,
    headers: HeaderMap,
    asked: RawQuery,
) -> Result<Response, Refusal> {
    let oidc = provider(&parts)?;
    let address = not_too_often(&parts, &extensions)?;
    let (asked, is_secure) = (query(asked), session::is_secure(&extensions));
    let answer = Answer {
        code: asked.get("code"),
        state: asked.get("state"),
        error: asked.get("error"),
        issuer: asked.get("iss"),
    };
    let begun = session::login(&headers, is_secure).unwrap_or_default();
    let mut response = match oidc.finish(&answer, &begun, browser(&headers)).await {
        Ok((new, next)) => enter(&parts, &extensions, &headers, &new, local(Some(&next))).await?,
        Err(error) => {
            if is_a_try(&error) {
                failed(&parts, address);
            }
            not_signed_in(error)
        }
    };
    // Once, whatever came of it.
    session::keep_login(response.headers_mut(), None, is_secure);
    Ok(response)
}

/// Whether it counts as a wrong key does. Any page can send any browser to this address: what that browser did not begin
/// is no try of its owner's, and must not lock him out.
fn is_a_try(error: &OidcError) -> bool {
    !matches!(error, OidcError::NotBegun | OidcError::Unreachable | OidcError::Store(_))
}

fn not_signed_in(error: OidcError) -> Response {
    let error = ApiError::from(error);
    let content = html! {
        h1 { (words::NOT_SIGNED_IN) }
        p { (error.problem().detail) }
        p { (shell::action("primary", "/console/sign-in", words::AGAIN)) }
    };
    (refusal::status(error.problem()), shell::bare(words::NOT_SIGNED_IN, &content)).into_response()
}
