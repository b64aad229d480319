//! Promotion: what it comes to is shown first, with what is in the way beside where it is given.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use maud::{Markup, html};
use serde_json::{Value, json};

use super::labels::Labels;
use super::proposal::{self, Sight};
use crate::api::error::ApiError;
use crate::api::{At, Parts, whole};
use crate::console::posted::Posted;
use crate::console::refusal::{Refusal, status};
use crate::console::shell::{self, Field, Notice, Page, Place};
use crate::console::visit::Visit;
use crate::console::words::{environments as words, nav};
use crate::json::unescaped;
use crate::keys::Role;
use crate::setup::{Promote, Promotion};

/// What the address says after a promotion.
const DONE: &str = "promoted";

pub(super) async fn page(
    State(parts): State<Arc<Parts>>,
    visit: Visit,
    At(env): At<String>,
) -> Result<Response, Refusal> {
    let asked = Posted::parse(visit.query.as_bytes());
    let done = (asked.get("done") == Some(DONE))
        .then(|| Notice::Done(html! { (words::promoted(asked.get("to").unwrap_or_default())) }));
    show(&parts, &visit, &env, &asked, done, StatusCode::default()).await
}

/// The target: the one that is named, else the first environment of production, else any other.
fn target(visit: &Visit, env: &str, asked: &Posted) -> Option<String> {
    let others = || visit.environments.iter().filter(|row| row.name != env);
    let named = asked.word("to").filter(|to| others().any(|row| row.name == *to)).map(str::to_owned);
    let production = || others().find(|row| !row.is_development()).map(|row| row.name.clone());
    named.or_else(production).or_else(|| others().next().map(|row| row.name.clone()))
}

/// What a form says: secrets as `/secrets/CONNECTOR/FIELD`, approvals as `/approve/CONNECTOR`.
fn request(to: String, posted: &Posted, dry_run: bool) -> Promote {
    let mut secrets: BTreeMap<String, BTreeMap<String, Value>> = BTreeMap::new();
    let mut approve = BTreeMap::new();
    for (name, value) in posted.pairs() {
        if let Some((connector, field)) = name.strip_prefix("/secrets/").and_then(|rest| rest.split_once('/')) {
            if !value.is_empty() {
                let value = Value::from(value.as_str());
                secrets.entry(unescaped(connector)).or_default().insert(unescaped(field), value);
            }
        } else if let Some(connector) = name.strip_prefix("/approve/") {
            approve.insert(unescaped(connector), value.clone());
        }
    }
    Promote { to, connectors: None, secrets, copy_secrets: posted.has("/copy_secrets"), approve, dry_run, by: None }
}

async fn show(
    parts: &Parts,
    visit: &Visit,
    env: &str,
    posted: &Posted,
    notice: Option<Notice>,
    code: StatusCode,
) -> Result<Response, Refusal> {
    visit.environment(env)?;
    let title = words::from(env);
    let page = Page {
        title: &title,
        place: Some(Place::Environments),
        environment: Some(env.to_owned()),
        crumbs: vec![(nav::ENVIRONMENTS.to_owned(), "/console/environments".to_owned())],
        notices: notice.into_iter().collect(),
        ..Page::default()
    };
    let Some(to) = target(visit, env, posted) else {
        return Ok(visit.page(&page, &shell::empty(words::ONLY_ONE, None)));
    };
    let preview = parts.setup.promote(env, request(to.clone(), posted, true)).await.map_err(ApiError::from);
    let labels = match &preview {
        Ok(preview) => Labels::of(parts, preview).await,
        Err(_) => Labels::default(),
    };
    let content = html! {
        (choice(visit, env, &to))
        @match &preview {
            Ok(preview) => (form(visit, env, posted, preview, &labels)),
            Err(error) => (refused(env, &to, error)),
        }
    };
    Ok(visit.page_as(code, &page, &content))
}

