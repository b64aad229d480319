//! The JSON view: an editor whose lines bear what is wrong with them.

use maud::{Markup, html};
use serde_json::json;

use super::region::{EDITOR_ID, TOLD_MAX};
use super::{Fault, PREFIX};
use crate::console::shell;
use crate::console::words::texts as words;
use crate::json::{Mark, json_faults};

/// What is wrong with a text, each at its line and column.
pub(super) fn marks(text: &str, faults: &[Fault]) -> Vec<Mark> {
    // A text that is no JSON has one fault, which knows its place.
    if let Some((fault, (line, column))) = faults.iter().find_map(|fault| Some((fault, fault.place?))) {
        return vec![Mark { line, column, text: fault.text.clone() }];
    }
    let below = |fault: &Fault| (fault.pointer.strip_prefix(PREFIX).unwrap_or_default().to_owned(), fault.text.clone());
    json_faults(text, &faults.iter().take(TOLD_MAX).map(below).collect::<Vec<_>>())
}

/// The editor, and the same list in words.
pub(super) fn editor(text: &str, faults: &[Fault]) -> Markup {
    let marks = marks(text, faults);
    let described = if marks.is_empty() { "templates-json-hint" } else { "templates-json-error templates-json-hint" };
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
                    @for mark in &marks { p.error { (words::line(mark.line, mark.column)) ": " (shell::coded(&mark.text)) } }
                }
            }
        }
    }
}
