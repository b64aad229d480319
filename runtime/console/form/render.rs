//! A form as markup: its blocks, and the sentences of their rules.

use maud::{Markup, html};

use super::controls::Draw;
use super::groups::Block;
use super::names::{REST, SHOWN, member};
use super::rules::{Rule, Test, When};
use super::{Faults, Form, Node};
use crate::console::posted::Posted;
use crate::console::words::form as words;

/// How a form is shown.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Look<'a> {
    /// Where its buttons post to, and what is exchanged then, if scripts run: an address, and a selector.
    pub(crate) exchange: Option<(&'a str, &'a str)>,
    /// Nothing can be changed: whoever looks may not.
    pub(crate) is_fixed: bool,
    /// A secret was typed on the page before, which this one does not hold.
    pub(crate) has_lost_secret: bool,
}

impl Form {
    /// The fields, filled with what was typed.
    pub(crate) fn render(&self, typed: &Posted, faults: &Faults, look: &Look<'_>) -> Markup {
        let draw = Draw { typed, faults, look };
        html! {
            fieldset.plain disabled[look.is_fixed] {
                input type="hidden" name=(SHOWN) value="form";
                @if let Some(about) = &self.about { p.hint.about { (about) } }
                @for block in &self.blocks { (self.block(block, &draw)) }
                @if let Some(text) = typed.get(REST) { (draw.rest(text)) }
            }
        }
    }

    fn block(&self, block: &Block, draw: &Draw<'_>) -> Markup {
        match block {
            Block::One(index) => self.one(*index, None, draw),
            Block::Together { fields, rules } => {
                let sentences: Vec<String> =
                    rules.iter().filter_map(|rule| self.rules.get(*rule)).map(|r| self.sentence(r)).collect();
                html! {
                    fieldset.group {
                        legend { (sentences.first().map_or("", String::as_str)) }
                        @for more in sentences.iter().skip(1) { p.hint.more { (more) } }
                        @for index in fields { (self.one(*index, Some(()), draw)) }
                    }
                }
            }
        }
    }

    fn one(&self, index: usize, grouped: Option<()>, draw: &Draw<'_>) -> Markup {
        let Some(node) = self.fields.get(index) else { return html! {} };
        let need = match (self.condition(node), grouped) {
            (Some(condition), _) => Some(condition),
            (None, Some(())) => None,
            (None, None) => Some(super::controls::need(node.is_required).to_owned()),
        };
        draw.node(node, &member("", &node.name), &node.label, need.as_deref())
    }

    /// What is said beside the label of a field that is needed under a condition.
    fn condition(&self, node: &Node) -> Option<String> {
        // One with a default is never missing.
        if node.is_required || node.default.is_some() {
            return None;
        }
        let when = self.rules.iter().find_map(|rule| match rule {
            Rule::Needed { when, fields } if fields.contains(&node.name) => Some(when),
            _ => None,
        })?;
        Some(self.when(when).map_or_else(|| words::SOMETIMES.to_owned(), |told| words::needed_with(&told)))
    }

    fn when(&self, when: &When) -> Option<String> {
        let told = |test: &Test| match test {
            Test::Given(name) => words::is_given(self.label(name)),
            Test::Is(name, values) => {
                let values: Vec<String> = values.iter().map(super::controls::shown).collect();
                let values: Vec<&str> = values.iter().map(String::as_str).collect();
                words::is(self.label(name), &values)
            }
        };
        let tests: Vec<String> = when.tests.as_ref()?.iter().map(told).collect();
        let tests: Vec<&str> = tests.iter().map(String::as_str).collect();
        Some(words::when(&words::all_of(&tests), when.is_so))
    }

    fn sentence(&self, rule: &Rule) -> String {
        let all = |names: &[String]| {
            let labels: Vec<&str> = names.iter().map(|name| self.label(name)).collect();
            words::all_of(&labels)
        };
        let under = |when: Option<&When>, what: String| match when {
            None => what,
            Some(when) => words::under(&self.when(when).unwrap_or_else(|| words::SOMETIMES.to_owned()), &what),
        };
        match rule {
            Rule::OneOf { when, ways, only_one } => under(when.as_ref(), self.ways(ways, *only_one)),
            Rule::Together(names) => words::together(&all(names)),
            Rule::With(one, others) => words::with(self.label(one), &all(others)),
            Rule::Needed { when, fields } => under(Some(when), all(fields)),
        }
    }

    /// Ways in words: `A, or B and C`.
    pub(super) fn ways(&self, ways: &[Vec<String>], only_one: bool) -> String {
        let way = |way: &Vec<String>| {
            let labels: Vec<&str> = way.iter().map(|name| self.label(name)).collect();
            words::all_of(&labels)
        };
        words::one_of(&ways.iter().map(way).collect::<Vec<_>>(), only_one)
    }
}
