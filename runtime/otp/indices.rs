//! Keyed indices: what has to be found or counted, and is not kept in clear.

use std::net::IpAddr;

use super::Otp;
use crate::phone::PhoneNumber;

impl Otp {
    /// The index under which a number is found.
    pub fn number_index(&self, to: &PhoneNumber) -> [u8; 32] {
        self.vault.index("number", to.e164().as_bytes())
    }

    /// Failures count for the pair of number and subject; without a subject, of number and address.
    pub(super) fn pair_index(&self, number: &[u8; 32], subject: Option<&str>, ip: Option<IpAddr>) -> [u8; 32] {
        let who = match (subject, ip) {
            (Some(subject), _) => format!("subject/{subject}"),
            (None, Some(ip)) => format!("ip/{ip}"),
            (None, None) => "nobody".to_owned(),
        };
        self.vault.index("pair", &[number.as_slice(), who.as_bytes()].concat())
    }

    /// An end user's address.
    pub(super) fn client_index(&self, ip: IpAddr) -> [u8; 32] {
        self.vault.index("client", &client(ip))
    }

    /// A request of a source, by what names it there.
    pub(super) fn request_index(&self, source: &str, request: &str) -> [u8; 32] {
        let length = (source.len() as u64).to_be_bytes();
        self.vault.index("request", &[&length, source.as_bytes(), request.as_bytes()].concat())
    }
}

/// Whom an address counts for. Of IPv6 the first 64 bits: one subscriber has at least that many addresses (RFC 6177), and
/// would have a fresh count with each. An IPv4 address that is written as an IPv6 one is still itself.
fn client(ip: IpAddr) -> Vec<u8> {
    match ip.to_canonical() {
        IpAddr::V4(ip) => ip.octets().to_vec(),
        IpAddr::V6(ip) => ip.octets().into_iter().take(8).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_ipv6_address_counts_by_its_network_and_a_mapped_one_is_an_ipv4_address() {
        let of = |text: &str| client(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff:ffff:ffff:ffff"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:192.0.2.7"), of("192.0.2.7"));
        assert_ne!(of("192.0.2.7"), of("192.0.2.8"));
    }
}
