//! The frame of the demo's pages, and their fields.

use std::sync::LazyLock;

use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use maud::{DOCTYPE, Markup, html};
use sha2::{Digest as _, Sha256};

use super::pages::Shown;
use super::visit::Stop;
use super::words;
use crate::api::error::ApiError;
use crate::otp::sign_in::Accent;

pub(super) const STYLE: &str = include_str!("assets/demo.css");
pub(super) const SCRIPT: &str = include_str!("assets/demo.js");

static VERSION: LazyLock<String> = LazyLock::new(|| {
    let all = Sha256::new().chain_update(STYLE).chain_update(SCRIPT).finalize();
    hex::encode(all).chars().take(12).collect()
});

/// The address of the style sheet.
pub(super) fn address_of_style() -> String {
    format!("/assets/demo/{}/demo.css", *VERSION)
}

/// The address of a colour's style sheet: the policy permits no style within a page.
fn accent_style(colour: Accent) -> String {
    format!("/assets/demo/accent/{}.css", colour.digits())
}

/// A colour's style sheet: of nothing but the address.
pub(super) async fn accent(Path(name): Path<String>) -> Response {
    let colour = name.strip_suffix(".css").and_then(|digits| Accent::parse(&format!("#{digits}")));
    let Some(colour) = colour else { return Stop::from(ApiError::not_found(words::NO_PAGE)).into_response() };
    let text = format!(":root{{--accent:#{};--on-accent:{}}}", colour.digits(), colour.text());
    let headers = [
        (header::CONTENT_TYPE, "text/css; charset=utf-8"),
        (header::CACHE_CONTROL, "public, max-age=31536000, immutable"),
    ];
    (headers, text).into_response()
}

/// A page.
pub(super) fn document(shown: &Shown, title: &str, content: &Markup) -> Markup {
    let colour = shown.look.experience.branding.colour();
    html! {
        (DOCTYPE)
        html lang="en" data-theme=[shown.theme] {
            head {
                (meta())
                title { (title) " · " (shown.look.name) }
                link rel="stylesheet" href=(address_of_style());
                @if let Some(colour) = colour { link rel="stylesheet" href=(accent_style(colour)); }
                @if !shown.is_preview { script type="module" src={ "/assets/demo/" (*VERSION) "/demo.js" } {} }
            }
            body {
                main {
                    p.brand { span.mark aria-hidden="true" { (initial(&shown.look.name)) } (shown.look.name) }
                    (content)
                }
                footer { p { @if shown.is_preview { (words::PREVIEW) } @else { (words::DEMO) } } }
            }
        }
    }
}

fn meta() -> Markup {
    html! {
        meta charset="utf-8";
        meta name="viewport" content="width=device-width, initial-scale=1";
        meta name="color-scheme" content="light dark";
        link rel="icon" href="data:,";
    }
}

fn initial(name: &str) -> String {
    name.chars()
        .find(|letter| letter.is_alphanumeric())
        .map(|letter| letter.to_uppercase().collect())
        .unwrap_or_default()
}

/// A page of no environment.
pub(super) fn bare(content: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head { (meta()) title { (words::NO_PAGE) } link rel="stylesheet" href=(address_of_style()); }
            body { main { (content) } }
        }
    }
}

/// A form. That of a preview does nothing when it is sent (HTML: `method=dialog` outside a dialogue).
pub(super) fn form(shown: &Shown, path: &str, content: &Markup) -> Markup {
    html! {
        @if shown.is_preview { form method="dialog" { (content) } }
        @else { form method="post" action=(shown.at(path)) { (content) } }
    }
}

/// A link. That of a preview leads nowhere.
pub(super) fn link(shown: &Shown, path: &str, text: &str) -> Markup {
    html! { @if shown.is_preview { a role="link" aria-disabled="true" { (text) } } @else { a href=(shown.at(path)) { (text) } } }
}

/// A field.
#[derive(Clone, Debug, Default)]
pub(super) struct Field<'a> {
    pub(super) name: &'a str,
    pub(super) label: &'a str,
    pub(super) hint: Option<&'a str>,
    pub(super) error: Option<&'a str>,
    pub(super) value: &'a str,
    pub(super) kind: &'a str,
    pub(super) autocomplete: &'a str,
    /// Digits of a code: fewest and most.
    pub(super) digits: Option<(u8, u8)>,
    pub(super) focus: bool,
}

/// A field: label, hint, control, error.
pub(super) fn field(id: &str, of: &Field<'_>) -> Markup {
    let hint = of.hint.map(|_| format!("{id}-hint"));
    let error = of.error.map(|_| format!("{id}-error"));
    let told: Vec<String> = error.iter().chain(&hint).cloned().collect();
    let pattern =
        of.digits.map(
            |(least, most)| {
                if least == most { format!("[0-9]{{{most}}}") } else { format!("[0-9]{{{least},{most}}}") }
            },
        );
    html! {
        div.field {
            label for=(id) { (of.label) }
            @if let Some(text) = of.hint { p.hint id=[hint] { (text) } }
            input id=(id) name=(of.name) type=(of.kind) value=(of.value) autocomplete=(of.autocomplete) required
                inputmode=[of.digits.map(|_| "numeric")] pattern=[pattern] maxlength=[of.digits.map(|(_, most)| most)]
                title=[of.digits.and(of.hint)] autofocus[of.focus]
                aria-invalid=[of.error.map(|_| "true")] aria-describedby=[(!told.is_empty()).then(|| told.join(" "))];
            @if let Some(text) = of.error { p.error id=[error] { (text) } }
        }
    }
}

/// Something that is said before the form.
pub(super) fn notice(class: &str, text: &str) -> Markup {
    let role = if class == "bad" { "alert" } else { "status" };
    let mark = match class {
        "bad" => "✕",
        "good" => "✓",
        _ => "!",
    };
    html! { div class={ "notice " (class) } role=(role) { span aria-hidden="true" { (mark) } p { (text) } } }
}
