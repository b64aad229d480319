//! By what people sign up and in, which purposes are open, and the pages that follow from it, as a preview.
//!
//! The preview is the demo's own page, with values that are not saved yet. It comes from a component of ours, but shows
//! texts of others' making, so its frame is sandboxed: no scripts, no forms, an origin of its own.

mod form;
mod preview;

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use maud::html;

use crate::api::error::{ApiError, Fault};
use crate::api::{At, Parts, whole};
use crate::console::posted::Posted;
use crate::console::refusal::{self, Refusal};
use crate::console::shell::{self, Notice, Page, Place, reason_list};
use crate::console::visit::Visit;
use crate::console::words::{common, nav, sign_in_experience as words};
use crate::keys::Role;
use crate::otp::sign_in::SignInExperience;
use crate::setup::SetupError;
use form::Given;
use preview::Sight;

pub(super) fn routes() -> Router<Arc<Parts>> {
    Router::new()
        .route("/environments/{env}/sign-in-experience", get(page).post(save))
        .route("/environments/{env}/sign-in-experience/frame", get(preview::frame))
        .route("/environments/{env}/sign-in-experience/preview", get(preview::preview))
}

/// The address of the page.
fn address(env: &str) -> String {
    format!("/console/environments/{}/sign-in-experience", shell::encoded(env))
}

/// What is saved, or what the address says instead of it: the preview's button works without JavaScript.
async fn page(State(parts): State<Arc<Parts>>, visit: Visit, At(env): At<String>) -> Result<Response, Refusal> {
    visit.environment(&env)?;
    let version = parts.setup.sign_in_experience_version(&env).await?;
    let saved = parts.setup.sign_in_experience(&env).await?;
    let query = Posted::parse(visit.query.as_bytes());
    let mut notices = Vec::new();
    if query.get("done") == Some("saved") {
        notices.push(Notice::Done(html! { (words::SAVED) }));
    }
    let given = if query.has("version") { form::read(&query) } else { Given::saved(saved, version) };
    notices.extend(warnings(&given.experience));
    Ok(show(&visit, StatusCode::OK, &env, &given, &Sight::of(&query), notices))
}

fn warnings(experience: &SignInExperience) -> Option<Notice> {
    let warnings = experience.warnings();
    (!warnings.is_empty()).then(|| Notice::Warn(reason_list(&warnings)))
}

fn show(visit: &Visit, status: StatusCode, env: &str, given: &Given, sight: &Sight, notices: Vec<Notice>) -> Response {
    let is_development = visit.environment(env).is_ok_and(|row| row.is_development());
    let demo = format!("/demo/{}", shell::encoded(env));
    let page = Page {
        title: nav::EXPERIENCE,
        place: Some(Place::Experience),
        environment: Some(env.to_owned()),
        lead: Some(html! { (words::LEAD) }),
        actions: is_development.then(|| shell::action("", &demo, words::OPEN_DEMO)),
        notices,
        ..Page::default()
    };
    let denied = visit.denied(Role::Configure);
    visit.page_as(status, &page, &form::form(env, given, sight, denied.as_deref()))
}

async fn save(
    State(parts): State<Arc<Parts>>,
    visit: Visit,
    At(env): At<String>,
    posted: Posted,
) -> Result<Response, Refusal> {
    visit.require(Role::Configure)?;
    visit.environment(&env)?;
    let mut given = form::read(&posted);
    let sight = Sight::of(&posted);
    let (experience, version, place) = (given.experience.clone(), given.version, env.clone());
    let setup = Arc::clone(&parts.setup);
    let saved = whole::<_, SetupError>(async move {
        match setup.put_sign_in_experience(&place, experience, Some(version)).await {
            Err(SetupError::StaleExperience { .. }) => Ok(None),
            saved => saved.map(Some),
        }
    });
    match saved.await {
        Ok(Some(_)) => {
            let address = format!("{}?done=saved&{}", address(&env), sight.query());
            Ok(Redirect::to(&address).into_response())
        }
        Ok(None) => stale(&parts, &visit, &env, given, &sight).await,
        Err(error) => {
            let problem = error.problem();
            given.faults = refusal::faults(problem, "");
            let notices = vec![refused(&env, &error, &given.faults)];
            Ok(show(&visit, refusal::status(problem), &env, &given, &sight, notices))
        }
    }
}

fn refused(env: &str, error: &ApiError, faults: &[(String, String)]) -> Notice {
    let problem = error.problem();
    let needs_sms = |fault: &Fault| fault.code == "no-active-connector";
    if problem.errors.iter().any(needs_sms) {
        let set_up = format!("/console/environments/{}/connectors", shell::encoded(env));
        return Notice::Bad(html! { p { (words::NEEDS_SMS) " " a href=(set_up) { (words::SET_UP) } } });
    }
    let faults: Vec<_> = faults.iter().map(form::named).collect();
    if faults.is_empty() {
        return Notice::Bad(html! { p { (problem.detail) } });
    }
    Notice::Bad(html! {
        p { strong { (common::fields_need_attention(faults.len())) } }
        ul { @for (id, name, text) in &faults { li { a href={ "#" (id) } { (name) } ": " (text) } } }
    })
}

/// Somebody else was faster: what differs, and the version to overwrite if that is what is wanted.
async fn stale(parts: &Parts, visit: &Visit, env: &str, mut given: Given, sight: &Sight) -> Result<Response, Refusal> {
    let version = parts.setup.sign_in_experience_version(env).await?;
    let saved = parts.setup.sign_in_experience(env).await?;
    let differences = form::differences(&saved, &given.experience.clone().in_full());
    let problem = ApiError::from(SetupError::StaleExperience { given: given.version, current: version });
    given.version = version;
    let notice = Notice::Bad(html! {
        @if differences.is_empty() { p { (words::STALE_SAME) } } @else {
            p { (words::STALE) }
            ul { @for line in &differences { li { (line) } } }
            p { (words::STALE_SAVE) }
        }
    });
    Ok(show(visit, refusal::status(problem.problem()), env, &given, sight, vec![notice]))
}
