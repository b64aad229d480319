//! The start: how an environment does, and what is left to do in it.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse as _, Redirect, Response};
use axum::routing::get;
use maud::{Markup, html};

use super::connector::rehearsed;
use crate::api::{At, Parts};
use crate::clock::Timestamp;
use crate::console::charts::{self, Chart, Ratio, Ratios};
use crate::console::posted::Posted;
use crate::console::refusal::Refusal;
use crate::console::shell::{self, Page, Place};
use crate::console::visit::Visit;
use crate::console::words::overview::Period;
use crate::console::words::{charts as chart_words, nav, overview as words};
use crate::delivery::health::State as Standing;
use crate::setup::ConnectorView;
use crate::statistics::{DAY, SendStatistics, StatisticsParams};
use crate::store::{Dimension, MessageFilter, Step};

mod failures;
mod steps;

pub(super) fn routes() -> Router<Arc<Parts>> {
    Router::new().route("/", get(start)).route("/environments/{env}", get(overview))
}

/// The environment that was looked at last, or the first one.
async fn start(visit: Visit) -> Response {
    let known = |name: &String| visit.environments.iter().any(|row| row.name == *name);
    let last = visit.prefs.environment.clone().filter(known);
    let first = || visit.environments.first().map_or_else(|| "development".to_owned(), |row| row.name.clone());
    Redirect::to(&format!("/console/environments/{}", last.unwrap_or_else(first))).into_response()
}

/// The time that an address asks for; a day unless it names another.
fn period(query: &str) -> Period {
    let asked = Posted::parse(query.as_bytes());
    let named = |period: &Period| asked.get("period") == Some(period.word());
    Period::ALL.into_iter().find(named).unwrap_or(Period::Day)
}

fn length(period: Period) -> (Duration, Step) {
    match period {
        Period::Day => (DAY, Step::Hour),
        Period::Week => (DAY * 7, Step::Day),
        Period::Month => (DAY * 30, Step::Day),
    }
}

async fn overview(State(parts): State<Arc<Parts>>, visit: Visit, At(env): At<String>) -> Result<Response, Refusal> {
    let row = visit.environment(&env)?;
    let period = period(&visit.query);
    let (span, step) = length(period);
    let since = visit.now.minus(span);
    if visit.is_part {
        return Ok(drawn(&parts, &env, since, step).await?.into_response());
    }
    let active = match parts.setup.channel(&env).await?.active {
        Some(name) => Some(parts.setup.connector(&env, &name).await?),
        None => None,
    };
    let has_sent = has_sent(&parts, &env, since).await?;
    let left = steps::left(&parts, row, active.as_ref(), has_sent).await?;
    let address = |period: Period| format!("/console/environments/{env}?period={}", period.word());
    let is_drawn = Posted::parse(visit.query.as_bytes()).has("drawn")
        || parts.statistics().is_quick(&env, Some(since), None).await?;
    let content = html! {
        section.panel { (shell::facts(&[(words::ACTIVE, connector(&parts, &env, active.as_ref(), visit.now))])) }
        @if has_sent {
            div.section {
                @if is_drawn { (drawn(&parts, &env, since, step).await?) }
                @else { (shell::later("figures", &format!("{}&drawn=1", address(period)), words::COUNT, &html! {})) }
            }
            (failures::last(&parts, &env, since, visit.now).await?)
        } @else {
            // The first step stands here, and is the only thing that asks to be done now.
            @let next = left.iter().find_map(|step| Some((step.told().0, steps::address(*step, &env, active.as_ref())?)));
            (shell::empty(&words::nothing(period), next.map(|(what, href)| shell::action("primary", &href, what))))
        }
        @if !left.is_empty() { (shell::section(words::LEFT, &steps::list(&left, &env, active.as_ref()))) }
    };
    let periods = Period::ALL.map(|other| (other.name(), address(other), other == period));
    let page = Page {
        title: nav::OVERVIEW,
        place: Some(Place::Overview),
        environment: Some(row.name.clone()),
        tabs: Some(shell::tabs(words::PERIODS, &periods)),
        notices: rehearsed::notices(&parts, &env, None),
        ..Page::default()
    };
    Ok(visit.page(&page, &content))
}

/// Whether there is anything to draw: one message tells, where counting a month's would take a while.
async fn has_sent(parts: &Parts, env: &str, since: Timestamp) -> Result<bool, Refusal> {
    let any = MessageFilter { environment: env.to_owned(), from: Some(since), limit: 1, ..MessageFilter::default() };
    Ok(!parts.log().page(any).await?.items.is_empty())
}

fn summary(sends: &SendStatistics) -> Markup {
    let totals = &sends.totals;
    let p95 = totals.p95_ms.map_or_else(|| words::NOT_KNOWN.to_owned(), chart_words::duration);
    let delivered = words::delivered(totals.delivered, totals.undelivered, totals.sent());
    let figure = |value: Markup| html! { strong.figure { (value) } };
    html! {
        section.panel {
            (shell::facts(&[
                (words::SENT, figure(shell::number(totals.sent()))),
                (words::DELIVERED, figure(html! { (delivered) })),
                (words::P95, figure(html! { (p95) })),
                (words::FAILED, figure(html! { (words::failed(totals.failed(), totals.attempts)) })),
            ]))
        }
    }
}

/// The active connector, and the worst that is known of how it does anywhere.
fn connector(parts: &Parts, env: &str, active: Option<&ConnectorView>, now: Timestamp) -> Markup {
    let Some(view) = active else { return shell::status("bad", words::NO_ACTIVE) };
    let at = format!("/console/environments/{env}/connectors/{}", view.name);
    let serving = view.serving.unwrap_or(view.revision);
    let standings = parts.health.standings(env, now);
    let own = standings.iter().filter(|s| s.connector == view.name && s.revision == serving);
    let rank = |state: &Standing| match state {
        Standing::Closed => 0,
        Standing::Probation => 1,
        Standing::Open => 2,
    };
    let worst = own.max_by_key(|standing| rank(&standing.state));
    html! {
        p { a href=(at) { (view.name) } " " span.meta { (view.component) " · " a href={ (at) "/revisions/" (serving) } { (words::revision(serving)) } } }
        @match worst {
            None => (shell::status("quiet", words::NOT_MEASURED)),
            Some(standing) => {
                @let (mark, word) = words::standing(standing.state);
                (shell::status(mark, word))
                @if let Some(why) = &standing.why { p.hint { (why) @if let Some(country) = &standing.country { " (" (country) ")" } } }
            }
        }
    }
}

/// Everything that has to be counted.
async fn drawn(parts: &Parts, env: &str, since: Timestamp, step: Step) -> Result<Markup, Refusal> {
    let params = StatisticsParams { from: Some(since), step: Some(step), ..StatisticsParams::default() };
    let sends = parts.statistics().sends(env, params).await?;
    let by = vec![Dimension::Connector, Dimension::Country];
    let conversion = parts.statistics().conversion(env, Some(since), None, by).await?;
    let ratios: Vec<Ratio> = conversion.items.iter().map(Ratio::of).collect();
    let chart = |id, title| Chart { id, title, step: sends.step, series: &sends.series, totals: &sends.totals };
    Ok(html! {
        div #figures {
            (summary(&sends))
            (charts::bars(&chart("sends", words::CHART)))
            (charts::lines(&chart("latency", words::LATENCY)))
            (charts::ratio_bars(&Ratios { id: "conversion", title: words::CONVERSION, rows: &ratios }))
        }
    })
}
