//! A configuration as pairs of names and texts, as if it had been typed.

use serde_json::{Map, Value};

use super::names::{GIVEN, REMOVED, REST, ROW, STORED, member};
use super::{Form, Kind, Node};
use crate::console::posted::Posted;

impl Form {
    /// What a form shows of a configuration. Secrets are not in it: of one that is `{"set": true}`, only that.
    pub(crate) fn typed(&self, config: &Value) -> Posted {
        let mut out = Vec::new();
        let empty = Map::new();
        let config = config.as_object().unwrap_or(&empty);
        for node in &self.fields {
            put(node, &member("", &node.name), config.get(&node.name), &mut out);
        }
        let rest = config.iter().filter(|(name, _)| self.field(name).is_none());
        let rest: Map<String, Value> = rest.map(|(name, value)| (name.clone(), value.clone())).collect();
        if !rest.is_empty() {
            out.push((REST.to_owned(), pretty(&Value::Object(rest))));
        }
        Posted::of(out)
    }
}

type Pairs = Vec<(String, String)>;

fn put(node: &Node, name: &str, value: Option<&Value>, out: &mut Pairs) {
    let Some(value) = value else { return };
    let mut mark = |mark: &str| out.push((mark.to_owned(), name.to_owned()));
    match (&node.kind, value) {
        (Kind::Secret(_), Value::Object(_)) => mark(STORED),
        (Kind::Secret(_), Value::Null) => {
            mark(STORED);
            mark(REMOVED);
        }
        (Kind::Secret(_), _) => {}
        (Kind::Check, Value::Bool(is_so)) => {
            mark(GIVEN);
            if *is_so {
                out.push((name.to_owned(), "true".to_owned()));
            }
        }
        (Kind::Choice(all), value) => {
            mark(GIVEN);
            out.push((name.to_owned(), token(all, value)));
        }
        (Kind::Group(members), Value::Object(object)) => {
            if object.is_empty() {
                mark(GIVEN);
            }
            for node in members {
                put(node, &member(name, &node.name), object.get(&node.name), out);
            }
        }
        (Kind::Rows(item), Value::Object(object)) => {
            if object.is_empty() {
                mark(GIVEN);
            }
            for (index, (key, value)) in object.iter().enumerate() {
                let row = format!("{name}/{index}");
                out.push((ROW.to_owned(), row.clone()));
                out.push((format!("{row}/name"), key.clone()));
                put(item, &format!("{row}/value"), Some(value), out);
            }
        }
        (Kind::List(item), Value::Array(items)) => {
            if items.is_empty() {
                mark(GIVEN);
            }
            for (index, value) in items.iter().enumerate() {
                let row = format!("{name}/{index}");
                out.push((ROW.to_owned(), row.clone()));
                put(item, &row, Some(value), out);
            }
        }
        (Kind::Json { takes_text: true }, Value::String(text)) if serde_json::from_str::<Value>(text).is_err() => {
            out.push((name.to_owned(), text.clone()));
        }
        (Kind::Json { .. }, value) => out.push((name.to_owned(), pretty(value))),
        (_, Value::String(text)) => {
            if text.is_empty() {
                mark(GIVEN);
            }
            out.push((name.to_owned(), text.clone()));
        }
        // Of another kind than the schema's: shown as it is, for whoever mends it.
        (_, value) => out.push((name.to_owned(), value.to_string())),
    }
}

pub(super) fn pretty(value: &Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// The text that stands for one of the values of a choice: a string as it is, where that is no other value's.
pub(super) fn token(all: &[Value], value: &Value) -> String {
    let is_plain = |text: &String| !text.is_empty() && !text.starts_with('"') && all.iter().all(Value::is_string);
    match value {
        Value::String(text) if is_plain(text) => text.clone(),
        value => value.to_string(),
    }
}
