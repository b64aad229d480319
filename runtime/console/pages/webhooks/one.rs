//! One webhook: its settings, its secret, a test, its log.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use maud::html;

use super::form::{self, Typed, note};
use super::{address, log, secret};
use crate::api::error::ApiError;
use crate::api::{At, Parts, whole};
use crate::console::posted::Posted;
use crate::console::refusal::{self, Refusal};
use crate::console::shell::{self, Notice, Page, Place};
use crate::console::visit::Visit;
use crate::console::words::{nav, webhooks as words};
use crate::keys::Role;
use crate::store::DeliveryStatus;
use crate::webhooks::{WebhookError, WebhookView};

type Named = At<(String, String)>;

pub(super) async fn page(
    State(parts): State<Arc<Parts>>,
    visit: Visit,
    At((env, id)): Named,
) -> Result<Response, Refusal> {
    let done = match Posted::parse(visit.query.as_bytes()).get("done") {
        Some("saved") => Some(words::SAVED),
        Some("retried") => Some(words::RETRIED),
        _ => None,
    };
    let notice = done.map(|text| Notice::Done(html! { (text) }));
    show(&parts, &visit, &env, &id, (None, None), notice).await
}

pub(super) async fn save(
    State(parts): State<Arc<Parts>>,
    visit: Visit,
    At((env, id)): Named,
    posted: Posted,
) -> Result<Response, Refusal> {
    visit.require(Role::Configure)?;
    let typed = Typed::read(&posted);
    match parts.webhooks.put(&env, &id, typed.put(false)).await {
        Ok(saved) => {
            note(&visit, &saved);
            Ok(Redirect::to(&format!("{}/{id}?done=saved", address(&env))).into_response())
        }
        Err(WebhookError::NotFound) => Err(ApiError::from(WebhookError::NotFound).into()),
        Err(error) => show(&parts, &visit, &env, &id, (Some(&typed), Some(&error.into())), None).await,
    }
}

pub(super) async fn test(
    State(parts): State<Arc<Parts>>,
    visit: Visit,
    At((env, id)): Named,
) -> Result<Response, Refusal> {
    visit.require(Role::Configure)?;
    let (webhooks, place) = (Arc::clone(&parts.webhooks), (env.clone(), id.clone()));
    let told = whole::<_, WebhookError>(async move { webhooks.test(&place.0, &place.1).await }).await?;
    visit.noting.done();
    let taken = told.status == DeliveryStatus::Delivered;
    let text = words::tested(taken, &told.tries.last().map(log::came).unwrap_or_default());
    let notice = if taken { Notice::Done(html! { (text) }) } else { Notice::Bad(html! { (text) }) };
    show(&parts, &visit, &env, &id, (None, None), Some(notice)).await
}

pub(super) async fn rotate(
    State(parts): State<Arc<Parts>>,
    visit: Visit,
    At((env, id)): Named,
) -> Result<Response, Refusal> {
    visit.require(Role::Configure)?;
    let rotated = parts.webhooks.rotate(&env, &id).await.map_err(ApiError::from)?;
    visit.noting.done();
    let notice = Notice::Done(secret(words::ROTATED, &rotated));
    show(&parts, &visit, &env, &id, (None, None), Some(notice)).await
}

pub(super) async fn retry(
    State(parts): State<Arc<Parts>>,
    visit: Visit,
    At((env, id, delivery)): At<(String, String, String)>,
) -> Result<Response, Refusal> {
    visit.require(Role::Configure)?;
    parts.webhooks.retell(&env, &id, &delivery).await.map_err(ApiError::from)?;
    Ok(Redirect::to(&format!("{}/{id}?done=retried", address(&env))).into_response())
}

async fn show(
    parts: &Parts,
    visit: &Visit,
    env: &str,
    id: &str,
    (typed, error): (Option<&Typed>, Option<&ApiError>),
    notice: Option<Notice>,
) -> Result<Response, Refusal> {
    visit.environment(env)?;
    let one = parts.webhooks.get(env, id).await.map_err(ApiError::from)?;
    let status = error.map_or(StatusCode::OK, |error| refusal::status(error.problem()));
    let disabled = one.disabled.as_ref().map(|disabled| Notice::Warn(html! { (words::disabled(&disabled.why)) }));
    let page = Page {
        title: &one.url,
        place: Some(Place::Webhooks),
        environment: Some(env.to_owned()),
        crumbs: vec![(nav::WEBHOOKS.to_owned(), address(env))],
        notices: disabled.into_iter().chain(notice).collect(),
        ..Page::default()
    };
    let kept = Typed::of(&one);
    let content = html! {
        div.section { (facts(&one, visit)) }
        (log::list(parts, visit, env, id).await?)
        (forms(visit, env, &one, (typed.unwrap_or(&kept), error)))
    };
    Ok(visit.page_as(status, &page, &content))
}

fn facts(one: &WebhookView, visit: &Visit) -> maud::Markup {
    let time = |at: Option<crate::clock::Timestamp>| at.map(shell::time_of).unwrap_or_default();
    shell::facts(&[
        (words::COLUMNS[2], super::state(one)),
        (words::DESCRIPTION, html! { (one.description.as_deref().unwrap_or_default()) }),
        (words::FACTS_FAILING, time(one.failing_since)),
        (words::FACTS_DROPPED, one.dropped.as_ref().map(|dropped| shell::number(dropped.events)).unwrap_or_default()),
        (words::FACTS_OLD_SECRET, time(one.old_secret_until)),
        (words::FACTS_MADE, shell::time(one.created_at, visit.now)),
    ])
}

fn forms(visit: &Visit, env: &str, one: &WebhookView, (typed, error): (&Typed, Option<&ApiError>)) -> maud::Markup {
    let (here, denied) = (format!("{}/{}", address(env), one.id), visit.denied(Role::Configure));
    let denied = denied.as_deref();
    html! {
        (shell::panel(words::TEST, &html! {
            p { (words::TEST_TEXT) }
            form method="post" action={ (here) "/test" } {
                (shell::button("", "test", "now", words::TEST_NOW, Some(words::TEST_BUSY), denied))
            }
        }))
        (shell::panel(words::SETTINGS, &html! {
            form.stack method="post" action=(here) {
                (form::fields(typed, error))
                (form::switch(typed))
                (shell::button("primary", "save", "now", words::SAVE, None, denied))
            }
        }))
        (shell::panel(words::SECRET, &html! {
            p { (words::ROTATE_TEXT) }
            form method="post" action={ (here) "/rotate" } {
                (shell::button("", "rotate", "now", words::ROTATE, None, denied))
            }
        }))
        @if denied.is_none() { p { (shell::action("danger", &format!("{here}/delete"), words::DELETE)) } }
    }
}