fn refused(env: &str, to: &str, error: &ApiError) -> Markup {
    let problem = error.problem();
    let has = |code: &str| problem.errors.iter().any(|fault| fault.code == code);
    // Before anything was set up that is no fault, but the beginning.
    let first = match () {
        () if has("development-only") => Some(words::only_the_inbox(env, to)),
        () if has("no-active-connector") => Some(words::nobody_active(env)),
        () => None,
    };
    if let Some(first) = first {
        let connectors = format!("/console/environments/{env}/connectors");
        return shell::empty(&first, Some(shell::action("primary", &connectors, words::TO_CONNECTORS)));
    }
    shell::notice(&Notice::Bad(html! {
        p { (problem.detail) }
        ul { @for fault in &problem.errors { li { (shell::coded(&fault.detail)) } } }
    }))
}

fn choice(visit: &Visit, env: &str, to: &str) -> Markup {
    let others: Vec<(String, String)> = visit
        .environments
        .iter()
        .filter(|row| row.name != env)
        .map(|row| (row.name.clone(), format!("{} ({})", row.name, row.kind)))
        .collect();
    let field = Field { id: "to", label: words::TO, ..Field::default() };
    html! {
        @if others.len() > 1 {
            form.filters method="get" action={ "/console/environments/" (env) "/promote" } {
                (shell::field(&field, &shell::select("to", "to", &others, to, None)))
                button.button { (words::CHECK_AGAIN) }
            }
        }
    }
}

fn form(visit: &Visit, env: &str, posted: &Posted, preview: &Promotion, labels: &Labels) -> Markup {
    let denied = visit.denied(Role::Configure);
    let to = preview.to.as_str();
    // Secrets are never copied into an environment of kind development.
    let can_copy = visit.environment(to).is_ok_and(|row| !row.is_development());
    let sight = Sight { is_done: posted.get("done") == Some(DONE), can_copy };
    html! {
        form method="post" action={ "/console/environments/" (env) "/promote" } {
            input type="hidden" name="to" value=(to);
            (proposal::proposal(preview, posted, labels, &sight))
            @if can_copy {
                p.check {
                    input #copy type="checkbox" name="/copy_secrets" value="1" checked[posted.has("/copy_secrets")];
                    label for="copy" { (words::COPY_SECRETS) }
                }
            }
            div.save-bar {
                (shell::button("primary", "_promote", "1", &words::promote_now(to), Some(words::PROMOTING), denied.as_deref()))
                (shell::button("", "_check", "1", words::CHECK_AGAIN, None, None))
            }
        }
    }
}

pub(super) async fn promote(
    State(parts): State<Arc<Parts>>,
    visit: Visit,
    At(env): At<String>,
    posted: Posted,
) -> Result<Response, Refusal> {
    visit.require(Role::Configure)?;
    visit.environment(&env)?;
    let to = target(&visit, &env, &posted).ok_or_else(|| ApiError::not_found(words::ONLY_ONE))?;
    if posted.has("_check") {
        return show(&parts, &visit, &env, &posted, None, StatusCode::default()).await;
    }
    let wanted = Promote { by: Some(visit.visitor.actor.clone()), ..request(to.clone(), &posted, false) };
    let (setup, from) = (Arc::clone(&parts.setup), env.clone());
    visit.noting.detail(json!({ "to": to }));
    let came = whole(async move { setup.promote(&from, wanted).await });
    match came.await {
        Ok(_) => {
            let address = format!("/console/environments/{env}/promote?to={to}&done={DONE}");
            Ok(Redirect::to(&address).into_response())
        }
        Err(error) => {
            let code = status(error.problem());
            // What is wrong at a field is told there, and once above them all.
            let is_told = error.problem().errors.iter().any(|fault| fault.pointer.is_some());
            let notice = Notice::Bad(html! { (words::NOTHING_STORED) @if !is_told { " " (error.problem().detail) } });
            show(&parts, &visit, &env, &posted, Some(notice), code).await
        }
    }
}
