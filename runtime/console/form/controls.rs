//! One field of a form, by its kind.

use maud::{Markup, html};
use serde_json::Value;

use super::names::{GIVEN, REMOVED, REST, SHOWN, STORED, id_of, member};
use super::typed::{pretty, token};
use super::{Faults, Kind, Look, Node, Number, Text};
use crate::console::posted::Posted;
use crate::console::words::{common, form as words};

mod field;
mod list;

use field::Field;

/// Choices that are shown side by side; more are a list to open.
const RADIOS_MAX: usize = 4;

/// What is drawn from.
pub(super) struct Draw<'a> {
    pub(super) typed: &'a Posted,
    pub(super) faults: &'a Faults,
    pub(super) look: &'a Look<'a>,
}

/// Whether a field has to be filled in, in a word.
pub(super) fn need(is_required: bool) -> &'static str {
    if is_required { common::REQUIRED } else { common::OPTIONAL }
}

/// A value for people: a text as it is.
pub(super) fn shown(value: &Value) -> String {
    match value {
        Value::String(text) if text.is_empty() => words::EMPTY_TEXT.to_owned(),
        Value::String(text) => text.clone(),
        Value::Bool(is_so) => (if *is_so { words::YES } else { words::NO }).to_owned(),
        value => pretty(value),
    }
}

