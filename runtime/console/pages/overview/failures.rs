//! The last messages that failed, or may have.

use maud::{Markup, html};

use crate::api::Parts;
use crate::clock::Timestamp;
use crate::console::refusal::Refusal;
use crate::console::shell;
use crate::console::words::{messages, overview as words};
use crate::log::MessageView;
use crate::store::{MessageFilter, MessageStatus};

const SHOWN: u32 = 5;
const FAILED: [MessageStatus; 3] = [MessageStatus::Refused, MessageStatus::Undelivered, MessageStatus::Unknown];

/// The last failures since then.
pub(super) async fn last(parts: &Parts, env: &str, since: Timestamp, now: Timestamp) -> Result<Markup, Refusal> {
    let filter = MessageFilter {
        environment: env.to_owned(),
        statuses: FAILED.to_vec(),
        from: Some(since),
        limit: SHOWN,
        ..MessageFilter::default()
    };
    let found = parts.log().page(filter).await?.items;
    let log = format!("/console/environments/{env}/messages");
    let rows: Vec<Vec<Markup>> = found.iter().map(|view| line(view, &log, now)).collect();
    Ok(html! {
        @if rows.is_empty() { (shell::section(words::LAST_FAILURES, &html! { p.meta { (words::NO_FAILURE) } })) }
        @else {
            section.section {
                (shell::table(words::LAST_FAILURES, &words::FAILURE_COLUMNS, &rows))
                p { a href={ (log) "?status=refused&status=undelivered&status=unknown" } { (words::ALL_FAILURES) } }
            }
        }
    })
}

fn line(view: &MessageView, log: &str, now: Timestamp) -> Vec<Markup> {
    let (mark, word) = messages::status(view.status);
    let last = view.attempts.last();
    let told = view.reports.iter().rev().find(|report| report.moved);
    let kind = told.and_then(|report| report.kind.as_deref()).or(last.and_then(|attempt| attempt.kind.as_deref()));
    vec![
        html! {
            a href={ (log) "/" (view.id) } { (shell::time(view.created_at, now)) span.visually-hidden { (messages::to_whom(&view.to)) } }
        },
        html! { span.mono.whole { (view.to) } },
        shell::status(mark, word),
        html! { @if let Some(attempt) = last { (attempt.connector) } },
        html! { @if let Some(kind) = kind { (messages::kind(kind)) } },
    ]
}
