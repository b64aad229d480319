//! Environments side by side: what each has, and the way from one to another.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use maud::{Markup, html};

use crate::api::error::ApiError;
use crate::api::{At, Parts, whole};
use crate::console::posted::Posted;
use crate::console::refusal::{Refusal, status};
use crate::console::shell::{self, Field, Notice, Page, Place};
use crate::console::visit::Visit;
use crate::console::words::{common, environments as words, nav};
use crate::keys::Role;
use crate::setup::{Channel, NewEnvironment, PutEnvironment};
use crate::store::EnvironmentRow;

mod delete;
mod labels;
mod promote;
mod proposal;

pub(super) fn routes() -> Router<Arc<Parts>> {
    Router::new()
        .route("/environments", get(list).post(create))
        .route("/environments/{env}/name", post(rename))
        .route("/environments/{env}/delete", get(delete::ask).post(delete::delete))
        .route("/environments/{env}/promote", get(promote::page).post(promote::promote))
}

async fn list(State(parts): State<Arc<Parts>>, visit: Visit) -> Result<Response, Refusal> {
    let done = match Posted::parse(visit.query.as_bytes()).get("done") {
        Some("saved") => Some(words::SAVED),
        Some("created") => Some(words::CREATED),
        Some("deleted") => Some(words::DELETED),
        _ => None,
    };
    let notices = done.map(|text| Notice::Done(html! { (text) })).into_iter().collect();
    show(&parts, &visit, notices, None).await
}

/// The page; after a form that can't be taken, with what was typed and what is wrong.
async fn show(
    parts: &Parts,
    visit: &Visit,
    notices: Vec<Notice>,
    refused: Option<(&Posted, &ApiError)>,
) -> Result<Response, Refusal> {
    let mut panels = Vec::new();
    for row in &visit.environments {
        panels.push(panel(visit, row, &parts.setup.channel(&row.name).await?));
    }
    let page = Page {
        title: nav::ENVIRONMENTS,
        place: Some(Place::Environments),
        lead: Some(html! { (words::LEAD) }),
        notices,
        ..Page::default()
    };
    let content = html! {
        div.halves { @for panel in &panels { (panel) } }
        (new_form(visit, refused))
    };
    let code = refused.map_or_else(axum::http::StatusCode::default, |(_, error)| status(error.problem()));
    Ok(visit.page_as(code, &page, &content))
}

fn panel(visit: &Visit, row: &EnvironmentRow, channel: &Channel) -> Markup {
    let at = format!("/console/environments/{}", row.name);
    let denied = visit.denied(Role::Configure);
    let id = format!("shown-{}", row.name);
    let field = Field { id: &id, label: words::SHOWN_AS, hint: Some(words::SHOWN_HINT), ..Field::default() };
    let mark = if row.is_development() { "quiet" } else { "warn" };
    let body = html! {
        (shell::facts(&[
            (words::KIND, shell::tag(mark, &row.kind)),
            (words::ACTIVE, html! {
                @match &channel.active {
                    Some(name) => a href={ (at) "/connectors/" (name) } { (name) },
                    None => (shell::status("bad", words::NO_ACTIVE)),
                }
            }),
        ]))
        form.row.end method="post" action={ (at) "/name" } {
            (shell::field(&field, &html! {
                input id=(id) name="/display_name" value=(row.display_name) maxlength="64" required aria-describedby=[field.described_by()];
            }))
            (shell::button("", "_save", "1", words::RENAME, Some(common::SAVING), denied.as_deref()))
        }
        div.row {
            (shell::action("", &at, words::OPEN))
            (shell::action("primary", &format!("{at}/promote"), words::PROMOTE))
            (shell::action("danger", &format!("{at}/delete"), words::DELETE))
        }
    };
    let heading = format!("is-{}", row.name);
    // A region of its own: what is in it has the same names in each.
    html! { section.panel aria-labelledby=(heading) { h2 id=(heading) { (row.name) } (body) } }
}

