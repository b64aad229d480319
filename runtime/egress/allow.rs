//! The operator's word on private addresses. Pure.
//!
//! | entry | permits |
//! |---|---|
//! | `10.0.0.5:13013` | requests whose URL names that address and port |
//! | `sms.corp.example=10.0.0.5:13013` | requests to that name, on that port, which dial exactly that address |
//!
//! `http://` before either is the explicit word that a credential may go there without TLS. A name that merely
//! resolves to an allowed address stays refused: the entry names who may be meant by it.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::str::FromStr;

use serde::{Deserialize, Deserializer};

/// One entry of `egress.allow`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AllowEntry {
    /// The name that is paired with the address, if any.
    pub name: Option<String>,
    /// Address and port.
    pub address: SocketAddr,
    /// Whether a credential may go there without TLS.
    pub plain: bool,
}

/// Not an entry.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[error("`{0}` is neither ADDRESS:PORT nor NAME=ADDRESS:PORT")]
pub struct AllowEntryError(String);

impl AllowEntry {
    /// Whether it permits dialling `address` for a URL that names the address itself.
    pub fn permits_literal(&self, address: IpAddr, port: u16) -> bool {
        self.name.is_none() && self.address == SocketAddr::new(address, port)
    }

    /// Whether it pairs `name` and `port` with an address.
    pub fn pairs(&self, name: &str, port: u16) -> bool {
        self.name.as_deref().is_some_and(|own| own.eq_ignore_ascii_case(name)) && self.address.port() == port
    }
}

impl FromStr for AllowEntry {
    type Err = AllowEntryError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (plain, rest) = text.strip_prefix("http://").map_or((false, text), |rest| (true, rest));
        let (name, address) = match rest.split_once('=') {
            Some((name, address)) => (Some(name.to_ascii_lowercase()), address),
            None => (None, rest),
        };
        let address = address.parse().map_err(|_| AllowEntryError(text.to_owned()))?;
        if name.as_deref().is_some_and(|name| name.is_empty() || name.contains(['/', ':', '*', '@'])) {
            return Err(AllowEntryError(text.to_owned()));
        }
        Ok(Self { name, address, plain })
    }
}

impl fmt::Display for AllowEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = if self.plain { "http://" } else { "" };
        match &self.name {
            Some(name) => write!(f, "{plain}{name}={}", self.address),
            None => write!(f, "{plain}{}", self.address),
        }
    }
}

impl<'de> Deserialize<'de> for AllowEntry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_and_a_name_paired_with_one_are_different_words() {
        let literal: AllowEntry = "10.0.0.5:13013".parse().unwrap();
        assert!(literal.permits_literal("10.0.0.5".parse().unwrap(), 13013));
        assert!(!literal.permits_literal("10.0.0.5".parse().unwrap(), 13014));
        assert!(!literal.pairs("sms.corp.example", 13013));
        let paired: AllowEntry = "http://SMS.corp.example=[fd00::5]:80".parse().unwrap();
        assert!(paired.pairs("sms.corp.example", 80) && paired.plain);
        assert!(!paired.permits_literal("fd00::5".parse().unwrap(), 80));
    }

    #[test]
    fn what_is_not_an_entry_is_quoted() {
        for text in ["10.0.0.5", "host:80", "=10.0.0.5:80", "*.x=10.0.0.5:80", ""] {
            assert!(text.parse::<AllowEntry>().is_err(), "{text}");
        }
    }
}
