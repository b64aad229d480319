//! What happened to a message: every call of a connector, and every report. A provider's words stand as it wrote them.

use maud::{Markup, html};

use super::address;
use crate::clock::Timestamp;
use crate::console::shell;
use crate::console::words::{charts, messages as words};
use crate::log::MessageView;
use crate::setup::FailedSendView;
use crate::store::{AttemptRow, ReportRow};

/// The attempts, in order.
pub(super) fn attempts(env: &str, view: &MessageView, kept: &[FailedSendView], now: Timestamp) -> Markup {
    let is_kept = |attempt: &AttemptRow| kept.iter().any(|failed| failed.attempt == attempt.number);
    html! {
        section.section.attempts {
            h2 { (words::ATTEMPTS) }
            @if view.attempts.is_empty() { p.meta { (words::NO_ATTEMPT) } }
            @for attempt in &view.attempts {
                section.panel {
                    h3 { (words::attempt(attempt.number)) }
                    (shell::facts(&facts(env, attempt, now)))
                    (said(attempt.provider_code.as_deref(), attempt.text.as_deref()))
                    @if is_kept(attempt) { (wire(&format!("{}/{}/attempts/{}", address(env), view.id, attempt.number))) }
                }
            }
        }
    }
}

fn facts(env: &str, attempt: &AttemptRow, now: Timestamp) -> Vec<(&'static str, Markup)> {
    let (mark, word) = words::outcome(attempt.status);
    let connector = format!("/console/environments/{env}/connectors/{}", attempt.connector);
    let mut facts = vec![
        (words::STATUS, shell::status(mark, word)),
        (words::CONNECTOR, html! { a href=(connector) { (attempt.connector) } }),
        (words::REVISION, html! { a href={ (connector) "/revisions/" (attempt.revision) } { (attempt.revision) } }),
        (words::STARTED, shell::time(attempt.started_at, now)),
    ];
    let mut more = |name, value: Option<Markup>| facts.extend(value.map(|value| (name, value)));
    more(words::TOOK, attempt.elapsed_ms.map(|ms| html! { (charts::duration(ms)) }));
    more(words::KIND, attempt.kind.as_deref().map(|kind| html! { (words::kind(kind)) " " code { (kind) } }));
    more(words::CERTAINTY, attempt.certainty.as_deref().map(|certainty| html! { (words::certainty(certainty)) }));
    more(words::SEGMENTS, attempt.segments.map(|count| html! { (words::segments(count, attempt.segments_by)) }));
    more(words::NETWORK, attempt.network.as_deref().map(|network| html! { (network) }));
    let ids =
        (!attempt.provider_ids.is_empty()).then(|| html! { @for id in &attempt.provider_ids { code { (id) } " " } });
    more(words::PROVIDER_IDS, ids);
    more(words::REFERENCE, Some(html! { code { (attempt.reference) } }));
    more(words::VERIFICATION, attempt.code_by_provider.then(|| html! { (words::BY_PROVIDER) }));
    facts
}

/// A provider's code and words.
fn said(code: Option<&str>, text: Option<&str>) -> Markup {
    let both = [code, text].into_iter().flatten().collect::<Vec<_>>().join(": ");
    html! { @if !both.is_empty() { p.label { (words::SAID) } pre { (both) } } }
}

/// To what went over the wire.
pub(super) fn wire(at: &str) -> Markup {
    html! {
        div.row {
            (shell::action("small", at, words::EXCHANGE))
            (download(at))
        }
    }
}

/// A form rather than a link: what it answers is kept as a file.
pub(super) fn download(at: &str) -> Markup {
    html! { form method="get" action={ (at) "/transcript" } data-download { button.button.small { (words::DOWNLOAD) } } }
}

/// The reports, in the order of coming.
pub(super) fn reports(view: &MessageView, now: Timestamp) -> Markup {
    let rows: Vec<Vec<Markup>> = view.reports.iter().map(|report| line(report, now)).collect();
    html! {
        @if view.reports.is_empty() { p.meta { (words::NO_REPORT) } }
        @else { (shell::table(words::REPORTS, &words::REPORT_COLUMNS, &rows)) }
    }
}

fn line(report: &ReportRow, now: Timestamp) -> Vec<Markup> {
    let text = [report.provider_code.as_deref(), report.text.as_deref()];
    let text = text.into_iter().flatten().collect::<Vec<_>>().join(": ");
    let price = report.price.as_ref().map(|price| {
        let part = |name: &str| price.get(name).and_then(serde_json::Value::as_str).unwrap_or_default();
        format!("{} {}", part("amount"), part("currency"))
    });
    let segments = report.segments.map(|count| words::segments(count, None));
    let more = [report.network.clone(), segments, price].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    vec![
        shell::time(report.received_at, now),
        html! { @if let Some(number) = report.attempt { (number) } },
        html! { (report.status) @if let Some(kind) = &report.kind { " " code { (kind) } } },
        html! { code { (text) } },
        html! { (more) },
        html! {
            @if !report.verified { (shell::status("warn", words::NOT_VERIFIED)) }
            @else if report.moved { (words::MOVED) }
            @else { (words::NOT_MOVED) }
        },
    ]
}
