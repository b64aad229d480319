//! Which hosts a connector may name. Pure.
//!
//! The threat: a component that names more than its provider, by a wide pattern, a spelling that two parsers read
//! differently, or a number that is an address. So a pattern is one host and one port, a `*` is one whole label and
//! never stands directly above a public suffix, and an empty list permits nothing.
//!
//! | form | means |
//! |---|---|
//! | `api.example.com` | https, port 443 |
//! | `api.example.com:8443` | https, that port |
//! | `http://gateway.example:8080` | plain http; needs the operator's word as well |
//! | `*.example.com` | one label in place of `*` |

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use url::{Host, Url};

/// One host pattern.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HostPattern {
    tls: bool,
    /// Lower case; the leftmost label may be `*`.
    host: String,
    port: u16,
}

/// Why a text is no pattern.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum HostPatternError {
    /// Not `host[:port]`.
    #[error("`{0}` is not of the form host[:port]")]
    Form(String),
    /// `*` somewhere else than as the whole leftmost label.
    #[error("`{0}`: `*` may only stand for the whole leftmost label")]
    Star(String),
    /// `*.com`, `*.co.uk`.
    #[error("`{0}`: `*` directly above the public suffix `{1}` would name everybody's hosts")]
    TooWide(String, String),
}

impl HostPattern {
    /// Read a pattern.
    pub fn parse(text: &str) -> Result<Self, HostPatternError> {
        let form = || HostPatternError::Form(text.to_owned());
        let (tls, rest) = match text.split_once("://") {
            None => (true, text),
            Some(("https", rest)) => (true, rest),
            Some(("http", rest)) => (false, rest),
            Some(_) => return Err(form()),
        };
        let (star, plain) = match rest.strip_prefix("*.") {
            Some(plain) => (true, plain),
            None => (false, rest),
        };
        if plain.contains('*') {
            return Err(HostPatternError::Star(text.to_owned()));
        }
        if plain.is_empty() || plain.contains(['/', '@', '?', '#', '%', '\\', ' ']) {
            return Err(form());
        }
        let scheme = if tls { "https" } else { "http" };
        let url = Url::parse(&format!("{scheme}://{plain}")).map_err(|_| form())?;
        let host = url.host().ok_or_else(form)?;
        let is_name = matches!(host, Host::Domain(_));
        let host = host.to_string();
        // `0x7f.1` reads as an address: what was written must be what is meant.
        let written = plain.rsplit_once(':').filter(|(_, port)| port.bytes().all(|b| b.is_ascii_digit()));
        let written = written.map_or(plain, |(host, _)| host);
        if host != written.to_ascii_lowercase() || host.ends_with('.') || (star && !is_name) {
            return Err(form());
        }
        if star && let Some(suffix) = public_suffix(&host).filter(|suffix| *suffix == host) {
            return Err(HostPatternError::TooWide(text.to_owned(), suffix.to_owned()));
        }
        let host = if star { format!("*.{host}") } else { host };
        Ok(Self { tls, host, port: url.port_or_known_default().unwrap_or(443) })
    }

    /// Whether a request to `url` goes to this host.
    pub fn matches(&self, url: &Url) -> bool {
        let scheme = if self.tls { "https" } else { "http" };
        let Some(host) = url.host_str() else { return false };
        url.scheme() == scheme && url.port_or_known_default() == Some(self.port) && self.covers(host)
    }

    /// Whether everything that this pattern permits is permitted by `wider` too.
    pub fn is_within(&self, wider: &Self) -> bool {
        self.tls == wider.tls && self.port == wider.port && (self.host == wider.host || wider.covers(&self.host))
    }

    /// Whether it speaks plain http.
    pub fn is_plain(&self) -> bool {
        !self.tls
    }

    /// The URL of the host itself. None if the pattern stands for many.
    pub fn url(&self) -> Option<Url> {
        let scheme = if self.tls { "https" } else { "http" };
        let one = !self.host.starts_with("*.");
        Url::parse(&format!("{scheme}://{}:{}/", self.host, self.port)).ok().filter(|_| one)
    }

    fn covers(&self, host: &str) -> bool {
        let host = host.to_ascii_lowercase();
        match self.host.strip_prefix("*.") {
            None => self.host == host,
            Some(parent) => {
                host.split_once('.').is_some_and(|(label, rest)| rest == parent && label != "*" && !label.is_empty())
            }
        }
    }
}

fn public_suffix(host: &str) -> Option<&str> {
    psl::suffix_str(host)
}

impl fmt::Display for HostPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.tls, self.port) {
            (true, 443) => f.write_str(&self.host),
            (true, port) => write!(f, "{}:{port}", self.host),
            (false, 80) => write!(f, "http://{}", self.host),
            (false, port) => write!(f, "http://{}:{port}", self.host),
        }
    }
}

impl FromStr for HostPattern {
    type Err = HostPatternError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::parse(text)
    }
}

impl Serialize for HostPattern {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for HostPattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pattern(text: &str) -> HostPattern {
        HostPattern::parse(text).unwrap()
    }

    fn permits(text: &str, url: &str) -> bool {
        pattern(text).matches(&Url::parse(url).unwrap())
    }

    #[test]
    fn a_pattern_permits_its_own_host_scheme_and_port_only() {
        assert!(permits("api.example.com", "https://api.example.com/a"));
        assert!(permits("api.example.com", "https://API.example.com:443/"));
        assert!(permits("api.example.com:8443", "https://api.example.com:8443/"));
        assert!(permits("http://gw.example:8080", "http://gw.example:8080/"));
        for url in [
            "https://api.example.com:8443/",
            "http://api.example.com/",
            "https://example.com/",
            "https://api.example.com.evil.net/",
            "https://x.api.example.com/",
            "https://api.example.com./",
        ] {
            assert!(!permits("api.example.com", url), "{url}");
        }
    }

    #[test]
    fn a_star_is_one_whole_label() {
        assert!(permits("*.example.com", "https://eu.example.com/"));
        assert!(!permits("*.example.com", "https://example.com/"));
        assert!(!permits("*.example.com", "https://a.b.example.com/"));
        for text in ["a*.example.com", "api.*.com", "*", "*.*.example.com"] {
            assert!(HostPattern::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_star_never_stands_directly_above_a_public_suffix() {
        for text in ["*.com", "*.co.uk", "*.github.io"] {
            assert!(matches!(HostPattern::parse(text), Err(HostPatternError::TooWide(..))), "{text}");
        }
        assert!(HostPattern::parse("*.example.co.uk").is_ok());
    }

    #[test]
    fn what_two_parsers_would_read_differently_is_refused() {
        for text in [
            "",
            "a/b",
            "user@host",
            "host?x",
            "host#x",
            "ho st",
            "ftp://host",
            "0x7f.1",
            "2130706433",
            "host.",
            "a%2eb",
            "host:99999",
        ] {
            assert!(HostPattern::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn narrower_is_within_and_wider_is_not() {
        assert!(pattern("eu.example.com").is_within(&pattern("*.example.com")));
        assert!(pattern("*.example.com").is_within(&pattern("*.example.com")));
        assert!(!pattern("*.example.com").is_within(&pattern("eu.example.com")));
        assert!(!pattern("http://eu.example.com:443").is_within(&pattern("eu.example.com")));
    }

    #[test]
    fn a_pattern_reads_back_as_it_is_written() {
        for text in ["api.example.com", "api.example.com:8443", "http://gw.example", "*.example.com", "10.0.0.5:13013"]
        {
            assert_eq!(pattern(text).to_string(), text);
        }
    }
}
