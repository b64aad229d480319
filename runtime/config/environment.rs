//! `COUNTERSIGN_…` variables. `COUNTERSIGN_EGRESS__ALLOW=a,b` sets `egress.allow`; maps can only be set in the file.

use super::ConfigError;
use crate::egress::CollectorHeaders;
use crate::secret::Secret;

/// How a variable's text becomes an option's value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// As it is.
    Text,
    /// A whole number.
    Number,
    /// A number, perhaps with a point.
    Share,
    /// `true` or `false`.
    Flag,
    /// Separated by commas.
    List,
    /// Only in the file.
    Map,
}

/// Every option of the file, with the shape of its value.
pub const OPTIONS: &[(&str, Shape)] = &[
    ("store", Shape::Text),
    ("postgres.connections", Shape::Number),
    ("postgres.ca_file", Shape::Text),
    ("postgres.pooler", Shape::Flag),
    ("data.dir", Shape::Text),
    ("server.listen", Shape::Text),
    ("server.public_url", Shape::Text),
    ("server.hosts", Shape::List),
    ("server.trusted_proxies", Shape::List),
    ("server.connections_max", Shape::Number),
    ("server.drain_seconds", Shape::Number),
    ("server.tls.certificate", Shape::Text),
    ("server.tls.key", Shape::Text),
    ("server.tls.acme.terms_agreed", Shape::Flag),
    ("server.tls.acme.domains", Shape::List),
    ("server.tls.acme.contact", Shape::Text),
    ("server.tls.acme.directory", Shape::Text),
    ("server.tls.acme.ca", Shape::Text),
    ("oidc.issuer", Shape::Text),
    ("oidc.client_id", Shape::Text),
    ("oidc.client_secret_file", Shape::Text),
    ("oidc.name", Shape::Text),
    ("oidc.scopes", Shape::List),
    ("oidc.roles_claim", Shape::Text),
    ("oidc.session_hours", Shape::Number),
    ("oidc.roles", Shape::Map),
    ("master_key.file", Shape::Text),
    ("egress.allow", Shape::List),
    ("egress.overrides", Shape::Map),
    ("egress.ca_files", Shape::List),
    ("egress.connect_ms", Shape::Number),
    ("egress.proxy", Shape::Text),
    ("egress.proxy_file", Shape::Text),
    ("egress.proxy_resolves", Shape::Flag),
    ("egress.source_address", Shape::List),
    ("sandbox.slots", Shape::Number),
    ("sandbox.cpu_ms", Shape::Number),
    ("sandbox.memory_mib", Shape::Number),
    ("sandbox.response_kib", Shape::Number),
    ("sandbox.log_kib", Shape::Number),
    ("sandbox.requests", Shape::Number),
    ("sandbox.upload_mib", Shape::Number),
    ("sandbox.compile_seconds", Shape::Number),
    ("sandbox.compile_memory_mib", Shape::Number),
    ("delivery.send_ms", Shape::Number),
    ("delivery.call_ms", Shape::Number),
    ("retention.verifications_days", Shape::Number),
    ("retention.messages_days", Shape::Number),
    ("retention.idempotency_days", Shape::Number),
    ("retention.tombstones_days", Shape::Number),
    ("retention.webhooks_days", Shape::Number),
    ("retention.webhooks_waiting", Shape::Number),
    ("retention.audit_days", Shape::Number),
    ("retention.bills_days", Shape::Number),
    ("cache.dir", Shape::Text),
    ("machine.memory_mib", Shape::Number),
    ("log.level", Shape::Text),
    ("log.format", Shape::Text),
    ("traces.endpoint", Shape::Text),
    ("traces.sample", Shape::Share),
    ("traces.headers_file", Shape::Text),
    ("traces.to_providers", Shape::Flag),
    ("transcripts.failed_sends", Shape::Text),
];

/// Variables that belong to other commands (`upload`, `keys`), to the command line, or to both.
const NOT_OPTIONS: &[&str] = &["COUNTERSIGN_CONFIG", "COUNTERSIGN_URL", "COUNTERSIGN_KEY"];

/// What `apply` reads for connectors, beside a service that is started with the same variables.
const CONNECTOR_SECRETS: &str = "COUNTERSIGN_SECRET_";

/// What only a variable can set.
#[derive(Default)]
pub(super) struct Secrets {
    pub(super) admin_key: Option<Secret<String>>,
    pub(super) master_key: Option<Secret<String>>,
    pub(super) oidc: Option<Secret<String>>,
    pub(super) traces: Option<CollectorHeaders>,
}

/// Lay the variables over the file's table.
pub(super) fn overlay(table: &mut toml::Table, variables: &[(String, String)]) -> Result<Secrets, ConfigError> {
    let mut secrets = Secrets::default();
    for (name, value) in variables.iter().filter(|(name, value)| name.starts_with("COUNTERSIGN_") && !value.is_empty())
    {
        match name.as_str() {
            "COUNTERSIGN_ADMIN_KEY" => secrets.admin_key = Some(Secret::new(value.clone())),
            "COUNTERSIGN_MASTER_KEY" => secrets.master_key = Some(Secret::new(value.clone())),
            "COUNTERSIGN_OIDC__CLIENT_SECRET" => secrets.oidc = Some(Secret::new(value.clone())),
            "COUNTERSIGN_TRACES__HEADERS" => {
                let read = value.parse::<CollectorHeaders>();
                let headers = read.map_err(|detail| ConfigError::value(name, detail))?;
                secrets.traces = Some(headers);
            }
            "COUNTERSIGN_LISTEN" => set(table, "server.listen", Shape::Text, value)?,
            "COUNTERSIGN_DATA" => set(table, "data.dir", Shape::Text, value)?,
            other if NOT_OPTIONS.contains(&other) || other.starts_with(CONNECTOR_SECRETS) => {}
            other => {
                let (path, shape) = option(other).ok_or_else(|| ConfigError::UnknownVariable(other.to_owned()))?;
                set(table, path, shape, value)?;
            }
        }
    }
    Ok(secrets)
}

fn option(variable: &str) -> Option<(&'static str, Shape)> {
    let path = variable.strip_prefix("COUNTERSIGN_")?.replace("__", ".").to_ascii_lowercase();
    OPTIONS.iter().find(|(known, _)| *known == path).copied()
}

fn set(table: &mut toml::Table, path: &str, shape: Shape, text: &str) -> Result<(), ConfigError> {
    let refuse = |detail: &str| ConfigError::Value { option: path.to_owned(), detail: detail.to_owned() };
    let value = match shape {
        Shape::Text => toml::Value::String(text.to_owned()),
        Shape::Number => toml::Value::Integer(text.trim().parse().map_err(|_| refuse("takes a whole number"))?),
        Shape::Share => toml::Value::Float(text.trim().parse().map_err(|_| refuse("takes a number such as 0.1"))?),
        Shape::Flag => toml::Value::Boolean(text.trim().parse().map_err(|_| refuse("takes `true` or `false`"))?),
        Shape::List => {
            toml::Value::Array(text.split(',').map(|entry| toml::Value::String(entry.trim().to_owned())).collect())
        }
        Shape::Map => return Err(refuse("is a map and can only be set in the file")),
    };
    let (sections, key) = path.rsplit_once('.').unwrap_or(("", path));
    let mut section = table;
    for name in sections.split('.').filter(|name| !name.is_empty()) {
        let below = section.entry(name).or_insert_with(|| toml::Value::Table(toml::Table::new()));
        section = below.as_table_mut().ok_or_else(|| refuse("its section is not a table"))?;
    }
    section.insert(key.to_owned(), value);
    Ok(())
}
