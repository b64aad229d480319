//! `connector.toml`, written so that its author can go on from there.

use std::fmt::Write as _;

use serde_json::Value;

use super::derived::{Credential, Derived};
use super::described::{Described, Metadata};
use super::npm::Source;
use super::provider::Provider;

/// For people, at most this long.
const TEXT_CHARS_MAX: usize = 200;

/// The manifest of an adapted package.
pub(super) fn of(id: &str, source: &Source, described: &Described, derived: &Derived, provider: &Provider) -> String {
    let metadata = &described.metadata;
    let mut out = String::new();
    let mut line = |name: &str, value: toml::Value| {
        // Writing to a string does not fail.
        let _ = writeln!(out, "{name} = {value}");
    };
    line("id", id.into());
    line("name", name(metadata).into());
    line("version", source.version.clone().into());
    line("contract", "1.0.0".into());
    line("channel", "sms".into());
    line("summary", summary(metadata, source).into());
    if let Some(website) = &provider.website {
        line("website", website.clone().into());
    }
    let registered = metadata.templates().is_some_and(|templates| templates.text.is_none());
    line("content", if registered { "either" } else { "text" }.into());
    line("hosts", list(&derived.hosts));
    line("secrets", list(&derived.secrets));
    if !derived.public.is_empty() {
        line("public", list(&derived.public));
    }
    if provider.ids.is_empty() && provider.ok.is_empty() {
        // Logto's own word for success is a status of 2xx, and nothing more is known of this provider's answers.
        line("success", "status".into());
    }
    line("build", "sh build.sh".into());
    line("output", "component.wasm".into());
    for credential in &derived.credentials {
        write_credential(credential, derived.hosts.len() > 1, &mut out);
    }
    out
}

/// As Logto shows it, without what another writing would make of it.
pub(super) fn name(metadata: &Metadata) -> String {
    let name = Metadata::english(&metadata.name).unwrap_or(&metadata.id);
    format!("{} (Logto)", cut(name))
}

fn summary(metadata: &Metadata, source: &Source) -> String {
    let told = Metadata::english(&metadata.description).unwrap_or(&source.name);
    cut(told.trim().trim_end_matches('.'))
}

fn cut(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(TEXT_CHARS_MAX - 10).collect()
}

fn list(items: &[String]) -> toml::Value {
    items.iter().map(|item| toml::Value::from(item.clone())).collect::<Vec<_>>().into()
}

fn write_credential(credential: &Credential, several_hosts: bool, out: &mut String) {
    let _ = writeln!(out, "\n[credentials.{}]", credential.name);
    for (name, value) in &credential.kind {
        let _ = writeln!(out, "{name} = {}", to_toml(value));
    }
    if several_hosts {
        let _ = writeln!(out, "hosts = {}", list(&credential.hosts));
    }
    let sorted = |items: &std::collections::BTreeSet<String>| list(&items.iter().cloned().collect::<Vec<_>>());
    let _ = writeln!(out, "methods = {}\npaths = {}", sorted(&credential.methods), sorted(&credential.paths));
    if !credential.pinned.is_empty() {
        let _ = writeln!(out, "pinned = {}", to_toml(&Value::Object(credential.pinned.clone())));
    }
}

/// Texts, numbers, lists and tables; a credential has nothing else.
fn to_toml(value: &Value) -> toml::Value {
    match value {
        Value::Array(items) => items.iter().map(to_toml).collect::<Vec<_>>().into(),
        Value::Object(members) => {
            members.iter().map(|(name, value)| (name.clone(), to_toml(value))).collect::<toml::Table>().into()
        }
        Value::String(text) => text.clone().into(),
        Value::Number(number) => number.as_i64().unwrap_or_default().into(),
        other => other.to_string().into(),
    }
}
