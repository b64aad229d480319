//! The page of a set-up.

use axum::http::StatusCode;
use axum::response::Response;
use maud::{Markup, html};

use super::sheet::{SENDERS, Sheet};
use super::{DO, fields, test};
use crate::api::Parts;
use crate::console::markdown;
use crate::console::pages::connector::compare::differences;
use crate::console::pages::connector::{self, Tab};
use crate::console::pages::connectors::in_short;
use crate::console::refusal::Refusal;
use crate::console::shell::{self, Notice, Page, Place};
use crate::console::texts::{self, Of, Region};
use crate::console::visit::Visit;
use crate::console::words::{connectors as list_words, set_up as words};
use crate::keys::Role;

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
        "locale" => words::LOCALE,
        "approve" => words::APPROVAL,
        SENDERS => words::SENDERS,
        _ => words::CONFIGURATION,
    };
    let id = |name: &str| if name == "config" { fields::CONFIG_ID.to_owned() } else { name.to_owned() };
    let own = sheet.own.iter().map(|(name, text)| (id(name), label(name).to_owned(), text.clone()));
    own.chain(sheet.form.summary(&sheet.faults)).chain(texts::summary(&sheet.texts, &sheet.text_faults)).collect()
}

pub(super) async fn page(
    parts: &Parts,
    visit: &Visit,
    sheet: &Sheet,
    code: StatusCode,
    mut notices: Vec<Notice>,
) -> Result<Response, Refusal> {
    let (env, saved) = (&sheet.env, sheet.saved.as_ref());
    notices.extend(saved.into_iter().flat_map(|saved| connector::rehearsed::notices(parts, env, Some(&saved.name))));
    let own = match saved {
        Some(saved) => address(env, &saved.name),
        None => format!("/console/environments/{env}/new-connector"),
    };
    let title = saved.map_or_else(|| words::new(&sheet.component.name), |saved| saved.name.clone());
    let denied = visit.denied(Role::Configure);
    let content = html! {
        @if sheet.outcome.is_none() { (shell::errors(&summary(sheet))) }
        @if let Some(differs) = &sheet.differs { div.section { h2 { (words::DIFFERS) } (differences(differs)) } }
        (form(parts, sheet, &own, denied.as_deref()).await?)
        (test::panel(sheet, &own, denied.as_deref()))
        (save_bar(sheet, denied.as_deref()))
    };
    let page = Page {
        title: &title,
        place: Some(Place::Connectors),
        environment: Some(env.clone()),
        crumbs: connector::crumbs(env, None),
        lead: saved.map(|saved| in_short(saved, visit.now)),
        actions: saved.map(|saved| connector::actions(visit, env, saved)),
        tabs: saved.map(|saved| connector::tabs(env, &saved.name, Tab::Settings)),
        notices,
        has_editor: true,
    };
    Ok(visit.page_as(code, &page, &content))
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
        section.readme aria-label=(words::README) tabindex="0" {
            @if sheet.package.readme.trim().is_empty() { p.hint { (words::NO_README) } }
            @else { (markdown::markup(&sheet.package.readme)) }
        }
    }
}

async fn form(parts: &Parts, sheet: &Sheet, own: &str, denied: Option<&str>) -> Result<Markup, Refusal> {
    let texts = texts_region(parts, sheet).await?;
    Ok(html! {
        // Judged by the server alone: its words are better than a browser's, and they stay.
        form #config method="post" action=(own) novalidate autocomplete="off" {
            // What Enter presses.
            button.visually-hidden name=(DO) value="save" tabindex="-1" aria-hidden="true" disabled[denied.is_some()] { (words::SAVE) }
            input type="hidden" name="revision" value=(sheet.revision);
            @if let Some(old) = &sheet.replaces {
                input type="hidden" name="replaces" value=(old);
                (shell::notice(&Notice::Warn(html! { (words::replaces(old)) })))
            }
            div.split.set-up {
                div { (about(sheet)) }
                div {
                    (fields::component(sheet, denied.is_some()))
                    @if let Some((digest, asks)) = &sheet.approval { (fields::approval(digest, asks)) }
                    // Allowed once on this page; it counts only as long as the same is asked for.
                    @else if let Some(digest) = sheet.posted.word("approve") { input type="hidden" name="approve" value=(digest); }
                    div #fields { (fields::configuration(sheet, own, denied.is_some())) }
                    (fields::senders(sheet))
                }
            }
            section.section { h2 { (words::TEMPLATES) } p.hint { (words::TEMPLATES_HINT) } (texts) }
        }
    })
}

/// Its own texts, as a table or as JSON, with the phone that shows them.
async fn texts_region(parts: &Parts, sheet: &Sheet) -> Result<Markup, Refusal> {
    let component = format!("{}@{}", sheet.component.id, sheet.component.version);
    let of = Of::Connector { component, name: sheet.name.clone(), senders: sheet.senders_text() };
    let preview = texts::preview(parts, &sheet.env, &sheet.texts, &sheet.posted, &of).await?;
    Ok(texts::region(&Region {
        texts: &sheet.texts,
        faults: &sheet.text_faults,
        at: &texts::address(&sheet.env),
        of: &of,
        preview,
    }))
}

fn save_bar(sheet: &Sheet, denied: Option<&str>) -> Markup {
    let is_active = sheet.saved.as_ref().is_some_and(|saved| saved.active);
    html! {
        div.save-bar {
            button.button.primary form="config" name=(DO) value="save" data-busy=(words::SAVING) disabled[denied.is_some()] { (words::SAVE) }
            button.button form="config" name=(DO) value="draft" data-busy=(words::SAVING) disabled[denied.is_some()] { (words::SAVE_DRAFT) }
            @if let Some(why) = denied { span.denied { (why) } }
            @else if !is_active && sheet.replaces.is_none() {
                label.check { input type="checkbox" form="config" name="activate" value="true" checked[sheet.posted.has("activate") || sheet.is_first]; span { (words::ACTIVATE) } }
            }
            @if sheet.saved.as_ref().is_some_and(|saved| saved.quarantined.is_some()) { (shell::status("bad", list_words::QUARANTINED)) }
        }
    }
}
