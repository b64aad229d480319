//! Who a request is from, where a proxy may stand between.
//!
//! The threat: anybody can write `X-Forwarded-For`. It counts only from peers that the operator named, and only as far
//! as they vouch for it: read from the right, each trusted hop tells the one before it, and the first that nobody trusts
//! is the client, whatever stands left of it. The page that needs no key is the other way round: any sign of a proxy
//! closes it, trusted or not, since whoever forwards to loopback forwards the world.

use std::net::{IpAddr, SocketAddr};

use axum::http::HeaderMap;

use super::Peer;
use crate::config::Network;

/// What proxies add, by habit or by standard (RFC 7239, RFC 9110 §7.6.3).
const MARKS: [&str; 5] = ["x-forwarded-for", "forwarded", "via", "x-forwarded-proto", "x-real-ip"];

/// Whoever a request is from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Client {
    /// Whose failed attempts are counted together.
    pub address: IpAddr,
    /// Whether it is known to have come without TLS, though a proxy could have had it.
    pub is_plain: bool,
    /// Whether it came by TLS: by our own, or by the public name that is promised to be https.
    pub is_secure: bool,
    /// Whether it came from this machine, by one of its own names and through nobody.
    pub is_here: bool,
}

impl Client {
    pub(super) fn of(peer: Peer, headers: &HeaderMap, host: Option<&str>, trusted: &[Network]) -> Self {
        let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
        let mut address = peer.address.ip().to_canonical();
        let vouched = is_trusted(address);
        for hop in hops(headers) {
            match hop {
                Some(before) if is_trusted(address) => address = before,
                _ => break,
            }
        }
        let proto = headers.get_all("x-forwarded-proto").iter().next_back().and_then(|value| value.to_str().ok());
        let proto = proto.and_then(|value| value.rsplit(',').next()).filter(|_| vouched).map(str::trim);
        let is_forwarded = MARKS.iter().any(|mark| headers.contains_key(*mark));
        Self {
            address,
            is_plain: !peer.tls && proto.is_some_and(|proto| proto.eq_ignore_ascii_case("http")),
            is_secure: peer.tls || proto.is_some_and(|proto| proto.eq_ignore_ascii_case("https")),
            is_here: peer.address.ip().to_canonical().is_loopback() && !is_forwarded && host.is_some_and(is_own_name),
        }
    }
}

/// The addresses of `X-Forwarded-For`, the nearest first. None for what is no address.
fn hops(headers: &HeaderMap) -> impl Iterator<Item = Option<IpAddr>> {
    let lines = headers.get_all("x-forwarded-for").iter().rev();
    lines.flat_map(|line| line.to_str().unwrap_or_default().rsplit(',')).map(|hop| address(hop.trim()))
}

fn address(text: &str) -> Option<IpAddr> {
    let bare = text.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(text);
    let with_port = || text.parse::<SocketAddr>().map(|socket| socket.ip());
    bare.parse().or_else(|_| with_port()).ok().map(|address: IpAddr| address.to_canonical())
}

/// The names that this machine has for itself.
fn is_own_name(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']').to_ascii_lowercase();
    host == "localhost"
        || host.ends_with(".localhost")
        || host.parse::<IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn client(peer: &str, lines: &[(&'static str, &str)], trusted: &[&str]) -> Client {
        let mut headers = HeaderMap::new();
        for (name, value) in lines {
            headers.append(*name, value.parse().unwrap());
        }
        let trusted: Vec<Network> = trusted.iter().map(|network| network.parse().unwrap()).collect();
        let peer = Peer { address: SocketAddr::new(peer.parse().unwrap(), 1), tls: false };
        Client::of(peer, &headers, Some("localhost"), &trusted)
    }

    #[test]
    fn the_client_is_the_rightmost_that_nobody_trusts() {
        let forwarded = |value: &str| {
            client("127.0.0.1", &[("x-forwarded-for", value)], &["127.0.0.0/8", "10.0.0.0/8"]).address.to_string()
        };
        assert_eq!(forwarded("198.51.100.1"), "198.51.100.1");
        assert_eq!(forwarded("203.0.113.9, 198.51.100.1"), "198.51.100.1", "what a client wrote itself");
        assert_eq!(forwarded("203.0.113.9, 198.51.100.1, 10.0.0.7"), "198.51.100.1", "two proxies");
        assert_eq!(forwarded("10.0.0.1, 10.0.0.2"), "10.0.0.1", "all of them trusted");
        assert_eq!(forwarded("198.51.100.1:4711"), "198.51.100.1");
        assert_eq!(forwarded("[2001:db8::1]:443"), "2001:db8::1");
        assert_eq!(forwarded("[2001:db8::1]"), "2001:db8::1");
        assert_eq!(forwarded("198.51.100.1, unknown"), "127.0.0.1", "what is no address ends the chain");
        assert_eq!(forwarded(""), "127.0.0.1");
        let lines = [("x-forwarded-for", "203.0.113.9"), ("x-forwarded-for", "198.51.100.1")];
        assert_eq!(client("127.0.0.1", &lines, &["127.0.0.1"]).address.to_string(), "198.51.100.1");
        assert_eq!(client("::ffff:127.0.0.1", &lines, &["127.0.0.1"]).address.to_string(), "198.51.100.1");
    }

    #[test]
    fn from_anybody_else_nothing_counts() {
        let lines = [("x-forwarded-for", "198.51.100.1"), ("x-forwarded-proto", "http")];
        let found = client("192.0.2.1", &lines, &["127.0.0.1"]);
        assert_eq!((found.address.to_string().as_str(), found.is_plain), ("192.0.2.1", false));
        assert!(client("127.0.0.1", &lines, &["127.0.0.1"]).is_plain);
    }

    #[test]
    fn only_who_comes_directly_and_by_a_name_of_this_machine_is_here() {
        assert!(client("127.0.0.1", &[], &[]).is_here);
        assert!(!client("192.0.2.1", &[], &[]).is_here);
        for mark in MARKS {
            assert!(!client("127.0.0.1", &[(mark, "x")], &[]).is_here, "{mark}");
        }
        for (name, own) in [
            ("LOCALHOST", true),
            ("a.localhost", true),
            ("[::1]", true),
            ("127.9.9.9", true),
            ("otp.example.com", false),
            ("192.0.2.1", false),
        ] {
            assert_eq!(is_own_name(name), own, "{name}");
        }
    }
}
