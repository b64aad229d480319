//! The page of a set-up.

use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};

use super::sheet::{LISTS, Sheet};
use super::{DO, test};
use crate::console::form::Look;
use crate::console::markdown;
use crate::console::pages::connectors::status;
use crate::console::shell::{self, Field, Notice, Page, Place};
use crate::console::visit::Visit;
use crate::console::words::{connectors as list_words, nav, set_up as words};
use crate::keys::Role;

/// What is exchanged when rows come and go, or the view of the configuration changes.
const REGION: &str = "#fields";
/// The editor of the configuration as JSON.
const CONFIG_ID: &str = "config-json";

/// Where a connector is.
pub(super) fn address(env: &str, name: &str) -> String {
    format!("/console/environments/{env}/connectors/{}", shell::encoded(name))
}

/// What is wrong, for the head of the page: id of the field, label, text.
pub(super) fn summary(sheet: &Sheet) -> Vec<(String, String, String)> {
    let label = |name: &str| match name {
        "name" => words::NAME,
        "component" => words::COMPONENT,
        "config" => words::CONFIGURATION,
        "to" => words::TO,
        "purpose" => words::PURPOSE,
        "approve" => words::APPROVAL,
        name => LISTS.iter().find(|(list, _)| *list == name).map_or(words::CONFIGURATION, |(_, label)| label),
    };
    let id = |name: &str| if name == "config" { CONFIG_ID.to_owned() } else { name.to_owned() };
    let own = sheet.own.iter().map(|(name, text)| (id(name), label(name).to_owned(), text.clone()));
    own.chain(sheet.form.summary(&sheet.faults)).collect()
}

pub(super) fn page(visit: &Visit, sheet: &Sheet, code: StatusCode, notices: Vec<Notice>) -> Response {
    let all = format!("/console/environments/{}/connectors", sheet.env);
    let own = match &sheet.saved {
        Some(saved) => address(&sheet.env, &saved.name),
        None => format!("{all}/new"),
    };
    let title = sheet.saved.as_ref().map_or_else(|| words::new(&sheet.component.name), |saved| saved.name.clone());
    let denied = visit.denied(Role::Configure);
    let content = html! {
        @if sheet.outcome.is_none() { (shell::errors(&summary(sheet))) }
        div.split.set-up {
            div { (about(sheet)) }
            div {
                (form(sheet, &own, denied.as_deref()))
                (test::panel(sheet, &own, denied.as_deref()))
                (save_bar(sheet, denied.as_deref()))
            }
        }
    };
    let page = Page {
        title: &title,
        place: Some(Place::Connectors),
        environment: Some(sheet.env.clone()),
        crumbs: vec![(nav::CONNECTORS.to_owned(), all)],
        lead: sheet
            .saved
            .as_ref()
            .map(|saved| html! { (status(saved, false)) " · " (words::revision(saved.revision)) }),
        notices,
        ..Page::default()
    };
    visit.page_as(code, &page, &content)
}

/// What the component is and says, and where it goes.
fn about(sheet: &Sheet) -> Markup {
    let view = &sheet.component;
    let mut rows = vec![
        (words::VERSION, html! { code { (view.id) "@" (view.version) } }),
        (words::REACHES, html! { @for host in &view.hosts { code { (host) } br; } }),
    ];
    if let Some(saved) = sheet.saved.as_ref().filter(|saved| !saved.granted.is_empty()) {
        rows.push((words::GRANTED, html! { ul.reasons { @for grant in &saved.granted { li { (grant) } } } }));
    }
    html! {
        (shell::facts(&rows))
        section.readme aria-label=(words::README) {
            @if sheet.package.readme.trim().is_empty() { p.hint { (words::NO_README) } }
            @else { (markdown::markup(&sheet.package.readme)) }
        }
    }
}

fn form(sheet: &Sheet, own: &str, denied: Option<&str>) -> Markup {
    html! {
        // Judged by the server alone: its words are better than a browser's, and they stay.
        form #config method="post" action=(own) novalidate autocomplete="off" {
            // What Enter presses.
            button.visually-hidden name=(DO) value="save" tabindex="-1" aria-hidden="true" disabled[denied.is_some()] { (words::SAVE) }
            input type="hidden" name="revision" value=(sheet.revision);
            (component(sheet, denied.is_some()))
            @if let Some((digest, asks)) = &sheet.approval { (approval(digest, asks)) }
            div #fields { (configuration(sheet, own, denied.is_some())) }
            // Here texts get their own region, a table and a preview: `crate::console::texts`. Until then they are JSON.
            @for (name, label) in LISTS { (list(sheet, name, label)) }
        }
    }
}

fn component(sheet: &Sheet, is_fixed: bool) -> Markup {
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

fn approval(digest: &str, asks: &[String]) -> Markup {
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
fn configuration(sheet: &Sheet, own: &str, is_fixed: bool) -> Markup {
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
        @match &sheet.text {
            None => (sheet.form.render(&sheet.typed, &sheet.faults, &look)),
            Some(text) => (editor(CONFIG_ID, "config", words::CONFIGURATION, words::JSON_HINT, text, sheet.fault("config"),
                &serde_json::to_string(&sheet.marks).unwrap_or_default())),
        }
    }
}

fn list(sheet: &Sheet, name: &str, label: &str) -> Markup {
    let hint = if name == "templates" { words::TEMPLATES_HINT } else { words::SENDERS_HINT };
    let text = sheet.list_text(name);
    let marks = match sheet.fault(name) {
        Some(fault) => {
            let (pointer, fault) = fault.split_once(' ').filter(|(p, _)| p.starts_with('/')).unwrap_or(("", fault));
            crate::json::json_faults(&text, &[(pointer, fault)])
        }
        None => Vec::new(),
    };
    editor(name, name, label, hint, &text, sheet.fault(name), &serde_json::to_string(&marks).unwrap_or_default())
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

fn save_bar(sheet: &Sheet, denied: Option<&str>) -> Markup {
    let is_active = sheet.saved.as_ref().is_some_and(|saved| saved.active);
    html! {
        div.save-bar {
            button.button.primary form="config" name=(DO) value="save" data-busy=(words::SAVING) disabled[denied.is_some()] { (words::SAVE) }
            button.button form="config" name=(DO) value="draft" data-busy=(words::SAVING) disabled[denied.is_some()] { (words::SAVE_DRAFT) }
            @if let Some(why) = denied { span.denied { (why) } }
            @else if !is_active {
                label.check { input type="checkbox" form="config" name="activate" value="true" checked[sheet.posted.has("activate") || sheet.is_first]; span { (words::ACTIVATE) } }
            }
            @if sheet.saved.as_ref().is_some_and(|saved| saved.quarantined.is_some()) { (shell::status("bad", list_words::QUARANTINED)) }
        }
    }
}
