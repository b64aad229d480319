//! One message: on a page of its own, and opened in the list.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use maud::{Markup, html};

use super::{address, attempts, rows};
use crate::api::error::ApiError;
use crate::api::{At, Parts};
use crate::console::posted::Posted;
use crate::console::refusal::Refusal;
use crate::console::shell::{self, Page, Place};
use crate::console::visit::Visit;
use crate::console::words::{messages as words, nav};
use crate::keys::Role;
use crate::log::MessageView;
use crate::setup::{FailedSendView, SetupError};

/// The message of that id.
pub(super) async fn found(parts: &Parts, visit: &Visit, env: &str, id: &str) -> Result<MessageView, Refusal> {
    visit.environment(env)?;
    let found = parts.log().one(env, id).await?;
    Ok(found.ok_or_else(|| ApiError::not_found(words::NO_MESSAGE))?)
}

/// Its attempts of which the wire is kept, for who may see that.
pub(super) async fn kept(
    parts: &Parts,
    visit: &Visit,
    env: &str,
    view: &MessageView,
) -> Result<Vec<FailedSendView>, Refusal> {
    if !visit.visitor.may(Role::Operate) {
        return Ok(Vec::new());
    }
    let failed = view.attempts.iter().filter(|attempt| attempt.kind.is_some());
    let connectors: BTreeSet<&str> = failed.map(|attempt| attempt.connector.as_str()).collect();
    let mut kept = Vec::new();
    for connector in connectors {
        match parts.setup.failed_sends(env, connector).await {
            Ok(all) => kept.extend(all.into_iter().filter(|failed| failed.message == view.id)),
            // It was deleted, and what was kept of it is gone too.
            Err(SetupError::NotFound { .. }) => {}
            Err(other) => return Err(other.into()),
        }
    }
    Ok(kept)
}

pub(super) async fn page(
    State(parts): State<Arc<Parts>>,
    visit: Visit,
    At((env, id)): At<(String, String)>,
) -> Result<Response, Refusal> {
    let view = found(&parts, &visit, &env, &id).await?;
    let kept = kept(&parts, &visit, &env, &view).await?;
    let tested = view
        .attempts
        .last()
        .map(|last| format!("/console/environments/{env}/connectors/{}#test-result", last.connector));
    let page = Page {
        title: words::TITLE,
        place: Some(Place::Messages),
        environment: Some(env.clone()),
        crumbs: vec![(nav::MESSAGES.to_owned(), address(&env))],
        actions: tested.map(|href| shell::action("", &href, words::RESEND_TEST)),
        ..Page::default()
    };
    let content = html! {
        section.panel { (facts(&visit, &env, &view)) p.hint { (words::content(has_ended(&visit, &view))) } }
        (attempts::attempts(&env, &view, &kept, visit.now))
        (attempts::reports(&view, visit.now))
    };
    Ok(visit.page(&page, &content))
}

/// The row with what it opens to, or closed again.
pub(super) async fn in_place(
    State(parts): State<Arc<Parts>>,
    visit: Visit,
    At((env, id)): At<(String, String)>,
) -> Result<Response, Refusal> {
    if !visit.is_part {
        return Ok(Redirect::to(&format!("{}/{}", address(&env), shell::encoded(&id))).into_response());
    }
    let view = found(&parts, &visit, &env, &id).await?;
    if Posted::parse(visit.query.as_bytes()).has("closed") {
        return Ok(rows::row(&env, &view, visit.now, true, None).into_response());
    }
    let kept = kept(&parts, &visit, &env, &view).await?;
    let opened = html! {
        (attempts::attempts(&env, &view, &kept, visit.now))
        @if !view.reports.is_empty() { (attempts::reports(&view, visit.now)) }
        p.hint { (words::content(has_ended(&visit, &view))) }
        p { a href={ (address(&env)) "/" (view.id) } { (words::WHOLE) } }
    };
    Ok(rows::row(&env, &view, visit.now, true, Some(&opened)).into_response())
}

/// Whether nothing of its text is left: upkeep erases it when the code has ended, and telling that it was used does.
fn has_ended(visit: &Visit, view: &MessageView) -> bool {
    view.expires_at <= visit.now || view.used == Some(true)
}

fn facts(visit: &Visit, env: &str, view: &MessageView) -> Markup {
    let (mark, word) = words::status(view.status);
    let mut facts = vec![
        (words::STATUS, shell::status(mark, word)),
        (words::RECIPIENT, html! { span.mono { (view.to) } @if let Some(country) = &view.country { " · " (country) } }),
        (words::PURPOSE, html! { (view.purpose) }),
        (words::MADE, shell::time(view.created_at, visit.now)),
        (words::ENDS, shell::time_of(view.expires_at)),
        (words::USED, html! { (words::used(view.used)) }),
        (words::LOCALE, html! { (view.locale) }),
        (words::SOURCE, html! { (view.source) }),
    ];
    if let Some(why) = view.why {
        facts.insert(1, (words::WHY, html! { (why) }));
    }
    if let Some(subject) = &view.subject {
        facts.push((words::SUBJECT, html! { (subject) }));
    }
    if let Some(verification) = &view.verification {
        let all = format!("{}?verification={}", address(env), shell::encoded(verification));
        facts.push((words::VERIFICATION, html! { a.mono href=(all) { (verification) } }));
    }
    facts.push((words::ID, shell::copy_field("message-id", &view.id)));
    shell::facts(&facts)
}
