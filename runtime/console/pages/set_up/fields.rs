//! The fields of a set-up: its component and name, what it asks for, its configuration, its senders.

use maud::{Markup, html};

use super::DO;
use super::sheet::{SENDERS, Sheet};
use crate::console::form::Look;
use crate::console::shell::{self, Field, Notice};
use crate::console::words::set_up as words;

/// What is exchanged when rows come and go, or the view of the configuration changes.
const REGION: &str = "#fields";
/// The editor of the configuration as JSON.
pub(super) const CONFIG_ID: &str = "config-json";

pub(super) fn component(sheet: &Sheet, is_fixed: bool) -> Markup {
    let chosen = format!("{}@{}", sheet.component.id, sheet.component.version);
    let hint = Field {
        id: "component",
        label: words::COMPONENT,
        hint: Some(words::COMPONENT_HINT),
        required: None,
        error: sheet.fault("component"),
    };
    let name = Field {
        id: "name",
        label: words::NAME,
        hint: Some(words::NAME_HINT),
        required: Some(true),
        error: sheet.fault("name"),
    };
    html! {
        (shell::field(&hint, &html! {
            div.row {
                (shell::select("component", "component", &sheet.versions, &chosen, hint.described_by().as_deref()))
                button.button.small name=(DO) value="component" formnovalidate disabled[is_fixed] { (words::USE_COMPONENT) }
            }
        }))
        @if sheet.saved.is_none() {
            (shell::field(&name, &html! {
                input #name name="name" value=(sheet.name) required pattern="[a-z0-9_\\-]+" maxlength="64" autocapitalize="none" spellcheck="false"
                    aria-describedby=[name.described_by()] aria-invalid=[name.error.map(|_| "true")];
            }))
        }
    }
}

pub(super) fn approval(digest: &str, asks: &[String]) -> Markup {
    html! {
        fieldset.group #approve tabindex="-1" {
            legend { (words::APPROVAL) }
            p { (words::APPROVAL_LEAD) }
            ul.reasons { @for ask in asks { li { (ask) } } }
            label.check { input type="checkbox" name="approve" value=(digest); span { (words::APPROVE) } }
        }
    }
}

/// The configuration, as a form or as JSON.
pub(super) fn configuration(sheet: &Sheet, own: &str, is_fixed: bool) -> Markup {
    let turn = |value: &str, label: &str| {
        html! {
            button.button.small name=(DO) value=(value) formnovalidate
                hx-post=(own) hx-target=(REGION) hx-select=(REGION) hx-swap="outerMorph" { (label) }
        }
    };
    let look = Look { exchange: Some((own, REGION)), is_fixed, has_lost_secret: sheet.read.has_new_secret };
    html! {
        div.row.spread {
            h2 { (words::CONFIGURATION) }
            @match &sheet.text {
                Some(_) if !sheet.form.is_empty() => (turn("form", words::AS_FORM)),
                Some(_) => {},
                None => (turn("json", words::AS_JSON)),
            }
        }
        @if sheet.text.is_some() && sheet.read.has_new_secret {
            (shell::notice(&Notice::Warn(html! { (words::SECRETS_LOST) })))
        }
        @match &sheet.text {
            None => (sheet.form.render(&sheet.typed, &sheet.faults, &look)),
            Some(text) => (editor(CONFIG_ID, "config", words::CONFIGURATION, words::JSON_HINT, text, sheet.fault("config"),
                &serde_json::to_string(&sheet.marks).unwrap_or_default())),
        }
    }
}

pub(super) fn senders(sheet: &Sheet) -> Markup {
    let (text, fault) = (sheet.senders_text(), sheet.fault(SENDERS));
    let marks = match fault {
        Some(fault) => {
            let (pointer, fault) = fault.split_once(' ').filter(|(p, _)| p.starts_with('/')).unwrap_or(("", fault));
            crate::json::json_faults(&text, &[(pointer, fault)])
        }
        None => Vec::new(),
    };
    let marks = serde_json::to_string(&marks).unwrap_or_default();
    html! {
        details open[fault.is_some() || text.trim() != "[]"] {
            summary { (words::SENDERS) }
            (editor(SENDERS, SENDERS, words::SENDERS, words::SENDERS_HINT, &text, fault, &marks))
        }
    }
}

fn editor(id: &str, name: &str, label: &str, hint: &str, text: &str, error: Option<&str>, marks: &str) -> Markup {
    let of = Field { id, label, hint: Some(hint), required: None, error };
    shell::field(
        &of,
        &html! {
            cs-editor data-faults=(marks) {
                textarea.code id=(id) name=(name) rows="8" data-editor="json" spellcheck="false" autocomplete="off" autocapitalize="none"
                    aria-describedby=[of.described_by()] aria-invalid=[error.map(|_| "true")] { "\n" (text) }
            }
        },
    )
}
