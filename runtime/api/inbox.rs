//! The development phone: `/inbox` for people, live, and the same as JSON.

use std::convert::Infallible;

use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use axum::{Extension, Json};
use futures_util::Stream;
use maud::{Markup, html};
use serde_json::Value;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::AppState;
use super::auth::Caller;
use super::body::At;
use super::error::{ApiError, Problem};
use super::lists::whole_list;
use super::pages::page;
use super::server::Client;
use crate::inbox::Sms;

pub(super) fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .route("/inbox", axum::routing::get(inbox))
        .route("/inbox/live", axum::routing::get(live))
}

/// What the development phone received, newest first. Kept in memory only.
#[utoipa::path(get, path = "/v1/environments/{env}/inbox", tag = "Environments", params(("env" = String, Path)),
    responses((status = 200, description = "`items`, `next`"), (status = 404, body = Problem)))]
async fn list(State(app): State<AppState>, caller: Caller, At(env): At<String>) -> Result<Json<Value>, ApiError> {
    caller.require_admin()?;
    let row = app.parts.store.environment(&env).await?;
    if !row.is_some_and(|row| row.is_development()) {
        return Err(ApiError::not_found(format!("there is no development environment `{env}`")));
    }
    Ok(whole_list(app.parts.inbox.list()))
}

/// Codes of development only, but codes: shown without a key to this machine alone, and to nobody through a proxy on it.
fn local_only(app: &AppState, client: Option<Extension<Client>>) -> Result<(), ApiError> {
    let why = match client {
        Some(Extension(client)) if app.is_local() && client.is_here => return Ok(()),
        _ if app.is_local() => {
            "the inbox page is for this machine alone, under one of its own names and not through a proxy"
        }
        _ => "this service listens beyond loopback, where the inbox page is closed",
    };
    Err(ApiError::forbidden(format!(
        "{why}; read it as JSON with an admin key: GET /v1/environments/development/inbox"
    )))
}

async fn inbox(State(app): State<AppState>, client: Option<Extension<Client>>) -> Result<Response, ApiError> {
    local_only(&app, client)?;
    let messages = app.parts.inbox.list();
    let body = html! {
        header {
            h1 { "Inbox" }
            p.quiet { "Every SMS that the " code { "inbox" } " connector sent. Kept in memory; gone with the service." }
        }
        div #messages aria-live="polite" { @for sms in &messages { (card(sms)) } }
        @if messages.is_empty() {
            section #empty .empty {
                p { "Nothing yet. Send a code:" }
                pre { "curl -s " (app.address()) "/v1/verifications \\\n  -H \"authorization: Bearer $KEY\" -H 'content-type: application/json' \\\n  -d '{\"to\": \"+14155550123\"}'" }
            }
        }
        noscript { p.quiet { a href="/inbox" { "Reload" } " to see what came since." } }
        script src="/assets/inbox.js" {}
    };
    Ok(page("Inbox", &body).into_response())
}

fn card(sms: &Sms) -> Markup {
    html! {
        article.sms {
            div.meta {
                strong { (sms.to) }
                span { (sms.purpose) }
                @if let Some(sender) = &sms.sender { span { "from " (sender) } }
                time datetime=(sms.received_at) { (sms.received_at) }
            }
            p { (sms.text) }
        }
    }
}

/// Each new SMS as the same piece of HTML that the page is made of.
async fn live(State(app): State<AppState>, client: Option<Extension<Client>>) -> Result<Response, ApiError> {
    local_only(&app, client)?;
    Ok(Sse::new(events(app.parts.inbox.subscribe())).keep_alive(KeepAlive::default()).into_response())
}

fn events(arrived: tokio::sync::broadcast::Receiver<Sms>) -> impl Stream<Item = Result<Event, Infallible>> {
    futures_util::stream::unfold(arrived, |mut arrived| async {
        loop {
            match arrived.recv().await {
                Ok(sms) => return Some((Ok(Event::default().data(card(&sms).into_string())), arrived)),
                // Too slow for a flood: what was missed is there after a reload.
                Err(tokio::sync::broadcast::error::RecvError::Lagged(_)) => {}
                Err(tokio::sync::broadcast::error::RecvError::Closed) => return None,
            }
        }
    })
}
