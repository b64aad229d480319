//! The table: a row for each text. On a narrow screen a row is a card.

use maud::{Markup, html};

use super::region::{self, Region};
use super::row::Row;
use super::{Fault, Of, PREFIX};
use crate::console::shell;
use crate::console::words::texts as words;
use crate::texts::PURPOSES;

/// The rows, with what is wrong at each cell.
pub(super) fn table(of: &Region<'_>) -> Markup {
    let Region { texts, faults, at, .. } = *of;
    let none = match of.of {
        Of::Environment { .. } => words::NO_TEMPLATES,
        Of::Connector { .. } => words::NO_OWN_TEMPLATES,
    };
    let rows = texts.rows.iter().enumerate();
    let cells = |(index, row)| Cells { index, row, faults, has_focus: texts.focus == Some(index) };
    html! {
        @if texts.rows.is_empty() { p.empty { (none) } }
        @else {
            div.table-frame.texts-frame role="region" aria-label=(words::CAPTION) tabindex="0" {
                table.texts-table {
                    caption.visually-hidden { (words::CAPTION) }
                    thead { tr {
                        th scope="col" { (words::PURPOSE) } th scope="col" { (words::LANGUAGE) }
                        th scope="col" { (words::TEXT) } th scope="col" { span.visually-hidden { (words::ACTIONS) } }
                    } }
                    tbody { @for cells in rows.map(cells) { (line(&cells, at)) } }
                }
            }
            datalist #texts-purposes { @for purpose in PURPOSES { option value=(purpose) {} } }
        }
    }
}

struct Cells<'a> {
    index: usize,
    row: &'a Row,
    faults: &'a [Fault],
    /// Whether a button was just pressed for this row: whoever uses the keyboard goes on there.
    has_focus: bool,
}

fn line(cells: &Cells<'_>, at: &str) -> Markup {
    let row = cells.row;
    html! {
        tr {
            th scope="row" {
                (cells.field("purpose", words::PURPOSE, &row.purpose, Some("texts-purposes")))
                @for fault in cells.of("") { p.error { (shell::coded(&fault.text)) } }
            }
            td { (cells.field("locale", words::LANGUAGE, &row.locale, None)) }
            td.wide { (cells.text()) (cells.more()) }
            td.buttons {
                button.button.small name="_preview" value={ (PREFIX) "/" (cells.index) } formnovalidate
                    hx-post={ (at) "/preview" } hx-target="#texts-preview" hx-swap="outerMorph" {
                    (words::PREVIEW) (cells.which())
                }
                (region::row_button(at, "small", "_remove", &format!("{PREFIX}/{}", cells.index), &html! { (words::REMOVE) (cells.which()) }))
            }
        }
    }
}

impl Cells<'_> {
    fn which(&self) -> Markup {
        html! { span.visually-hidden { (words::of_template(self.index + 1)) } }
    }

    /// What is wrong with a field of the row; with the row itself, for none.
    fn of(&self, field: &str) -> impl Iterator<Item = &Fault> {
        let pointer = format!("{PREFIX}/{}", self.index);
        let pointer = if field.is_empty() { pointer } else { format!("{pointer}/{field}") };
        // A fault deeper in a field is the field's.
        self.faults.iter().filter(move |fault| {
            let rest = fault.pointer.strip_prefix(&pointer);
            rest.is_some_and(|rest| rest.is_empty() || (pointer.matches('/').count() > 2 && rest.starts_with('/')))
        })
    }

    fn cell(&self, field: &str, label: &str, control: &Markup) -> Markup {
        let id = self.id(field);
        let faults: Vec<&Fault> = self.of(field).collect();
        html! {
            div.cell.wrong[!faults.is_empty()] {
                label for=(id) { (label) (self.which()) }
                (control)
                @if !faults.is_empty() {
                    div id={ (id) "-error" } { @for fault in faults { p.error { (shell::coded(&fault.text)) } } }
                }
            }
        }
    }

    fn field(&self, field: &str, label: &str, value: &str, list: Option<&str>) -> Markup {
        let placeholder = (field == "locale").then_some(words::ANY);
        let has_focus = self.has_focus && field == "purpose";
        self.cell(field, label, &html! {
            input id=(self.id(field)) name=(self.name(field)) value=(value) list=[list] placeholder=[placeholder] data-focus[has_focus]
                autocomplete="off" spellcheck="false" aria-describedby=[self.described_by(field)] aria-invalid=[self.invalid(field)];
        })
    }

    fn text(&self) -> Markup {
        self.cell("text", words::TEXT, &html! {
            // A browser drops the first line break of a text area: this one is dropped, and not the text's own.
            textarea id=(self.id("text")) name=(self.name("text")) rows="2" dir="auto"
                aria-describedby=[self.described_by("text")] aria-invalid=[self.invalid("text")] { "\n" (self.row.text) }
        })
    }

    /// What few texts have: closed while it is empty.
    fn more(&self) -> Markup {
        let all = [
            ("template_id", words::TEMPLATE_ID, &self.row.template_id),
            ("template_locale", words::TEMPLATE_LOCALE, &self.row.template_locale),
            ("parameters", words::PARAMETERS, &self.row.parameters),
            ("ending", words::ENDING, &self.row.ending),
        ];
        let is_open = self.row.has_more() || all.iter().any(|(field, ..)| self.of(field).next().is_some());
        html! {
            details.more open[is_open] {
                summary { (words::MORE) (self.which()) }
                div.more-fields { @for (field, label, value) in all { (self.field(field, label, value, None)) } }
            }
        }
    }

    fn name(&self, field: &str) -> String {
        format!("{PREFIX}/{}/{field}", self.index)
    }

    fn id(&self, field: &str) -> String {
        region::id(&self.name(field))
    }

    fn described_by(&self, field: &str) -> Option<String> {
        self.of(field).next().map(|_| format!("{}-error", self.id(field)))
    }

    fn invalid(&self, field: &str) -> Option<&'static str> {
        self.of(field).next().map(|_| "true")
    }
}
