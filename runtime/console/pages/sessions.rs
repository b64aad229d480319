//! Where people are signed in: a part of several pages, and the button that ends it.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::post;
use maud::{Markup, html};

use super::preferences::local;
use crate::api::{At, Parts};
use crate::console::posted::Posted;
use crate::console::refusal::Refusal;
use crate::console::shell;
use crate::console::visit::Visit;
use crate::console::words::people as words;
use crate::keys::Role;
use crate::people::PeopleError;
use crate::store::SessionRow;

pub(super) fn routes() -> Router<Arc<Parts>> {
    Router::new().route("/sessions/{id}/end", post(end))
}

async fn end(
    State(parts): State<Arc<Parts>>,
    visit: Visit,
    At(id): At<String>,
    posted: Posted,
) -> Result<Response, Refusal> {
    if id != visit.visitor.session {
        visit.require(Role::Configure)?;
    }
    if !parts.people.end_session(&id).await? {
        return Err(PeopleError::Missing("session").into());
    }
    let back = local(posted.get("back")).split('?').next().unwrap_or("/console");
    Ok(Redirect::to(&format!("{back}?done=ended")).into_response())
}

/// Sessions as a table.
pub(super) fn table(visit: &Visit, sessions: &[SessionRow]) -> Markup {
    if sessions.is_empty() {
        return shell::empty(words::NO_SESSIONS, None);
    }
    let heads = [words::WHO, words::HOW, words::BROWSER, words::SINCE, words::SEEN, words::ACTION];
    let rows: Vec<Vec<Markup>> = sessions.iter().map(|session| row(visit, session)).collect();
    shell::table(words::SESSIONS, &heads, &rows)
}

fn row(visit: &Visit, session: &SessionRow) -> Vec<Markup> {
    let is_own = session.id == visit.visitor.session;
    let denied = visit.denied(Role::Configure).filter(|_| !is_own);
    let browser = if session.browser.is_empty() { words::UNKNOWN } else { session.browser.as_str() };
    vec![
        html! { (session.actor.name) @if is_own { " " (shell::tag("quiet", words::THIS_ONE)) } },
        html! { (words::how(session.how)) },
        html! { (browser) },
        shell::time(session.created_at, visit.now),
        shell::time(session.last_seen, visit.now),
        html! {
            form method="post" action={ "/console/sessions/" (session.id) "/end" } {
                input type="hidden" name="back" value=(visit.path);
                (shell::button("small", "end", "now", words::END, None, denied.as_deref()))
            }
        },
    ]
}
