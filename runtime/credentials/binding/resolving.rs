//! From a declaration and a configuration to a binding. Pure.

use std::collections::BTreeSet;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Map, Value};
use url::Url;

use super::Binding;
use crate::credentials::Declaration;
use crate::egress::HostPattern;

/// Why a declaration can't be resolved.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ResolveError {
    /// It needs a field that is not set: the credential is not available with this configuration.
    #[error("credential `{credential}` needs `{field}`, which is not set")]
    NotSet {
        /// The credential.
        credential: String,
        /// The field of the configuration.
        field: String,
    },
    /// A field of the configuration has braces, which would be read as a placeholder.
    #[error("credential `{credential}` can't use `{field}`: it has a brace, or is not what it should be")]
    Unusable {
        /// The credential.
        credential: String,
        /// The field of the configuration.
        field: String,
    },
    /// It names a host that is not among the manifest's.
    #[error("credential `{0}` names a host that is not among the manifest's")]
    ForeignHost(String),
    /// It names no path, or no method that a guest can use.
    #[error("credential `{0}` names no path, or no method of GET, POST, PUT, PATCH, DELETE, HEAD")]
    Empty(String),
}

/// What a guest can use.
const METHODS: [&str; 6] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"];

/// What must be percent-encoded inside one path segment (RFC 3986 §3.3 `pchar` without sub-delimiters).
const SEGMENT: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'+').remove(b'@').remove(b':');

/// A value as one path segment.
pub(in crate::credentials) fn segment(value: &str) -> String {
    utf8_percent_encode(value, SEGMENT).to_string()
}

/// Fill `{config.x}` in. Answers the name of the first field that is not set (or not a scalar, or empty).
pub fn fill(template: &str, config: &Map<String, Value>, encode: fn(&str) -> String) -> Result<String, String> {
    let mut out = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{config.") {
        let Some((field, after)) = after.split_once('}') else { break };
        let value = match config.get(field) {
            Some(Value::String(text)) if !text.is_empty() => text.clone(),
            Some(Value::Number(number)) => number.to_string(),
            _ => return Err(field.to_owned()),
        };
        out.push_str(before);
        out.push_str(&encode(&value));
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

/// Resolve a declaration. `hosts` are the manifest's, already resolved.
pub fn resolve(
    name: &str,
    declaration: &Declaration,
    hosts: &[HostPattern],
    config: &Map<String, Value>,
) -> Result<Binding, ResolveError> {
    let plain = |value: &str| value.to_owned();
    let at_fault = |field: String| {
        let (credential, is_set) = (name.to_owned(), config.get(&field).is_some_and(Value::is_string));
        if is_set && config.get(&field) != Some(&Value::String(String::new())) {
            ResolveError::Unusable { credential, field }
        } else {
            ResolveError::NotSet { credential, field }
        }
    };
    let fill_plain = |template: &str| fill(template, config, plain).map_err(at_fault);
    let own_hosts = match &declaration.hosts {
        None => hosts.iter().cloned().collect(),
        Some(own) => {
            // A host whose field is not set is left out, as it is in the manifest's own list.
            let filled = own.iter().filter_map(|host| fill_host(host, config));
            let parsed: Option<BTreeSet<HostPattern>> = filled.map(|host| HostPattern::parse(&host).ok()).collect();
            let parsed = parsed.ok_or_else(|| ResolveError::ForeignHost(name.to_owned()))?;
            if !parsed.iter().all(|host| hosts.iter().any(|wider| host.is_within(wider))) {
                return Err(ResolveError::ForeignHost(name.to_owned()));
            }
            parsed
        }
    };
    let paths = declaration.paths.iter().map(|path| fill_path(path, config).map_err(at_fault));
    let paths: BTreeSet<String> = paths.collect::<Result<_, _>>()?;
    let methods = declaration.methods.iter().map(|method| Ok(fill_plain(method)?.to_ascii_uppercase()));
    let methods: BTreeSet<String> = methods.collect::<Result<_, _>>()?;
    let unknown = methods.iter().any(|method| !METHODS.contains(&method.as_str()));
    if declaration.kind.is_for_requests() && (paths.is_empty() || methods.is_empty() || unknown) {
        return Err(ResolveError::Empty(name.to_owned()));
    }
    let kind = declaration.kind.filled(&|template| fill_unbraced(template, config)).map_err(at_fault)?;
    if let Some(login) = kind.login_url() {
        let known = Url::parse(login).is_ok_and(|url| hosts.iter().any(|host| host.matches(&url)));
        if !known {
            return Err(ResolveError::ForeignHost(name.to_owned()));
        }
    }
    let pinned = declaration.pinned.iter().map(|(field, value)| Ok((field.clone(), fill_plain(value)?)));
    Ok(Binding {
        name: name.to_owned(),
        secrets: kind.secrets().into_iter().collect(),
        kind,
        hosts: own_hosts,
        methods,
        paths,
        pinned: pinned.collect::<Result<_, _>>()?,
        exports: declaration.exports.iter().copied().collect(),
    })
}

/// A whole `{config.url}` gives that URL's origin; elsewhere a placeholder is a label.
fn fill_host(template: &str, config: &Map<String, Value>) -> Option<String> {
    let field = template.strip_prefix("{config.").and_then(|rest| rest.strip_suffix('}')).filter(|f| !f.contains('{'));
    match field {
        Some(field) => Some(Url::parse(config.get(field)?.as_str()?).ok()?.origin().ascii_serialization()),
        None => fill(template, config, str::to_owned).ok(),
    }
}

/// `{config.x}` is one segment; a whole `{config.x:path}` is the path of the URL in that field, and nothing wider: a
/// `*` in it would stand for any segment.
fn fill_path(template: &str, config: &Map<String, Value>) -> Result<String, String> {
    match template.strip_prefix("{config.").and_then(|rest| rest.strip_suffix(":path}")) {
        Some(field) => {
            let url = config.get(field).and_then(Value::as_str).and_then(|text| Url::parse(text).ok());
            let path = url.map(|url| url.path().to_owned()).filter(|path| !path.split('/').any(|part| part == "*"));
            path.ok_or_else(|| field.to_owned())
        }
        None => fill(template, config, segment),
    }
}

/// For templates in which `{secret.x}` is filled in later: a value may not bring a placeholder of its own.
fn fill_unbraced(template: &str, config: &Map<String, Value>) -> Result<String, String> {
    let braced = |value: &&Value| value.as_str().is_some_and(|text| text.contains(['{', '}']));
    for rest in template.split("{config.").skip(1) {
        let field = rest.split('}').next().unwrap_or_default();
        if config.get(field).filter(braced).is_some() {
            return Err(field.to_owned());
        }
    }
    fill(template, config, str::to_owned)
}
