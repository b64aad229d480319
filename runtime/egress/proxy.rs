//! The proxy that stands between us and the world, as its operator names it.
//!
//! The threat: its URL holds a password, and URLs are printed everywhere. So the URL is taken apart when it is read, no
//! error quotes it, and what can be shown of it is scheme, host and port.

use std::fmt;
use std::str::FromStr;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::percent_decode_str;
use serde::{Deserialize, Deserializer};
use url::Url;

use crate::secret::Secret;

/// `egress.proxy`. Shown without user and password.
#[derive(Clone)]
pub struct Proxy {
    /// Whether TLS is spoken with the proxy itself.
    pub(super) tls: bool,
    /// Name or address; an IPv6 one without brackets.
    pub(super) host: String,
    pub(super) port: u16,
    /// Value of `Proxy-Authorization` (RFC 7617).
    pub(super) authorization: Option<Secret<String>>,
}

/// Not the URL of a proxy. Says nothing of what it read: it may hold a password.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("a proxy is http://[USER:PASSWORD@]HOST:PORT or https://…, without a path")]
pub struct ProxyError;

impl FromStr for Proxy {
    type Err = ProxyError;

    fn from_str(text: &str) -> Result<Self, ProxyError> {
        let url = Url::parse(text.trim()).map_err(|_| ProxyError)?;
        let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
        let tls = match url.scheme() {
            "http" => false,
            "https" => true,
            _ => return Err(ProxyError),
        };
        let host = url.host_str().filter(|_| bare).ok_or(ProxyError)?;
        let host = host.trim_start_matches('[').trim_end_matches(']').to_owned();
        let port = url.port_or_known_default().ok_or(ProxyError)?;
        Ok(Self { tls, host, port, authorization: authorization(&url)? })
    }
}

/// Basic authentication, if the URL names a user. A user's name with a colon could not be told from its password.
fn authorization(url: &Url) -> Result<Option<Secret<String>>, ProxyError> {
    let plain = |text: &str| Secret::new(percent_decode_str(text).decode_utf8_lossy().into_owned());
    let (user, password) = (plain(url.username()), plain(url.password().unwrap_or_default()));
    if user.expose().is_empty() && password.expose().is_empty() {
        return Ok(None);
    }
    if user.expose().contains(':') {
        return Err(ProxyError);
    }
    let pair = Secret::new(format!("{}:{}", user.expose(), password.expose()));
    Ok(Some(Secret::new(format!("Basic {}", STANDARD.encode(pair.expose())))))
}

impl fmt::Display for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = if self.tls { "https" } else { "http" };
        let (open, close) = if self.host.contains(':') { ("[", "]") } else { ("", "") };
        write!(f, "{scheme}://{open}{}{close}:{}", self.host, self.port)
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proxy({self})")
    }
}

impl<'de> Deserialize<'de> for Proxy {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Secret::new(String::deserialize(deserializer)?);
        text.expose().parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_is_taken_apart_and_its_password_is_shown_nowhere() {
        let proxy: Proxy = "http://me:p%40ss%3Acanary@Proxy.corp.example:3128".parse().unwrap();
        assert_eq!((proxy.tls, proxy.host.as_str(), proxy.port), (false, "proxy.corp.example", 3128));
        let sent = proxy.authorization.as_ref().unwrap().expose().clone();
        assert_eq!(sent, format!("Basic {}", STANDARD.encode("me:p@ss:canary")));
        let shown = format!("{proxy} {proxy:?}");
        assert_eq!(shown, "http://proxy.corp.example:3128 Proxy(http://proxy.corp.example:3128)");
        let six: Proxy = "https://[fd00::5]".parse().unwrap();
        assert_eq!((six.to_string().as_str(), six.host.as_str()), ("https://[fd00::5]:443", "fd00::5"));
        assert!(six.authorization.is_none());
    }

    #[test]
    fn what_is_no_proxy_is_refused_without_being_quoted() {
        for text in [
            "",
            "proxy:3128",
            "socks5://h:1",
            "http://",
            "http://u:canary@h:3128/path",
            "http://u:canary@h:3128/?a",
            "http://u%3Ax:canary@h:3128",
            "http://u:canary@h:99999",
        ] {
            let error = text.parse::<Proxy>().unwrap_err();
            assert!(!error.to_string().contains("canary"), "{text}");
        }
    }
}
