//! `store` and `[postgres]`: a database that several nodes share, in place of SQLite in the data folder.

use std::error::Error as _;
use std::fmt::Display;
use std::path::PathBuf;
use std::str::FromStr;

use serde::{Deserialize, Deserializer};
use tokio_postgres::config::Host;

use super::ConfigError;
use crate::secret::Secret;

/// Where the database is, and how to get in. Shows nothing but the former.
#[derive(Clone, Debug)]
pub struct StoreUrl {
    url: Secret<String>,
    place: String,
}

impl StoreUrl {
    /// All of it.
    pub fn secret(&self) -> &Secret<String> {
        &self.url
    }

    /// Hosts and database, for people: without user and password.
    pub fn place(&self) -> &str {
        &self.place
    }
}

impl FromStr for StoreUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        if text.starts_with("sqlite:") || text.starts_with("file:") {
            return Err("`store` is for PostgreSQL alone: leave it out for SQLite, whose folder is `data.dir`".into());
        }
        if !text.starts_with("postgres://") && !text.starts_with("postgresql://") {
            return Err("`store` begins with postgres:// or postgresql://".into());
        }
        let config = tokio_postgres::Config::from_str(text).map_err(|error| unreadable(text, &error))?;
        if config.get_hosts().is_empty() {
            return Err("`store` names no host, such as postgres://user:password@host:5432/database".into());
        }
        if !matches!(config.get_ports().len(), 0 | 1) && config.get_ports().len() != config.get_hosts().len() {
            return Err("`store` has one port for all hosts, or one for each".into());
        }
        Ok(Self { url: Secret::from(text), place: place(&config) })
    }
}

impl<'de> Deserialize<'de> for StoreUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Secret::new(String::deserialize(deserializer)?);
        text.expose().parse().map_err(serde::de::Error::custom)
    }
}

/// What the library finds. It names options and quotes no value; but a piece of a password may look like an option.
fn unreadable(text: &str, error: &tokio_postgres::Error) -> String {
    let encoded = "in a password `@`, `:`, `/`, `?`, `#` and `%` are written as %40, %3A, %2F, %3F, %23 and %25";
    if text.matches('@').count() > 1 {
        return format!("`store` can't be read: {encoded}");
    }
    let why: &dyn Display = match error.source() {
        Some(source) => &source.to_string(),
        None => error,
    };
    format!("`store` can't be read: {why} ({encoded})")
}

fn place(config: &tokio_postgres::Config) -> String {
    let ports = config.get_ports();
    let one = |(number, host): (usize, &Host)| {
        let port = ports.get(number).or(ports.first()).copied().unwrap_or(5432);
        match host {
            Host::Tcp(name) if name.contains(':') => format!("[{name}]:{port}"),
            Host::Tcp(name) => format!("{name}:{port}"),
            Host::Unix(path) => path.display().to_string(),
        }
    };
    let hosts: Vec<String> = config.get_hosts().iter().enumerate().map(one).collect();
    format!("{}/{}", hosts.join(","), config.get_dbname().unwrap_or_default())
}

/// Turns among nodes are held on a connection of their own.
const CONNECTIONS_MIN: u32 = 4;

/// `[postgres]`
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PostgresConfig {
    /// Connections of this node, at most.
    pub connections: u32,
    /// The authority of the server's certificate, in PEM; the public ones unless set.
    pub ca_file: Option<PathBuf>,
    /// Whether a pooler in transaction mode stands between.
    pub pooler: bool,
}

impl Default for PostgresConfig {
    fn default() -> Self {
        Self { connections: 16, ca_file: None, pooler: false }
    }
}

impl PostgresConfig {
    /// Whoever describes a database and forgets to name it would get SQLite, and an empty one.
    pub(super) fn check(&self, store: Option<&StoreUrl>) -> Result<(), ConfigError> {
        if self.connections < CONNECTIONS_MIN {
            let detail = format!("must be at least {CONNECTIONS_MIN}: some are held while others do the work");
            return Err(ConfigError::value("postgres.connections", detail));
        }
        let named = match (&self.ca_file, self.pooler) {
            (Some(_), _) => "postgres.ca_file",
            (_, true) => "postgres.pooler",
            _ => return Ok(()),
        };
        match store {
            Some(_) => Ok(()),
            None => Err(ConfigError::value(named, "needs `store`, which names the database")),
        }
    }
}
