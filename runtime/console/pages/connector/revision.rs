//! One revision: what it says, when it served, the swap and its drain, how it does beside the others.

use std::sync::Arc;

use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use maud::{Markup, html};

use super::revisions::{activate_form, latency, percent, state};
use super::{address, crumbs_of_revisions, lately};
use crate::api::{At, Parts};
use crate::connector::serving::flights::Drain;
use crate::console::refusal::Refusal;
use crate::console::shell::{self, Page, Place};
use crate::console::visit::Visit;
use crate::console::words::revisions as words;
use crate::setup::{RevisionDetail, RevisionView};
use crate::store::{RevisionFigures, Switch};

pub(super) async fn page(
    State(parts): State<Arc<Parts>>,
    visit: Visit,
    At((env, name, number)): At<(String, String, u64)>,
) -> Result<Response, Refusal> {
    let detail = parts.setup.revision_detail(&env, &name, number).await?;
    let serving = parts.setup.connector(&env, &name).await?.serving;
    let figures = match lately::figures(&parts, &visit, &env, &name).await? {
        Some(figures) => side_by_side(&figures, number),
        None => shell::later("figures", &lately::counted(&visit), words::COUNT_FIGURES, &html! {}),
    };
    if visit.is_part && lately::is_counted(&visit) {
        return Ok(figures.into_response());
    }
    let title = format!("{name}: {}", words::revision(number).to_lowercase());
    let page = Page {
        title: &title,
        place: Some(Place::Connectors),
        environment: Some(env.clone()),
        crumbs: crumbs_of_revisions(&env, &name),
        ..Page::default()
    };
    let revision = &detail.revision;
    let can_serve = !revision.serving && revision.quarantined.is_none();
    let content = html! {
        (shell::panel(&words::revision(number), &facts(&visit, revision)))
        @if can_serve { div.section { (activate_form(&visit, &env, &name, number, serving)) } }
        (swap(&visit, &env, &name, &detail))
        div.section { (figures) }
        @if !revision.switches.is_empty() { div.section { (switches(&visit, &revision.switches)) } }
        section.section {
            h2 { (words::CONFIG) }
            pre tabindex="0" { (serde_json::to_string_pretty(&revision.config).unwrap_or_default()) }
        }
        @if number > 1 { (compare_links(&env, &name, number, serving)) }
    };
    Ok(visit.page(&page, &content))
}

fn facts(visit: &Visit, revision: &RevisionView) -> Markup {
    shell::facts(&[
        (words::COMPONENT, html! { code { (revision.component) } }),
        (words::SAVED, shell::time(revision.created_at, visit.now)),
        (words::BY, html! { @if let Some(by) = &revision.by { (by.name) } }),
        (
            words::SERVED,
            html! {
                (state(revision))
                @if let Some(why) = &revision.quarantined { " " (why) }
                @if !revision.serving && revision.switches.is_empty() { (words::NEVER) }
            },
        ),
    ])
}

/// The moment of the swap and what was under way then; looked at again while something still is.
fn swap(visit: &Visit, env: &str, name: &str, detail: &RevisionDetail) -> Markup {
    let at = format!("{}/revisions/{}", address(env, name), detail.revision.revision);
    let is_draining = detail.drain.as_ref().is_some_and(|drain| drain.drained_at.is_none());
    let moves = detail.revision.serving || is_draining;
    html! {
        section #swap.panel hx-get=[moves.then_some(at.as_str())] hx-trigger=[moves.then_some("every 2s")] hx-target=[moves.then_some("#swap")]
            hx-select=[moves.then_some("#swap")] hx-swap=[moves.then_some("outerHTML")] {
            h2 { (words::DRAIN) }
            (shell::facts(&[(words::IN_FLIGHT, html! { strong { (shell::number(detail.in_flight)) } })]))
            @match &detail.drain {
                Some(drain) => (drained(visit, drain)),
                None => p.hint { (words::NO_DRAIN) },
            }
        }
    }
}

fn drained(visit: &Visit, drain: &Drain) -> Markup {
    shell::facts(&[
        (
            words::SWAPPED,
            html! { (shell::time(drain.swapped_at, visit.now)) " " span.meta { (shell::time_of(drain.swapped_at)) } },
        ),
        (words::AT_SWAP, shell::number(drain.in_flight_at_swap)),
        (
            words::DRAINED,
            html! {
                @match drain.drained_at {
                    Some(at) => (shell::time(at, visit.now)),
                    None => { (shell::status("warn", words::DRAINING)) " " (shell::number(drain.in_flight)) },
                }
            },
        ),
    ])
}

fn side_by_side(all: &[RevisionFigures], here: u64) -> Markup {
    let row = |of: &RevisionFigures| {
        let figures = &of.figures;
        let outcomes = [figures.delivered, figures.accepted, figures.refused, figures.unknown];
        let outcomes: Vec<String> = outcomes.iter().map(u64::to_string).collect();
        vec![
            html! { @if of.revision == here { strong { (words::revision(of.revision)) } } @else { (words::revision(of.revision)) } },
            shell::number(figures.attempts),
            html! { @if let Some(rate) = of.success_rate { (percent(rate)) } },
            html! { (latency(of)) },
            html! { (outcomes.join(" / ")) },
        ]
    };
    let rows: Vec<Vec<Markup>> = all.iter().map(row).collect();
    let heads = [words::REVISION, words::SENDS, words::SUCCESS, words::LATENCY, words::OUTCOMES];
    html! {
        div #figures {
            @if rows.is_empty() { p.hint { (words::NO_FIGURES) } } @else { (shell::table(words::FIGURES, &heads, &rows)) }
        }
    }
}

fn switches(visit: &Visit, all: &[Switch]) -> Markup {
    let row = |switch: &Switch| {
        vec![
            shell::time(switch.from, visit.now),
            html! { @match switch.until { Some(until) => (shell::time(until, visit.now)), None => (words::NOW) } },
            html! { (words::why(switch.why)) },
            html! { @if let Some(by) = &switch.by { (by.name) } },
            html! {
                @if let Some(ended) = switch.ended { (words::why(ended)) " " }
                @if let Some(by) = &switch.ended_by { (by.name) }
            },
        ]
    };
    let rows: Vec<Vec<Markup>> = all.iter().map(row).collect();
    let heads = [words::SINCE, words::UNTIL, words::WHY, words::BY, words::ENDED];
    shell::table(words::SWITCHES, &heads, &rows)
}

fn compare_links(env: &str, name: &str, number: u64, serving: Option<u64>) -> Markup {
    let at = |from: u64, to: u64| format!("{}/revisions/compare?from={from}&to={to}", address(env, name));
    let before = number.saturating_sub(1);
    html! {
        p.row {
            a href=(at(before, number)) { (words::COMPARE) " " (before) " → " (number) }
            @if let Some(serving) = serving.filter(|serving| *serving != number && *serving != before) {
                a href=(at(number, serving)) { (words::COMPARE) " " (number) " → " (serving) }
            }
        }
    }
}
