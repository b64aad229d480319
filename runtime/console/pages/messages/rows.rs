//! The list itself: a part of the page that can be read again, and rows that open.

use maud::{Markup, html};

use super::address;
use super::filter::Asked;
use crate::clock::Timestamp;
use crate::console::shell;
use crate::console::words::{charts, messages as words};
use crate::log::{LogPage, MessageView};

/// A page of the log.
pub(super) fn log(env: &str, page: &LogPage, asked: &Asked, now: Timestamp) -> Markup {
    let here = |more: &[(&str, &str)]| format!("{}{}", address(env), asked.query(more));
    let newer = page.prev.as_deref().map(|place| here(&[("newer", place)]));
    let older = page.next.as_deref().map(|place| here(&[("cursor", place)]));
    let again = asked.is_live.then(|| here(&[("live", "1")]));
    html! {
        div #log hx-get=[again.as_ref()] hx-trigger=[again.as_ref().map(|_| "every 5s")]
            hx-target=[again.as_ref().map(|_| "#log")] hx-swap=[again.as_ref().map(|_| "outerMorph")] {
            @if asked.is_live { p.meta { (words::IS_LIVE) } }
            @if page.items.is_empty() {
                (shell::empty(if asked.is_filtered() { words::NONE_FITS } else { words::EMPTY }, None))
            } @else {
                div.table-frame tabindex="0" role="region" aria-label=(words::CAPTION) {
                    table.log.stacks role="table" {
                        caption { (words::CAPTION) }
                        thead role="rowgroup" { tr role="row" { @for head in words::COLUMNS { th scope="col" role="columnheader" { (head) } } } }
                        // What is read again closes what was opened: there a row leads to its page.
                        @for view in &page.items { (row(env, view, now, !asked.is_live, None)) }
                    }
                }
            }
            (shell::pager(newer.as_deref(), older.as_deref()))
        }
    }
}

/// A message: its row, and below it what is opened of it. Without scripts its link leads to its page.
pub(super) fn row(env: &str, view: &MessageView, now: Timestamp, can_open: bool, opened: Option<&Markup>) -> Markup {
    let page = format!("{}/{}", address(env), view.id);
    let place = format!("m-{}", view.id);
    let part = can_open.then(|| format!("{page}/attempts{}", if opened.is_some() { "?closed=1" } else { "" }));
    html! {
        tbody id=(place) role="rowgroup" {
            tr role="row" {
                th scope="row" role="rowheader" {
                    a href=(page) hx-get=[part.as_ref()] hx-target=[part.as_ref().map(|_| format!("#{place}"))]
                        hx-swap=[part.as_ref().map(|_| "outerMorph")]
                        aria-expanded=[part.as_ref().map(|_| if opened.is_some() { "true" } else { "false" })] {
                        (shell::time(view.created_at, now)) span.visually-hidden { (words::to_whom(&view.to)) }
                    }
                }
                @for (cell, head) in cells(view).iter().zip(words::COLUMNS.iter().skip(1)) {
                    td role="cell" data-label=(head) { div { (cell) } }
                }
            }
            @if let Some(opened) = opened {
                tr.opened role="row" { td role="cell" colspan=(words::COLUMNS.len()) { div.opened-in { (opened) } } }
            }
        }
    }
}

fn cells(view: &MessageView) -> [Markup; 8] {
    let (mark, word) = words::status(view.status);
    let mut connectors: Vec<&str> = Vec::new();
    for attempt in &view.attempts {
        if !connectors.contains(&attempt.connector.as_str()) {
            connectors.push(&attempt.connector);
        }
    }
    let segments = view.attempts.iter().rev().find_map(|attempt| attempt.segments);
    let took = view.attempts.iter().rev().find_map(|attempt| attempt.elapsed_ms);
    [
        html! { span.mono.whole { (view.to) } },
        html! { (view.country.as_deref().unwrap_or_default()) },
        html! { (view.purpose) },
        shell::status(mark, word),
        html! { (connectors.join(", ")) },
        html! { @if let Some(count) = segments { (count) } },
        html! { @if let Some(ms) = took { span.whole { (charts::duration(ms)) } } },
        html! { (words::used(view.used)) },
    ]
}
