//! Price lists: pasted as a table, replaced as a whole.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Redirect, Response};
use maud::{Markup, html};
use serde_json::json;

use super::address;
use crate::api::error::{ApiError, Fault};
use crate::api::{At, Parts, whole};
use crate::console::posted::Posted;
use crate::console::refusal::{self, Refusal};
use crate::console::shell::{self, Field, Notice, Page, Place};
use crate::console::visit::Visit;
use crate::console::words::{costs as words, nav};
use crate::keys::Role;
use crate::prices::{PriceList, read_table, table_of};
use crate::setup::{SetupError, refused_prices};

type Named = At<(String, String)>;

/// Every connector with its list.
pub(super) async fn lists(parts: &Parts, visit: &Visit, env: &str) -> Result<Markup, Refusal> {
    let (connectors, prices) = (parts.store.connectors(env).await?, parts.store.prices(env).await?);
    let can = visit.may(Role::Configure);
    let row = |name: &str| {
        let list = prices.iter().find(|one| one.connector == name);
        let label = if list.is_some() { words::CHANGE } else { words::GIVE };
        vec![
            html! { (name) },
            html! { @match list { Some(list) => (list.currency), None => span.meta { (words::NO_LIST) } } },
            html! { @if can { (shell::action("small", &format!("{}/prices/{name}", address(env)), label)) } },
        ]
    };
    let rows: Vec<Vec<Markup>> = connectors.iter().map(|one| row(&one.name)).collect();
    Ok(shell::section(
        words::LISTS,
        &html! {
            p { (words::LISTS_TEXT) }
            @if rows.is_empty() { (shell::empty(words::NO_CONNECTORS, None)) }
            @else { (shell::table(words::LISTS, &words::LISTS_COLUMNS, &rows)) }
        },
    ))
}

/// As it was typed.
#[derive(Default)]
struct Typed {
    rows: String,
    currency: String,
    kept: bool,
}

async fn kept(parts: &Parts, env: &str, name: &str) -> Result<Typed, Refusal> {
    match parts.setup.prices(env, name).await {
        Ok(list) => Ok(Typed { rows: table_of(&list), currency: list.currency().to_string(), kept: true }),
        Err(SetupError::NotFound { .. }) => {
            // One that has no list is there all the same; else this says that it is not.
            parts.setup.connector(env, name).await.map_err(ApiError::from)?;
            Ok(Typed::default())
        }
        Err(error) => Err(ApiError::from(error).into()),
    }
}

pub(super) async fn page(
    State(parts): State<Arc<Parts>>,
    visit: Visit,
    At((env, name)): Named,
) -> Result<Response, Refusal> {
    let typed = kept(&parts, &env, &name).await?;
    show(&visit, (&env, &name), &typed, None)
}

pub(super) async fn save(
    State(parts): State<Arc<Parts>>,
    visit: Visit,
    At((env, name)): Named,
    posted: Posted,
) -> Result<Response, Refusal> {
    visit.require(Role::Configure)?;
    let text = |field: &str| posted.word(field).unwrap_or_default().to_owned();
    let typed = Typed { rows: text("/rows"), currency: text("/currency").to_uppercase(), kept: posted.has("kept") };
    let currency = Some(typed.currency.as_str()).filter(|currency| !currency.is_empty());
    let list = read_table(typed.rows.as_bytes(), currency).and_then(|draft| PriceList::read(&draft));
    let saved = match list.map_err(|faults| ApiError::from(refused_prices(faults))) {
        Err(error) => Err(error),
        Ok(list) => {
            visit.noting.detail(json!({ "currency": list.currency().to_string(), "rows": list.rows() }));
            let (setup, place) = (Arc::clone(&parts.setup), (env.clone(), name.clone()));
            whole(async move { setup.put_prices(&place.0, &place.1, &list).await }).await
        }
    };
    match saved {
        Ok(()) => Ok(Redirect::to(&format!("{}?done=saved", address(&env))).into_response()),
        Err(error) => show(&visit, (&env, &name), &typed, Some(&error)),
    }
}

