//! What differs between two lists of texts, for whoever was overtaken.

use std::collections::{BTreeMap, BTreeSet};

use maud::{Markup, html};

use super::ending_word;
use crate::console::shell;
use crate::console::words::texts as words;
use crate::texts::{Ending, Shared, Template};

/// Differences that are shown.
const SHOWN_MAX: usize = 50;

/// What is saved beside what was typed, as far as they differ.
pub(crate) fn differences(saved: &Shared, typed: &Shared) -> Markup {
    let mut rows: Vec<Vec<Markup>> = Vec::new();
    if saved.ending != typed.ending {
        rows.push(vec![html! { (words::ENDING_LABEL) }, ending(saved.ending.as_ref()), ending(typed.ending.as_ref())]);
    }
    let (mine, theirs) = (by_name(&typed.templates), by_name(&saved.templates));
    let names: BTreeSet<&(String, String)> = mine.keys().chain(theirs.keys()).collect();
    let differ = names.into_iter().filter(|name| mine.get(*name) != theirs.get(*name));
    for name in differ {
        let locale = Some(name.1.as_str()).filter(|locale| !locale.is_empty());
        let side = |of: &BTreeMap<(String, String), &Template>| shown(of.get(name).copied());
        rows.push(vec![html! { (words::for_whom(&name.0, locale)) }, side(&theirs), side(&mine)]);
    }
    let more = rows.len().saturating_sub(SHOWN_MAX);
    rows.truncate(SHOWN_MAX);
    html! {
        @if rows.is_empty() { p { (words::NO_DIFFERENCES) } }
        @else { (shell::table(words::DIFFERENCES, &[words::TEMPLATES, words::SAVED_NOW, words::YOURS], &rows)) }
        @if more > 0 { p.hint { (words::and_more(more)) } }
    }
}

/// By purpose and language. Of two for the same, which can't be saved, the first.
fn by_name(templates: &[Template]) -> BTreeMap<(String, String), &Template> {
    let mut named = BTreeMap::new();
    for template in templates {
        let locale = template.locale.as_deref().unwrap_or_default().to_ascii_lowercase();
        named.entry((template.purpose.clone(), locale)).or_insert(template);
    }
    named
}

fn ending(of: Option<&Ending>) -> Markup {
    html! { @match of { Some(ending) => code { (ending_word(ending)) }, None => (words::NOT_THERE) } }
}

fn shown(template: Option<&Template>) -> Markup {
    let Some(template) = template else { return html! { span.hint { (words::NOT_THERE) } } };
    let more = Template { purpose: String::new(), locale: None, text: None, ..template.clone() };
    html! {
        @if let Some(text) = &template.text { div.said dir="auto" { (text) } }
        @if more != Template::default() {
            @let word = |name: &str, value: &Option<String>| value.as_ref().map(|value| format!("{name}: {value}"));
            @let names = more.parameters.as_ref().map(|names| format!("{}: {}", words::PARAMETERS, names.join(", ")));
            @let ending = more.ending.as_ref().map(|ending| format!("{}: {}", words::ENDING, ending_word(ending)));
            @let all = [word(words::TEMPLATE_ID, &more.template_id), word(words::TEMPLATE_LOCALE, &more.template_locale), names, ending];
            @for line in all.into_iter().flatten() { div.hint { (line) } }
        }
    }
}
