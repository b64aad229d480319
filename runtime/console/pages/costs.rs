//! What messages cost: bills by connector and country, and the price lists that they are counted by.

mod prices;

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use axum::routing::{get, post};
use maud::{Markup, html};

use crate::api::error::ApiError;
use crate::api::{At, Parts, table_of_rows};
use crate::bill::{BillParams, Charges, ConnectorBill, EnvironmentBill, table_of};
use crate::console::money;
use crate::console::posted::Posted;
use crate::console::refusal::{self, Refusal};
use crate::console::shell::{self, Field, Notice, Page, Place};
use crate::console::visit::Visit;
use crate::console::words::{costs as words, nav};

pub(super) fn routes() -> Router<Arc<Parts>> {
    Router::new()
        .route("/environments/{env}/costs", get(page))
        .route("/environments/{env}/costs/table", get(csv))
        .route("/environments/{env}/costs/prices/{name}", get(prices::page).post(prices::save))
        .route("/environments/{env}/costs/prices/{name}/delete", post(prices::delete))
}

/// Where an environment's costs are.
fn address(env: &str) -> String {
    format!("/console/environments/{env}/costs")
}

fn asked(visit: &Visit) -> BillParams {
    let query = Posted::parse(visit.query.as_bytes());
    BillParams { since: query.word("since").map(str::to_owned), until: query.word("until").map(str::to_owned) }
}

async fn page(State(parts): State<Arc<Parts>>, visit: Visit, At(env): At<String>) -> Result<Response, Refusal> {
    visit.environment(&env)?;
    let asked = asked(&visit);
    let (bill, error) = match parts.bills().environment(&env, asked.clone()).await {
        Ok(bill) => (Some(bill), None),
        Err(error) => (None, Some(ApiError::from(error))),
    };
    let status = error.as_ref().map_or(StatusCode::OK, |error| refusal::status(error.problem()));
    let done = match Posted::parse(visit.query.as_bytes()).get("done") {
        Some("saved") => Some(words::SAVED),
        Some("deleted") => Some(words::DELETED),
        _ => None,
    };
    let page = Page {
        title: nav::COSTS,
        place: Some(Place::Costs),
        environment: Some(env.clone()),
        lead: Some(html! { (words::LEAD) }),
        notices: done.map(|text| Notice::Done(html! { (text) })).into_iter().collect(),
        ..Page::default()
    };
    let content = html! {
        (days(&env, &asked, bill.as_ref(), error.as_ref()))
        @if let Some(bill) = &bill { (bills(&env, bill)) }
        (prices::lists(&parts, &visit, &env).await?)
    };
    Ok(visit.page_as(status, &page, &content))
}

/// Which days. What was asked for stays, also where it can't be.
fn days(env: &str, asked: &BillParams, bill: Option<&EnvironmentBill>, error: Option<&ApiError>) -> Markup {
    let faults = error.map(|error| error.problem().errors.as_slice()).unwrap_or_default();
    let one = |id: &'static str, label: &'static str, given: &Option<String>, shown: Option<String>| {
        let pointer = format!("/{id}");
        let fault = faults.iter().find(|fault| fault.pointer.as_deref() == Some(&pointer));
        let field = Field { id, label, error: fault.map(|fault| fault.detail.as_str()), ..Field::default() };
        let value = given.clone().or(shown).unwrap_or_default();
        // A browser's control for days shows nothing of what is none: it stands in a plain field, so that it can be mended.
        let kind = if error.is_some() { "text" } else { "date" };
        shell::field(
            &field,
            &html! {
                input id=(id) name=(id) type=(kind) value=(value) aria-describedby=[field.described_by()];
            },
        )
    };
    html! {
        form.filters method="get" action=(address(env)) aria-label=(words::DAYS) {
            (one("since", words::SINCE, &asked.since, bill.map(|bill| bill.span.since.to_string())))
            (one("until", words::UNTIL, &asked.until, bill.map(|bill| bill.span.until.to_string())))
            button.button { (words::SHOW) }
        }
    }
}

fn bills(env: &str, bill: &EnvironmentBill) -> Markup {
    let mut rows: Vec<Vec<Markup>> = bill.connectors.iter().map(|one| row(&one.connector, &one.totals)).collect();
    if rows.is_empty() {
        return shell::empty(words::NONE, None);
    }
    if rows.len() > 1 {
        rows.push(row(words::TOTAL, &bill.totals));
    }
    let table = format!("{}/table?since={}&until={}", address(env), bill.span.since, bill.span.until);
    html! {
        div.section { (shell::table(words::TABLE, &words::COLUMNS, &rows)) p { a href=(table) download { (words::CSV) } } }
        @for one in &bill.connectors { (countries(one)) }
    }
}

fn countries(one: &ConnectorBill) -> Markup {
    let row = |of: &crate::bill::CountryBill| row(of.country.as_deref().unwrap_or(words::NO_COUNTRY), &of.charges);
    let rows: Vec<Vec<Markup>> = one.countries.iter().map(row).collect();
    let title = words::by_country(&one.connector);
    html! { details.section { summary { (title) } (shell::table(&title, &words::COUNTRY_COLUMNS, &rows)) } }
}

fn row(name: &str, of: &Charges) -> Vec<Markup> {
    let costs: Vec<String> =
        of.costs.iter().map(|cost| format!("{} {}", money::shown(cost.micros), cost.currency)).collect();
    let costs = if costs.is_empty() { words::NO_AMOUNT.to_owned() } else { costs.join(", ") };
    let each = of.cost_per_verified_micros.map(money::shown);
    vec![
        html! { (name) },
        shell::number(of.sends),
        shell::number(of.segments),
        shell::number(of.verified),
        html! { (costs) },
        html! { (each.as_deref().unwrap_or(words::NO_AMOUNT)) },
        shell::number(of.unpriced),
    ]
}

async fn csv(State(parts): State<Arc<Parts>>, visit: Visit, At(env): At<String>) -> Result<Response, Refusal> {
    visit.environment(&env)?;
    let bill = parts.bills().environment(&env, asked(&visit)).await.map_err(ApiError::from)?;
    Ok(table_of_rows(&format!("bill-{env}.csv"), table_of(bill.span, &bill.connectors)))
}
