//! What stands around the controls of a field: its label, its hint, what is wrong with it.

use maud::{Markup, html};

use crate::console::shell;

/// A field while it is drawn: its ids, its words.
pub(super) struct Field<'a> {
    pub(super) name: &'a str,
    pub(super) id: String,
    pub(super) label: &'a str,
    pub(super) need: Option<&'a str>,
    pub(super) hint: String,
    pub(super) error: Option<&'a str>,
    pub(super) is_required: bool,
}

impl Field<'_> {
    pub(super) fn described_by(&self) -> Option<String> {
        let error = self.error.map(|_| format!("{}-error", self.id));
        let hint = (!self.hint.is_empty()).then(|| format!("{}-hint", self.id));
        let all: Vec<String> = error.into_iter().chain(hint).collect();
        (!all.is_empty()).then(|| all.join(" "))
    }

    pub(super) fn invalid(&self) -> Option<&'static str> {
        self.error.map(|_| "true")
    }

    pub(super) fn words(&self) -> Markup {
        html! { (self.label) @if let Some(need) = self.need { " " span.need { (need) } } }
    }

    pub(super) fn hint(&self) -> Markup {
        html! { @if !self.hint.is_empty() { p.hint id={ (self.id) "-hint" } { (self.hint) } } }
    }

    pub(super) fn error(&self) -> Markup {
        html! { @if let Some(error) = self.error { p.error id={ (self.id) "-error" } { (shell::coded(error)) } } }
    }

    /// With a label over one control.
    pub(super) fn labelled(&self, control: &Markup) -> Markup {
        html! {
            div.field.wrong[self.error.is_some()] {
                label for=(self.id) { (self.words()) }
                (self.hint()) (control) (self.error())
            }
        }
    }

    /// With a legend over several. The id is that of the first control inside, or of the whole.
    pub(super) fn legended(&self, class: &str, id: Option<&str>, controls: &Markup) -> Markup {
        html! {
            fieldset class={ (class) @if self.error.is_some() { " wrong" } } id=[id] tabindex=[id.map(|_| "-1")] aria-describedby=[self.described_by()] {
                legend { (self.words()) }
                (self.hint()) (controls) (self.error())
            }
        }
    }
}
