//! What pages ask with: fields, choices, buttons.

use maud::{Markup, html};

use super::coded;
use crate::console::words::common as words;

/// A field around its control.
#[derive(Clone, Debug, Default)]
pub(crate) struct Field<'a> {
    /// Id of the control; hint and error get ids of it (`ID-hint`, `ID-error`).
    pub(crate) id: &'a str,
    /// Its name for people.
    pub(crate) label: &'a str,
    /// What it is for.
    pub(crate) hint: Option<&'a str>,
    /// Whether it must be given; none if that needs no word.
    pub(crate) required: Option<bool>,
    /// What is wrong with it.
    pub(crate) error: Option<&'a str>,
}

impl Field<'_> {
    /// What the control says in `aria-describedby`.
    pub(crate) fn described_by(&self) -> Option<String> {
        let hint = self.hint.map(|_| format!("{}-hint", self.id));
        let error = self.error.map(|_| format!("{}-error", self.id));
        let all: Vec<String> = error.into_iter().chain(hint).collect();
        (!all.is_empty()).then(|| all.join(" "))
    }
}

/// A field: label, hint, control, error.
pub(crate) fn field(of: &Field<'_>, control: &Markup) -> Markup {
    html! {
        div.field.wrong[of.error.is_some()] {
            label for=(of.id) {
                (of.label)
                @if let Some(required) = of.required {
                    " " span.need { (if required { words::REQUIRED } else { words::OPTIONAL }) }
                }
            }
            @if let Some(hint) = of.hint { p.hint id={ (of.id) "-hint" } { (hint) } }
            (control)
            @if let Some(error) = of.error { p.error id={ (of.id) "-error" } { (coded(error)) } }
        }
    }
}

/// A choice of values with names.
pub(crate) fn select(
    id: &str,
    name: &str,
    options: &[(String, String)],
    chosen: &str,
    described_by: Option<&str>,
) -> Markup {
    html! {
        select id=(id) name=(name) aria-describedby=[described_by] {
            @for (value, label) in options { option value=(value) selected[value == chosen] { (label) } }
        }
    }
}

/// A moment in UTC, in the browser's own control; `Posted::moment` reads it back. That control shows nothing of what is no
/// moment: it stands in a plain field, so that it can be mended.
pub(crate) fn moment(id: &str, value: &str, described_by: Option<&str>) -> Markup {
    let local = value.strip_suffix(['Z', 'z']).unwrap_or(value);
    let is_moment =
        local.is_empty() || (local.len() >= 16 && local.bytes().all(|b| b.is_ascii_digit() || b"-T:.".contains(&b)));
    let (kind, step) = if is_moment { ("datetime-local", Some("any")) } else { ("text", None) };
    html! { input id=(id) name=(id) type=(kind) step=[step] value=(local) aria-describedby=[described_by]; }
}

/// What a filter looks for: a word, with the likely ones offered.
pub(crate) fn wanted(id: &str, value: &str, likely: &[&str], described_by: Option<&str>) -> Markup {
    let list = format!("{id}-list");
    html! {
        input id=(id) name=(id) value=(value) maxlength="200" list=[(!likely.is_empty()).then_some(&list)]
            autocomplete="off" spellcheck="false" aria-describedby=[described_by];
        @if !likely.is_empty() { datalist id=(list) { @for word in likely { option value=(word) {} } } }
    }
}

/// A button of a form. One that can't be pressed keeps its place and says why.
pub(crate) fn button(
    class: &str,
    name: &str,
    value: &str,
    label: &str,
    busy: Option<&str>,
    denied: Option<&str>,
) -> Markup {
    html! {
        button class={ "button " (class) } name=(name) value=(value) data-busy=[busy] disabled[denied.is_some()] { (label) }
        @if let Some(why) = denied { span.denied { (why) } }
    }
}

/// A link that looks like a button: it goes somewhere and changes nothing.
pub(crate) fn action(class: &str, href: &str, label: &str) -> Markup {
    html! { a class={ "button " (class) } href=(href) { (label) } }
}
