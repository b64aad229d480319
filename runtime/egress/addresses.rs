//! Which addresses are never dialled, in every spelling. Pure.
//!
//! The threat: a name under an attacker's control that resolves to `127.0.0.1`, to the cloud's metadata service or
//! into the own network passes every check that only saw the name. So the rule is applied after DNS, to the very
//! addresses that are dialled; and an IPv4 address hidden in an IPv6 one is judged as what it is.
//!
//! Source: the IANA special-purpose address registries (IPv4 and IPv6), RFC 6890; everything that they do not call
//! globally reachable is refused, and so are the transition ranges, which lead to whatever IPv4 they carry.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{Ipv4Net, Ipv6Net};

/// Why an address is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Refusal(pub &'static str);

const fn v4(a: u8, b: u8, c: u8, d: u8, length: u8) -> Ipv4Net {
    Ipv4Net::new_assert(Ipv4Addr::new(a, b, c, d), length)
}

const fn v6(first: u16, second: u16, third: u16, length: u8) -> Ipv6Net {
    Ipv6Net::new_assert(Ipv6Addr::new(first, second, third, 0, 0, 0, 0, 0), length)
}

const REFUSED_V4: &[(Ipv4Net, &str)] = &[
    (v4(0, 0, 0, 0, 8), "this network"),
    (v4(10, 0, 0, 0, 8), "private"),
    (v4(100, 64, 0, 0, 10), "shared by a carrier (CGNAT)"),
    (v4(127, 0, 0, 0, 8), "loopback"),
    (v4(169, 254, 0, 0, 16), "link-local (cloud metadata)"),
    (v4(172, 16, 0, 0, 12), "private"),
    (v4(192, 0, 0, 0, 24), "protocol assignments"),
    (v4(192, 0, 2, 0, 24), "documentation"),
    (v4(192, 31, 196, 0, 24), "AS112"),
    (v4(192, 52, 193, 0, 24), "AMT"),
    (v4(192, 88, 99, 0, 24), "6to4 relay"),
    (v4(192, 168, 0, 0, 16), "private"),
    (v4(192, 175, 48, 0, 24), "AS112"),
    (v4(198, 18, 0, 0, 15), "benchmarking"),
    (v4(198, 51, 100, 0, 24), "documentation"),
    (v4(203, 0, 113, 0, 24), "documentation"),
    (v4(224, 0, 0, 0, 4), "multicast"),
    (v4(240, 0, 0, 0, 4), "reserved or broadcast"),
];

const REFUSED_V6: &[(Ipv6Net, &str)] = &[
    (v6(0x64, 0xff9b, 1, 48), "NAT64"),
    (v6(0x100, 0, 0, 64), "discard"),
    (v6(0x2001, 0, 0, 23), "protocol assignments (Teredo, ORCHID)"),
    (v6(0x2001, 0xdb8, 0, 32), "documentation"),
    (v6(0x3fff, 0, 0, 20), "documentation"),
    (v6(0x5f00, 0, 0, 16), "segment routing"),
    (v6(0xfc00, 0, 0, 7), "unique local"),
    (v6(0xfe80, 0, 0, 10), "link-local"),
    (v6(0xfec0, 0, 0, 10), "site-local"),
    (v6(0xff00, 0, 0, 8), "multicast"),
];

/// Only this is handed out for the Internet (RFC 4291 §2.4); all else is refused without being listed.
const GLOBAL_V6: Ipv6Net = v6(0x2000, 0, 0, 3);

/// Whether an address may be dialled.
pub fn judge(address: IpAddr) -> Result<(), Refusal> {
    match address {
        IpAddr::V4(address) => judge_v4(address),
        IpAddr::V6(address) => judge_v6(address),
    }
}

fn judge_v4(address: Ipv4Addr) -> Result<(), Refusal> {
    match REFUSED_V4.iter().find(|(range, _)| range.contains(&address)) {
        Some((_, why)) => Err(Refusal(why)),
        None => Ok(()),
    }
}

fn judge_v6(address: Ipv6Addr) -> Result<(), Refusal> {
    if let Some(inner) = carried_v4(address) {
        // A public IPv4 in a transition range is refused as well: where it comes out is the network's secret.
        return judge_v4(inner).and(Err(Refusal("an IPv4 address in an IPv6 transition range")));
    }
    if let Some((_, why)) = REFUSED_V6.iter().find(|(range, _)| range.contains(&address)) {
        return Err(Refusal(why));
    }
    if GLOBAL_V6.contains(&address) { Ok(()) } else { Err(Refusal("not global unicast")) }
}

/// The IPv4 address that an IPv6 one carries: mapped, compatible, NAT64, 6to4, ISATAP.
fn carried_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let [a, b, c, d, e, f, g, h] = address.segments();
    let join = |high: u16, low: u16| {
        let ([a, b], [c, d]) = (high.to_be_bytes(), low.to_be_bytes());
        Ipv4Addr::new(a, b, c, d)
    };
    match (a, b, c, d, e, f) {
        (0, 0, 0, 0, 0, 0xffff) => Some(join(g, h)),
        // `::` and `::1` carry nothing: they are what they are.
        (0, 0, 0, 0, 0, 0) if g != 0 => Some(join(g, h)),
        (0x64, 0xff9b, 0, 0, 0, 0) => Some(join(g, h)),
        (0x2002, high, low, ..) => Some(join(high, low)),
        (.., 0 | 0x200, 0x5efe) => Some(join(g, h)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(text: &str) -> bool {
        judge(text.parse().unwrap()).is_err()
    }

    #[test]
    fn the_machine_its_link_and_its_network_are_never_dialled() {
        for text in [
            "127.0.0.1",
            "127.255.255.254",
            "0.0.0.0",
            "10.0.0.1",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "100.127.255.255",
            "192.0.0.192",
            "198.18.0.1",
            "198.19.255.255",
            "192.0.2.1",
            "198.51.100.1",
            "203.0.113.1",
            "192.88.99.1",
            "224.0.0.1",
            "239.1.1.1",
            "240.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "fe80::1",
            "fec0::1",
            "fc00::1",
            "fd00:ec2::254",
            "ff02::1",
            "2001::1",
            "2001:db8::1",
            "3fff::1",
            "100::1",
            "64:ff9b:1::1",
            "5f00::1",
            "4000::1",
        ] {
            assert!(refused(text), "{text}");
        }
    }

    #[test]
    fn an_ipv4_address_hidden_in_an_ipv6_one_is_found() {
        for text in [
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::127.0.0.1",
            "64:ff9b::a9fe:a9fe",
            "2002:7f00:1::",
            "2002:a9fe:a9fe::1",
            "2a00:1450::5efe:127.0.0.1",
            "2a00:1450::200:5efe:10.0.0.1",
            "::ffff:8.8.8.8",
            "64:ff9b::8.8.8.8",
            "2002:808:808::1",
        ] {
            assert!(refused(text), "{text}");
        }
    }

    #[test]
    fn the_internet_is_dialled() {
        for text in [
            "8.8.8.8",
            "1.1.1.1",
            "172.15.255.255",
            "172.32.0.1",
            "100.63.255.255",
            "100.128.0.1",
            "192.0.1.1",
            "223.255.255.255",
            "2606:4700::1111",
            "2a00:1450:4001::200e",
        ] {
            assert!(!refused(text), "{text}");
        }
    }

    #[test]
    fn the_neighbours_of_each_refused_range_are_judged_by_their_own_range() {
        for (range, why) in REFUSED_V4 {
            assert!(judge_v4(range.network()).is_err() && judge_v4(range.broadcast()).is_err(), "{range} {why}");
        }
    }
}
