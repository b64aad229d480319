//! Whether a request lies inside a binding: host, method, path segment by segment, pinned fields exactly once.

use http::HeaderMap;
use url::{Url, form_urlencoded};

use super::{PlaceError, body};
use crate::credentials::Binding;
use crate::credentials::binding::covers;
use crate::credentials::kind::Kind;
use crate::egress::Request;

pub(super) fn judge(binding: &Binding, request: &Request) -> Result<(), PlaceError> {
    let outside = |what| Err(PlaceError::Outside(binding.name().to_owned(), what));
    if !binding.hosts.iter().any(|host| host.matches(&request.url)) {
        return outside("host");
    }
    // Frameworks take another method from a parameter of this name (`Rack::MethodOverride` and its kin).
    let overrides = |name: &str| name.eq_ignore_ascii_case("_method");
    let in_form = || body::is_form(request) && form_urlencoded::parse(&request.body).any(|(name, _)| overrides(&name));
    if !binding.methods.contains(request.method.as_str())
        || request.url.query_pairs().any(|(name, _)| overrides(&name))
        || in_form()
    {
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
    let found = match field.split_once('.') {
        Some(("form", name)) => parameter(&body::form(binding, request)?, query(&request.url), name),
        Some(("query", name)) => {
            let form = if body::is_form(request) { body::form(binding, request)? } else { Vec::new() };
            parameter(&query(&request.url), form, name)
        }
        Some(("json", pointer)) => {
            let body = body::json(binding, request)?;
            body.pointer(pointer).and_then(serde_json::Value::as_str).map(|found| vec![found.to_owned()])
        }
        Some(("header", name)) => Some(header_values(&request.headers, name)),
        _ => None,
    };
    if found.is_some_and(|found| found == [value]) {
        Ok(())
    } else {
        Err(PlaceError::Pinned(binding.name().to_owned(), field.to_owned()))
    }
}

type Pairs = Vec<(String, String)>;

/// The values of a parameter. None if a provider could read another one: many take a parameter from the query as well
/// as from the body, in any case, as `name[]`, and with `;` between two of them.
fn parameter(own: &Pairs, elsewhere: Pairs, name: &str) -> Option<Vec<String>> {
    let alike = |found: &str| {
        let bare = found.split('[').next().unwrap_or_default().trim();
        bare.eq_ignore_ascii_case(name) && found != name
    };
    let split = |value: &str| value.contains(';') && value.to_ascii_lowercase().contains(&name.to_ascii_lowercase());
    let ambiguous = own.iter().chain(&elsewhere).any(|(found, value)| alike(found) || split(found) || split(value));
    if ambiguous || elsewhere.iter().any(|(found, _)| found == name) {
        return None;
    }
    Some(own.iter().filter(|(found, _)| found == name).map(|(_, value)| value.clone()).collect())
}

fn query(url: &Url) -> Pairs {
    url.query_pairs().into_owned().collect()
}

fn header_values(headers: &HeaderMap, name: &str) -> Vec<String> {
    headers.get_all(name).iter().map(|value| value.to_str().unwrap_or_default().to_owned()).collect()
}
