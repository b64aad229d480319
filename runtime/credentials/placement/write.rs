//! Writing a value into its place: into an empty one, or over a marker. Nothing else of the request changes, so that a
//! signature over the rest stays good; only a JSON body that gets a new member is written anew.

use std::ops::Range;

use http::header::{HeaderName, HeaderValue};
use roxmltree::Node;
use serde_json::Value;
use url::{Url, form_urlencoded};

use super::{PlaceError, body};
use crate::credentials::Binding;
use crate::credentials::binding::segment;
use crate::credentials::place::Place;
use crate::egress::Request;
use crate::secret::Secret;

/// Write into an empty place.
pub(super) fn fill(binding: &Binding, value: &Secret<String>, request: &mut Request) -> Result<(), PlaceError> {
    let taken = || PlaceError::Taken(binding.name().to_owned());
    let value = value.expose();
    match binding.kind.place() {
        None => Ok(()),
        Some(Place::Header { header }) => {
            let name = header_name(binding, &header)?;
            if request.headers.contains_key(&name) {
                return Err(taken());
            }
            request.headers.insert(name, header_value(binding, value)?);
            Ok(())
        }
        Some(Place::Query { query }) => {
            if request.url.query_pairs().any(|(found, _)| found == query) {
                return Err(taken());
            }
            request.url.query_pairs_mut().append_pair(&query, value);
            Ok(())
        }
        Some(Place::Form { form }) => {
            if body::form(binding, request)?.iter().any(|(found, _)| *found == form) {
                return Err(taken());
            }
            let pair = form_urlencoded::Serializer::new(String::new()).append_pair(&form, value).finish();
            let and = if request.body.is_empty() { "" } else { "&" };
            request.body = [&request.body, and.as_bytes(), pair.as_bytes()].concat().into();
            Ok(())
        }
        Some(Place::Path { path }) => fill_segment(binding, &mut request.url, path, value),
        Some(Place::Json { json }) => fill_member(binding, &json, value, request),
        Some(Place::Xml { xml, attribute }) => fill_element(binding, &xml, attribute.as_deref(), value, request),
    }
}

/// Write over the marker, which stands in the request once.
pub(super) fn replace(
    binding: &Binding,
    place: &Place,
    marker: &str,
    value: &Secret<String>,
    request: &mut Request,
) -> Result<(), PlaceError> {
    let value = value.expose();
    let holds = match place {
        Place::Header { header } => {
            let values = request.headers.get_all(header_name(binding, header)?);
            values.iter().any(|found| found.to_str().is_ok_and(|found| found.contains(marker)))
        }
        Place::Query { query } => {
            request.url.query_pairs().any(|(name, found)| name == *query && found.contains(marker))
        }
        Place::Form { form } => {
            body::form(binding, request)?.iter().any(|(name, found)| name == form && found.contains(marker))
        }
        Place::Json { json } => {
            let found = body::json(binding, request)?;
            found.pointer(json).and_then(Value::as_str).is_some_and(|found| found.contains(marker))
        }
        Place::Xml { xml, attribute } => {
            let document = body::xml(binding, request)?;
            let element = body::element(&document, xml);
            let text = element.and_then(|element| match attribute {
                Some(name) => element.attribute(name.as_str()),
                None => element.text(),
            });
            text.is_some_and(|text| text.contains(marker))
        }
        Place::Path { path } => request.url.path().split('/').nth(path + 1).is_some_and(|found| found.contains(marker)),
    };
    if !holds {
        return Err(PlaceError::Unmarked(binding.name().to_owned(), place.clone()));
    }
    match place {
        Place::Header { header } => {
            let name = header_name(binding, header)?;
            let old = request.headers.get(&name).and_then(|found| found.to_str().ok()).unwrap_or_default();
            let new = header_value(binding, &old.replace(marker, value))?;
            request.headers.insert(name, new);
        }
        Place::Query { .. } => {
            let encoded: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
            let query = request.url.query().unwrap_or_default().replace(marker, &encoded);
            request.url.set_query(Some(&query));
        }
        Place::Path { .. } => {
            let path = request.url.path().replace(marker, &segment(value));
            request.url.set_path(&path);
        }
        Place::Form { .. } => {
            splice(request, marker, &form_urlencoded::byte_serialize(value.as_bytes()).collect::<String>())
        }
        Place::Json { .. } => {
            let quoted = Value::String(value.to_owned()).to_string();
            splice(request, marker, quoted.trim_matches('"'));
        }
        Place::Xml { .. } => splice(request, marker, &escaped(value)),
    }
    Ok(())
}

