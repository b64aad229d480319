//! The JSON view: an editor whose lines bear what is wrong with them.

use maud::{Markup, html};
use serde_json::json;

use super::region::EDITOR_ID;
use super::{Fault, PREFIX};
use crate::console::words::texts as words;
use crate::json::positions::positions;

/// Where each fault is: line and column of the text.
pub(super) fn places(text: &str, faults: &[Fault]) -> Vec<(usize, usize)> {
    let below = |fault: &'_ Fault| fault.pointer.strip_prefix(PREFIX).unwrap_or_default().to_owned();
    let pointers: Vec<String> = faults.iter().map(below).collect();
    let pointers: Vec<&str> = pointers.iter().map(String::as_str).collect();
    let found = positions(text, &pointers);
    faults.iter().zip(found).map(|(fault, found)| fault.place.or(found).unwrap_or((1, 1))).collect()
}

/// The editor, and the same list in words.
pub(super) fn editor(text: &str, faults: &[Fault]) -> Markup {
    let places = places(text, faults);
    let told = || faults.iter().zip(&places);
    let marks: Vec<_> =
        told().map(|(fault, (line, column))| json!({"line": line, "column": column, "text": fault.text})).collect();
    let described = if faults.is_empty() { "templates-json-hint" } else { "templates-json-error templates-json-hint" };
    html! {
        div.field.editor-field.wrong[!faults.is_empty()] {
            label for=(EDITOR_ID) { (words::JSON_LABEL) }
            p.hint #templates-json-hint { (words::JSON_HINT) }
            cs-editor data-faults=(json!(marks)) {
                textarea.code id=(EDITOR_ID) name="templates_json" rows="18" spellcheck="false" autocomplete="off" data-editor="json"
                    aria-describedby=(described) aria-invalid=[(!faults.is_empty()).then_some("true")] { "\n" (text) }
            }
            @if !faults.is_empty() {
                div #templates-json-error {
                    @for (fault, (line, column)) in told() { p.error { (words::line(*line, *column)) ": " (fault.text) } }
                }
            }
        }
    }
}
