//! The log of messages: what became of them, and of one of them everything.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;
use maud::{Markup, html};

use self::filter::Asked;
use crate::api::error::ApiError;
use crate::api::{self, At, Parts};
use crate::clock::Timestamp;
use crate::console::charts::{self, Chart};
use crate::console::refusal::{Refusal, status};
use crate::console::shell::{self, Page, Place};
use crate::console::visit::Visit;
use crate::console::words::{messages as words, nav};
use crate::log::LogRefusal;
use crate::statistics::{DAY, StatisticsError, StatisticsParams};
use crate::store::{MessageFilter, Step};

mod attempts;
mod exchange;
mod filter;
mod one;
mod rows;

pub(super) fn routes() -> Router<Arc<Parts>> {
    Router::new()
        .route("/environments/{env}/messages", get(list))
        .route("/environments/{env}/messages.csv", get(export))
        .route("/environments/{env}/messages/{id}", get(one::page))
        .route("/environments/{env}/messages/{id}/attempts", get(one::in_place))
        .route("/environments/{env}/messages/{id}/attempts/{number}", get(exchange::page))
        .route("/environments/{env}/messages/{id}/attempts/{number}/transcript", get(exchange::download))
}

/// The address of an environment's log.
fn address(env: &str) -> String {
    format!("/console/environments/{env}/messages")
}

async fn list(State(parts): State<Arc<Parts>>, visit: Visit, At(env): At<String>) -> Result<Response, Refusal> {
    visit.environment(&env)?;
    let asked = Asked::of(&visit.query);
    let filter = match asked.params.filter(&env) {
        Ok(filter) => filter,
        Err(fault) => return refused(&parts, &visit, &env, &asked, &fault).await,
    };
    let page = parts.log().page(filter.clone()).await?;
    let log = rows::log(&env, &page, &asked, visit.now);
    if visit.is_part && asked.is_drawn {
        return Ok(chart(&parts, &filter, &asked, true).await?.into_response());
    }
    if visit.is_part {
        return Ok(log.into_response());
    }
    let content = html! {
        (asked.form(&env, &connectors(&parts, &env).await?, None))
        (chart(&parts, &filter, &asked, asked.is_drawn).await?)
        (log)
    };
    let actions = html! {
        (shell::action("", &format!("{}{}", address(&env), asked.live_or_not()), if asked.is_live { words::NOT_LIVE } else { words::LIVE }))
        (shell::action("", &format!("{}.csv{}", address(&env), asked.query(&[])), words::EXPORT))
    };
    let page = Page { actions: Some(actions), ..frame(&env) };
    Ok(visit.page(&page, &content))
}

fn frame(env: &str) -> Page<'static> {
    Page {
        title: nav::MESSAGES,
        place: Some(Place::Messages),
        environment: Some(env.to_owned()),
        lead: Some(html! { (words::LEAD) }),
        ..Page::default()
    }
}

/// The form again, with what is wrong in it.
async fn refused(
    parts: &Parts,
    visit: &Visit,
    env: &str,
    asked: &Asked,
    fault: &LogRefusal,
) -> Result<Response, Refusal> {
    let error = ApiError::field(&format!("/{}", fault.field), fault.detail.as_str());
    let content = html! {
        (shell::errors(&[filter::told(fault)]))
        (asked.form(env, &connectors(parts, env).await?, Some(fault)))
    };
    Ok(visit.page_as(status(error.problem()), &frame(env), &content))
}

async fn connectors(parts: &Parts, env: &str) -> Result<Vec<String>, Refusal> {
    Ok(parts.store.connectors(env).await?.into_iter().map(|row| row.name).collect())
}

/// What was sent in the filter's time; of the last day unless it has one. Where that is much, it is counted when the page
/// is there, or when it `is_wanted`.
async fn chart(parts: &Parts, filter: &MessageFilter, asked: &Asked, is_wanted: bool) -> Result<Markup, Refusal> {
    let begins = |to: Timestamp| filter.from.unwrap_or_else(|| to.minus(DAY));
    let to = filter.to.unwrap_or_else(|| parts.clock.now());
    let step = if to.since(begins(to)) > DAY * 3 { Step::Day } else { Step::Hour };
    let params = StatisticsParams {
        from: filter.from,
        to: filter.to,
        connector: filter.connector.clone(),
        country: filter.country.clone(),
        purpose: filter.purpose.clone(),
        step: Some(step),
    };
    let statistics = parts.statistics();
    match statistics.is_quick(&filter.environment, filter.from, filter.to).await {
        Ok(is_quick) if is_quick || is_wanted => {}
        Ok(_) => {
            let href = format!("{}{}", address(&filter.environment), asked.query(&[("drawn", "1")]));
            return Ok(shell::later("chart", &href, words::DRAW, &html! {}));
        }
        Err(StatisticsError::Span(_)) => return Ok(html! { p.hint { (words::NO_CHART) } }),
        Err(other) => return Err(other.into()),
    }
    let sends = statistics.sends(&filter.environment, params).await?;
    let is_chosen = filter.from.is_some() || filter.to.is_some();
    let title = if is_chosen { words::CHART_OF_THE_FILTER } else { words::CHART_OF_A_DAY };
    let chart = Chart { id: "sends", title, step, series: &sends.series, totals: &sends.totals };
    let is_narrower = !filter.statuses.is_empty() || filter.source.is_some();
    Ok(html! {
        div #chart {
            (charts::bars(&chart))
            @if is_narrower { p.hint { (words::CHART_COUNTS) } }
        }
    })
}

/// Every message of the filter as a table to keep, by what the API exports with.
async fn export(State(parts): State<Arc<Parts>>, visit: Visit, At(env): At<String>) -> Result<Response, Refusal> {
    visit.environment(&env)?;
    let filter = Asked::of(&visit.query).params.filter(&env)?;
    Ok(api::table(parts.log().export(filter), &env))
}
