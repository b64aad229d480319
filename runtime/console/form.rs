//! A component's JSON Schema as a form, and what was posted as a configuration. Pure.
//!
//! A schema is untrusted: whatever it says, it costs a bounded time and a bounded page, and never a panic. What can't be
//! drawn is edited as JSON, so that nothing of a configuration is lost by opening its form. The form helps; whether a
//! configuration can be taken is judged where it is saved.
//!
//! What a form shows is always pairs of names and texts, as a browser posts them: [`Form::typed`] makes them of a
//! configuration, [`Form::edited`] adds and removes rows, [`Form::render`] shows them and [`Form::read`] reads them. So
//! what was typed and can't be read is shown again as it was typed.
//!
//! Names of fields are JSON Pointers into the configuration, with the number of the row in place of a name that can
//! itself be typed: `/account_sid`, `/headers/0/name`, `/headers/0/value`. Names that begin with `_` are the form's own.

use std::collections::BTreeMap;

use serde_json::Value;

mod controls;
mod faults;
mod groups;
mod names;
mod pattern;
mod read;
mod render;
mod rows;
mod rules;
mod schema;
mod typed;

pub(crate) use faults::Faults;
pub(crate) use read::Read;
pub(crate) use render::Look;

use groups::Block;
use rules::Rule;

/// A form.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Form {
    /// What the schema says about the whole.
    about: Option<String>,
    fields: Vec<Node>,
    rules: Vec<Rule>,
    blocks: Vec<Block>,
    /// What the schema has for an example in plain fields, by name.
    examples: BTreeMap<String, String>,
}

/// One field, or some that belong together.
#[derive(Clone, Debug, PartialEq)]
struct Node {
    /// Name of the member.
    name: String,
    label: String,
    hint: Option<String>,
    is_required: bool,
    default: Option<Value>,
    kind: Kind,
}

/// How a field is filled in.
#[derive(Clone, Debug, PartialEq)]
enum Kind {
    Text(Text),
    Secret(Text),
    Number(Number),
    Check,
    /// One of these values.
    Choice(Vec<Value>),
    /// An object of known members.
    Group(Vec<Node>),
    /// An object whose names are typed, too.
    Rows(Box<Node>),
    List(Box<Node>),
    /// Anything. `takes_text`: what is no JSON is meant as a string.
    Json {
        takes_text: bool,
    },
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Text {
    pattern: Option<String>,
    length_min: Option<u64>,
    length_max: Option<u64>,
    /// What browsers have a kind of field for: `url`, `email`.
    input: &'static str,
    has_lines: bool,
}

#[derive(Clone, Debug, Default, PartialEq)]
struct Number {
    is_whole: bool,
    min: Option<serde_json::Number>,
    max: Option<serde_json::Number>,
}

/// Rows of a list that are shown and read.
const ROWS_MAX: usize = 200;

impl Form {
    /// The form of a component's schema.
    pub(crate) fn of(schema: &Value) -> Self {
        let fields = schema::fields(schema);
        let rules = rules::of(schema, &fields);
        let blocks = groups::of(&fields, &rules);
        let examples = schema::examples(schema, &fields);
        Self { about: schema::text(schema, "description"), fields, rules, blocks, examples }
    }

    /// Whether the schema names no field: then there is only the JSON of the whole.
    pub(crate) fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// Names of the secrets' fields.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().filter(|node| matches!(node.kind, Kind::Secret(_))).map(|node| node.name.as_str())
    }

    fn field(&self, name: &str) -> Option<&Node> {
        self.fields.iter().find(|node| node.name == name)
    }

    /// What a field of the whole is called.
    pub(crate) fn label<'a>(&'a self, name: &'a str) -> &'a str {
        self.field(name).map_or(name, |node| &node.label)
    }
}

#[cfg(test)]
mod tests;
