//! Placing a credential into the final request.
//!
//! The threat: on the provider's own host some other path tells the secret back or makes a new one, and a request that
//! two parsers read differently passes a check and does something else. So the request is judged as it will leave:
//! host, method, path segment by segment, pinned fields present exactly once, and the place itself still empty.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use http::header::{AUTHORIZATION, HeaderName, HeaderValue};
use serde_json::Value;
use url::{Url, form_urlencoded};

use super::binding::{covers, segment};
use super::{Binding, Keyring, Kind};
use crate::connector::contract::Export;
use crate::egress::Request;
use crate::secret::Secret;

/// Why a credential was not placed. Names credential and field, never a value.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum PlaceError {
    /// The export may not use it.
    #[error("credential `{0}` is not for this export")]
    Export(String),
    /// The request is not one that it is bound to.
    #[error("credential `{0}` is not for this request: its {1} is outside the binding")]
    Outside(String, &'static str),
    /// The path has a spelling that could be read in two ways.
    #[error("credential `{0}` is not placed into a path with dot segments, empty segments or encoded slashes")]
    Path(String),
    /// A pinned field is missing, doubled or different.
    #[error("credential `{0}` needs the field `{1}` exactly once, with its pinned value")]
    Pinned(String, String),
    /// The guest filled the place itself.
    #[error("credential `{0}`: its place in the request is already filled")]
    Taken(String),
    /// The body is not what the place needs.
    #[error("credential `{0}`: the body is not {1}")]
    Body(String, &'static str),
    /// The secret is not set.
    #[error("credential `{0}` needs the secret `{1}`, which is not set")]
    NotSet(String, String),
    /// The secret has characters that its place can't carry.
    #[error("credential `{0}`: the secret has a character that its place can't carry")]
    Unwritable(String),
}

/// What was written, so that it can be masked wherever it comes back.
#[derive(Debug)]
pub struct Placed {
    /// The header that was written, if it was one.
    pub header: Option<String>,
    /// Values that now stand in the request.
    pub wrote: Vec<Secret<String>>,
}

/// Place one credential.
pub fn place(
    binding: &Binding,
    keyring: &Keyring,
    export: Export,
    request: &mut Request,
) -> Result<Placed, PlaceError> {
    let name = || binding.name().to_owned();
    if !binding.exports.contains(&export) {
        return Err(PlaceError::Export(name()));
    }
    judge(binding, request)?;
    let secret_of = |field: &str| keyring.get(field).ok_or_else(|| PlaceError::NotSet(name(), field.to_owned()));
    let fill = |template: &str| keyring.fill(template).map_err(|field| PlaceError::NotSet(name(), field));
    match &binding.kind {
        Kind::Basic { user, password } => {
            let pair = Secret::new(format!("{}:{}", fill(user)?.expose(), fill(password)?.expose()));
            let encoded = Secret::new(STANDARD.encode(pair.expose()));
            header(binding, &mut request.headers, AUTHORIZATION, &format!("Basic {}", encoded.expose()))?;
            Ok(Placed { header: Some(AUTHORIZATION.to_string()), wrote: vec![pair, encoded] })
        }
        Kind::Bearer { secret } => {
            let value = format!("Bearer {}", secret_of(secret)?.expose());
            header(binding, &mut request.headers, AUTHORIZATION, &value)?;
            Ok(Placed { header: Some(AUTHORIZATION.to_string()), wrote: Vec::new() })
        }
        Kind::Header { name: header_name, prefix, secret } => {
            let value = format!("{prefix}{}", secret_of(secret)?.expose());
            let parsed = HeaderName::from_bytes(header_name.as_bytes()).map_err(|_| PlaceError::Unwritable(name()))?;
            header(binding, &mut request.headers, parsed, &value)?;
            Ok(Placed { header: Some(header_name.to_ascii_lowercase()), wrote: Vec::new() })
        }
        Kind::Query { name: field, secret } => {
            if request.url.query_pairs().any(|(found, _)| found == *field) {
                return Err(PlaceError::Taken(name()));
            }
            request.url.query_pairs_mut().append_pair(field, secret_of(secret)?.expose());
            Ok(Placed { header: None, wrote: Vec::new() })
        }
        Kind::Form { name: field, secret } => {
            let mut pairs = form(binding, request)?;
            if pairs.iter().any(|(found, _)| found == field) {
                return Err(PlaceError::Taken(name()));
            }
            pairs.push((field.clone(), secret_of(secret)?.expose().clone()));
            request.body = form_urlencoded::Serializer::new(String::new()).extend_pairs(&pairs).finish().into();
            Ok(Placed { header: None, wrote: Vec::new() })
        }
        Kind::Path { segment: index, prefix, secret } => {
            let value = Secret::new(format!("{prefix}{}", secret_of(secret)?.expose()));
            fill_segment(binding, &mut request.url, *index, value.expose())?;
            Ok(Placed { header: None, wrote: vec![value] })
        }
        Kind::Json { pointer, secret } => {
            let mut body = json(binding, request)?;
            let (parent, member) = pointer.rsplit_once('/').unwrap_or(("", pointer));
            let object = body.pointer_mut(parent).and_then(Value::as_object_mut);
            let object = object.ok_or_else(|| PlaceError::Body(name(), "a JSON object that has the place"))?;
            let member = member.replace("~1", "/").replace("~0", "~");
            if object.contains_key(&member) {
                return Err(PlaceError::Taken(name()));
            }
            object.insert(member, Value::String(secret_of(secret)?.expose().clone()));
            request.body = body.to_string().into();
            Ok(Placed { header: None, wrote: Vec::new() })
        }
    }
}

/// Whether the request is one that the credential is bound to.
fn judge(binding: &Binding, request: &Request) -> Result<(), PlaceError> {
    let outside = |what| Err(PlaceError::Outside(binding.name().to_owned(), what));
    if !binding.hosts.iter().any(|host| host.matches(&request.url)) {
        return outside("host");
    }
    if !binding.methods.contains(request.method.as_str()) {
        return outside("method");
    }
    let left_empty = match &binding.kind {
        Kind::Path { segment, .. } => Some(*segment),
        _ => None,
    };
    let path = request.url.path();
    if !is_plain(path, left_empty) {
        return Err(PlaceError::Path(binding.name().to_owned()));
    }
    if !binding.paths.iter().any(|pattern| covers(pattern, path)) {
        return outside("path");
    }
    binding.pinned.iter().try_for_each(|(field, value)| pinned(binding, request, field, value))
}

/// No dot segments, no encoded slashes or dots, no empty segment but the last and the one that is to be filled. The
/// URL parser resolves literal dot segments before this sees them; the encoded ones are left to the server, so to us.
fn is_plain(path: &str, left_empty: Option<usize>) -> bool {
    let lower = path.to_ascii_lowercase();
    let segments: Vec<&str> = lower.split('/').skip(1).collect();
    let last = segments.len().saturating_sub(1);
    !["%2f", "%5c", "%2e", "%00", "\\", ";"].iter().any(|bad| lower.contains(bad))
        && segments.iter().enumerate().all(|(index, s)| !s.is_empty() || index == last || Some(index) == left_empty)
        && !segments.iter().any(|s| matches!(*s, "." | ".."))
}

fn pinned(binding: &Binding, request: &Request, field: &str, value: &str) -> Result<(), PlaceError> {
    let found: Vec<String> = match field.split_once('.') {
        Some(("form", name)) => {
            form(binding, request)?.into_iter().filter(|(n, _)| n == name).map(|(_, v)| v).collect()
        }
        Some(("query", name)) => {
            request.url.query_pairs().filter(|(n, _)| n == name).map(|(_, v)| v.into_owned()).collect()
        }
        Some(("json", pointer)) => {
            let body = json(binding, request)?;
            body.pointer(pointer).and_then(Value::as_str).map(str::to_owned).into_iter().collect()
        }
        _ => Vec::new(),
    };
    if found == [value] { Ok(()) } else { Err(PlaceError::Pinned(binding.name().to_owned(), field.to_owned())) }
}

fn header(binding: &Binding, headers: &mut HeaderMap, name: HeaderName, value: &str) -> Result<(), PlaceError> {
    if headers.contains_key(&name) {
        return Err(PlaceError::Taken(binding.name().to_owned()));
    }
    let mut value = HeaderValue::from_str(value).map_err(|_| PlaceError::Unwritable(binding.name().to_owned()))?;
    value.set_sensitive(true);
    headers.insert(name, value);
    Ok(())
}

fn form(binding: &Binding, request: &Request) -> Result<Vec<(String, String)>, PlaceError> {
    let refused = || PlaceError::Body(binding.name().to_owned(), "a form");
    if !has_type(&request.headers, "application/x-www-form-urlencoded") {
        return Err(refused());
    }
    std::str::from_utf8(&request.body).map_err(|_| refused())?;
    Ok(form_urlencoded::parse(&request.body).into_owned().collect())
}

/// The body as JSON. Duplicate members would be read differently by different parsers; ours keeps the last, and the
/// body is written anew from what it read, so the provider sees what was judged.
fn json(binding: &Binding, request: &Request) -> Result<Value, PlaceError> {
    let refused = || PlaceError::Body(binding.name().to_owned(), "JSON");
    if !has_type(&request.headers, "application/json") {
        return Err(refused());
    }
    serde_json::from_slice(&request.body).map_err(|_| refused())
}

fn has_type(headers: &HeaderMap, expected: &str) -> bool {
    let mut values = headers.get_all(http::header::CONTENT_TYPE).iter();
    let first = values.next().and_then(|value| value.to_str().ok()).unwrap_or_default();
    let bare = first.split(';').next().unwrap_or_default().trim();
    bare.eq_ignore_ascii_case(expected) && values.next().is_none()
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

#[cfg(test)]
mod tests;
