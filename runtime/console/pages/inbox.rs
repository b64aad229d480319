//! The development phone: what came, newest first, live.

use std::convert::Infallible;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use futures_util::Stream;
use maud::{Markup, html};
use tokio::sync::broadcast::{Receiver, error::RecvError};

use crate::api::error::ApiError;
use crate::api::{At, Parts};
use crate::clock::{Clock, Timestamp};
use crate::console::refusal::Refusal;
use crate::console::shell::{self, Page, Place};
use crate::console::visit::Visit;
use crate::console::words::{inbox as words, nav};
use crate::inbox::Sms;

pub(super) fn routes() -> Router<Arc<Parts>> {
    Router::new().route("/environments/{env}/inbox", get(page)).route("/environments/{env}/inbox/live", get(live))
}

fn development(visit: &Visit, env: &str) -> Result<(), Refusal> {
    let has = visit.environment(env)?.is_development();
    if has { Ok(()) } else { Err(ApiError::not_found(words::ONLY_DEVELOPMENT).into()) }
}

async fn page(State(parts): State<Arc<Parts>>, visit: Visit, At(env): At<String>) -> Result<Response, Refusal> {
    development(&visit, &env)?;
    let messages = parts.inbox.list();
    let demo = shell::action("", &format!("/demo/{env}"), words::DEMO);
    let page = Page {
        title: nav::INBOX,
        place: Some(Place::Inbox),
        environment: Some(env.clone()),
        lead: Some(html! { (words::LEAD) }),
        actions: Some(demo),
        ..Page::default()
    };
    let content = html! {
        div.row {
            span.meta data-live-state="#messages" {}
            button.button.small type="button" data-live-pause="#messages" hidden { (words::PAUSE) }
        }
        @if messages.is_empty() { (shell::empty(words::EMPTY, None)) }
        ul #messages.sms-list aria-label=(words::MESSAGES) aria-live="polite" data-live={ "/console/environments/" (env) "/inbox/live" } {
            @for sms in &messages { (item(sms, visit.now)) }
        }
    };
    Ok(visit.page(&page, &content))
}

fn item(sms: &Sms, now: Timestamp) -> Markup {
    html! {
        li.card.sms {
            p.meta {
                strong { (sms.to) } " · " (sms.purpose) " · "
                @if let Some(sender) = &sms.sender { (words::FROM) " " (sender) " · " }
                (shell::time(sms.received_at, now))
            }
            p.sms-text { (sms.text) }
        }
    }
}

/// Each new SMS as the same piece of HTML that the page is made of.
async fn live(State(parts): State<Arc<Parts>>, visit: Visit, At(env): At<String>) -> Result<Response, Refusal> {
    development(&visit, &env)?;
    let events = events(parts.inbox.subscribe(), parts.clock.clone());
    Ok(Sse::new(events).keep_alive(KeepAlive::default()).into_response())
}

fn events(arrived: Receiver<Sms>, clock: Clock) -> impl Stream<Item = Result<Event, Infallible>> {
    futures_util::stream::unfold((arrived, clock), |(mut arrived, clock)| async {
        loop {
            match arrived.recv().await {
                Ok(sms) => {
                    let markup = item(&sms, clock.now()).into_string();
                    return Some((Ok(Event::default().data(markup)), (arrived, clock)));
                }
                // Too slow for a flood: what was missed is there after a reload.
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return None,
            }
        }
    })
}
