//! Which connectors are in use, what they reach, and whether they have what they need: read from the store.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::connector::package::Package;
use crate::connector::schema;
use crate::egress::HostPattern;
use crate::setup::INBOX_HOST;
use crate::store::{EnvironmentRow, RevisionRow, Store};

/// A connector that an environment sends by, or falls back to.
pub(super) struct Used {
    pub(super) environment: EnvironmentRow,
    pub(super) name: String,
    /// Whether it is the active one, rather than a fallback.
    pub(super) active: bool,
    /// What it reaches, without what this process answers itself.
    pub(super) hosts: Vec<HostPattern>,
    /// Why it can't send, if it can't.
    pub(super) broken: Option<String>,
}

impl Used {
    /// As a person would say it.
    pub(super) fn told(&self) -> String {
        format!("`{}` of {}", self.name, self.environment.name)
    }
}

/// All of them. An error is told as text.
pub(super) async fn used(store: &dyn Store) -> Result<Vec<Used>, String> {
    let mut all = Vec::new();
    for environment in store.environments().await.map_err(text)? {
        let channel = store.channel(&environment.name, "sms").await.map_err(text)?;
        let active = channel.active.iter().map(|name| (name.clone(), true));
        for (name, active) in active.chain(channel.fallback.iter().map(|name| (name.clone(), false))) {
            all.push(one(store, &environment, name, active).await?);
        }
    }
    Ok(all)
}

fn text(error: impl std::fmt::Display) -> String {
    error.to_string()
}

async fn one(store: &dyn Store, environment: &EnvironmentRow, name: String, active: bool) -> Result<Used, String> {
    let mut used = Used { environment: environment.clone(), name, active, hosts: Vec::new(), broken: None };
    let connector = store.connector(&environment.name, &used.name).await.map_err(text)?;
    let Some(number) = connector.and_then(|connector| connector.serving) else {
        used.broken = Some("no revision of it serves".into());
        return Ok(used);
    };
    let Some(revision) = store.revision(&environment.name, &used.name, number).await.map_err(text)? else {
        used.broken = Some(format!("revision {number}, which serves, is missing"));
        return Ok(used);
    };
    let component = store.component_by_digest(&revision.component_digest).await.map_err(text)?;
    let package = component.and_then(|component| Package::from_json(&component.package).ok());
    let (Some(package), Value::Object(config)) = (package, &revision.config) else {
        used.broken = Some(format!("the component or the configuration of revision {number} can't be read"));
        return Ok(used);
    };
    used.hosts = hosts(&package, config);
    let stored = store.secrets(&environment.name, &used.name, &revision.secret_versions).await.map_err(text)?;
    let stored: Vec<&str> = stored.iter().map(|row| row.field.as_str()).collect();
    used.broken = broken(&package, &revision, &stored);
    Ok(used)
}

fn hosts(package: &Package, config: &Map<String, Value>) -> Vec<HostPattern> {
    let config = schema::with_defaults(&package.schema, config);
    let hosts = package.manifest.resolve_hosts(&config).unwrap_or_default();
    hosts.into_iter().filter(|host| host.to_string() != INBOX_HOST).collect()
}

/// Quarantined, or without a secret that its schema requires or its revision names.
fn broken(package: &Package, revision: &RevisionRow, stored: &[&str]) -> Option<String> {
    if let Some(why) = &revision.quarantined {
        return Some(format!("revision {} is quarantined: {why}", revision.number));
    }
    let required = package.schema.get("required").and_then(Value::as_array).into_iter().flatten();
    let required =
        required.filter_map(Value::as_str).filter(|field| package.manifest.secrets.iter().any(|s| s == field));
    let named = revision.secret_versions.keys().map(String::as_str);
    let missing: BTreeMap<&str, ()> =
        required.chain(named).filter(|field| !stored.contains(field)).map(|field| (field, ())).collect();
    let names: Vec<String> = missing.keys().map(|field| format!("`{field}`")).collect();
    (!names.is_empty()).then(|| format!("its secret {} is not set", names.join(", ")))
}
