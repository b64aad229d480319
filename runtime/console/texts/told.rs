//! What is told beside the phone: what the text takes and why, and how each text does at worst.

use maud::{Markup, html};

use super::autofill::{self, OTHER_SITE, Place};
use super::preview::{Asked, Choices, Look};
use super::{PREFIX, region};
use crate::console::shell;
use crate::console::words::texts as words;
use crate::setup::{Preview, WorstCase};
use crate::texts::template::Source;
use crate::texts::{Autofill, Cheaper, Encoding};

/// Rows of the worst case that are shown.
const WORST_SHOWN: usize = 12;

/// What is looked at: purpose, language, country, connector.
pub(super) fn selectors(asked: &Asked, choices: &Choices) -> Markup {
    let options = |all: &[String]| all.iter().map(|one| (one.clone(), one.clone())).collect::<Vec<_>>();
    let small = |id: &str, label: &str, control: &Markup| html! { div.field { label for=(id) { (label) } (control) } };
    let select = |id: &str, label: &str, all: &[String], chosen: &str| {
        small(id, label, &shell::select(id, &id.replace('-', "_"), &options(all), chosen, None))
    };
    html! {
        div.filters {
            (select("preview-purpose", words::PURPOSE, &choices.purposes, &asked.purpose))
            (select("preview-locale", words::LANGUAGE, &choices.locales, &asked.locale))
            @if choices.connectors.len() > 1 {
                (select("preview-connector", words::CONNECTOR, &choices.connectors, &asked.connector))
            }
            (small("preview-country", words::COUNTRY, &html! {
                input #preview-country name="preview_country" value=(asked.country) size="3" maxlength="2" placeholder=(words::ANY) autocomplete="off";
            }))
            (small("preview-look", words::LOOK, &html! {
                select #preview-look name="preview_look" {
                    @for look in Look::ALL { option value=(look.word()) selected[look == asked.look] { (words::look(look.word())) } }
                }
            }))
            button.button.small.unscripted name="_preview" value="" formnovalidate { (words::SHOW_PREVIEW) }
        }
    }
}

/// What a text takes.
pub(super) fn facts(shown: &Preview, place: &Place<'_>) -> Markup {
    if shown.warnings.iter().any(|warning| warning.code == "code-by-provider") {
        return html! { p { (words::NOTHING_SENT) } };
    }
    if let Some(failure) = &shown.failure {
        return html! { p.error { (shell::coded(failure)) } };
    }
    let registered = shown.autofill == Autofill::ByProvider;
    let mut rows = Vec::new();
    if !registered {
        rows.push((words::COUNTED, counted(shown)));
        rows.extend(shown.cheaper.as_ref().map(|cheaper| (words::CHEAPER, cheaper_one(cheaper, place))));
    }
    rows.extend(shown.template_id.as_ref().map(|id| (words::REGISTERED, html! { code { (id) } })));
    rows.push((words::AUTOFILL, autofill::autofill(shown, place)));
    rows.push((words::FROM, html! { (from(shown)) }));
    rows.push((words::FIELD, html! { code { (words::INPUT) } }));
    // The count and the swap are told above, in numbers, and so is the site.
    let told_above = ["segments", "costly-character", OTHER_SITE];
    html! {
        h3 { (words::FACTS) }
        (shell::facts(&rows))
        @for warning in shown.warnings.iter().filter(|warning| !told_above.contains(&warning.code)) {
            p.texts-warning { (shell::status("warn", words::MIND)) " " (shell::coded(&warning.text)) }
        }
        @if !registered { p.hint { (words::ESTIMATE) } }
    }
}

fn counted(shown: &Preview) -> Markup {
    let why = match (shown.count.encoding, &shown.cheaper, shown.marks.first()) {
        (Encoding::Ucs2, Some(cheaper), Some(first)) => {
            Some(words::because_of(first.char, first.at, cheaper.swaps.len().saturating_sub(1)))
        }
        (Encoding::Ucs2, ..) => Some(words::OTHER_SCRIPT.to_owned()),
        (Encoding::Gsm7, _, Some(_)) => Some(words::two_septets(shown.marks.len())),
        (Encoding::Gsm7, ..) => None,
    };
    html! {
        (words::encoding(shown.count.encoding)) @if let Some(why) = why { ", " (why) }
        " · " (words::room(&shown.count))
    }
}

fn cheaper_one(cheaper: &Cheaper, place: &Place<'_>) -> Markup {
    let room = words::room(&cheaper.count);
    html! {
        p { @match cheaper.swaps.as_slice() {
            [swap] => (words::with(&swap.to, &room)),
            swaps => (words::with_swaps(swaps.len(), &room)),
        } }
        @match (place.at, &cheaper.template) {
            (Some(at), Some(_)) => {
                (region::row_button(place.texts_at, "small", "_replace", &format!("{PREFIX}/{at}/text"), &html! { (words::REPLACE) }))
            }
            (_, None) => p.hint { (words::IN_THE_NAME) },
            (None, Some(_)) => {}
        }
    }
}

fn from(shown: &Preview) -> String {
    let from = shown.template.as_ref().filter(|from| from.source.is_some()).or(shown.registered.as_ref());
    let Some(from) = from else { return words::BUILT_IN.to_owned() };
    let which = words::for_whom(from.purpose.as_deref().unwrap_or_default(), from.locale.as_deref());
    match from.source {
        Some(Source::Connector) => words::from("connector", &which),
        Some(Source::Environment) => words::from("environment", &which),
        None => words::BUILT_IN.to_owned(),
    }
}

/// Each text at worst, the most expensive first.
pub(super) fn worst(of: &WorstCase) -> Markup {
    let row = |worst: &crate::setup::Worst| {
        let name = html! { (worst.purpose) };
        let locale = html! { (worst.locale.as_deref().unwrap_or(words::ANY)) };
        if worst.failure.is_some() {
            return vec![name, locale, html! { (words::CANT_SEND) }, html! {}, html! {}];
        }
        let count = &worst.count;
        let encoding = html! { (words::encoding(count.encoding)) };
        vec![name, locale, encoding, html! { (count.units) }, html! { (count.segments) }]
    };
    let rows: Vec<_> = of.texts.iter().take(WORST_SHOWN).map(row).collect();
    let more = of.texts.len().saturating_sub(WORST_SHOWN) + of.left_out;
    let heads = [words::PURPOSE, words::LANGUAGE, words::ENCODING, words::UNITS, words::SEGMENTS];
    html! {
        @if !rows.is_empty() { (shell::table(words::WORST, &heads, &rows)) }
        @if more > 0 { p.hint { (words::and_more(more)) } }
    }
}
