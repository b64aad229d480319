//! What is wrong with a configuration, each at the field where it was typed.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::names::{id_of, member};
use super::rules::{Rule, Test, When};
use super::{Form, Read};
use crate::console::words::form as words;

/// What is wrong: at fields, by name, and with the whole.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Faults {
    at: BTreeMap<String, String>,
    pub(super) rest: Vec<String>,
}

impl Faults {
    /// What the form found, and what a judge did: JSON Pointer into the configuration, and words.
    pub(crate) fn of<'a>(read: &Read, judged: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let mut faults = Self::default();
        let own = |(name, text): &(String, String), faults: &mut Self| {
            faults.at.entry(name.clone()).or_insert_with(|| text.clone());
        };
        read.faults.iter().for_each(|fault| own(fault, &mut faults));
        read.lacks.iter().for_each(|fault| own(fault, &mut faults));
        for (pointer, text) in judged {
            let missing = missing_member(text).map(|name| member(pointer, name));
            // Of what the form has better words for, the judge's are not needed.
            let is_told = missing.is_some() || is_of_ways(text);
            if pointer.is_empty() && is_told && !read.lacks.is_empty() {
                continue;
            }
            let text = if missing.is_some() { words::IS_NEEDED.to_owned() } else { words::sentence(text) };
            match read.name_of(missing.as_deref().unwrap_or(pointer)) {
                Some(name) => drop(faults.at.entry(name.to_owned()).or_insert(text)),
                None => faults.rest.push(text),
            }
        }
        faults
    }

    /// What is wrong at a field.
    pub(super) fn at(&self, name: &str) -> Option<&str> {
        self.at.get(name).map(String::as_str)
    }

    /// Whether nothing is wrong.
    pub(crate) fn is_empty(&self) -> bool {
        self.at.is_empty() && self.rest.is_empty()
    }
}

/// `"name" is a required property`: said of the object that lacks it; the form has a field for it.
fn missing_member(text: &str) -> Option<&str> {
    text.strip_suffix(" is a required property")?.strip_prefix('"')?.strip_suffix('"')
}

/// None of several ways was taken, or too many: said of the whole, without a word about which.
fn is_of_ways(text: &str) -> bool {
    text.contains("'anyOf'") || text.contains("'oneOf'")
}

impl Read {
    /// The field where a place of the configuration was typed, or the nearest one around it.
    fn name_of(&self, pointer: &str) -> Option<&str> {
        let mut pointer = pointer;
        while !pointer.is_empty() {
            if let Some((_, name)) = self.places.iter().find(|(place, _)| place == pointer) {
                return Some(name);
            }
            pointer = pointer.rsplit_once('/').map_or("", |(outer, _)| outer);
        }
        None
    }
}

impl Form {
    /// A judge's words about a field. Of a pattern, most people learn more by an example.
    pub(crate) fn plainly(&self, pointer: &str, text: &str) -> String {
        let Some((_, pattern)) = text.split_once(" does not match \"") else { return text.to_owned() };
        let example = pointer.strip_prefix('/').and_then(|name| self.examples.get(name));
        words::wrong_form(pattern.trim_end_matches('"'), example.map(String::as_str))
    }

    /// A judge's words about a configuration that is edited as JSON: of ways that were not taken, which there are.
    pub(crate) fn in_json(&self, config: &Value, judged: Vec<(String, String)>) -> Vec<(String, String)> {
        let unmet = config.as_object().map(|config| self.unmet(config)).unwrap_or_default();
        let (of_ways, mut told): (Vec<_>, Vec<_>) =
            judged.into_iter().partition(|(pointer, text)| pointer.is_empty() && is_of_ways(text));
        match unmet.is_empty() {
            true => told.extend(of_ways),
            false if of_ways.is_empty() => {}
            false => told.extend(unmet.into_iter().map(|(_, text)| (String::new(), text))),
        }
        told
    }

    /// The faults for the head of the page: id of the field, its label, what is wrong. In the form's order.
    pub(crate) fn summary(&self, faults: &Faults) -> Vec<(String, String, String)> {
        let place = |name: &str| {
            let first = name.split('/').nth(1).unwrap_or_default();
            self.fields.iter().position(|node| member("", &node.name).get(1..) == Some(first))
        };
        let mut told: Vec<_> = faults.at.iter().map(|(name, text)| (place(name), name, text)).collect();
        told.sort_by_key(|(place, ..)| place.unwrap_or(usize::MAX));
        let label = |place: Option<usize>| {
            place.and_then(|place| self.fields.get(place)).map_or(words::OTHERS, |node| &node.label).to_owned()
        };
        let at = told.into_iter().map(|(place, name, text)| (id_of(name), label(place), text.clone()));
        at.chain(faults.rest.iter().map(|text| (String::new(), words::WHOLE.to_owned(), text.clone()))).collect()
    }

    /// What the rules miss in a configuration.
    pub(super) fn unmet(&self, config: &Map<String, Value>) -> Vec<(String, String)> {
        // The judge sees the defaults, too.
        let value = |name: &String| config.get(name).or_else(|| self.field(name)?.default.as_ref());
        let has = |name: &String| value(name).is_some_and(|value| !value.is_null());
        let at = |name: &String, text: String| (member("", name), text);
        let mut found = Vec::new();
        for rule in &self.rules {
            match rule {
                Rule::OneOf { when, ways, only_one } if self.holds(when.as_ref(), config) => {
                    let taken = ways.iter().filter(|way| way.iter().all(has)).count();
                    let text = match taken {
                        0 => words::give(&self.ways(ways, false)),
                        2.. if *only_one => words::only_one(&self.ways(ways, false)),
                        _ => continue,
                    };
                    // Where somebody has begun, else at the first.
                    let begun = ways.iter().find(|way| way.iter().any(has)).or_else(|| ways.first());
                    let open = begun.into_iter().flatten().find(|name| !has(name));
                    let first = ways.iter().flatten().next();
                    found.extend(open.or(first).map(|name| at(name, text)));
                }
                Rule::Together(all) if all.iter().any(has) => {
                    found.extend(all.iter().filter(|name| !has(name)).map(|name| at(name, words::IS_NEEDED.into())));
                }
                Rule::With(one, others) if has(one) => {
                    found.extend(others.iter().filter(|name| !has(name)).map(|name| at(name, words::IS_NEEDED.into())));
                }
                Rule::Needed { when, fields } if self.holds(Some(when), config) => {
                    found.extend(fields.iter().filter(|name| !has(name)).map(|name| at(name, words::IS_NEEDED.into())));
                }
                _ => {}
            }
        }
        found
    }

    fn holds(&self, when: Option<&When>, config: &Map<String, Value>) -> bool {
        let Some(when) = when else { return true };
        let Some(tests) = &when.tests else { return false };
        let value = |name: &String| config.get(name).or_else(|| self.field(name)?.default.as_ref());
        let is_so = tests.iter().all(|test| match test {
            Test::Given(name) => value(name).is_some_and(|value| !value.is_null()),
            Test::Is(name, values) => value(name).is_some_and(|value| values.contains(value)),
        });
        is_so == when.is_so
    }
}

#[cfg(test)]
mod tests;