impl Draw<'_> {
    /// A field with everything below it.
    pub(super) fn node(&self, node: &Node, name: &str, label: &str, told: Option<&str>) -> Markup {
        let field = Field {
            name,
            id: id_of(name),
            label,
            need: told,
            hint: self.hint(node, name),
            error: self.faults.at(name),
            is_required: node.is_required,
        };
        match &node.kind {
            Kind::Text(text) => field.labelled(&self.text(text, &field)),
            Kind::Secret(text) => self.secret(text, &field),
            Kind::Number(number) => field.labelled(&self.number(number, &field)),
            Kind::Check => self.check(node, &field),
            Kind::Choice(all) => self.choice(node, all, &field),
            Kind::Group(members) => {
                let inner = html! {
                    (self.given(name))
                    @for inner in members { (self.node(inner, &member(name, &inner.name), &inner.label, Some(need(inner.is_required)))) }
                };
                field.legended("group", Some(&field.id), &inner)
            }
            Kind::Rows(item) => self.rows(item, &field, true),
            Kind::List(item) => self.rows(item, &field, false),
            Kind::Json { .. } => field.labelled(&self.json(&field)),
        }
    }

    /// Members that the form has no fields for.
    pub(super) fn rest(&self, text: &str) -> Markup {
        let field = Field {
            name: REST,
            id: id_of(REST),
            label: words::OTHERS,
            need: None,
            hint: words::OTHERS_HINT.to_owned(),
            error: self.faults.at(REST),
            is_required: false,
        };
        field.labelled(&editor(&field, text))
    }

    fn hint(&self, node: &Node, name: &str) -> String {
        let default = match (&node.kind, &node.default) {
            (Kind::Choice(_) | Kind::Check, _) | (_, None) => None,
            (_, Some(default)) => Some(words::default(&shown(default))),
        };
        let kind = match &node.kind {
            Kind::Secret(_) if self.has(STORED, name) => Some(words::STORED),
            Kind::Json { takes_text: true } => Some(words::JSON_OR_TEXT_HINT),
            Kind::Json { .. } => Some(words::JSON_HINT),
            _ => None,
        };
        let is_lost =
            self.look.has_lost_secret && matches!(node.kind, Kind::Secret(_)) && self.typed.word(name).is_some();
        let parts =
            [node.hint.clone(), default, kind.map(str::to_owned), is_lost.then(|| words::TYPE_AGAIN.to_owned())];
        parts.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    fn has(&self, mark: &str, name: &str) -> bool {
        self.typed.all(mark).any(|marked| marked == name)
    }

    fn given(&self, name: &str) -> Markup {
        html! { @if self.has(GIVEN, name) { input type="hidden" name=(GIVEN) value=(name); } }
    }

    fn text(&self, text: &Text, field: &Field<'_>) -> Markup {
        let value = self.typed.get(field.name).unwrap_or_default();
        let length_max = text.length_max.map(|max| max.saturating_mul(2));
        html! {
            (self.given(field.name))
            @if text.has_lines || value.contains('\n') {
                textarea id=(field.id) name=(field.name) rows="4" required[field.is_required] minlength=[text.length_min] maxlength=[length_max]
                    aria-describedby=[field.described_by()] aria-invalid=[field.invalid()] spellcheck="false" { "\n" (value) }
            } @else {
                input type=(text.input) id=(field.id) name=(field.name) value=(value) required[field.is_required] pattern=[text.pattern.as_deref()]
                    minlength=[text.length_min] maxlength=[length_max] aria-describedby=[field.described_by()] aria-invalid=[field.invalid()]
                    autocomplete="off" autocapitalize="none" spellcheck="false";
            }
        }
    }

    fn secret(&self, text: &Text, field: &Field<'_>) -> Markup {
        let is_stored = self.has(STORED, field.name);
        let is_required = field.is_required && !is_stored;
        let control = html! {
            @if is_stored { input type="hidden" name=(STORED) value=(field.name); }
            @if text.has_lines {
                textarea.masked id=(field.id) name=(field.name) rows="3" required[is_required] aria-describedby=[field.described_by()]
                    aria-invalid=[field.invalid()] autocomplete="off" autocapitalize="none" spellcheck="false" {}
            } @else {
                input type="password" id=(field.id) name=(field.name) required[is_required] pattern=[text.pattern.as_deref()]
                    minlength=[text.length_min] aria-describedby=[field.described_by()] aria-invalid=[field.invalid()] autocomplete="new-password";
            }
            @if is_stored && !field.is_required {
                label.check for={ (field.id) "-drop" } {
                    input type="checkbox" id={ (field.id) "-drop" } name=(REMOVED) value=(field.name) checked[self.has(REMOVED, field.name)];
                    span { (words::REMOVE_STORED) span.visually-hidden { ": " (field.label) } }
                }
            }
        };
        field.labelled(&control)
    }

    fn number(&self, number: &Number, field: &Field<'_>) -> Markup {
        let value = self.typed.get(field.name).unwrap_or_default();
        // A browser empties a field of numbers that is given something else, and it would be lost.
        let is_number = value.is_empty() || value.trim().parse::<f64>().is_ok();
        html! {
            input.short type=(if is_number { "number" } else { "text" }) inputmode=(if number.is_whole { "numeric" } else { "decimal" })
                id=(field.id) name=(field.name) value=(value) required[field.is_required] step=(if number.is_whole { "1" } else { "any" })
                min=[number.min.as_ref()] max=[number.max.as_ref()] aria-describedby=[field.described_by()] aria-invalid=[field.invalid()] autocomplete="off";
        }
    }

    fn check(&self, node: &Node, field: &Field<'_>) -> Markup {
        let default = node.default.as_ref().and_then(Value::as_bool).unwrap_or(false);
        let is_checked =
            self.typed.has(field.name) || default && !self.typed.has(SHOWN) && !self.has(GIVEN, field.name);
        html! {
            div.field.wrong[field.error.is_some()] {
                (self.given(field.name))
                label.check for=(field.id) {
                    input type="checkbox" id=(field.id) name=(field.name) value="true" checked[is_checked] aria-describedby=[field.described_by()] aria-invalid=[field.invalid()];
                    span { (field.label) }
                }
                (field.hint()) (field.error())
            }
        }
    }

    fn choice(&self, node: &Node, all: &[Value], field: &Field<'_>) -> Markup {
        let default = node.default.as_ref().filter(|default| all.contains(default)).map(|value| token(all, value));
        let chosen = self.typed.get(field.name).map(str::to_owned).or_else(|| default.clone()).unwrap_or_default();
        let label = |value: &Value| match default.as_deref() == Some(&token(all, value)) {
            true => words::default_choice(&shown(value)),
            false => shown(value),
        };
        let options: Vec<(String, String)> = all.iter().map(|value| (token(all, value), label(value))).collect();
        if all.len() <= RADIOS_MAX && (default.is_some() || node.is_required) {
            let radios = html! {
                (self.given(field.name))
                @for (index, (value, label)) in options.iter().enumerate() {
                    @let id = if index == 0 { field.id.clone() } else { format!("{}-{index}", field.id) };
                    label.check for=(id) {
                        input type="radio" id=(id) name=(field.name) value=(value) checked[*value == chosen] required[field.is_required];
                        span { (label) }
                    }
                }
            };
            return field.legended("field", None, &radios);
        }
        let unset = if node.is_required { words::CHOOSE } else { words::NOT_SET };
        field.labelled(&html! {
            (self.given(field.name))
            select id=(field.id) name=(field.name) required[field.is_required] aria-describedby=[field.described_by()] aria-invalid=[field.invalid()] {
                @if default.is_none() { option value="" { (unset) } }
                @for (value, label) in &options { option value=(value) selected[*value == chosen] { (label) } }
            }
        })
    }

    fn json(&self, field: &Field<'_>) -> Markup {
        editor(field, self.typed.get(field.name).unwrap_or_default())
    }
}

fn editor(field: &Field<'_>, text: &str) -> Markup {
    html! {
        cs-editor {
            textarea.code id=(field.id) name=(field.name) rows="6" data-editor="json" spellcheck="false" autocomplete="off" autocapitalize="none"
                aria-describedby=[field.described_by()] aria-invalid=[field.invalid()] { "\n" (text) }
        }
    }
}
