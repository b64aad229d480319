//! The configuration: one typed struct of small ones, read once at start. The only reader of files and environment.
//!
//! Order of precedence: command line, `COUNTERSIGN_*` variables, the file, defaults. `countersign.example.toml` shows
//! every option with its default; a test keeps the two in step.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::secret::Secret;

mod egress;
mod environment;
mod error;
mod log;
mod network;
mod oidc;
mod postgres;
mod retention;
mod sandbox;
mod server;
mod shape;
mod tls;
mod traces;
mod transcripts;

pub use egress::EgressConfig;
pub use environment::OPTIONS;
pub use error::ConfigError;
pub use log::{LogConfig, LogFormat};
pub use network::Network;
pub use oidc::OidcConfig;
pub use postgres::{PostgresConfig, StoreUrl};
pub use retention::RetentionConfig;
pub use sandbox::SandboxConfig;
pub use server::ServerConfig;
pub use tls::{AcmeConfig, TlsConfig};
pub use traces::TracesConfig;
pub use transcripts::{FailedSends, TranscriptsConfig};

/// Everything that can be set.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// A database that several nodes share; SQLite in the data folder unless set.
    pub store: Option<StoreUrl>,
    /// How that database is used.
    pub postgres: PostgresConfig,
    /// Where the service keeps what it must not lose.
    pub data: DataConfig,
    /// The HTTP side.
    pub server: ServerConfig,
    /// Where people sign in to the console, besides with keys and links.
    pub oidc: Option<OidcConfig>,
    /// The key that seals secrets.
    pub master_key: MasterKeyConfig,
    /// What connectors may reach.
    pub egress: EgressConfig,
    /// What a connector may use.
    pub sandbox: SandboxConfig,
    /// How long sends may take.
    pub delivery: DeliveryConfig,
    /// How long things are kept.
    pub retention: RetentionConfig,
    /// Compiled components.
    pub cache: CacheConfig,
    /// What the service is made for.
    pub machine: MachineConfig,
    /// What is logged, and how.
    pub log: LogConfig,
    /// Where spans go.
    pub traces: TracesConfig,
    /// What is kept for transcripts.
    pub transcripts: TranscriptsConfig,
    /// `COUNTERSIGN_ADMIN_KEY`: the first admin key, while none exists. Never in the file.
    #[serde(skip)]
    pub admin_key: Option<Secret<String>>,
    /// Folders to load components from as they change (`--watch`, development only).
    #[serde(skip)]
    pub watch: Vec<PathBuf>,
}

/// `[data]`
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DataConfig {
    /// The data folder; made with mode 0700 if missing.
    pub dir: PathBuf,
}

impl Default for DataConfig {
    fn default() -> Self {
        Self { dir: PathBuf::from("data") }
    }
}

/// `[master_key]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MasterKeyConfig {
    /// File that holds the key (32 bytes, hexadecimal or base64).
    pub file: Option<PathBuf>,
    /// `COUNTERSIGN_MASTER_KEY`: the key itself. Never in the file.
    #[serde(skip)]
    pub key: Option<Secret<String>>,
}

/// `[delivery]`
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DeliveryConfig {
    /// One send by one connector, in milliseconds.
    pub send_ms: u64,
    /// A whole call with its failover, in milliseconds.
    pub call_ms: u64,
}

impl Default for DeliveryConfig {
    fn default() -> Self {
        Self { send_ms: 10_000, call_ms: 15_000 }
    }
}

/// `[cache]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct CacheConfig {
    /// Folder of compiled components; `cache` in the data folder unless set. Safe to delete.
    pub dir: Option<PathBuf>,
}

/// `[machine]`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct MachineConfig {
    /// Memory that pools and caches are made for, in MiB; the cgroup's limit, or else all there is, unless set.
    pub memory_mib: Option<u64>,
}

impl Config {
    /// Read the file (if one is named), lay the variables over it and check it.
    pub fn load(file: Option<&Path>) -> Result<Self, ConfigError> {
        #[expect(clippy::disallowed_methods, reason = "the one reader of the environment")]
        let variables: Vec<(String, String)> = std::env::vars().collect();
        Self::from_parts(file, &variables)
    }