pub(super) async fn delete(
    State(parts): State<Arc<Parts>>,
    visit: Visit,
    At((env, name)): Named,
) -> Result<Response, Refusal> {
    visit.require(Role::Configure)?;
    let (setup, place) = (Arc::clone(&parts.setup), env.clone());
    whole(async move { setup.delete_prices(&place, &name).await }).await?;
    Ok(Redirect::to(&format!("{}?done=deleted", address(&env))).into_response())
}

fn show(
    visit: &Visit,
    (env, name): (&str, &str),
    typed: &Typed,
    error: Option<&ApiError>,
) -> Result<Response, Refusal> {
    visit.environment(env)?;
    let status = error.map_or(StatusCode::OK, |error| refusal::status(error.problem()));
    let title = words::prices_of(name);
    let page = Page {
        title: &title,
        place: Some(Place::Costs),
        environment: Some(env.to_owned()),
        crumbs: vec![(nav::COSTS.to_owned(), address(env))],
        ..Page::default()
    };
    let (here, denied) = (format!("{}/prices/{name}", address(env)), visit.denied(Role::Configure));
    let content = html! {
        @if let Some(error) = error { (faults(error, typed)) }
        form.stack method="post" action=(here) {
            @if typed.kept { input type="hidden" name="kept" value="yes"; }
            (fields(typed, error))
            (shell::button("primary", "save", "now", words::SAVE, None, denied.as_deref()))
        }
        @if typed.kept {
            (shell::panel(words::DELETE, &html! {
                p { (words::DELETE_TEXT) }
                form method="post" action={ (here) "/delete" } {
                    (shell::button("danger", "delete", "now", words::DELETE, None, denied.as_deref()))
                }
            }))
        }
    };
    Ok(visit.page_as(status, &page, &content))
}

/// What is wrong, line by line.
fn faults(error: &ApiError, typed: &Typed) -> Markup {
    let problem = error.problem();
    if problem.errors.is_empty() {
        return shell::notice(&Notice::Bad(shell::coded(&problem.detail)));
    }
    let of = |fault: &Fault| {
        let pointer = fault.pointer.as_deref().unwrap_or_default();
        if pointer == "/currency" {
            return ("currency".to_owned(), words::CURRENCY.to_owned(), currency_fault(fault, typed).to_owned());
        }
        ("rows".to_owned(), words::ROWS.to_owned(), rows_fault(fault))
    };
    shell::errors(&problem.errors.iter().map(of).collect::<Vec<_>>())
}

/// The API says where else it takes the currency; here there is a field for it.
fn currency_fault<'a>(fault: &'a Fault, typed: &Typed) -> &'a str {
    if typed.currency.is_empty() { words::NO_CURRENCY } else { &fault.detail }
}

fn rows_fault(fault: &Fault) -> String {
    // A fault of a table says its line.
    let of_row = |pointer: &&str| pointer.starts_with("/prices/") && !fault.detail.starts_with("line ");
    let pointer = fault.pointer.as_deref().filter(of_row);
    pointer.map_or_else(|| fault.detail.clone(), |pointer| format!("{pointer}: {}", fault.detail))
}

fn fields(typed: &Typed, error: Option<&ApiError>) -> Markup {
    let all = error.map(|error| error.problem().errors.as_slice()).unwrap_or_default();
    let is_of_currency = |fault: &&Fault| fault.pointer.as_deref() == Some("/currency");
    let of_currency = all.iter().find(is_of_currency).map(|fault| currency_fault(fault, typed));
    let of_rows = all.iter().find(|fault| !is_of_currency(fault)).map(rows_fault);
    let rows = Field {
        id: "rows",
        label: words::ROWS,
        hint: Some(words::ROWS_HINT),
        required: None,
        error: of_rows.as_deref(),
    };
    let currency = Field {
        id: "currency",
        label: words::CURRENCY,
        hint: Some(words::CURRENCY_HINT),
        required: None,
        error: of_currency,
    };
    html! {
        (shell::field(&currency, &html! {
            input #currency name="/currency" value=(typed.currency) maxlength="3" autocomplete="off" spellcheck="false"
                aria-describedby=[currency.described_by()];
        }))
        (shell::field(&rows, &html! {
            textarea #rows name="/rows" rows="12" required spellcheck="false" aria-describedby=[rows.described_by()] { (typed.rows) }
        }))
    }
}