fn new_form(visit: &Visit, refused: Option<(&Posted, &ApiError)>) -> Markup {
    let typed = |name: &str| refused.and_then(|(posted, _)| posted.get(name)).unwrap_or_default().to_owned();
    let fault = |pointer: &str| {
        let errors = refused.map(|(_, error)| error.problem().errors.as_slice()).unwrap_or_default();
        errors.iter().find(|fault| fault.pointer.as_deref() == Some(pointer)).map(|fault| fault.detail.as_str())
    };
    let name = Field {
        id: "new-name",
        label: words::NAME,
        hint: Some(words::NAME_HINT),
        required: Some(true),
        error: fault("/name"),
    };
    let kind = Field {
        id: "new-kind",
        label: words::KIND,
        hint: Some(words::KIND_HINT),
        required: Some(true),
        error: fault("/kind"),
    };
    let shown = Field {
        id: "new-shown",
        label: words::SHOWN_AS,
        hint: Some(words::SHOWN_HINT),
        required: Some(false),
        error: fault("/display_name"),
    };
    let kinds = ["development", "production"].map(|kind| (kind.to_owned(), kind.to_owned()));
    let denied = visit.denied(Role::Configure);
    let general = refused.map(|(_, error)| error.problem()).filter(|problem| problem.errors.is_empty());
    let form = html! {
        @if let Some(problem) = general { (shell::notice(&Notice::Bad(html! { (problem.detail) }))) }
        form method="post" action="/console/environments" {
            (shell::field(&name, &html! { input #new-name name="/name" value=(typed("/name")) required maxlength="64" pattern="[a-z0-9\\-]{1,64}" aria-describedby=[name.described_by()]; }))
            (shell::field(&kind, &shell::select("new-kind", "/kind", &kinds, &typed("/kind"), kind.described_by().as_deref())))
            (shell::field(&shown, &html! { input #new-shown name="/display_name" value=(typed("/display_name")) maxlength="64" aria-describedby=[shown.described_by()]; }))
            (shell::button("primary", "_create", "1", words::CREATE, Some(common::SAVING), denied.as_deref()))
        }
    };
    shell::panel(words::NEW, &form)
}

async fn create(State(parts): State<Arc<Parts>>, visit: Visit, posted: Posted) -> Result<Response, Refusal> {
    visit.require(Role::Configure)?;
    let new = NewEnvironment {
        name: posted.word("/name").unwrap_or_default().to_owned(),
        kind: posted.word("/kind").unwrap_or_default().to_owned(),
        display_name: posted.word("/display_name").map(str::to_owned),
    };
    visit.noting.target(new.name.clone());
    let setup = Arc::clone(&parts.setup);
    let made = whole(async move { setup.create_environment(new).await });
    match made.await {
        Ok(_) => Ok(Redirect::to("/console/environments?done=created").into_response()),
        Err(error) => show(&parts, &visit, Vec::new(), Some((&posted, &error))).await,
    }
}

async fn rename(
    State(parts): State<Arc<Parts>>,
    visit: Visit,
    At(env): At<String>,
    posted: Posted,
) -> Result<Response, Refusal> {
    visit.require(Role::Configure)?;
    let put = PutEnvironment { display_name: posted.word("/display_name").unwrap_or_default().to_owned(), kind: None };
    let setup = Arc::clone(&parts.setup);
    let saved = whole(async move { setup.put_environment(&env, put).await });
    match saved.await {
        Ok(_) => Ok(Redirect::to("/console/environments?done=saved").into_response()),
        Err(error) => {
            let problem = error.problem();
            let told = html! { (problem.detail) @for fault in &problem.errors { " " (fault.detail) } };
            let response = show(&parts, &visit, vec![Notice::Bad(told)], None).await?;
            Ok((status(problem), response).into_response())
        }
    }
}
