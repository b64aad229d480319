//! A request's body as the place needs it, read strictly: what two parsers would read differently is refused.

use std::fmt;

use http::HeaderMap;
use roxmltree::{Document, Node, ParsingOptions};
use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};
use url::form_urlencoded;

use super::PlaceError;
use crate::credentials::Binding;
use crate::egress::Request;

const FORM: &str = "application/x-www-form-urlencoded";

pub(super) fn is_form(request: &Request) -> bool {
    has_type(&request.headers, &[FORM])
}

/// The fields of a form.
pub(super) fn form(binding: &Binding, request: &Request) -> Result<Vec<(String, String)>, PlaceError> {
    let refused = || PlaceError::Body(binding.name().to_owned(), "a form");
    if !is_form(request) {
        return Err(refused());
    }
    std::str::from_utf8(&request.body).map_err(|_| refused())?;
    Ok(form_urlencoded::parse(&request.body).into_owned().collect())
}

/// The body as JSON in which no member stands twice.
pub(super) fn json(binding: &Binding, request: &Request) -> Result<Value, PlaceError> {
    let refused = || PlaceError::Body(binding.name().to_owned(), "JSON in which no member stands twice");
    if !has_type(&request.headers, &["application/json"]) {
        return Err(refused());
    }
    serde_json::from_slice::<Strict>(&request.body).map(|strict| strict.0).map_err(|_| refused())
}

/// The body as XML without a document type, in UTF-8.
pub(super) fn xml<'a>(binding: &Binding, request: &'a Request) -> Result<Document<'a>, PlaceError> {
    let refused = || PlaceError::Body(binding.name().to_owned(), "XML without a document type, in UTF-8");
    if !has_type(&request.headers, &["text/xml", "application/xml", "application/soap+xml"]) {
        return Err(refused());
    }
    let text = std::str::from_utf8(&request.body).map_err(|_| refused())?;
    // The first line may name another encoding, and then a provider reads other characters than we do.
    let declaration = text.trim_start().strip_prefix("<?xml").and_then(|rest| rest.split_once("?>"));
    let encoded = declaration.map(|(declared, _)| declared.to_ascii_lowercase());
    if encoded.is_some_and(|declared| declared.contains("encoding") && !declared.contains("utf-8")) {
        return Err(refused());
    }
    let options = ParsingOptions { allow_dtd: false, nodes_limit: 10_000, ..ParsingOptions::default() };
    Document::parse_with_options(text, options).map_err(|_| refused())
}

/// The one element of a path of local names.
pub(super) fn element<'a, 'input>(document: &'a Document<'input>, path: &str) -> Option<Node<'a, 'input>> {
    let mut found = vec![document.root()];
    for name in path.strip_prefix('/')?.split('/') {
        let children = found.iter().flat_map(|node| node.children());
        found = children.filter(|node| node.is_element() && node.tag_name().name() == name).collect();
    }
    match found.as_slice() {
        [only] => Some(*only),
        _ => None,
    }
}

/// One of these media types, in the one charset that is read here.
fn has_type(headers: &HeaderMap, expected: &[&str]) -> bool {
    let mut values = headers.get_all(http::header::CONTENT_TYPE).iter();
    let (first, None) = (values.next(), values.next()) else { return false };
    let mut parts = first.and_then(|value| value.to_str().ok()).unwrap_or_default().split(';').map(str::trim);
    let bare = parts.next().unwrap_or_default();
    let mut charsets = parts.filter_map(|part| part.to_ascii_lowercase().strip_prefix("charset=").map(str::to_owned));
    let is_utf8 = charsets.all(|charset| matches!(charset.trim_matches('"'), "utf-8" | "us-ascii"));
    expected.iter().any(|expected| bare.eq_ignore_ascii_case(expected)) && is_utf8
}

/// A JSON value in which no member stands twice.
struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Reader)
    }
}

struct Reader;

impl<'de> Visitor<'de> for Reader {
    type Value = Strict;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Strict, E> {
        Ok(Strict(Value::Null))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Strict, E> {
        Ok(Strict(value.into()))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Strict, E> {
        Ok(Strict(value.into()))
    }

    fn visit_u64<E>(self, value: u64) -> Result<Strict, E> {
        Ok(Strict(value.into()))
    }

    fn visit_f64<E>(self, value: f64) -> Result<Strict, E> {
        Ok(Strict(value.into()))
    }

    fn visit_str<E>(self, value: &str) -> Result<Strict, E> {
        Ok(Strict(value.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Strict, A::Error> {
        let mut list = Vec::new();
        while let Some(Strict(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Strict(Value::Array(list)))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Strict, A::Error> {
        let mut map = Map::new();
        while let Some((name, Strict(value))) = members.next_entry::<String, Strict>()? {
            if map.insert(name, value).is_some() {
                return Err(A::Error::custom("a member stands twice"));
            }
        }
        Ok(Strict(Value::Object(map)))
    }
}
