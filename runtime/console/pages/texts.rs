//! `/console/environments/{env}/texts`: the texts that an environment's connectors share.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use maud::{Markup, html};

use crate::api::error::{ApiError, Problem};
use crate::api::{At, Parts, whole};
use crate::console::posted::Posted;
use crate::console::refusal::{self, Refusal};
use crate::console::shell::{self, Field, Notice, Page, Place};
use crate::console::texts::{self, Fault, Faults, Of, Region, Texts, ending_of, ending_word};
use crate::console::visit::Visit;
use crate::console::words::{common, texts as words};
use crate::keys::Role;
use crate::texts::Shared;

pub(super) fn routes() -> Router<Arc<Parts>> {
    Router::new()
        .route("/environments/{env}/texts", get(show).post(save))
        .route("/environments/{env}/texts/preview", post(preview))
        .route("/environments/{env}/texts/rows", post(rows))
}

/// What the form holds.
struct Typed {
    texts: Texts,
    ending: String,
    /// The version that it builds on.
    seen: u64,
    faults: Faults,
    posted: Posted,
}

async fn show(State(parts): State<Arc<Parts>>, visit: Visit, At(env): At<String>) -> Result<Response, Refusal> {
    let (saved, seen) = parts.setup.texts_with_version(&env).await?;
    let asked = Posted::parse(visit.query.as_bytes());
    let done = asked.get("done").is_some_and(|word| word == "saved").then(|| Notice::Done(html! { (words::SAVED) }));
    let typed = Typed {
        texts: Texts::of(&saved.templates),
        ending: saved.ending.as_ref().map(ending_word).unwrap_or_default(),
        seen,
        faults: Faults::new(),
        posted: asked,
    };
    let app = &visit.environment(&env)?.display_name;
    let warnings = saved.warnings(app);
    let below = texts::worth_knowing(&typed.texts, &warnings);
    page(&parts, &visit, &env, StatusCode::OK, &typed, done.into_iter().collect(), &below).await
}

/// The part of the page that shows a message, of the form as it is typed.
async fn preview(
    State(parts): State<Arc<Parts>>,
    visit: Visit,
    At(env): At<String>,
    posted: Posted,
) -> Result<Markup, Refusal> {
    visit.environment(&env)?;
    let texts = Texts::posted(&posted);
    texts::preview(&parts, &env, &texts, &posted, &Of::posted(&posted)).await
}

/// The texts of any form in this environment after one of their buttons was pressed that add, change and remove rows.
async fn rows(
    State(parts): State<Arc<Parts>>,
    visit: Visit,
    At(env): At<String>,
    posted: Posted,
) -> Result<Markup, Refusal> {
    visit.environment(&env)?;
    let mut texts = Texts::posted(&posted);
    let faults = texts.pressed(&posted).unwrap_or_default();
    let of = Of::posted(&posted);
    let preview = texts::preview(&parts, &env, &texts, &posted, &of).await?;
    Ok(texts::region(&Region { texts: &texts, faults: &faults, at: &texts::address(&env), of: &of, preview }))
}

async fn save(
    State(parts): State<Arc<Parts>>,
    visit: Visit,
    At(env): At<String>,
    posted: Posted,
) -> Result<Response, Refusal> {
    visit.environment(&env)?;
    let mut typed = Typed {
        texts: Texts::posted(&posted),
        ending: posted.get("/ending").unwrap_or_default().to_owned(),
        // One that is no number is of no version: it is overtaken.
        seen: posted.word("version").and_then(|version| version.parse().ok()).unwrap_or(u64::MAX),
        faults: Faults::new(),
        posted,
    };
    if let Some(faults) = typed.texts.pressed(&typed.posted) {
        typed.faults = faults;
        let status = if typed.faults.is_empty() { StatusCode::OK } else { refusal::invalid() };
        return page(&parts, &visit, &env, status, &typed, Vec::new(), &html! {}).await;
    }
    visit.require(Role::Configure)?;
    let templates = match typed.texts.read() {
        Ok(templates) => templates,
        Err(faults) => {
            typed.faults = faults;
            return page(&parts, &visit, &env, refusal::invalid(), &typed, Vec::new(), &html! {}).await;
        }
    };
    let wanted = Shared { templates, ending: ending_of(&typed.ending) };
    let (all, name, texts, seen) = (Arc::clone(&parts), env.clone(), wanted.clone(), typed.seen);
    match whole(async move { all.setup.put_texts(&name, texts, Some(seen)).await }).await {
        Ok(_) => {
            let address = format!("/console/environments/{env}/texts?done=saved");
            Ok(Redirect::to(&address).into_response())
        }
        Err(error) => refused(&parts, &visit, &env, typed, &wanted, error).await,
    }
}

