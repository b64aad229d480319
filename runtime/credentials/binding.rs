//! A declaration resolved against a configuration: exactly what may be done with the secret, and nothing else. Pure.
//!
//! The values of the configuration become part of the binding: another account in the path is another binding, and a
//! secret that was given for the one is not taken to the other.

use std::collections::{BTreeMap, BTreeSet};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{Declaration, Kind};
use crate::connector::contract::Export;
use crate::egress::HostPattern;

/// What may be done with a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Binding {
    name: String,
    /// With `{config.x}` filled in; `{secret.x}` left.
    pub(super) kind: Kind,
    pub(super) hosts: BTreeSet<HostPattern>,
    pub(super) methods: BTreeSet<String>,
    /// Each path as its segments, percent-encoded; `*` is any one segment.
    pub(super) paths: BTreeSet<String>,
    pub(super) pinned: BTreeMap<String, String>,
    pub(super) exports: BTreeSet<Export>,
    secrets: BTreeSet<String>,
}

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
    /// It names a host that is not among the manifest's.
    #[error("credential `{0}` names a host that is not among the manifest's")]
    ForeignHost(String),
    /// It names no path or no method.
    #[error("credential `{0}` names no path or no method")]
    Empty(String),
}

/// What must be percent-encoded inside one path segment (RFC 3986 §3.3 `pchar` without sub-delimiters).
const SEGMENT: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'+').remove(b'@').remove(b':');

