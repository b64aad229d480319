//! What a webhook was told, and is still to be told.

use maud::{Markup, html};

use super::address;
use crate::api::Parts;
use crate::api::error::ApiError;
use crate::console::posted::Posted;
use crate::console::refusal::Refusal;
use crate::console::shell;
use crate::console::visit::Visit;
use crate::console::words::webhooks as words;
use crate::keys::Role;
use crate::store::{DeliveryStatus, Try};
use crate::webhooks::DeliveryView;

const PAGE: u32 = 20;
const STATES: [(DeliveryStatus, &str); 3] = [
    (DeliveryStatus::Pending, "pending"),
    (DeliveryStatus::Delivered, "delivered"),
    (DeliveryStatus::Failed, "failed"),
];

pub(super) async fn list(parts: &Parts, visit: &Visit, env: &str, id: &str) -> Result<Markup, Refusal> {
    let query = Posted::parse(visit.query.as_bytes());
    let chosen = query.word("status").and_then(|word| STATES.into_iter().find(|(_, one)| *one == word));
    let cursor = query.word("cursor").map(str::to_owned);
    let page = parts.webhooks.deliveries(env, id, chosen.map(|(status, _)| status), cursor.clone(), PAGE).await;
    let page = page.map_err(ApiError::from)?;
    let here = |status: Option<&str>, cursor: Option<&str>| {
        let mut query = url::form_urlencoded::Serializer::new(String::new());
        let pairs = [("status", status), ("cursor", cursor)];
        query.extend_pairs(pairs.into_iter().filter_map(|(name, value)| Some((name, value?))));
        let query = query.finish();
        let query = if query.is_empty() { query } else { format!("?{query}") };
        format!("{}/{id}{query}#log", address(env))
    };
    let mut tabs = vec![(words::ALL, here(None, None), chosen.is_none())];
    tabs.extend(STATES.map(|(status, word)| {
        (words::state(status).1, here(Some(word), None), chosen.is_some_and(|(one, _)| one == status))
    }));
    let rows: Vec<Vec<Markup>> = page.items.iter().map(|one| row(one, visit, env, id)).collect();
    let chosen = chosen.map(|(_, word)| word);
    let first = cursor.is_some().then(|| here(chosen, None));
    let older = page.next.as_deref().map(|next| here(chosen, Some(next)));
    Ok(html! {
        section #log.section {
            h2 { (words::LOG) }
            (shell::tabs(words::LOG_STATES, &tabs))
            @if rows.is_empty() { (shell::empty(words::LOG_EMPTY, None)) }
            @else { (shell::table(words::LOG, &words::LOG_COLUMNS, &rows)) }
            (shell::pager(first.as_deref(), older.as_deref()))
        }
    })
}

fn row(one: &DeliveryView, visit: &Visit, env: &str, id: &str) -> Vec<Markup> {
    let (kind, word) = words::state(one.status);
    let last = one.tries.last();
    let can = visit.may(Role::Configure);
    vec![
        shell::time(one.happened_at, visit.now),
        html! { code { (one.kind) } },
        shell::status(kind, word),
        html! { @match last {
            None => (words::NOT_TRIED),
            Some(last) => { (shell::time(last.at, visit.now)) ": " (came(last)) }
        } },
        html! { @if can {
            form method="post" action={ (address(env)) "/" (id) "/deliveries/" (one.id) "/retry" } {
                (shell::button("small", "retry", "now", words::AGAIN, None, None))
            }
        } },
    ]
}

/// What came of a try.
pub(super) fn came(one: &Try) -> String {
    let status = one.status.map(words::answered);
    match (&status, &one.error) {
        (Some(status), None) => status.clone(),
        (Some(status), Some(error)) if error.contains(status.as_str()) => error.clone(),
        (Some(status), Some(error)) => format!("{status}, {error}"),
        (None, error) => error.clone().unwrap_or_default(),
    }
}
