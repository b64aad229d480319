//! Signing in, with an admin key or with a link that works once, and out.

use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::request::Parts as Head;
use axum::http::{Extensions, HeaderMap, header};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use maud::{Markup, html};
use serde_json::json;

use super::preferences::local;
use crate::api::error::ApiError;
use crate::api::{Client, Parts};
use crate::audit::{Entry, action};
use crate::console::posted::Posted;
use crate::console::refusal::{self, Refusal};
use crate::console::session;
use crate::console::shell::{self, Field, Notice};
use crate::console::words::sign_in as words;
use crate::people::{NewSession, PeopleError};

mod oidc;

pub(super) fn routes() -> Router<Arc<Parts>> {
    oidc::routes()
        .route("/sign-in", get(ask).post(with_key))
        .route("/sign-in/link", get(ask_link).post(with_link))
        .route("/sign-out", post(sign_out))
}

fn query(RawQuery(query): RawQuery) -> Posted {
    Posted::parse(query.unwrap_or_default().as_bytes())
}

async fn ask(State(parts): State<Arc<Parts>>, asked: RawQuery, head: Head) -> Result<Response, Refusal> {
    let asked = query(asked);
    let next = local(asked.get("next"));
    if let Some(token) = session::session(&head)
        && parts.people.visitor(&token, parts.clock.now()).await?.is_some()
    {
        return Ok(Redirect::to(next).into_response());
    }
    let done = (asked.get("done") == Some("signed-out")).then(|| Notice::Done(html! { (words::SIGNED_OUT) }));
    Ok(form(&parts, next, None, done.as_ref()).into_response())
}

async fn with_key(
    State(parts): State<Arc<Parts>>,
    extensions: Extensions,
    headers: HeaderMap,
    posted: Posted,
) -> Result<Response, Refusal> {
    let next = local(posted.get("next"));
    let address = not_too_often(&parts, &extensions)?;
    let signed_in = match posted.word("/key") {
        Some(key) => parts.people.sign_in_with_key(key, browser(&headers)).await.map_err(|error| {
            count(&parts, address, &error);
            ApiError::from(error)
        }),
        None => Err(ApiError::field("/key", words::KEY_MISSING)),
    };
    match signed_in {
        Ok(new) => Ok(enter(&parts, &extensions, &headers, &new, next).await?),
        Err(error) => {
            let problem = error.problem();
            let fault = problem.errors.first().map(|fault| fault.detail.as_str());
            match fault {
                Some(fault) => Ok((refusal::status(problem), form(&parts, next, Some(fault), None)).into_response()),
                None => Err(error.into()),
            }
        }
    }
}

/// Whoever previews links may look at this: only the button uses it up.
async fn ask_link(State(parts): State<Arc<Parts>>, asked: RawQuery) -> Result<Response, Refusal> {
    let asked = query(asked);
    let token = asked.get("token").unwrap_or_default();
    if !parts.people.link_works(token).await? {
        return Ok(spent());
    }
    let content = html! {
        h1 { (words::TITLE) }
        p { (words::LINK_TEXT) }
        form.stack method="post" action="/console/sign-in/link" {
            input type="hidden" name="token" value=(token);
            (shell::button("primary", "sign-in", "now", words::SIGN_IN, Some(words::SIGNING_IN), None))
        }
    };
    Ok(shell::bare(words::TITLE, &content).into_response())
}

async fn with_link(
    State(parts): State<Arc<Parts>>,
    extensions: Extensions,
    headers: HeaderMap,
    posted: Posted,
) -> Result<Response, Refusal> {
    let address = not_too_often(&parts, &extensions)?;
    match parts.people.sign_in_with_link(posted.get("token").unwrap_or_default(), browser(&headers)).await {
        Ok(new) => Ok(enter(&parts, &extensions, &headers, &new, "/console").await?),
        Err(error @ PeopleError::SpentLink) => {
            count(&parts, address, &error);
            Ok(spent())
        }
        Err(error) => Err(error.into()),
    }
}

