//! `[egress]`: what connectors may reach, and by which way.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::path::PathBuf;

use serde::Deserialize;
use url::Url;

use super::ConfigError;
use crate::egress::{AllowEntry, Proxy};

/// `[egress]`
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EgressConfig {
    /// Private addresses that connectors may reach although they are private.
    pub allow: Vec<AllowEntry>,
    /// Hosts mapped to another origin, in development environments.
    pub overrides: BTreeMap<String, Url>,
    /// More certificate authorities, as PEM files.
    pub ca_files: Vec<PathBuf>,
    /// How long a connection may take to stand, in milliseconds.
    pub connect_ms: u64,
    /// Through whom connections go that do not end on this machine.
    pub proxy: Option<Proxy>,
    /// File with the same, so that its password is not in the configuration.
    pub proxy_file: Option<PathBuf>,
    /// Whether names are the proxy's to resolve, and their addresses the proxy's to judge.
    pub proxy_resolves: bool,
    /// This machine's addresses that connections leave from: one IPv4, one IPv6, or both.
    #[serde(deserialize_with = "super::shape::one_or_more")]
    pub source_address: Vec<IpAddr>,
}

impl Default for EgressConfig {
    fn default() -> Self {
        Self {
            allow: Vec::new(),
            overrides: BTreeMap::new(),
            ca_files: Vec::new(),
            connect_ms: 5_000,
            proxy: None,
            proxy_file: None,
            proxy_resolves: false,
            source_address: Vec::new(),
        }
    }
}

impl EgressConfig {
    /// What the types can't say.
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let refuse =
            |option: &str, detail: &str| Err(ConfigError::Value { option: option.into(), detail: detail.into() });
        if self.proxy.is_some() && self.proxy_file.is_some() {
            return refuse("egress.proxy_file", "names the same as `egress.proxy`; set one of them");
        }
        if self.proxy_resolves && self.proxy.is_none() && self.proxy_file.is_none() {
            return refuse("egress.proxy_resolves", "needs a proxy: set `egress.proxy` or `egress.proxy_file`");
        }
        Ok(())
    }
}
