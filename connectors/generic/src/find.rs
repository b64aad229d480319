//! Places of an answer. Every answer may be hostile: what is read of it is bounded, and never by recursion.

use std::borrow::Cow;
use std::cell::OnceCell;

use countersign_sdk::{Fail as _, Failure, FailureKind as K, Response, failure};
use regex_lite::RegexBuilder;
use serde_json::Value;

use crate::shape::{MATCHED_BYTES_MAX, Place, REGEX_BYTES_MAX};

/// Largest body that is read: an answer to one message has a few hundred bytes.
const BODY_BYTES_MAX: usize = 64 << 10;
/// Most values of one place.
const VALUES_MAX: usize = 64;

/// An answer, each of whose forms is read once.
pub(crate) struct Reading<'a> {
    pub(crate) response: &'a Response,
    pub(crate) text: Cow<'a, str>,
    json: OnceCell<Option<Value>>,
}

impl<'a> Reading<'a> {
    pub(crate) fn of(response: &'a Response) -> Result<Self, Failure> {
        if response.body.len() > BODY_BYTES_MAX {
            let told = failure(K::InvalidResponse, "the provider's answer is too large to be one");
            return Err(told.maybe_sent());
        }
        Ok(Self { response, text: String::from_utf8_lossy(&response.body), json: OnceCell::new() })
    }

    /// The values at a place, none of them empty.
    pub(crate) fn at(&self, place: &Place) -> Vec<String> {
        let mut found = match place {
            Place::Json(tokens) => {
                let json = self.json.get_or_init(|| serde_json::from_slice(&self.response.body).ok());
                json.as_ref().map(|json| pointed(json, tokens)).unwrap_or_default()
            }
            Place::Xml { path, attribute } => elements(&self.text, path, attribute.as_deref()),
            Place::Regex(pattern) => self.matched(pattern).into_iter().collect(),
            Place::Header(name) => self.response.header(name).map(str::to_owned).into_iter().collect(),
            Place::Body => vec![self.text.trim().to_owned()],
        };
        found.retain(|value| !value.is_empty());
        found.truncate(VALUES_MAX);
        found
    }

    /// The first value at a place.
    pub(crate) fn first(&self, place: Option<&Place>) -> Option<String> {
        self.at(place?).into_iter().next()
    }

    fn matched(&self, pattern: &str) -> Option<String> {
        let regex = RegexBuilder::new(pattern).size_limit(REGEX_BYTES_MAX).build().ok()?;
        let mut end = self.text.len().min(MATCHED_BYTES_MAX);
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        let found = regex.captures(self.text.get(..end)?)?;
        found.get(1).or_else(|| found.get(0)).map(|found| found.as_str().to_owned())
    }
}

/// Scalars at a pointer, in the order of the document; of an array, its own.
fn pointed(json: &Value, tokens: &[String]) -> Vec<String> {
    let mut at = vec![json];
    for token in tokens {
        let mut next = Vec::new();
        for value in at {
            match value {
                Value::Array(items) if token == "*" => next.extend(items.iter().take(VALUES_MAX)),
                Value::Array(items) => next.extend(token.parse().ok().and_then(|index: usize| items.get(index))),
                Value::Object(members) => next.extend(members.get(token)),
                _ => {}
            }
            next.truncate(VALUES_MAX);
        }
        at = next;
    }
    let all = at.into_iter().flat_map(|value| match value {
        Value::Array(items) => items.iter().collect(),
        one => vec![one],
    });
    all.filter_map(scalar).take(VALUES_MAX).collect()
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(_) | Value::Bool(_) => Some(value.to_string()),
        _ => None,
    }
}

/// Texts of elements by their local names. A document type is refused by the parser, so nothing expands.
fn elements(text: &str, path: &[String], attribute: Option<&str>) -> Vec<String> {
    // A byte order mark and white space before the declaration are common, and harmless.
    let Ok(document) = roxmltree::Document::parse(text.trim_start_matches('\u{feff}').trim()) else {
        return Vec::new();
    };
    let mut at = vec![document.root()];
    for name in path {
        at = at
            .iter()
            .flat_map(|node| node.children().filter(|child| child.is_element() && child.tag_name().name() == name))
            .take(VALUES_MAX)
            .collect();
    }
    let values = at.iter().filter_map(|node| match attribute {
        Some(attribute) => node.attributes().find(|found| found.name() == attribute).map(|found| found.value()),
        None => node.text(),
    });
    values.map(|value| value.trim().to_owned()).collect()
}
