//! `[traces]`: where spans go.

use std::path::PathBuf;

use serde::Deserialize;
use url::{Host, Url};

use super::ConfigError;
use crate::egress::CollectorHeaders;

/// `[traces]`
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TracesConfig {
    /// A collector's address for OTLP over HTTP. Without it there are no traces.
    pub endpoint: Option<Url>,
    /// The share of traces that are kept, of those that begin here; others follow whoever began them.
    pub sample: f64,
    /// File with headers for the collector, such as its token, if `COUNTERSIGN_TRACES__HEADERS` does not have them.
    pub headers_file: Option<PathBuf>,
    /// `COUNTERSIGN_TRACES__HEADERS`: the headers themselves. Never in the file.
    #[serde(skip)]
    pub headers: Option<CollectorHeaders>,
    /// Whether requests to providers say which trace they belong to.
    pub to_providers: bool,
}

impl Default for TracesConfig {
    fn default() -> Self {
        Self { endpoint: None, sample: 1.0, headers_file: None, headers: None, to_providers: false }
    }
}

impl TracesConfig {
    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let refuse = |option: &str, detail: &str| Err(ConfigError::value(option, detail));
        // Not a number is in no range.
        if !(0.0..=1.0).contains(&self.sample) {
            return refuse("traces.sample", "is a share: 0 to 1");
        }
        if self.headers.is_some() && self.headers_file.is_some() {
            return refuse("traces.headers_file", "COUNTERSIGN_TRACES__HEADERS is set too: give one of them");
        }
        let has_headers = self.headers.is_some() || self.headers_file.is_some();
        let Some(endpoint) = &self.endpoint else {
            return match (has_headers, self.to_providers) {
                (true, _) => refuse("traces.endpoint", "is missing: headers for a collector go with it"),
                (_, true) => refuse("traces.endpoint", "is missing: without it there is no trace to tell providers of"),
                _ => Ok(()),
            };
        };
        if !matches!(endpoint.scheme(), "http" | "https") || !endpoint.has_host() {
            return refuse("traces.endpoint", "is an http or https URL, such as http://127.0.0.1:4318/v1/traces");
        }
        if !endpoint.username().is_empty() || endpoint.password().is_some() {
            return refuse(
                "traces.endpoint",
                "has no user or password: put an `authorization` into `traces.headers_file`",
            );
        }
        if has_headers && endpoint.scheme() == "http" && !is_here(endpoint) {
            return refuse(
                "traces.endpoint",
                "is https where `traces.headers_file` has a token for it, or on this machine",
            );
        }
        Ok(())
    }

    /// Where batches of spans are sent: a URL without a path means the one that OTLP names.
    pub fn address(&self) -> Option<Url> {
        let mut address = self.endpoint.clone()?;
        if address.path() == "/" {
            address.set_path("/v1/traces");
        }
        address.set_fragment(None);
        Some(address)
    }

    /// Headers for the collector.
    pub fn collector_headers(&self) -> Result<CollectorHeaders, ConfigError> {
        let Some(path) = &self.headers_file else { return Ok(self.headers.clone().unwrap_or_default()) };
        let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Read { path: path.clone(), source })?;
        text.parse().map_err(|detail: String| ConfigError::value("traces.headers_file", detail))
    }
}

fn is_here(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        None => false,
    }
}
