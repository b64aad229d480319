//! Lists: rows with a button each, and one more below them.

use maud::{Markup, html};

use super::Draw;
use super::field::Field;
use crate::console::form::names::{ADD, REMOVE, ROW, id_of, list_of};
use crate::console::form::{Node, ROWS_MAX};
use crate::console::words::form as words;

impl Draw<'_> {
    pub(super) fn rows(&self, item: &Node, field: &Field<'_>, has_names: bool) -> Markup {
        let rows: Vec<&str> = self.typed.all(ROW).filter(|row| list_of(row) == field.name).take(ROWS_MAX).collect();
        let inner = html! {
            (self.given(field.name))
            @for (index, row) in rows.iter().enumerate() {
                div.list-row {
                    input type="hidden" name=(ROW) value=(row);
                    @if has_names { (self.row_name(row, field.label, index)) (self.node(item, &format!("{row}/value"), words::VALUE, None)) }
                    @else { (self.node(item, row, &words::row(field.label, index + 1), None)) }
                    (self.button(REMOVE, row, words::REMOVE, &words::remove_from(field.label, index + 1)))
                }
            }
            @if rows.len() < ROWS_MAX {
                (self.button(ADD, field.name, words::ADD, &words::add_to(field.label)))
            }
        };
        field.legended("group", Some(&field.id), &inner)
    }

    /// A button that works without scripts, and exchanges only the form with them.
    fn button(&self, name: &str, value: &str, label: &str, told: &str) -> Markup {
        let (address, region) = self.look.exchange.unzip();
        html! {
            button.button.small name=(name) value=(value) formnovalidate aria-label=(told)
                hx-post=[address] hx-target=[region] hx-select=[region] hx-swap=[region.map(|_| "outerMorph")] { (label) }
        }
    }

    fn row_name(&self, row: &str, list: &str, index: usize) -> Markup {
        let name = format!("{row}/name");
        let label = words::NAME;
        let field = Field {
            name: &name,
            id: id_of(&name),
            label,
            need: None,
            hint: String::new(),
            error: self.faults.at(&name),
            is_required: false,
        };
        field.labelled(&html! {
            input type="text" id=(field.id) name=(name) value=(self.typed.get(&name).unwrap_or_default()) aria-describedby=[field.described_by()]
                aria-invalid=[field.invalid()] aria-label=(words::row(list, index + 1) + " " + label) autocomplete="off" autocapitalize="none" spellcheck="false";
        })
    }
}
