//! Keys: list, create (shown once), revoke.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use maud::{Markup, html};
use serde_json::json;

use super::roles;
use crate::actor::ActorKind;
use crate::api::error::ApiError;
use crate::api::{At, Parts};
use crate::console::posted::Posted;
use crate::console::refusal::{self, Refusal};
use crate::console::shell::{self, Field, Notice, Page, Place};
use crate::console::visit::Visit;
use crate::console::words::keys as words;
use crate::keys::{self, NewKey, Role};
use crate::store::KeyRow;

pub(super) fn routes() -> Router<Arc<Parts>> {
    Router::new().route("/keys", get(list).post(create)).route("/keys/{id}/revoke", get(ask).post(revoke))
}

/// The choice that makes an admin key.
const ADMIN: &str = "";

async fn list(State(parts): State<Arc<Parts>>, visit: Visit) -> Result<Response, Refusal> {
    let query = Posted::parse(visit.query.as_bytes());
    let done = (query.get("done") == Some("revoked")).then(|| Notice::Done(html! { (words::DONE) }));
    shown(&parts, &visit, StatusCode::OK, done, &NewKey::default(), None).await
}

async fn create(State(parts): State<Arc<Parts>>, visit: Visit, posted: Posted) -> Result<Response, Refusal> {
    visit.require(Role::Configure)?;
    let environment = posted.word("/environment").map(str::to_owned);
    let given = NewKey {
        name: posted.word("/name").unwrap_or_default().to_owned(),
        // The boxes of roles are there for the other choice.
        roles: if environment.is_some() { Vec::new() } else { roles::ticked(&posted) },
        environment,
    };
    match keys::issue(&*parts.store, &visit.visitor.roles, given.clone(), visit.now).await {
        Ok(made) => {
            visit.noting.target(made.id.clone());
            visit.noting.detail(json!({ "name": given.name, "environment": given.environment, "roles": given.roles }));
            visit.noting.done();
            let notice = html! { p { (words::CREATED) } (shell::copy_field("new-key", made.key.expose())) };
            shown(&parts, &visit, StatusCode::OK, Some(Notice::Done(notice)), &NewKey::default(), None).await
        }
        Err(error) => {
            let error = ApiError::from(error);
            let status = refusal::status(error.problem());
            shown(&parts, &visit, status, None, &given, Some(&error)).await
        }
    }
}

async fn shown(
    parts: &Parts,
    visit: &Visit,
    status: StatusCode,
    notice: Option<Notice>,
    given: &NewKey,
    error: Option<&ApiError>,
) -> Result<Response, Refusal> {
    let mut rows = parts.store.keys().await?;
    rows.sort_by_key(|row| row.revoked_at.is_some());
    let heads = [words::NAME, words::PREFIX, words::FOR, words::MADE, words::USED, words::STATE, words::ACTION];
    let table: Vec<Vec<Markup>> = rows.iter().map(|row| line(visit, row)).collect();
    let content = html! {
        div.section { (shell::table(words::TITLE, &heads, &table)) }
        (shell::panel(words::CREATE, &form(visit, given, error)))
    };
    let page = Page {
        title: words::TITLE,
        place: Some(Place::Keys),
        lead: Some(html! { (words::LEAD) }),
        notices: notice.into_iter().collect(),
        ..Page::default()
    };
    Ok(visit.page_as(status, &page, &content))
}

fn line(visit: &Visit, row: &KeyRow) -> Vec<Markup> {
    let is_own = visit.visitor.actor.kind == ActorKind::Key && visit.visitor.actor.id == row.id;
    let can = row.revoked_at.is_none() && !is_own && visit.visitor.may(Role::Configure);
    vec![
        html! { (row.name) },
        html! { @match &row.prefix { Some(prefix) => code { (prefix) "…" }, None => span.meta { (words::NO_PREFIX) } } },
        html! { @match &row.environment { Some(name) => (words::environment(name)), None => (row.roles.join(", ")) } },
        shell::time(row.created_at, visit.now),
        html! { @match row.last_used_at { Some(at) => (shell::time(at, visit.now)), None => (words::NEVER) } },
        match row.revoked_at {
            None => shell::status("good", words::VALID),
            Some(_) => shell::status("quiet", words::REVOKED),
        },
        html! { @if can { (shell::action("small", &format!("/console/keys/{}/revoke", row.id), words::REVOKE)) } },
    ]
}

fn form(visit: &Visit, given: &NewKey, error: Option<&ApiError>) -> Markup {
    let problem = error.map(ApiError::problem);
    let fault = |pointer: &str| {
        let faults = problem.map(|problem| problem.errors.as_slice()).unwrap_or_default();
        faults.iter().find(|fault| fault.pointer.as_deref() == Some(pointer)).map(|fault| fault.detail.as_str())
    };
    let denied = visit.denied(Role::Configure);
    let name =
        Field { id: "name", label: words::NAME, hint: Some(words::NAME_HINT), required: None, error: fault("/name") };
    let purpose = Field { id: "for", label: words::FOR, error: fault("/environment"), ..Field::default() };
    let environments = visit.environments.iter().map(|row| (row.name.clone(), words::environment(&row.name)));
    let options: Vec<_> = environments.chain([(ADMIN.to_owned(), words::ADMIN.to_owned())]).collect();
    let chosen = given.environment.as_deref().unwrap_or(if given.roles.is_empty() { "development" } else { ADMIN });
    html! {
        @if let Some(problem) = problem { (shell::notice(&Notice::Bad(html! { (problem.detail) }))) }
        form.stack method="post" action="/console/keys" {
            (shell::field(&name, &html! {
                input #name name="/name" value=(given.name) required maxlength="100" aria-describedby=[name.described_by()];
            }))
            (shell::field(&purpose, &shell::select("for", "/environment", &options, chosen, purpose.described_by().as_deref())))
            (roles::boxes(words::ADMIN, &given.roles, &visit.visitor.roles, None))
            (shell::button("primary", "create", "now", words::CREATE_KEY, None, denied.as_deref()))
        }
    }
}

async fn named(parts: &Parts, id: &str) -> Result<KeyRow, Refusal> {
    let found = parts.store.keys().await?.into_iter().find(|row| row.id == id && row.revoked_at.is_none());
    Ok(found.ok_or_else(|| ApiError::not_found(words::NO_KEY))?)
}

async fn ask(State(parts): State<Arc<Parts>>, visit: Visit, At(id): At<String>) -> Result<Response, Refusal> {
    visit.require(Role::Configure)?;
    let row = named(&parts, &id).await?;
    let title = words::revoke_title(&row.name);
    let content = html! {
        p { (words::REVOKE_TEXT) }
        form.row method="post" action={ "/console/keys/" (row.id) "/revoke" } {
            (shell::button("danger primary", "revoke", "now", words::REVOKE_KEY, None, None))
            (shell::action("", "/console/keys", words::KEEP))
        }
    };
    let crumbs = vec![(words::TITLE.to_owned(), "/console/keys".to_owned())];
    Ok(visit.page(&Page { title: &title, place: Some(Place::Keys), crumbs, ..Page::default() }, &content))
}

async fn revoke(State(parts): State<Arc<Parts>>, visit: Visit, At(id): At<String>) -> Result<Response, Refusal> {
    visit.require(Role::Configure)?;
    let actor = &visit.visitor.actor;
    let own = (actor.kind == ActorKind::Key).then_some(actor.id.as_str());
    keys::revoke(&*parts.store, &id, own, visit.now).await?;
    Ok(Redirect::to("/console/keys?done=revoked").into_response())
}
