//! One connector's way out: its hosts, its connection pool, its caps.

use std::error::Error as StdError;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::BytesMut;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, HOST, HeaderValue};
use tokio::time::Instant;
use url::{Host, Url};

use super::resolver::{self, AddressRefused, Judged, NoSuchName};
use super::{EgressError, Fault, Grants, Identity, Request, Response, Shared, encoding, tls};

/// What one request may use.
#[derive(Clone, Copy, Debug)]
pub struct FetchLimits {
    /// When the whole answer must be there.
    pub deadline: Instant,
    /// The largest body that is taken.
    pub response_bytes_max: usize,
    /// Whether the request carries a credential: then it needs TLS, or the operator's explicit word.
    pub secret: bool,
}

/// A way out.
pub struct Outlet {
    shared: Arc<Shared>,
    grants: Grants,
    client: reqwest::Client,
}

/// Where a request goes in the end.
struct Destination {
    url: Url,
    /// The Host header, where the URL was mapped to another origin.
    host: Option<HeaderValue>,
    /// Whether a credential may go there without TLS.
    plain_permitted: bool,
}

impl Outlet {
    pub(super) fn new(shared: Arc<Shared>, grants: Grants, identity: Option<&Identity>) -> Result<Self, EgressError> {
        let tls = match identity {
            Some(identity) => tls::identified(&shared.options.extra_ca_pem, identity)?,
            None => shared.tls.clone(),
        };
        let resolver = Judged { shared: Arc::clone(&shared), development: grants.development };
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls)
            .dns_resolver(Arc::new(resolver))
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .connect_timeout(Duration::from_millis(shared.options.timeout_connect_ms))
            .pool_idle_timeout(Duration::from_secs(60))
            .pool_max_idle_per_host(64)
            .user_agent(concat!("countersign/", env!("CARGO_PKG_VERSION")))
            .build()
            .map_err(|error| EgressError::Client(error.to_string()))?;
        Ok(Self { shared, grants, client })
    }

    /// Everything about a URL that can be judged without a look-up.
    pub fn judge(&self, url: &Url) -> Result<(), Fault> {
        if self.is_internal(url) {
            return Ok(());
        }
        self.destination(url).map(|_| ())
    }

    /// Send a request and take the whole answer.
    pub async fn fetch(&self, mut request: Request, limits: FetchLimits) -> Result<Response, Fault> {
        if let Some((_, host)) = self.grants.internal.as_ref().filter(|_| self.is_internal(&request.url)) {
            return Ok(host.answer(request).await);
        }
        let destination = self.destination(&request.url)?;
        if limits.secret && destination.url.scheme() == "http" && !destination.plain_permitted {
            let host = request.url.authority().to_owned();
            return Err(Fault::Denied(format!(
                "a credential does not go to `{host}` without TLS; an operator can allow it with an `http://` entry in `egress.allow`"
            )));
        }
        if let Some(host) = destination.host {
            request.headers.insert(HOST, host);
        }
        match tokio::time::timeout_at(limits.deadline, self.exchange(destination.url, request, limits)).await {
            Ok(answer) => answer,
            Err(_) => Err(Fault::Timeout { began: true }),
        }
    }

    async fn exchange(&self, url: Url, request: Request, limits: FetchLimits) -> Result<Response, Fault> {
        let sent = self.client.request(request.method, url).headers(request.headers).body(request.body).send().await;
        let mut answer = sent.map_err(|error| fault(&error))?;
        let status = answer.status().as_u16();
        let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
        let is_ours = |name: &http::HeaderName| *name == CONTENT_ENCODING || *name == CONTENT_LENGTH;
        let told = answer.headers().iter().filter(|(name, _)| !is_ours(name));
        let headers = told.map(|(name, value)| (name.to_string(), text(value))).collect();
        let encodings: Vec<String> = answer.headers().get_all(CONTENT_ENCODING).iter().map(text).collect();
        let too_large = Fault::TooLarge(limits.response_bytes_max);
        if answer.content_length().is_some_and(|length| length > limits.response_bytes_max as u64) {
            return Err(too_large);
        }
        let mut body = BytesMut::new();
        while let Some(chunk) = answer.chunk().await.map_err(|error| fault(&error))? {
            if body.len() + chunk.len() > limits.response_bytes_max {
                return Err(too_large);
            }
            body.extend_from_slice(&chunk);
        }
        let body = encoding::decoded(&encodings, body.freeze(), limits.response_bytes_max)?;
        Ok(Response { status, headers, body })
    }

    fn is_internal(&self, url: &Url) -> bool {
        let named = self.grants.internal.as_ref().is_some_and(|(host, _)| url.host_str() == Some(host));
        named && url.scheme() == "https" && self.is_granted(url)
    }

    fn is_granted(&self, url: &Url) -> bool {
        self.grants.hosts.iter().any(|pattern| pattern.matches(url))
    }

    /// The rule on hosts, then the operator's mapping, then the rule on addresses written as such.
    fn destination(&self, url: &Url) -> Result<Destination, Fault> {
        let authority = url.authority().to_owned();
        if !self.is_granted(url) {
            return Err(Fault::Denied(format!(
                "`{}://{authority}` is not among this connector's hosts; its manifest would have to name it",
                url.scheme()
            )));
        }
        if let Some(target) = self.mapped(url) {
            let mut mapped = target.clone();
            mapped.set_path(url.path());
            mapped.set_query(url.query());
            let host =
                HeaderValue::from_str(&authority).map_err(|_| Fault::Denied("the host can't be written".into()))?;
            return Ok(Destination { url: mapped, host: Some(host), plain_permitted: target.scheme() == "http" });
        }
        let port = url.port_or_known_default().unwrap_or(0);
        let allow = &self.shared.options.allow;
        // The client dials address literals without asking its resolver, so they are judged here.
        let literal = match url.host() {
            Some(Host::Ipv4(address)) => Some(IpAddr::V4(address)),
            Some(Host::Ipv6(address)) => Some(IpAddr::V6(address)),
            _ => None,
        };
        let entry = match literal {
            Some(address) => allow.iter().find(|entry| entry.permits_literal(address, port)),
            None => allow.iter().find(|entry| entry.pairs(url.host_str().unwrap_or_default(), port)),
        };
        if let (Some(address), None) = (literal, entry) {
            resolver::judge(address).map_err(|why| {
                Fault::Denied(format!(
                    "{address} is {why}; an operator can allow it as \"{address}:{port}\" in `egress.allow`"
                ))
            })?;
        }
        let dialled = literal.map(|address| (address, port).into()).or(entry.map(|entry| entry.address));
        if dialled.is_some_and(|address| self.shared.is_own(address)) {
            return Err(Fault::Denied("this service does not call itself".into()));
        }
        Ok(Destination { url: url.clone(), host: None, plain_permitted: entry.is_some_and(|entry| entry.plain) })
    }

    fn mapped(&self, url: &Url) -> Option<&Url> {
        if !self.grants.development {
            return None;
        }
        let host = url.host_str()?;
        let overrides = &self.shared.options.overrides;
        overrides.get(host).or_else(|| overrides.get(url.authority()))
    }
}