/// A value as one path segment.
pub(super) fn segment(value: &str) -> String {
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
    let not_set = |field: String| ResolveError::NotSet { credential: name.to_owned(), field };
    let fill_plain = |template: &str| fill(template, config, plain).map_err(not_set);
    let own_hosts = match &declaration.hosts {
        None => hosts.iter().cloned().collect(),
        Some(own) => {
            // A host whose field is not set is left out, as it is in the manifest's own list.
            let filled = own.iter().filter_map(|host| fill(host, config, plain).ok());
            let parsed: Option<BTreeSet<HostPattern>> = filled.map(|host| HostPattern::parse(&host).ok()).collect();
            let parsed = parsed.ok_or_else(|| ResolveError::ForeignHost(name.to_owned()))?;
            if !parsed.iter().all(|host| hosts.iter().any(|wider| host.is_within(wider))) {
                return Err(ResolveError::ForeignHost(name.to_owned()));
            }
            parsed
        }
    };
    let paths = declaration.paths.iter().map(|path| fill(path, config, segment).map_err(not_set));
    let paths: BTreeSet<String> = paths.collect::<Result<_, _>>()?;
    let methods: BTreeSet<String> = declaration.methods.iter().map(|method| method.to_ascii_uppercase()).collect();
    if paths.is_empty() || methods.is_empty() {
        return Err(ResolveError::Empty(name.to_owned()));
    }
    let mut kind = declaration.kind.clone();
    if let Kind::Basic { user, password } = &mut kind {
        *user = fill_plain(user)?;
        *password = fill_plain(password)?;
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

impl Binding {
    /// The credential's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Names of the secrets that it uses.
    pub fn secrets(&self) -> &BTreeSet<String> {
        &self.secrets
    }

    /// The word for what the host does with it.
    pub fn kind(&self) -> &'static str {
        self.kind.as_str()
    }

    /// What it permits, in words that an operator can approve.
    pub fn words(&self) -> String {
        let what = self.secrets.iter().cloned().collect::<Vec<_>>().join(" and ");
        let what = if what.is_empty() { self.name.clone() } else { what };
        let place = match &self.kind {
            Kind::Basic { .. } | Kind::Bearer { .. } => "the Authorization header".to_owned(),
            Kind::Header { name, .. } => format!("the header {name}"),
            Kind::Query { name, .. } => format!("the query parameter {name}"),
            Kind::Form { name, .. } => format!("the form field {name}"),
            Kind::Path { segment, .. } => format!("segment {segment} of the path"),
            Kind::Json { pointer, .. } => format!("the JSON member {pointer}"),
        };
        let list = |items: &BTreeSet<String>| items.iter().cloned().collect::<Vec<_>>().join(" or ");
        let hosts = list(
            &self
                .hosts
                .iter()
                .map(|host| if host.is_plain() { host.to_string() } else { format!("https://{host}") })
                .collect(),
        );
        let pinned: String =
            self.pinned.iter().map(|(field, value)| format!(", only with {field} = {value}")).collect();
        format!("writes {what} into {place} of {} {hosts} at {}{pinned}", list(&self.methods), list(&self.paths))
    }

    /// Whether everything that it permits is permitted by `wider` too.
    pub fn is_within(&self, wider: &Self) -> bool {
        let host = |host: &HostPattern| wider.hosts.iter().any(|other| host.is_within(other));
        let path = |path: &String| wider.paths.iter().any(|other| covers(other, path));
        self.kind == wider.kind
            && self.hosts.iter().all(host)
            && self.methods.is_subset(&wider.methods)
            && self.paths.iter().all(path)
            && wider.pinned.iter().all(|(field, value)| self.pinned.get(field) == Some(value))
            && self.exports.is_subset(&wider.exports)
    }
}

/// Whether a path pattern covers a path, segment by segment.
pub(super) fn covers(pattern: &str, path: &str) -> bool {
    let (mut pattern, mut path) = (pattern.split('/'), path.split('/'));
    loop {
        match (pattern.next(), path.next()) {
            (None, None) => return true,
            (Some(expected), Some(found)) if expected == found => {}
            (Some("*"), Some(found)) if !found.is_empty() => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn declaration() -> Declaration {
        serde_json::from_value(json!({
            "kind": "basic", "user": "{config.sid}", "password": "{secret.token}", "methods": ["post"],
            "paths": ["/Accounts/{config.sid}/Messages.json"],
        }))
        .unwrap()
    }

    fn resolved(sid: &str) -> Binding {
        let hosts = [HostPattern::parse("api.example.com").unwrap()];
        resolve("account", &declaration(), &hosts, json!({ "sid": sid }).as_object().unwrap()).unwrap()
    }

    #[test]
    fn a_binding_says_in_words_what_it_permits() {
        assert_eq!(
            resolved("AC1").words(),
            "writes token into the Authorization header of POST https://api.example.com at /Accounts/AC1/Messages.json"
        );
    }

    #[test]
    fn a_value_of_the_configuration_cannot_leave_its_segment() {
        assert_eq!(resolved("a/../b?c").paths.first().unwrap(), "/Accounts/a%2F..%2Fb%3Fc/Messages.json");
    }

    #[test]
    fn another_account_is_another_binding() {
        assert!(resolved("AC1").is_within(&resolved("AC1")));
        assert!(!resolved("AC1").is_within(&resolved("AC2")));
    }

    #[test]
    fn narrower_is_within_and_wider_is_not() {
        let narrow = resolved("AC1");
        let mut wide = narrow.clone();
        wide.paths = ["/Accounts/*/Messages.json".to_owned()].into();
        assert!(!narrow.is_within(&wide) || narrow.kind == wide.kind);
        wide.methods.insert("GET".into());
        assert!(narrow.is_within(&wide) && !wide.is_within(&narrow));
        let mut pinned = narrow.clone();
        pinned.pinned.insert("form.Action".into(), "Send".into());
        assert!(pinned.is_within(&narrow) && !narrow.is_within(&pinned));
    }

    #[test]
    fn a_field_that_is_not_set_is_named() {
        let hosts = [HostPattern::parse("api.example.com").unwrap()];
        let error = resolve("account", &declaration(), &hosts, &Map::new()).unwrap_err();
        assert_eq!(error, ResolveError::NotSet { credential: "account".into(), field: "sid".into() });
    }

    #[test]
    fn a_host_that_the_manifest_does_not_name_is_refused() {
        let foreign = Declaration { hosts: Some(vec!["evil.example".into()]), ..declaration() };
        let hosts = [HostPattern::parse("api.example.com").unwrap()];
        let config = json!({"sid": "A"});
        assert!(matches!(
            resolve("a", &foreign, &hosts, config.as_object().unwrap()),
            Err(ResolveError::ForeignHost(_))
        ));
    }
}
