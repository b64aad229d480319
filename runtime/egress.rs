//! The only way out of this process.
//!
//! A connector's request passes, in this order: its URL and headers (`url`, `headers`), the hosts that the manifest names and the
//! operator approved (`hosts`), the address rule on the very addresses that are dialled (`addresses`, `resolver`), then
//! one client per connector (`client`), which follows no redirect, heeds no proxy but the operator's (`way`, `tunnel`) and
//! caps what comes back. In an environment of kind development, an operator may have it meet a fault instead (`injected`).

mod addresses;
mod allow;
mod answer;
mod asking;
mod authority;
mod client;
mod collector;
mod dialler;
mod encoding;
mod errors;
mod fault;
mod headers;
mod hosts;
mod injected;
mod link;
mod machine;
mod names;
mod origins;
mod own;
mod proxy;
mod rehearsals;
mod resolver;
mod source;
mod texts;
mod tls;
mod tunnel;
mod url;
mod way;

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, RwLock};

use ::url::Url;
use async_trait::async_trait;
use bytes::Bytes;

use crate::metrics::Traffic;
use crate::secret::Secret;

pub use addresses::{Refusal, judge as judge_address};
pub use allow::{AllowEntry, AllowEntryError};
pub use asking::{Trust, as_far_as_possible};
pub use authority::AuthorityClient;
pub use client::{FetchLimits, Outlet};
pub use collector::{CollectorClient, CollectorHeaders};
pub use fault::{Fault, ProxyFault};
pub use headers::{clean as clean_headers, is_override as is_override_header, is_owned as is_owned_header};
pub use hosts::{HostPattern, HostPatternError};
pub use injected::Injected;
pub use names::{Names, Script};
pub use origins::{Origins, Question, Receiver};
pub use own::{Call, Caller, ask_health, download, post_wasm};
pub use proxy::{Proxy, ProxyError};
pub use rehearsals::{Rehearsal, Rehearsals};
pub use texts::TxtNames;
pub use url::read as read_url;

/// A request as it leaves: the guest's, with credentials placed.
#[derive(Clone)]
pub struct Request {
    /// Method.
    pub method: http::Method,
    /// Absolute, without user information and fragment.
    pub url: Url,
    /// Cleaned by [`clean_headers`].
    pub headers: http::HeaderMap,
    /// Empty for none.
    pub body: Bytes,
}

impl std::fmt::Debug for Request {
    /// Method and host only: path, headers and body may hold numbers, codes and credentials.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {}", self.method, self.url.host_str().unwrap_or_default())
    }
}

/// A whole answer.
#[derive(Clone, Debug)]
pub struct Response {
    /// Any status.
    pub status: u16,
    /// As they came, values lossily as text.
    pub headers: Vec<(String, String)>,
    /// At most what the limits allow.
    pub body: Bytes,
}

impl Request {
    /// Bytes of address, headers and body.
    pub fn size(&self) -> u64 {
        let headers = self.headers.iter().map(|(name, value)| name.as_str().len() + value.len());
        bytes([self.method.as_str().len(), self.url.as_str().len(), self.body.len()].into_iter().chain(headers))
    }
}

impl Response {
    /// Bytes of headers and body.
    pub fn size(&self) -> u64 {
        bytes(self.headers.iter().map(|(name, value)| name.len() + value.len()).chain([self.body.len()]))
    }
}

fn bytes(parts: impl Iterator<Item = usize>) -> u64 {
    parts.fold(0, |sum, part| sum.saturating_add(part as u64))
}

/// A host that this process answers itself, such as the inbox of a development environment.
#[async_trait]
pub trait InternalHost: Send + Sync {
    /// Answer one request.
    async fn answer(&self, request: Request) -> Response;
}

/// Answers in the place of every host: what a check shows a component, without a connection of any kind. Who wants to see
/// what is on the wire has a socket: [`crate::connector::stand_in`].
pub trait StandIn: Send + Sync {
    /// Answer one request, or be the fault that it meets.
    fn answer(&self, request: Request) -> Result<Response, Fault>;
}

/// What the operator configured.
#[derive(Clone, Debug)]
pub struct EgressOptions {
    /// Private addresses that may be reached.
    pub allow: Vec<AllowEntry>,
    /// Hosts mapped to another origin, in development environments.
    pub overrides: BTreeMap<String, Url>,
    /// Where every other host of development environments is mapped to. No configuration says this: an author's stand-in
    /// for a provider does, in a service that is his own.
    pub stand_in: Option<Url>,
    /// More certificate authorities.
    pub extra_ca_pem: Vec<Vec<u8>>,
    /// How long a connection may take to stand, in milliseconds.
    pub timeout_connect_ms: u64,
    /// Who is asked for a name's addresses.
    pub names: Names,
    /// Through whom every connection goes that does not end on this machine.
    pub proxy: Option<Proxy>,
    /// Whether the proxy is asked for names, which nobody resolves here; then it alone judges their addresses.
    pub proxy_resolves: bool,
    /// This machine's addresses that connections leave from, at most one of each family; the system's choice if none.
    pub source_addresses: Vec<IpAddr>,
}

impl Default for EgressOptions {
    fn default() -> Self {
        Self {
            allow: Vec::new(),
            overrides: BTreeMap::new(),
            stand_in: None,
            extra_ca_pem: Vec::new(),
            timeout_connect_ms: 5_000,
            names: Names::System,
            proxy: None,
            proxy_resolves: false,
            source_addresses: Vec::new(),
        }
    }
}