/// What the client's error means. It names hosts, never a query.
fn fault(error: &reqwest::Error) -> Fault {
    let mut source: Option<&(dyn StdError + 'static)> = Some(error);
    let mut tls = None;
    while let Some(cause) = source {
        if let Some(refused) = cause.downcast_ref::<AddressRefused>() {
            return Fault::Denied(refused.to_string());
        }
        if let Some(NoSuchName(name)) = cause.downcast_ref::<NoSuchName>() {
            return Fault::Dns(name.clone());
        }
        tls =
            tls.or_else(|| cause.downcast_ref::<rustls::Error>().map(ToString::to_string)).or_else(|| inner_tls(cause));
        source = cause.source();
    }
    match tls {
        Some(why) if error.is_connect() => Fault::Tls(why),
        _ if error.is_connect() => Fault::Connect(root(error)),
        _ if error.is_timeout() => Fault::Timeout { began: true },
        _ => Fault::Protocol(root(error)),
    }
}

/// rustls hides its error inside an I/O error, which may be inside another: neither is a source of the other.
fn inner_tls(cause: &(dyn StdError + 'static)) -> Option<String> {
    let inner = cause.downcast_ref::<std::io::Error>()?.get_ref()?;
    let found = inner.downcast_ref::<rustls::Error>().map(ToString::to_string);
    found.or_else(|| inner_tls(inner))
}

fn root(error: &reqwest::Error) -> String {
    let mut cause: &(dyn StdError + 'static) = error;
    while let Some(next) = cause.source() {
        cause = next;
    }
    cause.to_string()
}
