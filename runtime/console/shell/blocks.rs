//! What pages show: notices, facts, tables, states, times.

use maud::{Markup, Render, html};

use crate::clock::Timestamp;
use crate::connector::reason::Reason;
use crate::console::words::common as words;

/// Something that stays on the page: what was done, what is wrong, what to mind.
#[derive(Clone, Debug)]
pub(crate) enum Notice {
    /// It was done.
    Done(Markup),
    /// It was not, or something is broken.
    Bad(Markup),
    /// Mind this.
    Warn(Markup),
}

/// A notice. What was done is told politely, what failed at once.
pub(crate) fn notice(given: &Notice) -> Markup {
    let (class, role, mark, text) = match given {
        Notice::Done(text) => ("notice good", "status", "✓", text),
        Notice::Bad(text) => ("notice bad", "alert", "✕", text),
        Notice::Warn(text) => ("notice warn", "status", "!", text),
    };
    html! {
        div class=(class) role=(role) tabindex="-1" data-focus {
            span.mark aria-hidden="true" { (mark) }
            div { (text) }
        }
    }
}

/// What is wrong in a form, each with a link to its field: id of the field, its name, what is wrong.
pub(crate) fn errors(faults: &[(String, String, String)]) -> Markup {
    html! {
        @if !faults.is_empty() {
            div.notice.bad role="alert" tabindex="-1" data-focus {
                span.mark aria-hidden="true" { "✕" }
                div {
                    p { strong { (words::fields_need_attention(faults.len())) } }
                    ul { @for (id, name, text) in faults {
                        li { @if id.is_empty() { (name) } @else { a href={ "#" (id) } { (name) } } ": " (coded(text)) }
                    } }
                }
            }
        }
    }
}

/// A sentence with what stands between backticks as code.
pub(crate) fn coded(text: &str) -> Markup {
    html! {
        @for (index, part) in text.split('`').enumerate() {
            @if index % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}

/// Reasons of a judgement, each with its place.
pub(crate) fn reason_list(reasons: &[Reason]) -> Markup {
    html! { ul.reasons { @for reason in reasons { li { (coded(&reason.to_string())) } } } }
}

/// A part of a page with a heading.
pub(crate) fn section(title: &str, content: &Markup) -> Markup {
    html! { section.section { h2 { (title) } (content) } }
}

/// A framed part of a page.
pub(crate) fn panel(title: &str, content: &Markup) -> Markup {
    html! { section.panel { h2 { (title) } (content) } }
}

/// Names with values; what has none is left out.
pub(crate) fn facts(rows: &[(&str, Markup)]) -> Markup {
    html! { dl.facts { @for (name, value) in rows.iter().filter(|(_, value)| !value.0.is_empty()) { div { dt { (name) } dd { (value) } } } } }
}

/// A table with a caption. Of the cells of a row the first is its heading. On a phone a row is a block, and each cell says
/// its column; the roles are said since some browsers forget them of what is no longer laid out as a table.
pub(crate) fn table(caption: &str, heads: &[&str], rows: &[Vec<Markup>]) -> Markup {
    html! {
        div.table-frame tabindex="0" role="region" aria-label=(caption) {
            table.stacks role="table" {
                caption { (caption) }
                thead role="rowgroup" { tr role="row" { @for head in heads { th scope="col" role="columnheader" { (head) } } } }
                tbody role="rowgroup" { @for row in rows { tr role="row" {
                    @for (index, cell) in row.iter().enumerate() {
                        @if index == 0 { th scope="row" role="rowheader" { (cell) } }
                        @else { td role="cell" data-label=[heads.get(index)] { div { (cell) } } }
                    }
                } } }
            }
        }
    }
}

/// What belongs here, and how to begin.
pub(crate) fn empty(text: &str, action: Option<Markup>) -> Markup {
    html! { div.empty { p { (text) } @if let Some(action) = action { (action) } } }
}

/// A state: a mark and a word, never colour alone. `kind` is `good`, `bad`, `warn` or `quiet`.
pub(crate) fn status(kind: &str, word: &str) -> Markup {
    let mark = match kind {
        "good" => "●",
        "bad" => "✕",
        "warn" => "▲",
        _ => "○",
    };
    html! { span class={ "status " (kind) } { span aria-hidden="true" { (mark) } " " (word) } }
}

/// A small word beside a name. `kind` as of [`status`].
pub(crate) fn tag(kind: &str, word: &str) -> Markup {
    html! { span class={ "tag " (kind) } { (word) } }
}

/// A moment: how long ago, with the exact time in UTC at hand.
pub(crate) fn time(at: Timestamp, now: Timestamp) -> Markup {
    let seconds = now.as_millis().saturating_sub(at.as_millis()) / 1000;
    html! { time datetime=(at) title=(at) data-relative { (words::ago(seconds)) } }
}

/// A moment, exactly.
pub(crate) fn time_of(at: Timestamp) -> Markup {
    html! { time datetime=(at) { (at) } }
}

/// A number with its thousands told apart.
pub(crate) fn number(number: u64) -> Markup {
    words::count(number).render()
}

/// A value to copy.
pub(crate) fn copy_field(id: &str, value: &str) -> Markup {
    html! {
        span.copy {
            code id=(id) { (value) }
            button.button.small type="button" data-copy={ "#" (id) } hidden { (words::COPY) }
        }
    }
}

/// What takes a while to count: fetched when the page is there, so that the page waits for nothing. Until then it is
/// `meanwhile`; without scripts a link leads to it. What comes has the same id.
pub(crate) fn later(id: &str, href: &str, link: &str, meanwhile: &Markup) -> Markup {
    html! {
        div id=(id) hx-get=(href) hx-trigger="load" hx-target={ "#" (id) } hx-swap="outerMorph" {
            (meanwhile)
            p { a href=(href) { (link) } }
        }
    }
}

/// To newer and older entries; an address that there is not is not offered.
pub(crate) fn pager(newer: Option<&str>, older: Option<&str>) -> Markup {
    html! {
        @if newer.is_some() || older.is_some() {
            nav.pager aria-label=(words::PAGES) {
                @if let Some(href) = newer { a.button href=(href) rel="prev" { (words::NEWER) } }
                @if let Some(href) = older { a.button href=(href) rel="next" { (words::OLDER) } }
            }
        }
    }
}

/// Pages about the same thing: name, address, whether it is this one.
pub(crate) fn tabs(label: &str, all: &[(&str, String, bool)]) -> Markup {
    html! {
        nav.tabs aria-label=(label) { ul { @for (name, href, is_here) in all {
            li { a href=(href) aria-current=[is_here.then_some("page")] { (name) } }
        } } }
    }
}