async fn sign_out(
    State(parts): State<Arc<Parts>>,
    extensions: Extensions,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    let is_secure = session::is_secure(&extensions);
    if let Some(token) = session::token(&headers, is_secure) {
        parts.people.sign_out(&token).await?;
    }
    let mut response = Redirect::to("/console/sign-in?done=signed-out").into_response();
    session::take(response.headers_mut(), is_secure);
    Ok(response)
}

/// Into the console. The session that this browser had before ends: nobody gathers them.
async fn enter(
    parts: &Parts,
    extensions: &Extensions,
    headers: &HeaderMap,
    new: &NewSession,
    next: &str,
) -> Result<Response, Refusal> {
    let is_secure = session::is_secure(extensions);
    if let Some(old) = session::token(headers, is_secure) {
        parts.people.sign_out(&old).await?;
    }
    let mut response = Redirect::to(next).into_response();
    session::give(response.headers_mut(), new, is_secure);
    let (actor, how) = (&new.session.actor, json!({ "how": new.session.how }));
    parts.audit.record(actor, Entry::of(action::SESSION_BEGIN).to(new.session.id.clone()).with(how)).await;
    Ok(response)
}

/// Wrong keys count together with those that the API was sent.
fn not_too_often(parts: &Parts, extensions: &Extensions) -> Result<Option<IpAddr>, Refusal> {
    let address = extensions.get::<Client>().map(|client| client.address);
    match address.and_then(|address| parts.failures.blocked(address)) {
        Some(seconds) => Err(ApiError::throttled(words::TOO_OFTEN, seconds).into()),
        None => Ok(address),
    }
}

fn count(parts: &Parts, address: Option<IpAddr>, error: &PeopleError) {
    if matches!(error, PeopleError::UnknownKey | PeopleError::SpentLink) {
        failed(parts, address);
    }
}

fn failed(parts: &Parts, address: Option<IpAddr>) {
    if let Some(address) = address {
        parts.failures.count(address);
    }
}

fn browser(headers: &HeaderMap) -> &str {
    headers.get(header::USER_AGENT).and_then(|value| value.to_str().ok()).unwrap_or_default()
}

fn form(parts: &Parts, next: &str, fault: Option<&str>, notice: Option<&Notice>) -> Markup {
    let field = Field { id: "key", label: words::KEY, hint: Some(words::KEY_HINT), required: None, error: fault };
    let control = html! {
        input #key type="password" name="/key" required autocomplete="current-password" spellcheck="false"
            autofocus[fault.is_none()] aria-describedby=[field.described_by()] aria-invalid=[fault.map(|_| "true")];
    };
    let faults: Vec<_> =
        fault.map(|text| ("key".to_owned(), words::KEY.to_owned(), text.to_owned())).into_iter().collect();
    let content = html! {
        h1 { (words::TITLE) }
        @if let Some(given) = notice { (shell::notice(given)) }
        (shell::errors(&faults))
        // A link and no form: a browser lets no form of this page lead to another site.
        @if let Some(oidc) = &parts.oidc {
            p { (shell::action("primary", &format!("/console/sign-in/oidc?next={}", shell::encoded(next)), &words::with(oidc.name()))) }
            h2 { (words::OR) }
        }
        form.stack method="post" action="/console/sign-in" {
            input type="hidden" name="next" value=(next);
            (shell::field(&field, &control))
            (shell::button("primary", "sign-in", "now", words::SIGN_IN, Some(words::SIGNING_IN), None))
        }
        section.section {
            h2 { (words::NO_KEY) }
            p { (words::NO_KEY_TEXT) }
            (shell::copy_field("command", words::COMMAND))
        }
    };
    shell::bare(words::TITLE, &content)
}

fn spent() -> Response {
    let content = html! {
        h1 { (words::LINK_SPENT) }
        p { (words::LINK_SPENT_TEXT) }
        p { (shell::action("primary", "/console/sign-in", words::WITH_A_KEY)) }
    };
    let status = refusal::status(ApiError::from(PeopleError::SpentLink).problem());
    (status, shell::bare(words::LINK_SPENT, &content)).into_response()
}