fn splice(request: &mut Request, marker: &str, value: &str) {
    let marker = marker.as_bytes();
    if let Some(at) = request.body.windows(marker.len()).position(|window| window == marker) {
        put(request, at..at + marker.len(), value);
    }
}

fn put(request: &mut Request, range: Range<usize>, value: &str) {
    let mut body = request.body.to_vec();
    body.splice(range, value.bytes());
    request.body = body.into();
}

fn header_name(binding: &Binding, name: &str) -> Result<HeaderName, PlaceError> {
    HeaderName::from_bytes(name.as_bytes()).map_err(|_| PlaceError::Unwritable(binding.name().to_owned()))
}

fn header_value(binding: &Binding, value: &str) -> Result<HeaderValue, PlaceError> {
    let mut value = HeaderValue::from_str(value).map_err(|_| PlaceError::Unwritable(binding.name().to_owned()))?;
    value.set_sensitive(true);
    Ok(value)
}

fn fill_segment(binding: &Binding, url: &mut Url, index: usize, value: &str) -> Result<(), PlaceError> {
    let origin = url.origin();
    let mut segments: Vec<String> = url.path().split('/').skip(1).map(str::to_owned).collect();
    match segments.get_mut(index) {
        Some(place) if place.is_empty() => *place = segment(value),
        _ => return Err(PlaceError::Taken(binding.name().to_owned())),
    }
    url.set_path(&format!("/{}", segments.join("/")));
    if url.origin() == origin { Ok(()) } else { Err(PlaceError::Unwritable(binding.name().to_owned())) }
}

fn fill_member(binding: &Binding, pointer: &str, value: &str, request: &mut Request) -> Result<(), PlaceError> {
    let name = || binding.name().to_owned();
    let mut body = body::json(binding, request)?;
    let (parent, member) = pointer.rsplit_once('/').unwrap_or(("", pointer));
    let object = body.pointer_mut(parent).and_then(Value::as_object_mut);
    let object = object.ok_or_else(|| PlaceError::Body(name(), "a JSON object that has the place"))?;
    let member = member.replace("~1", "/").replace("~0", "~");
    if object.contains_key(&member) {
        return Err(PlaceError::Taken(name()));
    }
    object.insert(member, Value::String(value.to_owned()));
    request.body = body.to_string().into();
    Ok(())
}

fn fill_element(
    binding: &Binding,
    path: &str,
    attribute: Option<&str>,
    value: &str,
    request: &mut Request,
) -> Result<(), PlaceError> {
    let name = || binding.name().to_owned();
    if value.chars().any(|c| c.is_control() && !matches!(c, '\t' | '\n' | '\r')) {
        return Err(PlaceError::Unwritable(name()));
    }
    let document = body::xml(binding, request)?;
    let missing = || PlaceError::Body(name(), "XML that has the place, once");
    let element = body::element(&document, path).ok_or_else(missing)?;
    let (range, text) = match attribute {
        Some(attribute) => {
            let found = element.attribute_node(attribute).ok_or_else(missing)?;
            if !found.value().is_empty() {
                return Err(PlaceError::Taken(name()));
            }
            (found.range_value(), escaped(value))
        }
        None if element.has_children() => return Err(PlaceError::Taken(name())),
        None => inside(element, value).ok_or_else(missing)?,
    };
    drop(document);
    put(request, range, &text);
    Ok(())
}

/// Where the text of an empty element goes, and how it is written: `<a/>` has to be opened first.
fn inside(element: Node<'_, '_>, value: &str) -> Option<(Range<usize>, String)> {
    let range = element.range();
    let source = element.document().input_text().get(range.clone())?;
    match source.strip_suffix("/>") {
        Some(open) => {
            let tag: String = open.chars().skip(1).take_while(|c| !c.is_whitespace()).collect();
            Some((range.end - 2..range.end, format!(">{}</{tag}>", escaped(value))))
        }
        None => {
            let at = range.start + source.rfind("</")?;
            Some((at..at, escaped(value)))
        }
    }
}

/// Character data of an element or of a quoted attribute (XML 1.0 §2.4).
fn escaped(value: &str) -> String {
    value.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&apos;")
}
