//! The audit log: who changed what.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::response::Response;
use axum::routing::get;
use maud::{Markup, html};
use serde_json::Value;
use url::form_urlencoded::Serializer;

use crate::api::Parts;
use crate::api::error::ApiError;
use crate::audit::{AuditPage, AuditParams, AuditRefusal};
use crate::clock::Timestamp;
use crate::console::posted::Posted;
use crate::console::refusal::{Refusal, status};
use crate::console::shell::{self, Field, Page, Place};
use crate::console::visit::Visit;
use crate::console::words::{audit as words, nav};
use crate::store::AuditRow;

const ADDRESS: &str = "/console/audit";
const FIELDS: [&str; 6] = ["actor", "action", "environment", "target", "from", "to"];
/// Letters of a detail that stand in the table; a longer one opens.
const DETAIL_SHOWN: usize = 100;

pub(super) fn routes() -> Router<Arc<Parts>> {
    Router::new().route("/audit", get(page))
}

async fn page(State(parts): State<Arc<Parts>>, visit: Visit) -> Result<Response, Refusal> {
    let asked = Posted::parse(visit.query.as_bytes());
    let frame =
        Page { title: nav::AUDIT, place: Some(Place::Audit), lead: Some(html! { (words::LEAD) }), ..Page::default() };
    let filter = match params(&asked).filter() {
        Ok(filter) => filter,
        Err(fault) => {
            let content = html! { (shell::errors(&[told(&fault)])) (form(&visit, &asked, Some(&fault))) };
            return Ok(visit.page_as(status(ApiError::from(fault).problem()), &frame, &content));
        }
    };
    let log = parts.audit.page(filter).await?;
    let content = html! { (form(&visit, &asked, None)) (table(&visit, &asked, &log)) };
    Ok(visit.page(&frame, &content))
}

fn params(asked: &Posted) -> AuditParams {
    let word = |name: &str| asked.word(name).map(str::to_owned);
    AuditParams {
        actor: word("actor"),
        action: word("action"),
        environment: word("environment"),
        target: word("target"),
        from: asked.moment("from"),
        to: asked.moment("to"),
        cursor: word("cursor"),
        limit: None,
    }
}

/// A fault for the summary: its field's id, its name, what is wrong.
fn told(fault: &AuditRefusal) -> (String, String, String) {
    let (id, name) = match fault.field {
        "actor" => ("actor", words::ACTOR),
        "action" => ("action", words::ACTION),
        "environment" => ("environment", words::ENVIRONMENT),
        "target" => ("target", words::TARGET),
        "from" => ("from", words::FROM),
        "to" => ("to", words::TO),
        _ => ("", words::PLACE),
    };
    (id.to_owned(), name.to_owned(), fault.detail.clone())
}

/// The filter with something changed, as an address. Without a place: the newest page.
fn address(asked: &Posted, changed: &str, value: &str) -> String {
    let mut query = Serializer::new(String::new());
    for name in FIELDS.into_iter().filter(|name| *name != changed) {
        if let Some(value) = asked.word(name) {
            query.append_pair(name, value);
        }
    }
    if !value.is_empty() {
        query.append_pair(changed, value);
    }
    let query = query.finish();
    if query.is_empty() { ADDRESS.to_owned() } else { format!("{ADDRESS}?{query}") }
}

fn form(visit: &Visit, asked: &Posted, fault: Option<&AuditRefusal>) -> Markup {
    let value = |name| asked.word(name).unwrap_or_default();
    let field = |id, label, control: &dyn Fn(Option<&str>) -> Markup| {
        let error = fault.filter(|fault| fault.field == id).map(|fault| fault.detail.as_str());
        let field = Field { id, label, error, ..Field::default() };
        shell::field(&field, &control(field.described_by().as_deref()))
    };
    let mut actions = choices(words::ANY_ACTION, words::ACTIONS.iter().copied());
    let mut environments =
        choices(words::ANY_ENVIRONMENT, visit.environments.iter().map(|row| (row.name.as_str(), row.name.as_str())));
    // What an address asks for is shown, also where it is none of those: all of a kind, what is gone.
    for (all, name) in [(&mut actions, "action"), (&mut environments, "environment")] {
        if all.iter().all(|(known, _)| known != value(name)) {
            all.push((value(name).to_owned(), value(name).to_owned()));
        }
    }
    html! {
        form.filters.looking method="get" action=(ADDRESS) aria-label=(words::FILTER) {
            (field("action", words::ACTION, &|by| shell::select("action", "action", &actions, value("action"), by)))
            (field("environment", words::ENVIRONMENT, &|by| shell::select("environment", "environment", &environments, value("environment"), by)))
            (field("actor", words::ACTOR, &|by| shell::wanted("actor", value("actor"), &[], by)))
            (field("target", words::TARGET, &|by| shell::wanted("target", value("target"), &[], by)))
            (field("from", words::FROM, &|by| shell::moment("from", value("from"), by)))
            (field("to", words::TO, &|by| shell::moment("to", value("to"), by)))
            button.button { (words::SHOW) }
            @if is_filtered(asked) { a href=(ADDRESS) { (words::CLEAR) } }
        }
    }
}

fn choices<'a>(any: &str, all: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<(String, String)> {
    let own = |(value, label): (&str, &str)| (value.to_owned(), label.to_owned());
    [("", any)].into_iter().map(own).chain(all.map(own)).collect()
}

fn is_filtered(asked: &Posted) -> bool {
    FIELDS.iter().any(|name| asked.word(name).is_some())
}

fn table(visit: &Visit, asked: &Posted, log: &AuditPage) -> Markup {
    let rows: Vec<Vec<Markup>> = log.items.iter().map(|row| line(row, asked, visit.now)).collect();
    let older = log.next.as_deref().map(|next| address(asked, "cursor", next));
    html! {
        @if rows.is_empty() {
            (shell::empty(if is_filtered(asked) { words::NONE_FITS } else { words::EMPTY }, None))
        } @else {
            div.audit { (shell::table(words::CAPTION, &words::COLUMNS, &rows)) }
        }
        (shell::pager(None, older.as_deref()))
        // Where it is read on there is no way back but the browser's own, and this.
        @if asked.word("cursor").is_some() { p { a href=(address(asked, "cursor", "")) { (words::NEWEST) } } }
    }
}

fn line(row: &AuditRow, asked: &Posted, now: Timestamp) -> Vec<Markup> {
    let text = |text: Option<&str>| html! { (text.unwrap_or_default()) };
    vec![
        shell::time(row.at, now),
        html! {
            a href=(address(asked, "actor", &row.actor.id)) { (row.actor.name) } " " span.meta { (words::kind(row.actor.kind)) }
        },
        html! { (words::action(&row.action)) },
        text(row.environment.as_deref()),
        text(row.target.as_deref()),
        match row.outcome.as_str() {
            words::DONE => shell::status("good", words::DONE),
            other => shell::status("warn", other),
        },
        detail(&row.detail),
    ]
}

fn detail(detail: &Value) -> Markup {
    let is_empty = detail.is_null() || detail.as_object().is_some_and(serde_json::Map::is_empty);
    let small = detail.to_string();
    html! {
        @if is_empty {}
        @else if small.chars().count() <= DETAIL_SHOWN { code { (small) } }
        @else { details { summary { (words::MORE) } pre { (serde_json::to_string_pretty(detail).unwrap_or(small)) } } }
    }
}
