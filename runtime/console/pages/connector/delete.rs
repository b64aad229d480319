//! Deleting a connector: a page of its own that says what stops, and asks for the name.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use maud::{Markup, html};

use super::{address, crumbs, lately};
use crate::api::error::ApiError;
use crate::api::{At, Parts, whole};
use crate::console::posted::Posted;
use crate::console::refusal::{Refusal, status};
use crate::console::shell::{self, Field, Page, Place};
use crate::console::visit::Visit;
use crate::console::words::revisions as words;
use crate::keys::Role;
use crate::setup::Dependents;

pub(super) async fn ask(
    State(parts): State<Arc<Parts>>,
    visit: Visit,
    At((env, name)): At<(String, String)>,
) -> Result<Response, Refusal> {
    show(&parts, &visit, &env, &name, None).await
}

async fn show(
    parts: &Parts,
    visit: &Visit,
    env: &str,
    name: &str,
    refused: Option<&ApiError>,
) -> Result<Response, Refusal> {
    let dependents = parts.setup.dependents(env, name).await?;
    let sent = lately::sent(parts, visit, env, name).await?;
    if visit.is_part && lately::is_counted(visit) {
        return Ok(sent.into_response());
    }
    let title = format!("{}: {name}", words::DELETE);
    let page = Page {
        title: &title,
        place: Some(Place::Connectors),
        environment: Some(env.to_owned()),
        crumbs: crumbs(env, Some(name)),
        ..Page::default()
    };
    let error = refused.map(|error| error.problem().detail.as_str());
    let field = Field { id: "name", label: words::CONFIRM, hint: None, required: Some(true), error };
    let content = html! {
        form.panel method="post" action={ (address(env, name)) "/delete" } {
            (truth(env, &dependents, &sent))
            (shell::field(&field, &html! {
                input #name name="name" autocomplete="off" required aria-describedby=[field.described_by()];
            }))
            div.row {
                (shell::button("danger primary", "_delete", "1", words::DELETE, None, visit.denied(Role::Configure).as_deref()))
                (shell::action("", &address(env, name), words::KEEP))
            }
        }
    };
    let code = refused.map_or_else(StatusCode::default, |error| status(error.problem()));
    Ok(visit.page_as(code, &page, &content))
}

/// What breaks, before anything else.
fn truth(env: &str, dependents: &Dependents, sent: &Markup) -> Markup {
    html! {
        div.truth {
            @if dependents.active { p { (words::stops(env, &dependents.next)) } }
            (sent)
        }
        @let breaks = words::breaks(&dependents.by);
        @if breaks.is_empty() && !dependents.active { p { (words::NOTHING_BREAKS) } }
        @else if !breaks.is_empty() {
            p { (words::BREAKS) }
            ul.reasons { @for one in &breaks { li { (one) } } }
        }
        p.hint { (words::STAYS) }
    }
}

pub(super) async fn delete(
    State(parts): State<Arc<Parts>>,
    visit: Visit,
    At((env, name)): At<(String, String)>,
    posted: Posted,
) -> Result<Response, Refusal> {
    visit.require(Role::Configure)?;
    if posted.word("name") != Some(name.as_str()) {
        return show(&parts, &visit, &env, &name, Some(&ApiError::invalid(words::WRONG_NAME))).await;
    }
    let (setup, place, by) = (Arc::clone(&parts.setup), env.clone(), Some(visit.visitor.actor.clone()));
    whole(async move { setup.delete_connector(&place, &name, true, by).await }).await?;
    Ok(Redirect::to(&format!("/console/environments/{env}/connectors?done=deleted")).into_response())
}