    /// As [`Config::load`], with the variables given.
    pub fn from_parts(file: Option<&Path>, variables: &[(String, String)]) -> Result<Self, ConfigError> {
        let mut table = toml::Table::new();
        if let Some(path) = file {
            let text =
                std::fs::read_to_string(path).map_err(|source| ConfigError::Read { path: path.into(), source })?;
            table = parse(path, &text)?;
            Self::try_from_table(table.clone()).map_err(|detail| ConfigError::File { path: path.into(), detail })?;
        }
        let secrets = environment::overlay(&mut table, variables)?;
        let mut config = Self::try_from_table(table)
            .map_err(|detail| ConfigError::Value { option: "environment".into(), detail })?;
        config.admin_key = secrets.admin_key;
        config.master_key.key = secrets.master_key;
        config.traces.headers = secrets.traces;
        if let Some(oidc) = &mut config.oidc {
            oidc.client_secret = secrets.oidc;
        }
        config.check()?;
        Ok(config)
    }

    fn try_from_table(table: toml::Table) -> Result<Self, String> {
        table.try_into().map_err(|e: toml::de::Error| e.to_string())
    }

    /// What the types can't say.
    fn check(&self) -> Result<(), ConfigError> {
        let refuse = |option: &str, detail: &str| Err(ConfigError::value(option, detail));
        if let Some(key) = &self.admin_key
            && key.expose().len() < 32
        {
            return refuse("COUNTERSIGN_ADMIN_KEY", "an admin key has at least 32 bytes");
        }
        if self.delivery.call_ms < self.delivery.send_ms {
            return refuse("delivery.call_ms", "a call with failover can't be shorter than `delivery.send_ms`");
        }
        self.egress.check()?;
        self.postgres.check(self.store.as_ref())?;
        for (option, value) in self.at_least_one() {
            if value == 0 {
                return refuse(option, "must be at least 1");
            }
        }
        self.retention.check()?;
        self.traces.check()?;
        self.oidc.as_ref().map_or(Ok(()), OidcConfig::check)?;
        self.server.check()
    }

    fn at_least_one(&self) -> [(&'static str, u64); 12] {
        let s = &self.sandbox;
        [
            ("sandbox.slots", s.slots.unwrap_or(1).into()),
            ("sandbox.cpu_ms", s.cpu_ms),
            ("sandbox.memory_mib", s.memory_mib),
            ("sandbox.response_kib", s.response_kib),
            ("sandbox.requests", s.requests.into()),
            ("sandbox.upload_mib", s.upload_mib),
            ("sandbox.compile_seconds", s.compile_seconds),
            ("sandbox.compile_memory_mib", s.compile_memory_mib.unwrap_or(1)),
            ("machine.memory_mib", self.machine.memory_mib.unwrap_or(1)),
            ("delivery.send_ms", self.delivery.send_ms),
            ("egress.connect_ms", self.egress.connect_ms),
            ("server.connections_max", self.server.connections_max as u64),
        ]
    }

    /// Folder of compiled components.
    pub fn cache_dir(&self) -> PathBuf {
        self.cache.dir.clone().unwrap_or_else(|| self.data.dir.join("cache"))
    }
}

fn parse(path: &Path, text: &str) -> Result<toml::Table, ConfigError> {
    text.parse().map_err(|e: toml::de::Error| ConfigError::File { path: path.into(), detail: shape::told(&e, text) })
}

/// The variables that the commands other than `serve` take, which are no options of the service.
pub fn client_variable(name: &str) -> Option<String> {
    #[expect(clippy::disallowed_methods, reason = "the one reader of the environment")]
    std::env::var(name).ok().filter(|value| !value.is_empty())
}

/// Whether the service itself is what a container runs, so that a generated master key would be lost with it. Not
/// whether the machine is a container: people develop in those, and their shell comes first there.
pub fn in_container() -> bool {
    std::process::id() == 1
        || client_variable("container").is_some()
        || client_variable("KUBERNETES_SERVICE_HOST").is_some()
}

#[cfg(test)]
mod tests;
