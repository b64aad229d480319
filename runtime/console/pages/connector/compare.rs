//! Where two revisions differ.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use maud::{Markup, html};
use serde_json::Value;

use super::crumbs_of_revisions;
use crate::api::error::ApiError;
use crate::api::{At, Parts};
use crate::console::posted::Posted;
use crate::console::refusal::Refusal;
use crate::console::shell::{self, Page, Place};
use crate::console::visit::Visit;
use crate::console::words::revisions as words;
use crate::setup::{Comparison, Difference};

pub(super) async fn page(
    State(parts): State<Arc<Parts>>,
    visit: Visit,
    At((env, name)): At<(String, String)>,
) -> Result<Response, Refusal> {
    let asked = Posted::parse(visit.query.as_bytes());
    let number = |field: &str| {
        let number = asked.word(field).and_then(|number| number.parse::<u64>().ok());
        number.ok_or_else(|| ApiError::field(&format!("/{field}"), "is the number of a revision"))
    };
    let (from, to) = (number("from")?, number("to")?);
    let comparison = parts.setup.compare(&env, &name, from, to).await?;
    let title = format!("{name}: {from} → {to}");
    let page = Page {
        title: &title,
        place: Some(Place::Connectors),
        environment: Some(env.clone()),
        crumbs: crumbs_of_revisions(&env, &name),
        ..Page::default()
    };
    Ok(visit.page(&page, &differences(&comparison)))
}

/// A table of what differs.
pub(in crate::console::pages) fn differences(comparison: &Comparison) -> Markup {
    let row = |difference: &Difference| {
        vec![
            html! { code { (difference.pointer) } },
            html! { (words::kind(difference.kind)) },
            value(difference, difference.from.as_ref(), words::SECRET_BEFORE),
            value(difference, difference.to.as_ref(), words::SECRET),
        ]
    };
    let rows: Vec<Vec<Markup>> = comparison.changes.iter().map(row).collect();
    let heads = [words::WHERE, words::WHAT, words::BEFORE, words::AFTER];
    html! { @if rows.is_empty() { p { (words::SAME) } } @else { (shell::table(words::COMPARE_TWO, &heads, &rows)) } }
}

/// A text as it is, everything else as JSON. Of a secret there is no value, only that it is another one.
fn value(difference: &Difference, value: Option<&Value>, secret: &str) -> Markup {
    let is_secret = difference.from.is_none() && difference.to.is_none();
    html! {
        @match value {
            Some(Value::String(text)) => span.said { (text) },
            Some(other) => code { (other.to_string()) },
            None if is_secret => span.meta { (secret) },
            None => "–",
        }
    }
}
