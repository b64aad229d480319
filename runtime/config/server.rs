//! `[server]`: where the service listens, under which names, and who speaks for its clients.

use std::net::SocketAddr;

use serde::Deserialize;
use url::Url;

use super::{ConfigError, Network, TlsConfig};

/// `[server]`
#[derive(Debug, Clone, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ServerConfig {
    /// Address and port to listen on.
    pub listen: SocketAddr,
    /// The address under which others reach the service, such as `https://otp.example.com`; providers sign it.
    pub public_url: Option<Url>,
    /// More names under which requests may come; others are refused (DNS rebinding).
    pub hosts: Vec<String>,
    /// Proxies whose word on a client's address and scheme counts.
    pub trusted_proxies: Vec<Network>,
    /// Connections served at once.
    pub connections_max: usize,
    /// How long running requests may take to finish after SIGTERM, in seconds.
    pub drain_seconds: u64,
    /// TLS on the listener; plain HTTP without it.
    pub tls: Option<TlsConfig>,
}

impl Default for ServerConfig {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            public_url: None,
            hosts: Vec::new(),
            trusted_proxies: Vec::new(),
            connections_max: 4096,
            drain_seconds: 20,
            tls: None,
        }
    }
}

impl ServerConfig {
    /// What the listener speaks.
    pub fn scheme(&self) -> &'static str {
        if self.tls.is_some() { "https" } else { "http" }
    }

    /// The listener as a URL, as a client on this machine writes it.
    pub fn address(&self, listening: SocketAddr) -> String {
        format!("{}://{listening}", self.scheme())
    }

    /// The URL that works for whoever reads it: with TLS the name that the certificate is for, where there is one.
    pub fn reached_at(&self, listening: SocketAddr) -> String {
        match &self.public_url {
            Some(url) if self.tls.is_some() => url.as_str().trim_end_matches('/').to_owned(),
            _ => self.address(listening),
        }
    }

    /// The name that clients ask for.
    pub fn public_host(&self) -> Option<&str> {
        self.public_url.as_ref().and_then(Url::host_str)
    }

    /// Whether the world reaches the service by TLS only.
    pub fn is_https(&self) -> bool {
        self.public_url.as_ref().is_some_and(|url| url.scheme() == "https")
    }

    pub(super) fn check(&self) -> Result<(), ConfigError> {
        let refuse = |detail: &str| Err(ConfigError::value("server.public_url", detail));
        match &self.public_url {
            Some(url) if !matches!(url.scheme(), "http" | "https") => refuse("must be http or https")?,
            Some(url) if self.tls.is_some() && url.scheme() != "https" => {
                refuse("must be https where `[server.tls]` is set")?;
            }
            _ => {}
        }
        self.tls.as_ref().map_or(Ok(()), |tls| tls.check(self.public_host()))
    }
}
