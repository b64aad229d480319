//! A declaration resolved against a configuration: exactly what may be done with the secret, and nothing else. Pure.
//!
//! The values of the configuration become part of the binding: another account in the path is another binding, and a
//! secret that was given for the one is not taken to the other.

use std::collections::{BTreeMap, BTreeSet};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use url::Url;

use super::Declaration;
use super::kind::Kind;
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
    if declaration.kind.is_for_requests() && (paths.is_empty() || methods.is_empty()) {
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

impl Binding {
    /// The credential's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Names of the secrets that it uses.
    pub fn secrets(&self) -> &BTreeSet<String> {
        &self.secrets
    }

    /// Whether the guest writes a marker into its place.
    pub fn signs(&self) -> bool {
        self.kind.signs()
    }

    /// Whether this export may use it.
    pub fn is_for(&self, export: Export) -> bool {
        self.exports.contains(&export)
    }

    /// The URL that only the host asks, if there is one.
    pub fn login_url(&self) -> Option<&str> {
        self.kind.login_url()
    }

    /// The word for what the host does with it.
    pub fn kind(&self) -> &'static str {
        self.kind.as_str()
    }

    /// What it permits, in words that an operator can approve.
    pub fn words(&self) -> String {
        let what = self.kind.words(&self.name);
        if !self.kind.is_for_requests() {
            return what;
        }
        let list = |items: &BTreeSet<String>| items.iter().cloned().collect::<Vec<_>>().join(" or ");
        let host = |host: &HostPattern| if host.is_plain() { host.to_string() } else { format!("https://{host}") };
        let hosts = list(&self.hosts.iter().map(host).collect());
        let pinned: String =
            self.pinned.iter().map(|(field, value)| format!(", only with {field} = {value}")).collect();
        let exports = match self.exports.iter().map(|export| export.as_str()).collect::<Vec<_>>().join(" and ") {
            sending if sending == "sms" => String::new(),
            others => format!(", in {others}"),
        };
        format!("{what} of {} {hosts} at {}{pinned}{exports}", list(&self.methods), list(&self.paths))
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
    fn a_url_and_a_method_of_the_configuration_bind_to_exactly_them() {
        let declared: Declaration = serde_json::from_value(json!({
            "kind": "header", "name": "authorization", "secret": "authorization",
            "methods": ["{config.method}"], "paths": ["{config.url:path}"],
        }))
        .unwrap();
        let hosts = [HostPattern::parse("gw.example").unwrap()];
        let bind = |url: &str, method: Value| {
            let config = json!({"url": url, "method": method});
            resolve("authorization", &declared, &hosts, config.as_object().unwrap())
        };
        let bound = bind("https://gw.example/a/b?to={to}", json!("put")).unwrap();
        assert_eq!(
            bound.words(),
            "writes authorization into the Authorization header of PUT https://gw.example at /a/b"
        );
        assert!(bind("https://gw.example/a/b?other", json!("PUT")).unwrap().is_within(&bound));
        assert!(!bind("https://gw.example/a/c", json!("PUT")).unwrap().is_within(&bound));
        assert!(!bind("https://gw.example/a/b", json!("POST")).unwrap().is_within(&bound));
        assert!(matches!(bind("https://gw.example/a", Value::Null), Err(ResolveError::NotSet { .. })));
        for url in ["https://gw.example/a/*", "nonsense"] {
            assert!(matches!(bind(url, json!("PUT")), Err(ResolveError::Unusable { .. })), "{url}");
        }
    }

    #[test]
    fn a_host_that_the_manifest_does_not_name_is_refused() {
        let mut foreign = declaration();
        foreign.hosts = Some(vec!["evil.example".into()]);
        let hosts = [HostPattern::parse("api.example.com").unwrap()];
        let config = json!({"sid": "A"});
        assert!(matches!(
            resolve("a", &foreign, &hosts, config.as_object().unwrap()),
            Err(ResolveError::ForeignHost(_))
        ));
    }
}