/// What one connector may reach.
#[derive(Clone)]
pub struct Grants {
    /// Hosts; none means nothing.
    pub hosts: Vec<HostPattern>,
    /// Whether overrides count.
    pub development: bool,
    /// A host that is answered in process.
    pub internal: Option<(String, Arc<dyn InternalHost>)>,
}

/// Who a connection says that it is (RFC 8446 §4.4.2). `Debug` shows no key.
#[derive(Debug)]
pub struct Identity {
    /// Certificate chain in PEM, its own first.
    pub certificate_pem: String,
    /// Private key in PEM.
    pub key_pem: Secret<Vec<u8>>,
    /// The only authority that is trusted there; the usual ones unless given.
    pub ca_pem: Option<String>,
}

impl Identity {
    /// Whether a connection could be made with it.
    pub fn check(&self) -> Result<(), EgressError> {
        tls::identified(&[], self).map(|_| ())
    }
}

/// Why a way out can't be made.
#[derive(Debug, thiserror::Error)]
pub enum EgressError {
    /// A certificate file holds none.
    #[error("a file of `egress.ca_files` holds no PEM certificate: {0}")]
    Certificate(String),
    /// The file of the authority's authority holds none.
    #[error("`server.tls.acme.ca` holds no PEM certificate: {0}")]
    Authority(String),
    /// An override's target is not an origin.
    #[error("`egress.overrides`: the target of `{0}` must be http or https with a host and nothing after it")]
    Override(String),
    /// A client certificate can't be used.
    #[error("the client certificate can't be used: {0}")]
    Identity(String),
    /// The client can't be built.
    #[error("the HTTP client can't be built: {0}")]
    Client(String),
    /// An address that no connection can leave from.
    #[error("`egress.source_address`: {0}: {1}")]
    Source(IpAddr, String),
}

/// What every way out shares: certificates, the operator's word, our own listeners.
pub struct Egress {
    shared: Arc<Shared>,
    /// Where the requests of its ways out are counted.
    traffic: Option<Traffic>,
}

pub(crate) struct Shared {
    options: EgressOptions,
    tls: Arc<rustls::ClientConfig>,
    source: source::Source,
    own_listeners: RwLock<Vec<SocketAddr>>,
    rehearsals: Rehearsals,
}

impl Egress {
    /// Check the options and read the certificates.
    pub fn new(options: EgressOptions) -> Result<Self, EgressError> {
        for (host, target) in &options.overrides {
            let is_origin = matches!(target.scheme(), "http" | "https")
                && target.has_host()
                && target.path() == "/"
                && target.query().is_none();
            if !is_origin {
                return Err(EgressError::Override(host.clone()));
            }
        }
        let tls = Arc::new(tls::config(&options.extra_ca_pem)?);
        let source = source::Source::of(&options.source_addresses)?;
        let (own_listeners, rehearsals) = (RwLock::default(), Rehearsals::default());
        Ok(Self { shared: Arc::new(Shared { options, tls, source, own_listeners, rehearsals }), traffic: None })
    }

    /// The same, whose ways out count their requests there.
    pub fn counting(&self, traffic: Traffic) -> Self {
        Self { shared: Arc::clone(&self.shared), traffic: Some(traffic) }
    }

    /// Never dial this: it is ours.
    pub fn add_own_listener(&self, address: SocketAddr) {
        if let Ok(mut own) = self.shared.own_listeners.write() {
            own.push(address);
        }
    }

    /// The way out for one connector in one environment: a connection pool that nobody else uses.
    pub fn outlet(&self, grants: Grants) -> Result<Arc<Outlet>, EgressError> {
        self.made(grants, None).map(Arc::new)
    }

    /// The same, but its connections identify themselves by a certificate; again a pool that nobody else uses.
    pub fn identified_outlet(&self, grants: Grants, identity: &Identity) -> Result<Arc<Outlet>, EgressError> {
        self.made(grants, Some(identity)).map(Arc::new)
    }

    /// A way that leads to a stand-in instead of these hosts: no name is resolved, and no connection made.
    pub fn stand_in(&self, hosts: Vec<HostPattern>, stand_in: Arc<dyn StandIn>) -> Result<Arc<Outlet>, EgressError> {
        let grants = Grants { hosts, development: false, internal: None };
        Ok(Arc::new(self.made(grants, None)?.led_to(stand_in)))
    }

    fn made(&self, grants: Grants, identity: Option<&Identity>) -> Result<Outlet, EgressError> {
        Outlet::new(Arc::clone(&self.shared), grants, identity, self.traffic.clone())
    }

    /// The faults that are injected now.
    pub fn rehearsals(&self) -> &Rehearsals {
        &self.shared.rehearsals
    }

    /// The operator's mappings, to be shown wherever they count.
    pub fn overrides(&self) -> &BTreeMap<String, Url> {
        &self.shared.options.overrides
    }
}

impl Shared {
    /// Whether an override leads there.
    fn is_target(&self, host: &str, port: u16) -> bool {
        let leads = |target: &Url| target.host_str() == Some(host) && target.port_or_known_default() == Some(port);
        self.options.overrides.values().any(leads)
    }

    fn is_own(&self, address: SocketAddr) -> bool {
        self.own_listeners.read().is_ok_and(|own| {
            own.iter().any(|listener| {
                listener.port() == address.port() && (listener.ip().is_unspecified() || listener.ip() == address.ip())
            })
        })
    }
}

#[cfg(test)]
mod tests;
