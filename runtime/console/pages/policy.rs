//! Limits: a table of rules, a column for every purpose that differs; and where messages may go.

mod destinations;
mod locks;
mod table;

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use maud::html;
use serde_json::{Map, Value, json};

use crate::api::error::ApiError;
use crate::api::{At, Parts, whole};
use crate::console::posted::Posted;
use crate::console::refusal::{Refusal, faults, invalid, status};
use crate::console::shell::{self, Notice, Page, Place};
use crate::console::visit::Visit;
use crate::console::words::{common, nav, policy as words};
use crate::json::unescaped;
use crate::keys::Role;
use crate::otp::policy::Policy;

pub(super) fn routes() -> Router<Arc<Parts>> {
    Router::new()
        .route("/environments/{env}/policy", get(page).post(save))
        .route("/environments/{env}/locks/release", post(locks::release))
}

/// What is in the fields, and what is wrong with it.
#[derive(Default)]
struct Shown {
    /// As the API has it, but for what is no number: that stays as it was typed.
    document: Value,
    /// Purposes that have a column.
    purposes: BTreeSet<String>,
    version: u64,
    faults: Vec<(String, String)>,
    /// What somebody else saved meanwhile.
    theirs: Option<Value>,
}

impl Shown {
    fn of(policy: &Policy, version: u64) -> Self {
        let purposes = policy.purposes.keys().cloned().collect();
        Self { document: json!(policy), purposes, version, ..Self::default() }
    }

    /// What was typed: field names are JSON pointers into the policy.
    fn typed(posted: &Posted) -> Self {
        let mut shown = Self::default();
        let mut document = json!({ "defaults": {}, "purposes": {} });
        for (name, value) in posted.pairs() {
            let Some((at, field)) = name.rsplit_once('/').filter(|(at, _)| at.starts_with('/')) else { continue };
            if at.starts_with("/destinations") {
                continue;
            }
            if let Some(purpose) = at.strip_prefix("/purposes/") {
                shown.purposes.insert(unescaped(purpose));
                put(&mut document, &["purposes", &unescaped(purpose), field], value, &mut shown.faults, name);
            } else {
                put(&mut document, &["defaults", field], value, &mut shown.faults, name);
            }
        }
        let places = destinations::typed(posted);
        let no_number = |pointer| (pointer, words::NOT_A_NUMBER.to_owned());
        shown.faults.extend(destinations::no_numbers(&places).into_iter().map(no_number));
        if let Some(document) = document.as_object_mut() {
            document.insert("destinations".to_owned(), places);
        }
        shown.purposes.extend(posted.word("_purpose").map(str::to_owned));
        shown.version = posted.get("version").and_then(|version| version.parse().ok()).unwrap_or_default();
        shown.document = document;
        shown
    }
}

fn put(document: &mut Value, path: &[&str], typed: &str, faults: &mut Vec<(String, String)>, name: &str) {
    let typed = typed.trim();
    if typed.is_empty() {
        return;
    }
    let value = match typed.parse::<u32>() {
        Ok(number) => json!(number),
        Err(_) => {
            faults.push((name.to_owned(), words::NOT_A_NUMBER.to_owned()));
            json!(typed)
        }
    };
    let mut place = document;
    for key in path {
        let Value::Object(object) = place else { return };
        place = object.entry((*key).to_owned()).or_insert_with(|| Value::Object(Map::new()));
    }
    *place = value;
}

async fn page(State(parts): State<Arc<Parts>>, visit: Visit, At(env): At<String>) -> Result<Response, Refusal> {
    let (policy, version) = parts.setup.policy(&env).await?;
    let done = match Posted::parse(visit.query.as_bytes()).get("done") {
        Some("saved") => Some(words::SAVED),
        Some("released") => Some(words::RELEASED),
        _ => None,
    };
    let notices = done.map(|done| Notice::Done(html! { (done) })).into_iter().collect();
    show(&parts, &visit, &env, &Shown::of(&policy, version), notices, StatusCode::default()).await
}

async fn show(
    parts: &Parts,
    visit: &Visit,
    env: &str,
    shown: &Shown,
    notices: Vec<Notice>,
    code: StatusCode,
) -> Result<Response, Refusal> {
    let row = visit.environment(env)?;
    let page = Page {
        title: nav::POLICY,
        place: Some(Place::Policy),
        environment: Some(env.to_owned()),
        lead: Some(html! { (words::LEAD) }),
        notices,
        ..Page::default()
    };
    let named: Vec<(String, String, String)> = shown
        .faults
        .iter()
        .map(|(pointer, text)| {
            if pointer.starts_with("/destinations/") {
                let (place, label) = destinations::place(pointer);
                return (place, label.to_owned(), text.clone());
            }
            let field = pointer.rsplit('/').next().unwrap_or_default();
            (pointer.clone(), words::rule(field).0.to_owned(), text.clone())
        })
        .collect();
    let content = html! {
        (shell::errors(&named))
        form method="post" action={ "/console/environments/" (env) "/policy" } novalidate {
            input type="hidden" name="version" value=(shown.version);
            (table::table(shown, row.is_development()))
            (table::add(shown))
            (destinations::form(&destinations::Shown {
                document: &shown.document,
                is_development: row.is_development(),
                faults: &shown.faults,
                theirs: shown.theirs.as_ref(),
            }))
            div.save-bar {
                (shell::button("primary", "_save", "1", common::SAVE, Some(common::SAVING), visit.denied(Role::Configure).as_deref()))
            }
        }
        (locks::section(parts, visit, env).await?)
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
    let mut shown = Shown::typed(&posted);
    if posted.has("_add") {
        return show(&parts, &visit, &env, &shown, Vec::new(), StatusCode::default()).await;
    }
    if !shown.faults.is_empty() {
        return show(&parts, &visit, &env, &shown, Vec::new(), invalid()).await;
    }
    let policy: Policy = serde_json::from_value(shown.document.clone())
        .map_err(|error| ApiError::invalid(&crate::json::quiet(&error.to_string())))?;
    // The form has no fields for the guard: what is saved of it stays.
    let guard = parts.setup.policy(&env).await?.0.guard;
    let policy = Policy { guard, ..policy.without_empty() };
    let (setup, place, seen) = (Arc::clone(&parts.setup), env.clone(), shown.version);
    let saved = whole(async move { setup.put_policy(&place, &policy, Some(seen)).await });
    let Err(error) = saved.await else {
        return Ok(Redirect::to(&format!("/console/environments/{env}/policy?done=saved")).into_response());
    };
    let (problem, mut notices) = (error.problem(), Vec::new());
    let code = status(problem);
    shown.faults.extend(faults(problem, ""));
    if problem.kind.ends_with("/stale-revision") {
        let (theirs, version) = parts.setup.policy(&env).await?;
        (shown.theirs, shown.version) = (Some(json!(theirs)), version);
        notices.push(Notice::Warn(html! { (words::STALE) }));
    } else if problem.errors.is_empty() {
        notices.push(Notice::Bad(html! { (problem.detail) }));
    }
    show(&parts, &visit, &env, &shown, notices, code).await
}