async fn refused(
    parts: &Parts,
    visit: &Visit,
    env: &str,
    mut typed: Typed,
    wanted: &Shared,
    error: ApiError,
) -> Result<Response, Refusal> {
    let problem = error.problem();
    let status = refusal::status(problem);
    if problem.kind.ends_with("/stale-revision") {
        let (saved, current) = parts.setup.texts_with_version(env).await?;
        typed.seen = current;
        let stale = Notice::Bad(html! {
            p { (words::STALE) }
            p { a href={ "/console/environments/" (env) "/texts" } { (words::DISCARD) } }
        });
        return page_above(parts, visit, env, status, &typed, vec![stale], &texts::differences(&saved, wanted)).await;
    }
    typed.faults = texts::faults_of(problem);
    let elsewhere = ending_fault(problem);
    if typed.faults.is_empty() && elsewhere.is_none() {
        return Err(error.into());
    }
    typed.faults.extend(elsewhere);
    page(parts, visit, env, status, &typed, Vec::new(), &html! {}).await
}

/// The field of the environment's own ending is beside the texts, and is shown by the same page.
fn ending_fault(problem: &Problem) -> Option<Fault> {
    let fault = problem.errors.iter().find(|fault| fault.pointer.as_deref() == Some(ENDING))?;
    Some(Fault { pointer: ENDING.to_owned(), text: fault.detail.clone(), place: None })
}

const ENDING: &str = "/ending";

async fn page(
    parts: &Parts,
    visit: &Visit,
    env: &str,
    status: StatusCode,
    typed: &Typed,
    notices: Vec<Notice>,
    below: &Markup,
) -> Result<Response, Refusal> {
    let content = html! { (form(parts, visit, env, typed).await?) (below) };
    Ok(visit.page_as(status, &head(env, typed, notices), &content))
}

async fn page_above(
    parts: &Parts,
    visit: &Visit,
    env: &str,
    status: StatusCode,
    typed: &Typed,
    notices: Vec<Notice>,
    above: &Markup,
) -> Result<Response, Refusal> {
    let content = html! { div.section { (above) } (form(parts, visit, env, typed).await?) };
    Ok(visit.page_as(status, &head(env, typed, notices), &content))
}

fn head(env: &str, typed: &Typed, notices: Vec<Notice>) -> Page<'static> {
    Page {
        title: words::TITLE,
        place: Some(Place::Texts),
        environment: Some(env.to_owned()),
        lead: Some(html! { (words::LEAD) }),
        notices,
        has_editor: typed.texts.has_editor(),
        ..Page::default()
    }
}

async fn form(parts: &Parts, visit: &Visit, env: &str, typed: &Typed) -> Result<Markup, Refusal> {
    let of = Of::Environment { ending: typed.ending.clone() };
    let preview = texts::preview(parts, env, &typed.texts, &typed.posted, &of).await?;
    let (of_ending, faults): (Vec<&Fault>, Vec<&Fault>) =
        typed.faults.iter().partition(|fault| fault.pointer == ENDING);
    let faults: Vec<Fault> = faults.into_iter().cloned().collect();
    let region = Region { texts: &typed.texts, faults: &faults, at: &texts::address(env), of: &of, preview };
    let error = of_ending.first().map(|fault| fault.text.as_str());
    let mut told = texts::summary(&typed.texts, &faults);
    told.extend(error.map(|text| ("ending".to_owned(), words::ENDING_LABEL.to_owned(), text.to_owned())));
    let denied = visit.denied(Role::Configure);
    let field =
        Field { id: "ending", label: words::ENDING_LABEL, hint: Some(words::ENDING_HINT), required: None, error };
    Ok(html! {
        (shell::errors(&told))
        form method="post" action={ "/console/environments/" (env) "/texts" } {
            // The first button of a form is the one that Enter presses: not to remove a row.
            button.visually-hidden tabindex="-1" aria-hidden="true" disabled[denied.is_some()] { (common::SAVE) }
            input type="hidden" name="version" value=(typed.seen);
            (shell::field(&field, &html! {
                input #ending name=(ENDING) value=(typed.ending) autocomplete="off" spellcheck="false" aria-describedby=[field.described_by()];
            }))
            (texts::region(&region))
            div.save-bar { (shell::button("primary", "", "", common::SAVE, Some(common::SAVING), denied.as_deref())) }
        }
    })
}
