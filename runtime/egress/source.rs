//! From which of this machine's addresses connections leave: some providers take requests only from addresses that they
//! were told.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, UdpSocket};

use super::EgressError;

/// At most one address of each family. With one family named, the other is not dialled at all: a connection from an
/// address that the provider does not know is worse than none.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Source {
    pub(super) v4: Option<Ipv4Addr>,
    pub(super) v6: Option<Ipv6Addr>,
}

impl Source {
    /// Read the option, and make sure that each address is this machine's.
    pub(super) fn of(addresses: &[IpAddr]) -> Result<Self, EgressError> {
        let mut source = Self::default();
        for address in addresses {
            let refuse = |why: &str| Err(EgressError::Source(*address, why.to_owned()));
            let twice = match address {
                IpAddr::V4(v4) => source.v4.replace(*v4).is_some(),
                IpAddr::V6(v6) => source.v6.replace(*v6).is_some(),
            };
            if twice {
                return refuse("takes at most one IPv4 and one IPv6 address");
            }
            if address.is_unspecified() || address.is_multicast() {
                return refuse("a connection can't leave from this address");
            }
            // To bind is what will be done with it; nothing is sent.
            if let Err(error) = UdpSocket::bind((*address, 0)) {
                return refuse(&format!("not an address of this machine: {error}"));
            }
        }
        Ok(source)
    }

    /// Whether a connection can leave for there.
    pub(super) fn reaches(&self, address: &SocketAddr) -> bool {
        match address {
            SocketAddr::V4(_) => self.v4.is_some() || self.v6.is_none(),
            SocketAddr::V6(_) => self.v6.is_some() || self.v4.is_none(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(texts: &[&str]) -> Result<Source, String> {
        let addresses: Vec<IpAddr> = texts.iter().map(|text| text.parse().unwrap()).collect();
        Source::of(&addresses).map_err(|error| error.to_string())
    }

    #[test]
    fn an_address_of_another_machine_is_refused_by_the_options_name() {
        assert_eq!(of(&["127.0.0.2"]).unwrap().v4, Some(Ipv4Addr::new(127, 0, 0, 2)));
        for (texts, word) in [
            (vec!["192.0.2.1"], "not an address of this machine"),
            (vec!["0.0.0.0"], "can't leave"),
            (vec!["127.0.0.1", "127.0.0.2"], "at most one"),
        ] {
            let refused = of(&texts).unwrap_err();
            assert!(refused.contains("egress.source_address") && refused.contains(word), "{refused}");
        }
    }
}
