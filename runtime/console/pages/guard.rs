//! The guard against paid-for traffic: what it does, what it decided, and its rules.

mod decisions;
mod form;
mod typed;

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use maud::html;

use crate::api::error::ApiError;
use crate::api::{At, Parts, whole};
use crate::console::posted::Posted;
use crate::console::refusal::{Refusal, faults, invalid, status};
use crate::console::shell::{Notice, Page, Place};
use crate::console::visit::Visit;
use crate::console::words::{guard as words, nav};
use crate::keys::Role;
use crate::otp::guard::GuardRules;
use crate::otp::policy::Policy;
use typed::Typed;

pub(super) fn routes() -> Router<Arc<Parts>> {
    Router::new().route("/environments/{env}/guard", get(page).post(save))
}

async fn page(State(parts): State<Arc<Parts>>, visit: Visit, At(env): At<String>) -> Result<Response, Refusal> {
    let (policy, version) = parts.setup.policy(&env).await?;
    let saved = Posted::parse(visit.query.as_bytes()).get("done") == Some("saved");
    let notices = saved.then(|| Notice::Done(html! { (words::SAVED) })).into_iter().collect();
    show(&parts, &visit, &env, (&Typed::of(&policy.guard), version), notices, StatusCode::default()).await
}

async fn show(
    parts: &Parts,
    visit: &Visit,
    env: &str,
    (typed, version): (&Typed, u64),
    notices: Vec<Notice>,
    code: StatusCode,
) -> Result<Response, Refusal> {
    visit.environment(env)?;
    let page = Page {
        title: nav::GUARD,
        place: Some(Place::Guard),
        environment: Some(env.to_owned()),
        lead: Some(html! { (words::LEAD) }),
        notices,
        ..Page::default()
    };
    let content = html! {
        (form::errors(typed))
        (decisions::standing(parts, visit, env).await?)
        (decisions::list(parts, visit, env).await?)
        (form::form(typed, env, version, visit.denied(Role::Configure).as_deref()))
    };
    Ok(visit.page_as(code, &page, &content))
}

async fn save(
    State(parts): State<Arc<Parts>>,
    visit: Visit,
    At(env): At<String>,
    posted: Posted,
) -> Result<Response, Refusal> {
    visit.require(Role::Configure)?;
    let (mut typed, seen) = (Typed::read(&posted), posted.get("version").and_then(|version| version.parse().ok()));
    if !typed.faults.is_empty() {
        return show(&parts, &visit, &env, (&typed, seen.unwrap_or_default()), Vec::new(), invalid()).await;
    }
    let guard: GuardRules = serde_json::from_value(typed.document.clone())
        .map_err(|error| ApiError::invalid(&crate::json::quiet(&error.to_string())))?;
    // The rest of the policy has a page of its own: what is saved of it stays.
    let (now, _) = parts.setup.policy(&env).await?;
    let (setup, place, policy) = (Arc::clone(&parts.setup), env.clone(), Policy { guard, ..now });
    let saved = whole(async move { setup.put_policy(&place, &policy, Some(seen.unwrap_or_default())).await });
    let Err(error) = saved.await else {
        return Ok(Redirect::to(&format!("/console/environments/{env}/guard?done=saved")).into_response());
    };
    let problem = error.problem();
    let (code, mut version, mut notices) = (status(problem), seen.unwrap_or_default(), Vec::new());
    typed.faults = faults(problem, "/guard");
    if problem.kind.ends_with("/stale-revision") {
        version = parts.setup.policy(&env).await?.1;
        notices.push(Notice::Warn(html! { (words::STALE) }));
    } else if typed.faults.is_empty() {
        notices.push(Notice::Bad(html! { (problem.detail) }));
    }
    show(&parts, &visit, &env, (&typed, version), notices, code).await
}
