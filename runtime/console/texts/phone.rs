//! A phone that shows a message: no picture, and nobody's brand.

use maud::{Markup, html};

use crate::console::words::texts as words;
use crate::setup::Preview;
use crate::texts::Autofill;
use crate::texts::lint::SAMPLE_CODE;
use crate::texts::marks::{Mark, Why};

/// The phone with what a connector would send.
pub(super) fn phone(shown: &Preview, locale: &str) -> Markup {
    let sender = shown.sender.as_deref().unwrap_or(words::NO_SENDER);
    let fills = matches!(shown.autofill, Autofill::OriginBound { .. } | Autofill::AppHash { .. });
    html! {
        figure.phone aria-label=(words::PHONE) {
            p.phone-from { (sender) }
            div.phone-screen {
                @if !shown.text.is_empty() { div.bubble dir="auto" lang=(locale) { (marked(shown)) } }
            }
            @if fills { p.phone-strip { (words::from_messages(SAMPLE_CODE)) } }
        }
    }
}

/// The phone without a message.
pub(super) fn empty() -> Markup {
    html! {
        figure.phone aria-label=(words::PHONE) { p.phone-from { (words::NO_SENDER) } div.phone-screen {} }
    }
}

/// The text with what costs underlined. Of a text of another script every letter would be: none is.
fn marked(shown: &Preview) -> Markup {
    let is_stray = |mark: &&Mark| mark.why == Why::TwoSeptets || shown.cheaper.is_some();
    let mut marks = shown.marks.iter().filter(is_stray).peekable();
    let mut plain = String::new();
    html! {
        @for (at, c) in shown.text.chars().enumerate() {
            @if marks.next_if(|mark| mark.at == at).is_some() {
                (std::mem::take(&mut plain))
                mark title=(words::mark(c, shown.cheaper.is_some())) { (c) }
            } @else {
                ({ plain.push(c); "" })
            }
        }
        (plain)
    }
}
