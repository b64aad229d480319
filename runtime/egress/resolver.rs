//! Names to addresses, judged: what the rule refuses is never handed to the dialler, so that a name which changes its
//! mind between check and use gains nothing.

use std::net::{IpAddr, SocketAddr};

use super::{Fault, Shared, addresses, machine};

/// Where a connection to `host` and `port` may go.
pub(super) async fn look_up(
    shared: &Shared,
    development: bool,
    host: &str,
    port: u16,
) -> Result<Vec<SocketAddr>, Fault> {
    let no_such_name = || Fault::Dns(host.to_owned());
    // An override's target was named by the operator, who may mean this machine.
    if development && shared.is_target(host, port) {
        let found = tokio::net::lookup_host((host, port)).await.map_err(|_| no_such_name())?;
        return Ok(found.collect());
    }
    let paired: Vec<SocketAddr> =
        shared.options.allow.iter().filter(|entry| entry.pairs(host, port)).map(|entry| entry.address).collect();
    if !paired.is_empty() {
        return Ok(paired);
    }
    if is_loopback_name(host) {
        return Err(refused(host, IpAddr::from([127, 0, 0, 1]), port, "loopback"));
    }
    let found = shared.options.names.look_up(host).await.ok_or_else(no_such_name)?;
    let mut good = Vec::new();
    let mut bad = None;
    for address in found {
        match judge(address.ip()) {
            Ok(()) => good.push(SocketAddr::new(address.ip(), port)),
            Err(why) => bad = Some(refused(host, address.ip(), port, why)),
        }
    }
    match (good.is_empty(), bad) {
        (false, _) => Ok(good),
        (true, Some(refused)) => Err(refused),
        (true, None) => Err(no_such_name()),
    }
}

/// RFC 6761 §6.3: these names are this machine, whatever a resolver would say.
pub(super) fn is_loopback_name(host: &str) -> bool {
    host == "localhost" || host.ends_with(".localhost")
}

fn refused(host: &str, address: IpAddr, port: u16, why: &str) -> Fault {
    let pair = format!("{host}={}", SocketAddr::new(address, port));
    Fault::Denied(format!(
        "`{host}` resolves to {address}, which is {why}; an operator can allow it as \"{pair}\" in `egress.allow`"
    ))
}

/// Every address is judged, and only those that pass are dialled: it is no use to be public among others.
pub(super) fn judge(address: IpAddr) -> Result<(), &'static str> {
    addresses::judge(address).map_err(|why| why.0)?;
    if machine::is_own(address) { Err("an address of this machine itself") } else { Ok(()) }
}
