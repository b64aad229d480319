//! Limits: a table of rules, a column for every purpose that differs; and where messages may go.

mod destinations;
mod locks;

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::{get, post};
use maud::{Markup, html};
use serde_json::{Map, Value, json};

use crate::api::error::ApiError;
use crate::api::{At, Parts, whole};
use crate::console::posted::Posted;
use crate::console::refusal::{Refusal, status};
use crate::console::shell::{self, Notice, Page, Place};
use crate::console::visit::Visit;
use crate::console::words::{common, nav, policy as words};
use crate::json::unescaped;
use crate::keys::Role;
use crate::otp::policy::{Policy, RANGES};
use crate::texts::PURPOSES;

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
            (table(shown, row.is_development()))
            (add(shown))
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

fn table(shown: &Shown, is_development: bool) -> Markup {
    let built_in = json!(Policy::built_in(is_development));
    let mut heads = vec![words::RULE, words::EVERY];
    heads.extend(shown.purposes.iter().map(String::as_str));
    heads.extend([words::BUILT_IN, words::RANGE]);
    let row = |&(field, min, max): &(&'static str, u32, u32)| {
        let (name, hint) = words::rule(field);
        let mut cells = vec![html! { (name) @if !hint.is_empty() { p.hint { (hint) } } }];
        cells.push(cell(shown, &format!("/defaults/{field}"), &words::label(name, None), (min, max)));
        for purpose in &shown.purposes {
            let token = purpose.replace('~', "~0").replace('/', "~1");
            let at = format!("/purposes/{token}/{field}");
            cells.push(cell(shown, &at, &words::label(name, Some(purpose)), (min, max)));
        }
        let preset = built_in.get(field).and_then(Value::as_u64).unwrap_or_default();
        let is_none = field == "sends_per_hour_per_client" && preset == 0;
        cells.push(html! { @if is_none { (words::NO_LIMIT) } @else { (shell::number(preset)) } });
        cells.push(html! { (words::range(min, max)) });
        cells
    };
    let rows: Vec<Vec<Markup>> = RANGES.iter().map(row).collect();
    shell::table(words::CAPTION, &heads, &rows)
}

fn cell(shown: &Shown, at: &str, label: &str, (min, max): (u32, u32)) -> Markup {
    let value = shown.document.pointer(at);
    let typed = value.map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned));
    let fault = shown.faults.iter().find(|(pointer, _)| pointer == at).map(|(_, text)| text);
    let theirs = shown.theirs.as_ref().map(|theirs| theirs.pointer(at)).filter(|theirs| *theirs != value);
    let told = (fault.is_some() || theirs.is_some()).then(|| format!("{at}-told"));
    html! {
        div.wrong[fault.is_some()] {
            input.short id=(at) name=(at) type="number" inputmode="numeric" min=(min) max=(max) value=[typed] aria-label=(label)
                aria-describedby=[told.as_deref()] aria-invalid=[fault.map(|_| "true")];
            @if let Some(id) = &told {
                p.error[fault.is_some()].hint[fault.is_none()] id=(id) {
                    @if let Some(fault) = fault { (fault) }
                    @else if let Some(theirs) = theirs { (words::theirs(theirs.and_then(Value::as_u64).and_then(|n| u32::try_from(n).ok()))) }
                }
            }
        }
    }
}

fn add(shown: &Shown) -> Markup {
    html! {
        fieldset.group {
            legend { (words::ADD) }
            div.row {
                label for="_purpose" { (words::PURPOSE) }
                input #_purpose.inline name="_purpose" list="purposes" maxlength="64";
                datalist #purposes { @for purpose in PURPOSES { @if !shown.purposes.contains(*purpose) { option value=(purpose) {} } } }
                button.button name="_add" value="1" formnovalidate { (words::ADD_IT) }
            }
        }
    }
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
        let code = status(ApiError::invalid("").problem());
        return show(&parts, &visit, &env, &shown, Vec::new(), code).await;
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
    for fault in &problem.errors {
        let pointer = fault.pointer.clone().unwrap_or_default();
        let text = fault.detail.trim_start_matches(&format!("`{pointer}` ")).to_owned();
        shown.faults.push((pointer, text));
    }
    if problem.kind.ends_with("/stale-revision") {
        let (theirs, version) = parts.setup.policy(&env).await?;
        (shown.theirs, shown.version) = (Some(json!(theirs)), version);
        notices.push(Notice::Warn(html! { (words::STALE) }));
    } else if problem.errors.is_empty() {
        notices.push(Notice::Bad(html! { (problem.detail) }));
    }
    show(&parts, &visit, &env, &shown, notices, code).await
}
