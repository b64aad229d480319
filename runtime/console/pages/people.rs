//! People: who may use the console, and where they are signed in.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use maud::{Markup, html};

use super::{roles, sessions};
use crate::actor::ActorKind;
use crate::api::error::ApiError;
use crate::api::{At, Parts};
use crate::console::posted::Posted;
use crate::console::refusal::{self, Refusal};
use crate::console::shell::{self, Field, Notice, Page, Place};
use crate::console::visit::Visit;
use crate::console::words::people as words;
use crate::keys::Role;
use crate::people::{UserInput, link_path, roles_of};
use crate::secret::Secret;
use crate::store::UserRow;

mod delete;

pub(super) fn routes() -> Router<Arc<Parts>> {
    Router::new()
        .route("/people", get(list).post(add))
        .route("/people/{id}", get(person).post(save))
        .route("/people/{id}/link", post(link))
        .route("/people/{id}/delete", get(delete::ask).post(delete::delete))
}

fn posted_user(posted: &Posted) -> UserInput {
    UserInput {
        name: posted.word("/name").unwrap_or_default().to_owned(),
        email: posted.word("/email").unwrap_or_default().to_owned(),
        roles: roles::ticked(posted),
        disabled: posted.has("/disabled"),
    }
}

/// What was done before this page, by the word in its address.
fn done(visit: &Visit) -> Option<Notice> {
    let text = match Posted::parse(visit.query.as_bytes()).get("done")? {
        "saved" => words::SAVED,
        "ended" => words::ENDED,
        "deleted" => words::DELETED,
        _ => return None,
    };
    Some(Notice::Done(html! { (text) }))
}

fn link_notice(parts: &Parts, headers: &HeaderMap, token: &Secret<String>) -> Notice {
    let url = format!("{}{}", parts.base(headers), link_path(token));
    Notice::Done(html! { p { (words::LINK_MADE) } (shell::copy_field("link", &url)) })
}

async fn list(State(parts): State<Arc<Parts>>, visit: Visit) -> Result<Response, Refusal> {
    let notice = done(&visit);
    shown(&parts, &visit, StatusCode::OK, notice, &UserInput::default(), None).await
}

async fn add(
    State(parts): State<Arc<Parts>>,
    visit: Visit,
    headers: HeaderMap,
    posted: Posted,
) -> Result<Response, Refusal> {
    visit.require(Role::Configure)?;
    let given = posted_user(&posted);
    match parts.people.add_user(&visit.visitor.roles, given.clone()).await {
        Ok(user) => {
            let token = parts.people.invite(&visit.visitor.roles, &user.id).await?;
            visit.noting.target(user.id.clone());
            visit.noting.done();
            let notice = link_notice(&parts, &headers, &token);
            shown(&parts, &visit, StatusCode::OK, Some(notice), &UserInput::default(), None).await
        }
        Err(error) => {
            let error = ApiError::from(error);
            shown(&parts, &visit, refusal::status(error.problem()), None, &given, Some(&error)).await
        }
    }
}

async fn shown(
    parts: &Parts,
    visit: &Visit,
    status: StatusCode,
    notice: Option<Notice>,
    given: &UserInput,
    error: Option<&ApiError>,
) -> Result<Response, Refusal> {
    let (users, living) = (parts.people.users().await?, parts.people.sessions(None).await?);
    let heads = [words::NAME, words::EMAIL, words::ROLES, words::STATE, words::ADDED];
    let rows: Vec<Vec<Markup>> = users.iter().map(|user| line(visit, user)).collect();
    let denied = visit.denied(Role::Configure);
    let content = html! {
        @if users.is_empty() { (shell::section(words::USERS, &shell::empty(words::NONE, None))) }
        @else { div.section { (shell::table(words::USERS, &heads, &rows)) } }
        (shell::section(words::SESSIONS, &sessions::table(visit, &living)))
        (shell::panel(words::ADD, &html! {
            form.stack method="post" action="/console/people" {
                (fields(visit, given, error))
                (shell::button("primary", "add", "now", words::INVITE, None, denied.as_deref()))
            }
        }))
    };
    let page = Page {
        title: words::TITLE,
        place: Some(Place::People),
        lead: Some(html! { (words::LEAD) }),
        notices: notice.into_iter().collect(),
        ..Page::default()
    };
    Ok(visit.page_as(status, &page, &content))
}

fn line(visit: &Visit, user: &UserRow) -> Vec<Markup> {
    vec![
        html! { a href={ "/console/people/" (user.id) } { (user.name) } },
        html! { (user.email) },
        html! { (user.roles.join(", ")) },
        match user.disabled_at {
            None => shell::status("good", words::ACTIVE),
            Some(_) => shell::status("quiet", words::DISABLED),
        },
        shell::time(user.created_at, visit.now),
    ]
}

