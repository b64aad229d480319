//! A declaration resolved against a configuration: exactly what may be done with the secret, and nothing else. Pure.
//!
//! The values of the configuration become part of the binding: another account in the path is another binding, and a
//! secret that was given for the one is not taken to the other.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::kind::Kind;
use crate::connector::contract::Export;
use crate::egress::HostPattern;

mod resolving;

pub(super) use resolving::segment;
pub use resolving::{ResolveError, fill, resolve};

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
mod tests;
