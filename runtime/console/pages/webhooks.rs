//! Webhooks: who is told what happens, and what it was told.

mod delete;
mod form;
mod log;
mod one;

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use maud::{Markup, html};

use crate::api::error::ApiError;
use crate::api::{At, Parts};
use crate::console::posted::Posted;
use crate::console::refusal::{self, Refusal};
use crate::console::shell::{self, Notice, Page, Place};
use crate::console::visit::Visit;
use crate::console::words::{nav, webhooks as words};
use crate::keys::Role;
use crate::webhooks::WebhookView;
use form::{Typed, note};

pub(super) fn routes() -> Router<Arc<Parts>> {
    Router::new()
        .route("/environments/{env}/webhooks", get(list).post(add))
        .route("/environments/{env}/webhooks/{id}", get(one::page).post(one::save))
        .route("/environments/{env}/webhooks/{id}/test", post(one::test))
        .route("/environments/{env}/webhooks/{id}/rotate", post(one::rotate))
        .route("/environments/{env}/webhooks/{id}/delete", get(delete::ask).post(delete::delete))
        .route("/environments/{env}/webhooks/{id}/deliveries/{delivery}/retry", post(one::retry))
}

/// Where an environment's webhooks are.
fn address(env: &str) -> String {
    format!("/console/environments/{env}/webhooks")
}

async fn list(State(parts): State<Arc<Parts>>, visit: Visit, At(env): At<String>) -> Result<Response, Refusal> {
    let deleted = Posted::parse(visit.query.as_bytes()).get("done") == Some("deleted");
    let notice = deleted.then(|| Notice::Done(html! { (words::DELETED) }));
    show(&parts, &visit, &env, (&Typed::fresh(), None), notice, StatusCode::OK).await
}

async fn add(
    State(parts): State<Arc<Parts>>,
    visit: Visit,
    At(env): At<String>,
    posted: Posted,
) -> Result<Response, Refusal> {
    visit.require(Role::Configure)?;
    let typed = Typed::read(&posted);
    match parts.webhooks.create(&env, typed.put(true)).await {
        Ok(made) => {
            visit.noting.target(made.id.clone());
            note(&visit, &made);
            visit.noting.done();
            let notice = Notice::Done(secret(words::ADDED, &made));
            show(&parts, &visit, &env, (&Typed::fresh(), None), Some(notice), StatusCode::OK).await
        }
        Err(error) => {
            let error = ApiError::from(error);
            let status = refusal::status(error.problem());
            show(&parts, &visit, &env, (&typed, Some(&error)), None, status).await
        }
    }
}

/// A secret, the one time that it is shown.
fn secret(text: &str, made: &WebhookView) -> Markup {
    let secret = made.secret.as_deref().unwrap_or_default();
    html! { p { (text) } (shell::copy_field("new-secret", secret)) }
}

async fn show(
    parts: &Parts,
    visit: &Visit,
    env: &str,
    (typed, error): (&Typed, Option<&ApiError>),
    notice: Option<Notice>,
    status: StatusCode,
) -> Result<Response, Refusal> {
    visit.environment(env)?;
    let all = parts.webhooks.list(env).await.map_err(ApiError::from)?;
    let rows: Vec<Vec<Markup>> = all.iter().map(|one| row(one, visit, env)).collect();
    let page = Page {
        title: nav::WEBHOOKS,
        place: Some(Place::Webhooks),
        environment: Some(env.to_owned()),
        lead: Some(html! { (words::LEAD) }),
        notices: notice.into_iter().collect(),
        ..Page::default()
    };
    let denied = visit.denied(Role::Configure);
    let content = html! {
        div.section {
            @if rows.is_empty() { (shell::empty(words::NONE, None)) }
            @else { (shell::table(words::TABLE, &words::COLUMNS, &rows)) }
        }
        (shell::panel(words::ADD, &html! {
            form.stack method="post" action=(address(env)) {
                (form::fields(typed, error))
                (shell::button("primary", "add", "now", words::ADD_NOW, None, denied.as_deref()))
            }
        }))
    };
    Ok(visit.page_as(status, &page, &content))
}

fn row(one: &WebhookView, visit: &Visit, env: &str) -> Vec<Markup> {
    let events = one.events.as_ref().map(|events| events.join(", "));
    vec![
        html! {
            a href={ (address(env)) "/" (one.id) } { (one.url) }
            @if let Some(text) = &one.description { p.meta { (text) } }
        },
        html! { (events.as_deref().unwrap_or(words::ALL_EVENTS)) },
        state(one),
        shell::time(one.changed_at, visit.now),
    ]
}

fn state(one: &WebhookView) -> Markup {
    match (one.enabled, &one.disabled, one.failing_since) {
        (_, Some(_), _) => shell::status("bad", words::DISABLED),
        (false, None, _) => shell::status("quiet", words::OFF),
        (true, None, Some(_)) => shell::status("warn", words::FAILING),
        (true, None, None) => shell::status("good", words::ON),
    }
}
