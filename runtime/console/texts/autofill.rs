//! Whether a phone offers the code, and what to do where it does not.

use maud::{Markup, html};

use super::{PREFIX, ending_word, region};
use crate::console::shell;
use crate::console::words::texts as words;
use crate::setup::Preview;
use crate::texts::ending::Origin;
use crate::texts::{Autofill, Ending};

/// Where a text is typed, and where the last line of every text.
pub(super) struct Place<'a> {
    /// Its place in the form, if it is one of the form's.
    pub(super) at: Option<usize>,
    /// Where the environment's texts are.
    pub(super) texts_at: &'a str,
    /// Whether the form is a connector's: then the last line of every text is set on another page.
    pub(super) is_connectors: bool,
}

/// The warning that is told here, and nowhere else.
pub(super) const OTHER_SITE: &str = "other-site";

/// What is told, with a button where one press mends it.
pub(super) fn autofill(shown: &Preview, place: &Place<'_>) -> Markup {
    let site = shown.site.as_ref();
    match &shown.autofill {
        Autofill::OriginBound { host } => match site.filter(|_| is_of_other_site(shown)) {
            Some(site) => html! {
                p { (shell::status("warn", &words::bound_elsewhere(host, &site.host))) }
                @if let Some(at) = place.at { (button(site, at, place, &words::use_line(&site.host))) }
            },
            None => shell::status("good", &words::bound_to(host)),
        },
        Autofill::AppHash { hash } => shell::status("good", &words::to_app(hash)),
        Autofill::ByProvider => shell::status("quiet", words::AUTOFILL_PROVIDER),
        Autofill::Missing => html! {
            p { (shell::status("warn", words::AUTOFILL_MISSING)) }
            @match (site, place.at) {
                (Some(site), Some(at)) => (button(site, at, place, &words::add_line(&site.host))),
                _ => p.hint { (words::SITE_UNKNOWN) " " (where_to_set(place)) },
            }
        },
    }
}

fn is_of_other_site(shown: &Preview) -> bool {
    shown.warnings.iter().any(|warning| warning.code == OTHER_SITE)
}

/// The last line of every text.
fn where_to_set(place: &Place<'_>) -> Markup {
    let page = if place.is_connectors { place.texts_at } else { "" };
    html! { a href={ (page) "#ending" } { (words::ENDING_LABEL) } }
}

/// Its value is the field, and what is to stand in it.
fn button(site: &Origin, at: usize, place: &Place<'_>, label: &str) -> Markup {
    let line = ending_word(&Ending::Origin(site.clone()));
    let value = format!("{PREFIX}/{at}/ending {line}");
    region::row_button(place.texts_at, "small", "_bind", &value, &html! { (label) })
}
