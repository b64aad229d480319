//! What was posted as a configuration, with what can't be read told at its field.

use serde_json::{Map, Value};

use super::names::{GIVEN, REMOVED, REST, ROW, STORED, list_of, member};
use super::typed::token;
use super::{Form, Kind, Node, Number, ROWS_MAX, Text};
use crate::console::posted::Posted;
use crate::console::words::form as words;
use crate::json;

/// What was read.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Read {
    /// The configuration. What could not be read stands in it as it was typed.
    pub(crate) config: Value,
    /// What could not be read: name of the field, what is wrong.
    pub(super) faults: Vec<(String, String)>,
    /// What seems to be missing. The judge knows; these are the better words for what he finds.
    pub(super) lacks: Vec<(String, String)>,
    /// Where each value of the configuration was typed: JSON Pointer, name of the field.
    pub(super) places: Vec<(String, String)>,
    /// Whether a secret was typed, which a page that shows the form again won't hold.
    pub(crate) has_new_secret: bool,
}

impl Read {
    /// Whether everything could be read.
    pub(crate) fn is_whole(&self) -> bool {
        self.faults.is_empty()
    }
}

impl Form {
    /// Read what was posted.
    pub(crate) fn read(&self, posted: &Posted) -> Read {
        let mut reader = Reader { posted, read: Read::default() };
        let mut config = reader.members(&self.fields, "", "");
        if let Some(text) = posted.word(REST) {
            match json::strict(text.as_bytes()) {
                Ok(Value::Object(rest)) => {
                    config.extend(rest.into_iter().filter(|(name, _)| self.field(name).is_none()))
                }
                Ok(_) => reader.fault(REST, words::NO_OBJECT.to_owned()),
                Err(fault) => reader.fault(REST, words::unreadable(&fault.text)),
            }
        }
        let mut read = reader.read;
        read.lacks.extend(self.unmet(&config));
        read.config = Value::Object(config);
        read
    }
}

struct Reader<'a> {
    posted: &'a Posted,
    read: Read,
}

