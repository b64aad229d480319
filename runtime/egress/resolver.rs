//! Names to addresses, judged: what the rule refuses is never handed to the dialler, so that a name which changes its
//! mind between check and use gains nothing.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use super::{Shared, addresses, machine};

/// Marks a refusal inside the client's chain of errors.
#[derive(Debug, thiserror::Error)]
#[error(
    "`{host}` resolves to {address}, which is {why}; an operator can allow it as \"{host}={address}\" in `egress.allow`"
)]
pub(super) struct AddressRefused {
    host: String,
    address: String,
    why: &'static str,
}

/// Marks a name that does not resolve.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` does not resolve")]
pub(super) struct NoSuchName(pub(super) String);

/// One connector's resolver.
pub(super) struct Judged {
    pub(super) shared: Arc<Shared>,
    pub(super) development: bool,
}

impl Resolve for Judged {
    fn resolve(&self, name: Name) -> Resolving {
        let (shared, development) = (Arc::clone(&self.shared), self.development);
        Box::pin(async move { lookup(&shared, development, name.as_str()).await })
    }
}

type BoxError = Box<dyn std::error::Error + Send + Sync>;

async fn lookup(shared: &Shared, development: bool, host: &str) -> Result<Addrs, BoxError> {
    // An override's target was named by the operator, who may mean this machine.
    if development && shared.options.overrides.values().any(|target| target.host_str() == Some(host)) {
        let found = tokio::net::lookup_host((host, 0)).await.map_err(|_| NoSuchName(host.to_owned()))?;
        return Ok(Box::new(found.collect::<Vec<_>>().into_iter()));
    }
    let paired: Vec<SocketAddr> =
        shared.options.allow.iter().filter(|entry| entry.name.as_deref() == Some(host)).map(|e| e.address).collect();
    if !paired.is_empty() {
        return Ok(Box::new(paired.into_iter()));
    }
    // RFC 6761 §6.3: these names are this machine, whatever a resolver would say.
    if host == "localhost" || host.ends_with(".localhost") {
        let address = "127.0.0.1".to_owned();
        return Err(AddressRefused { host: host.to_owned(), address, why: "loopback" }.into());
    }
    let found = shared.options.names.look_up(host).await.ok_or_else(|| NoSuchName(host.to_owned()))?;
    let mut good = Vec::new();
    let mut refused = None;
    for address in found {
        match judge(address.ip()) {
            Ok(()) => good.push(address),
            Err(why) => {
                refused = Some(AddressRefused { host: host.to_owned(), address: address.ip().to_string(), why })
            }
        }
    }
    match (good.is_empty(), refused) {
        (false, _) => Ok(Box::new(good.into_iter())),
        (true, Some(refused)) => Err(refused.into()),
        (true, None) => Err(NoSuchName(host.to_owned()).into()),
    }
}

/// Every address is judged, and only those that pass are dialled: it is no use to be public among others.
pub(super) fn judge(address: IpAddr) -> Result<(), &'static str> {
    addresses::judge(address).map_err(|why| why.0)?;
    if machine::is_own(address) { Err("an address of this machine itself") } else { Ok(()) }
}
