//! Revisions side by side: who saved each, when it served, how it did; one click back.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use maud::{Markup, html};
use serde_json::json;

use super::{Tab, actions, address, crumbs, lately, rehearsed, tabs};
use crate::api::{At, Parts, whole};
use crate::console::posted::Posted;
use crate::console::refusal::Refusal;
use crate::console::shell::{self, Field, Notice, Page, Place};
use crate::console::visit::Visit;
use crate::console::words::revisions as words;
use crate::keys::Role;
use crate::setup::RevisionView;
use crate::store::RevisionFigures;

pub(super) async fn page(
    State(parts): State<Arc<Parts>>,
    visit: Visit,
    At((env, name)): At<(String, String)>,
) -> Result<Response, Refusal> {
    let revisions = parts.setup.revisions(&env, &name).await?;
    let view = parts.setup.connector(&env, &name).await?;
    let figures = lately::figures(&parts, &visit, &env, &name).await?;
    let table = table(&visit, &env, &name, &revisions, figures.as_deref());
    if visit.is_part && lately::is_counted(&visit) {
        return Ok(table.into_response());
    }
    let done = Posted::parse(visit.query.as_bytes()).get("done") == Some("serves");
    let page = Page {
        title: &name,
        place: Some(Place::Connectors),
        environment: Some(env.clone()),
        crumbs: crumbs(&env, None),
        lead: Some(html! { (words::LEAD) }),
        actions: Some(actions(&visit, &env, &view)),
        notices: done
            .then(|| Notice::Done(html! { (words::ROLLED_BACK) }))
            .into_iter()
            .chain(rehearsed::notices(&parts, &env, Some(&name)))
            .collect(),
        tabs: Some(tabs(&env, &name, Tab::Revisions)),
        ..Page::default()
    };
    let content = html! {
        div.section { (table) }
        @if revisions.len() > 1 { (compare_form(&env, &name, &revisions)) }
    };
    Ok(visit.page(&page, &content))
}

/// Without figures these are counted later, and the table is exchanged then.
fn table(
    visit: &Visit,
    env: &str,
    name: &str,
    revisions: &[RevisionView],
    figures: Option<&[RevisionFigures]>,
) -> Markup {
    let serving = revisions.iter().find(|revision| revision.serving).map(|revision| revision.revision);
    let of = |number: u64| figures.unwrap_or_default().iter().find(|figures| figures.revision == number);
    let row = |revision: &RevisionView| row(visit, env, name, revision, serving, of(revision.revision));
    let rows: Vec<Vec<Markup>> = revisions.iter().map(row).collect();
    let heads = [
        words::REVISION,
        words::COMPONENT,
        words::SAVED,
        words::BY,
        words::SERVED,
        words::SENDS,
        words::SUCCESS,
        words::LATENCY,
        words::ACTION,
    ];
    let table = shell::table(words::REVISIONS, &heads, &rows);
    match figures {
        Some(_) => html! { div #revisions { (table) } },
        None => shell::later("revisions", &lately::counted(visit), words::COUNT_FIGURES, &table),
    }
}

fn row(
    visit: &Visit,
    env: &str,
    name: &str,
    revision: &RevisionView,
    serving: Option<u64>,
    figures: Option<&RevisionFigures>,
) -> Vec<Markup> {
    let number = revision.revision;
    let at = format!("{}/revisions/{number}", address(env, name));
    vec![
        html! { a href=(at) { (words::revision(number)) } " " (state(revision)) },
        html! { code { (revision.component) } },
        shell::time(revision.created_at, visit.now),
        html! { @if let Some(by) = &revision.by { (by.name) } },
        served(visit, revision),
        html! { @if let Some(figures) = figures { (shell::number(figures.figures.attempts)) } },
        html! { @if let Some(rate) = figures.and_then(|figures| figures.success_rate) { (percent(rate)) } },
        html! { @if let Some(figures) = figures { (latency(figures)) } },
        html! { @if !revision.serving && revision.quarantined.is_none() { (activate_form(visit, env, name, number, serving)) } },
    ]
}

/// A share as people write it.
pub(super) fn percent(share: f64) -> String {
    format!("{:.1}\u{a0}%", share * 100.0)
}

/// Half of the calls and most of them.
pub(super) fn latency(of: &RevisionFigures) -> String {
    let ms = |value: Option<u64>| value.map_or_else(|| "–".to_owned(), |value| format!("{value}\u{a0}ms"));
    format!("{}\u{a0}/ {}", ms(of.figures.p50_ms), ms(of.figures.p95_ms))
}

pub(super) fn state(revision: &RevisionView) -> Markup {
    html! {
        @if revision.serving { (shell::status("good", words::SERVES)) }
        @else if revision.quarantined.is_some() { (shell::status("bad", words::QUARANTINED)) }
    }
}

fn served(visit: &Visit, revision: &RevisionView) -> Markup {
    html! {
        @match revision.switches.first() {
            None => (words::NEVER),
            Some(last) => {
                (shell::time(last.from, visit.now)) " – "
                @match last.until { Some(until) => (shell::time(until, visit.now)), None => (words::NOW) }
            },
        }
    }
}

/// The button that lets a revision serve. `serving` is what is seen to serve: if another does meanwhile, nothing is done.
pub(super) fn activate_form(visit: &Visit, env: &str, name: &str, number: u64, serving: Option<u64>) -> Markup {
    let label = match serving {
        Some(serving) if serving > number => words::roll_back(number),
        _ => words::roll_forward(number),
    };
    let denied = visit.denied(Role::Operate);
    html! {
        form method="post" action={ (address(env, name)) "/revisions/" (number) "/activate" } {
            (shell::button("small", "_activate", "1", &label, None, denied.as_deref()))
        }
    }
}

fn compare_form(env: &str, name: &str, revisions: &[RevisionView]) -> Markup {
    let options: Vec<(String, String)> =
        revisions.iter().map(|one| (one.revision.to_string(), words::revision(one.revision))).collect();
    let number = |index: usize| revisions.get(index).map(|one| one.revision.to_string()).unwrap_or_default();
    let from = Field { id: "from", label: words::FROM, ..Field::default() };
    let to = Field { id: "to", label: words::TO, ..Field::default() };
    let form = html! {
        form.filters method="get" action={ (address(env, name)) "/revisions/compare" } {
            (shell::field(&from, &shell::select("from", "from", &options, &number(1), None)))
            (shell::field(&to, &shell::select("to", "to", &options, &number(0), None)))
            button.button { (words::COMPARE) }
        }
    };
    shell::section(words::COMPARE_TWO, &form)
}

pub(super) async fn activate(
    State(parts): State<Arc<Parts>>,
    visit: Visit,
    At((env, name, number)): At<(String, String, u64)>,
) -> Result<Response, Refusal> {
    visit.require(Role::Operate)?;
    visit.noting.detail(json!({ "revision": number }));
    let (setup, by) = (Arc::clone(&parts.setup), Some(visit.visitor.actor.clone()));
    let (place, which) = (env.clone(), name.clone());
    whole(async move { setup.activate_revision(&place, &which, number, None, by).await }).await?;
    Ok(Redirect::to(&format!("{}/revisions?done=serves", address(&env, &name))).into_response())
}
