//! Whether a connection goes directly or through the proxy, and for which address the proxy is asked.
//!
//! The rule on addresses is ours, whoever dials: so the name is resolved and judged here, and the proxy is asked for
//! that very address. Where the server has no DNS, `egress.proxy_resolves` hands names to the proxy; then only addresses
//! that a URL spells out are judged here, and the proxy has to refuse private ones itself.

use std::net::{IpAddr, SocketAddr};

use super::{Fault, Shared, addresses, resolver};

/// How many of a name's addresses a proxy is asked for, in turn: it does not tell us which of them it can reach.
const ADDRESSES_MAX: usize = 3;

/// How a connection comes about.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Way {
    /// To the first of these that answers.
    Direct(Vec<SocketAddr>),
    /// The proxy is asked for each of these until it has one.
    Through(Vec<String>),
}

/// The way to `host` (an IPv6 address without brackets) and `port`.
pub(super) async fn find(shared: &Shared, development: bool, host: &str, port: u16) -> Result<Way, Fault> {
    if let Ok(address) = host.parse::<IpAddr>() {
        // Judged when the destination was.
        return Ok(of(shared, vec![SocketAddr::new(address, port)]));
    }
    let named =
        development && shared.is_target(host, port) || shared.options.allow.iter().any(|entry| entry.pairs(host, port));
    let unknown_here = shared.options.proxy.is_some() && shared.options.proxy_resolves;
    if unknown_here && !named && !resolver::is_loopback_name(host) {
        return Ok(Way::Through(vec![format!("{host}:{port}")]));
    }
    Ok(of(shared, resolver::look_up(shared, development, host, port).await?))
}

/// The way to what the operator named, such as this service's own address: what is in the own network, no proxy is asked
/// for.
pub(super) async fn named(shared: &Shared, host: &str, port: u16) -> Result<Way, Fault> {
    let public = |address: &SocketAddr| addresses::judge(address.ip()).is_ok();
    match tokio::net::lookup_host((host, port)).await {
        Ok(found) => {
            let found: Vec<SocketAddr> = found.collect();
            Ok(if found.iter().all(public) { of(shared, found) } else { Way::Direct(found) })
        }
        Err(_) if shared.options.proxy_resolves => Ok(Way::Through(vec![format!("{host}:{port}")])),
        Err(_) => Err(Fault::Dns(host.to_owned())),
    }
}

/// Loopback is reached only by an operator's word, who means this machine and not the proxy's.
fn of(shared: &Shared, addresses: Vec<SocketAddr>) -> Way {
    let here = addresses.iter().all(|address| address.ip().is_loopback());
    match shared.options.proxy {
        Some(_) if !here => {
            Way::Through(addresses.into_iter().take(ADDRESSES_MAX).map(|address| address.to_string()).collect())
        }
        _ => Way::Direct(addresses),
    }
}
