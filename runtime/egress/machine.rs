//! Whether an address is this machine's own, whatever range it is of.
//!
//! The threat: a server on a public address listens there with more than one service, this one among them, and a name
//! that resolves to that address passes the rule on ranges. Nobody's provider is on the machine that asks.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, UdpSocket};

/// Whether it is. Nothing is sent: the kernel is only asked from where it would send, and to its own addresses it
/// sends from themselves.
pub(super) fn is_own(address: IpAddr) -> bool {
    let any: IpAddr = match address {
        IpAddr::V4(_) => Ipv4Addr::UNSPECIFIED.into(),
        IpAddr::V6(_) => Ipv6Addr::UNSPECIFIED.into(),
    };
    let from = || {
        let socket = UdpSocket::bind((any, 0))?;
        socket.connect((address, 9))?;
        socket.local_addr()
    };
    from().is_ok_and(|from| from.ip() == address)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_is_this_machines_and_the_internet_is_not() {
        assert!(is_own(Ipv4Addr::LOCALHOST.into()));
        assert!(!is_own(Ipv4Addr::new(1, 1, 1, 1).into()));
        assert!(!is_own("2606:4700::1111".parse().unwrap()));
    }
}