fn fields(visit: &Visit, given: &UserInput, error: Option<&ApiError>) -> Markup {
    let problem = error.map(ApiError::problem);
    let fault = |pointer: &str| {
        let faults = problem.map(|problem| problem.errors.as_slice()).unwrap_or_default();
        faults.iter().find(|fault| fault.pointer.as_deref() == Some(pointer)).map(|fault| fault.detail.as_str())
    };
    let name = Field { id: "name", label: words::NAME, error: fault("/name"), ..Field::default() };
    let hint = Some(words::EMAIL_HINT);
    let email = Field { id: "email", label: words::EMAIL, hint, required: None, error: fault("/email") };
    html! {
        @if let Some(problem) = problem { (shell::notice(&Notice::Bad(html! { (problem.detail) }))) }
        (shell::field(&name, &html! {
            input #name name="/name" value=(given.name) required maxlength="100" autocomplete="off" aria-describedby=[name.described_by()];
        }))
        (shell::field(&email, &html! {
            input #email type="email" name="/email" value=(given.email) required maxlength="254" autocomplete="off" aria-describedby=[email.described_by()];
        }))
        (roles::boxes(words::ROLES, &given.roles, &visit.visitor.roles, fault("/roles")))
    }
}

async fn person(State(parts): State<Arc<Parts>>, visit: Visit, At(id): At<String>) -> Result<Response, Refusal> {
    let notice = done(&visit);
    one(&parts, &visit, &id, StatusCode::OK, notice, None).await
}

async fn save(
    State(parts): State<Arc<Parts>>,
    visit: Visit,
    At(id): At<String>,
    posted: Posted,
) -> Result<Response, Refusal> {
    visit.require(Role::Configure)?;
    let given = posted_user(&posted);
    match parts.people.change_user(&visit.visitor.roles, &id, given.clone()).await {
        Ok(_) => Ok(Redirect::to(&format!("/console/people/{id}?done=saved")).into_response()),
        Err(error) => {
            let error = ApiError::from(error);
            one(&parts, &visit, &id, refusal::status(error.problem()), None, Some((&given, &error))).await
        }
    }
}

async fn link(
    State(parts): State<Arc<Parts>>,
    visit: Visit,
    At(id): At<String>,
    headers: HeaderMap,
) -> Result<Response, Refusal> {
    visit.require(Role::Configure)?;
    let token = parts.people.invite(&visit.visitor.roles, &id).await?;
    visit.noting.done();
    one(&parts, &visit, &id, StatusCode::OK, Some(link_notice(&parts, &headers, &token)), None).await
}

async fn one(
    parts: &Parts,
    visit: &Visit,
    id: &str,
    status: StatusCode,
    notice: Option<Notice>,
    again: Option<(&UserInput, &ApiError)>,
) -> Result<Response, Refusal> {
    let user = parts.people.user(id).await?;
    let living = parts.people.sessions(Some((ActorKind::User, id))).await?;
    let kept = UserInput {
        name: user.name.clone(),
        email: user.email.clone(),
        roles: roles_of(&user),
        disabled: user.disabled_at.is_some(),
    };
    let (given, error) = again.map_or((&kept, None), |(given, error)| (given, Some(error)));
    let denied = visit.denied(Role::Configure);
    let content = html! {
        (shell::section(words::SETTINGS, &html! {
            form.stack method="post" action={ "/console/people/" (id) } {
                (fields(visit, given, error))
                label.check { input type="checkbox" name="/disabled" checked[given.disabled]; span { (words::DISABLE) } }
                p.hint { (words::MORE_ROLES) }
                (shell::button("primary", "save", "now", words::SAVE, None, denied.as_deref()))
            }
        }))
        (shell::section(words::SESSIONS, &sessions::table(visit, &living)))
        (shell::section(words::LINK, &html! {
            p { (words::LINK_TEXT) }
            form method="post" action={ "/console/people/" (id) "/link" } {
                (shell::button("", "link", "now", words::MAKE_LINK, None, denied.as_deref()))
            }
        }))
        @if denied.is_none() { (shell::action("danger", &format!("/console/people/{id}/delete"), words::DELETE_USER)) }
    };
    let page = Page { title: &user.name, notices: notice.into_iter().collect(), ..below() };
    Ok(visit.page_as(status, &page, &content))
}

/// A page below the list.
fn below<'a>() -> Page<'a> {
    let crumbs = vec![(words::TITLE.to_owned(), "/console/people".to_owned())];
    Page { place: Some(Place::People), crumbs, ..Page::default() }
}