impl Reader<'_> {
    fn fault(&mut self, name: &str, text: String) {
        self.read.faults.push((name.to_owned(), text));
    }

    fn has(&self, mark: &str, name: &str) -> bool {
        self.posted.all(mark).any(|marked| marked == name)
    }

    fn members(&mut self, nodes: &[Node], name: &str, place: &str) -> Map<String, Value> {
        let mut object = Map::new();
        let mut missing = Vec::new();
        for node in nodes {
            let own = member(name, &node.name);
            match self.node(node, &own, &member(place, &node.name)) {
                Some(value) => drop(object.insert(node.name.clone(), value)),
                None if node.is_required => missing.push(own),
                None => {}
            }
        }
        // An object that is left out whole lacks nothing.
        if !object.is_empty() || name.is_empty() {
            self.read.lacks.extend(missing.into_iter().map(|own| (own, words::IS_NEEDED.to_owned())));
        }
        object
    }

    fn node(&mut self, node: &Node, name: &str, place: &str) -> Option<Value> {
        self.read.places.push((place.to_owned(), name.to_owned()));
        match &node.kind {
            Kind::Secret(text) => self.secret(text, name),
            Kind::Text(_) => {
                let text = self.posted.get(name)?;
                (!text.is_empty() || self.has(GIVEN, name) && !node.is_required).then(|| text.into())
            }
            Kind::Number(number) => {
                let text = self.posted.word(name)?;
                Some(read_number(number, text).unwrap_or_else(|| {
                    let wanted = if number.is_whole { words::NO_WHOLE_NUMBER } else { words::NO_NUMBER };
                    self.fault(name, wanted.to_owned());
                    text.into()
                }))
            }
            Kind::Check => self.check(node, name),
            Kind::Choice(all) => self.choice(node, all, name),
            Kind::Group(members) => {
                let object = self.members(members, name, place);
                (!object.is_empty() || node.is_required || self.has(GIVEN, name)).then_some(Value::Object(object))
            }
            Kind::Rows(item) => {
                let object = self.rows(item, name, place);
                (!object.is_empty() || node.is_required || self.has(GIVEN, name)).then_some(Value::Object(object))
            }
            Kind::List(item) => {
                let items = self.list(item, name, place);
                (!items.is_empty() || node.is_required || self.has(GIVEN, name)).then_some(Value::Array(items))
            }
            Kind::Json { takes_text } => self.json(*takes_text, name),
        }
    }

    fn secret(&mut self, text: &Text, name: &str) -> Option<Value> {
        let typed = self.posted.get(name).unwrap_or_default();
        // Copied from somewhere, a secret has spaces around it that are not its own.
        let typed = if text.has_lines { typed } else { typed.trim() };
        if !typed.is_empty() {
            self.read.has_new_secret = true;
            return Some(typed.into());
        }
        if self.has(REMOVED, name) {
            return Some(Value::Null);
        }
        self.has(STORED, name).then(|| serde_json::json!({ "set": true }))
    }

    fn check(&mut self, node: &Node, name: &str) -> Option<Value> {
        let is_so = self.posted.has(name);
        let default = node.default.as_ref().and_then(Value::as_bool).unwrap_or(false);
        (is_so != default || node.is_required || self.has(GIVEN, name)).then_some(Value::Bool(is_so))
    }

    fn choice(&mut self, node: &Node, all: &[Value], name: &str) -> Option<Value> {
        let text = self.posted.get(name).filter(|text| !text.is_empty())?;
        let chosen = all.iter().find(|value| token(all, value) == text).cloned();
        let is_default = chosen.is_some() && chosen == node.default;
        // What is no choice is judged like anything else.
        let value = chosen.unwrap_or_else(|| text.into());
        (!is_default || node.is_required || self.has(GIVEN, name)).then_some(value)
    }

    fn row_names(&self, list: &str) -> Vec<String> {
        self.posted.all(ROW).filter(|row| list_of(row) == list).take(ROWS_MAX).map(str::to_owned).collect()
    }

    fn list(&mut self, item: &Node, name: &str, place: &str) -> Vec<Value> {
        let mut items = Vec::new();
        for row in self.row_names(name) {
            let value = self.node(item, &row, &format!("{place}/{}", items.len()));
            // An empty row is no item, whatever its boxes say.
            let is_empty = value.as_ref().is_none_or(|value| value.as_object().is_some_and(Map::is_empty));
            items.extend(value.filter(|_| !is_empty));
        }
        items
    }

    fn rows(&mut self, item: &Node, name: &str, place: &str) -> Map<String, Value> {
        let mut object = Map::new();
        for row in self.row_names(name) {
            let (name_field, value_field) = (format!("{row}/name"), format!("{row}/value"));
            let key = self.posted.word(&name_field).unwrap_or_default().to_owned();
            let value = self.node(item, &value_field, &member(place, &key));
            match (key.is_empty(), value) {
                (true, None) => {}
                (true, Some(_)) => self.fault(&name_field, words::NEEDS_NAME.to_owned()),
                (false, _) if object.contains_key(&key) => self.fault(&name_field, words::twice(&key)),
                (false, value) => drop(object.insert(key, value.unwrap_or_else(|| "".into()))),
            }
        }
        object
    }

    fn json(&mut self, takes_text: bool, name: &str) -> Option<Value> {
        let text = self.posted.get(name).filter(|text| !text.trim().is_empty())?;
        match json::strict(text.as_bytes()) {
            Ok(value) => Some(value),
            Err(_) if takes_text && !text.trim_start().starts_with(['{', '[', '"']) => Some(text.into()),
            Err(fault) => {
                self.fault(name, words::unreadable(&fault.text));
                Some(text.into())
            }
        }
    }
}

fn read_number(number: &Number, text: &str) -> Option<Value> {
    let whole = text.parse::<i64>().map(Value::from).or_else(|_| text.parse::<u64>().map(Value::from));
    if number.is_whole {
        return whole.ok();
    }
    whole.ok().or_else(|| serde_json::Number::from_f64(text.parse().ok()?).map(Value::Number))
}
