//! The whole block: a table or an editor, the buttons between them, and the phone beside.

use maud::{Markup, html};

use super::{Fault, Of, PREFIX, Texts, View, editor, table};
use crate::connector::reason::Reason;
use crate::console::shell;
use crate::console::words::texts as words;

/// Reasons that are told at once.
pub(super) const TOLD_MAX: usize = 50;

pub(super) const EDITOR_ID: &str = "templates-json";

/// What the block is made of. It stands in a form, and has all of its fields.
pub(crate) struct Region<'a> {
    /// What was typed.
    pub(crate) texts: &'a Texts,
    /// What is wrong with it.
    pub(crate) faults: &'a [Fault],
    /// Where the environment's texts are ([`super::address`]).
    pub(crate) at: &'a str,
    /// Whose texts they are.
    pub(crate) of: &'a Of,
    /// What `super::preview` came to.
    pub(crate) preview: Markup,
}

/// The block.
pub(crate) fn region(of: &Region<'_>) -> Markup {
    let texts = of.texts;
    html! {
        div.texts #texts {
            div.texts-list {
                input type="hidden" name="templates_view" value=(match texts.view { View::Table => "table", View::Json => "json" });
                div.row.spread.texts-top {
                    p.hint { (words::VARIABLES) }
                    div.row role="group" aria-label=(words::SHOW_AS) {
                        (view_button(texts, View::Table, "table", words::AS_TABLE))
                        (view_button(texts, View::Json, "json", words::AS_JSON))
                    }
                }
                @match texts.view {
                    View::Table => {
                        (table::table(of))
                        p.texts-add {
                            (row_button(of.at, "", "_add", PREFIX, &html! { (words::ADD) }))
                        }
                    }
                    View::Json => (editor::editor(&texts.json, of.faults)),
                }
            }
            (of.preview)
        }
    }
}

/// A button that changes a row. Only the texts are exchanged: a whole page would have lost the secrets that were typed on
/// it, and the place where it was looked at.
pub(super) fn row_button(at: &str, class: &str, name: &str, value: &str, label: &Markup) -> Markup {
    html! {
        button class={ "button " (class) } name=(name) value=(value) formnovalidate
            hx-post={ (at) "/rows" } hx-target="#texts" hx-swap="outerHTML" { (label) }
    }
}

fn view_button(texts: &Texts, view: View, value: &str, label: &str) -> Markup {
    html! {
        button.button.small name="_view" value=(value) aria-pressed=(texts.view == view) formnovalidate { (label) }
    }
}

/// For the summary of a form's errors: id of the field, its name, what is wrong.
pub(crate) fn summary(texts: &Texts, faults: &[Fault]) -> Vec<(String, String, String)> {
    if texts.view == View::Json {
        let told = editor::marks(&texts.json, faults)
            .into_iter()
            .map(|mark| (EDITOR_ID.to_owned(), words::line(mark.line, mark.column), mark.text));
        return told.collect();
    }
    let told = faults.iter().map(|fault| {
        let (field, name) = named(&fault.pointer);
        (if texts.rows.is_empty() { String::new() } else { field }, name, fault.text.clone())
    });
    told.collect()
}

/// What works, and costs more or arrives less often than it could: each with a link to its field.
pub(crate) fn worth_knowing(texts: &Texts, reasons: &[Reason]) -> Markup {
    let fault = |reason: &Reason| Fault::at(reason.pointer.clone().unwrap_or_default(), &reason.text);
    let faults: Vec<Fault> = reasons.iter().take(TOLD_MAX).map(fault).collect();
    let more = reasons.len().saturating_sub(TOLD_MAX);
    html! {
        @if !faults.is_empty() {
            (shell::panel(words::WORTH_KNOWING, &html! {
                ul.reasons { @for (id, name, text) in summary(texts, &faults) {
                    li { a href={ "#" (id) } { (name) } ": " (shell::coded(&text)) }
                } }
                @if more > 0 { p.hint { (words::and_more(more)) } }
            }))
        }
    }
}

/// The id of the field at a pointer, and what it is called.
fn named(pointer: &str) -> (String, String) {
    let mut steps = pointer.strip_prefix(PREFIX).unwrap_or_default().split('/').skip(1);
    let Some(index) = steps.next().and_then(|index| index.parse::<usize>().ok()) else {
        return (String::new(), words::TEMPLATES.to_owned());
    };
    let field = steps.next().unwrap_or("purpose");
    let label = match field {
        "locale" => words::LANGUAGE,
        "text" => words::TEXT,
        "template_id" => words::TEMPLATE_ID,
        "template_locale" => words::TEMPLATE_LOCALE,
        "parameters" => words::PARAMETERS,
        "ending" => words::ENDING,
        _ => words::PURPOSE,
    };
    (id(&format!("{PREFIX}/{index}/{field}")), format!("{label}{}", words::of_template(index + 1)))
}

/// The id of the field of that name.
pub(super) fn id(pointer: &str) -> String {
    pointer.trim_start_matches('/').replace(['/', '_'], "-")
}
