//! One connector's way out: its hosts, its connection pool, its caps.

mod rehearsed;

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::Uri;
use http::header::{ACCEPT, CONTENT_ENCODING, CONTENT_LENGTH, HOST, HeaderMap, HeaderValue, USER_AGENT};
use http_body_util::Full;
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::capture_connection;
use hyper_util::rt::{TokioExecutor, TokioTimer};
use tokio::time::Instant;
use url::{Host, Url};

use super::answer::{self, Rest};
use super::dialler::Dialler;
use super::injected::Meeting;
use super::{
    EgressError, Fault, Grants, Identity, Request, Response, Shared, StandIn, encoding, errors, resolver, tls,
};
use crate::metrics::Traffic;

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
#[derive(Clone)]
pub struct Outlet {
    shared: Arc<Shared>,
    grants: Grants,
    dialler: Dialler,
    client: Client<Dialler, Full<Bytes>>,
    /// Answers instead of all that is beyond this process.
    stand_in: Option<Arc<dyn StandIn>>,
    /// Where its requests are counted.
    traffic: Option<Traffic>,
    /// A fault that an operator has it meet.
    meeting: Option<Meeting>,
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
    pub(super) fn new(
        shared: Arc<Shared>,
        grants: Grants,
        identity: Option<&Identity>,
        traffic: Option<Traffic>,
    ) -> Result<Self, EgressError> {
        let tls = match identity {
            Some(identity) => Arc::new(tls::identified(&shared.options.extra_ca_pem, identity)?),
            None => Arc::clone(&shared.tls),
        };
        let dialler = Dialler { shared: Arc::clone(&shared), development: grants.development, named: false, tls };
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            .pool_idle_timeout(Duration::from_secs(60))
            .pool_max_idle_per_host(64)
            .build(dialler.clone());
        Ok(Self { shared, grants, dialler, client, stand_in: None, traffic, meeting: None })
    }

    /// The same, to a stand-in. Its hosts are judged as ever; where they really are is nobody's business then.
    pub(super) fn led_to(self, stand_in: Arc<dyn StandIn>) -> Self {
        Self { stand_in: Some(stand_in), ..self }
    }

    /// Everything about a URL that can be judged without a look-up.
    pub fn judge(&self, url: &Url) -> Result<(), Fault> {
        if self.is_internal(url) {
            return Ok(());
        }
        self.destination(url).map(|_| ())
    }

    /// The same for a URL that a credential would be sent to, if it is one.
    pub(super) fn judge_carrying(&self, url: &Url, secret: bool) -> Result<(), Fault> {
        self.permitted(url, secret).map(|_| ())
    }

    async fn fetch_really(&self, request: Request, limits: FetchLimits) -> Result<Response, Fault> {
        self.send(request, limits, Rest::Whole).await
    }

    /// Send a request and take the answer's status and headers. Its body is read, so that the connection can be used
    /// again, but not for long, and thrown away.
    pub(super) async fn tell(&self, request: Request, limits: FetchLimits) -> Result<Response, Fault> {
        self.send(request, limits, Rest::Dropped).await
    }

    /// What this process answers itself is no traffic.
    async fn send(&self, request: Request, limits: FetchLimits, rest: Rest) -> Result<Response, Fault> {
        if let Some((_, host)) = self.grants.internal.as_ref().filter(|_| self.is_internal(&request.url)) {
            return Ok(host.answer(request).await);
        }
        let bytes = request.body.len();
        let answer = self.send_there(request, limits, rest).await;
        if let Some(traffic) = &self.traffic {
            traffic.ended(status_class(&answer));
            if answer.as_ref().err().is_none_or(Fault::began) {
                traffic.sent(bytes);
            }
        }
        answer
    }

    async fn send_there(&self, mut request: Request, limits: FetchLimits, rest: Rest) -> Result<Response, Fault> {
        let destination = self.permitted(&request.url, limits.secret)?;
        if let Some(stand_in) = &self.stand_in {
            return stand_in.answer(request);
        }
        request.headers.entry(ACCEPT).or_insert(HeaderValue::from_static("*/*"));
        request.headers.entry(USER_AGENT).or_insert(HeaderValue::from_static(AGENT));
        if let Some(host) = destination.host {
            request.headers.insert(HOST, host);
        }
        let mut message = http::Request::new(Full::new(request.body));
        *message.method_mut() = request.method;
        *message.uri_mut() = uri(&destination.url)?;
        *message.headers_mut() = request.headers;
        let connection = capture_connection(&mut message);
        match tokio::time::timeout_at(limits.deadline, self.exchange(message, limits.response_bytes_max, rest)).await {
            Ok(answer) => answer,
            // Until it has a connection, nothing of a request is written.
            Err(_) => Err(Fault::Timeout { began: connection.connection_metadata().is_some() }),
        }
    }

    /// Make a connection such as a request to `url` would have, and end it: no request is sent.
    pub async fn reach(&self, url: &Url) -> Result<(), Fault> {
        let destination = self.destination(url)?;
        if self.stand_in.is_some() {
            return Ok(());
        }
        self.dialler.dial(&uri(&destination.url)?).await.map(drop)
    }

    async fn exchange(
        &self,
        message: http::Request<Full<Bytes>>,
        bytes_max: usize,
        wanted: Rest,
    ) -> Result<Response, Fault> {
        let answer = self.client.request(message).await.map_err(|error| errors::fault(&error))?;
        let (head, rest) = answer.into_parts();
        let (headers, encodings) = told(&head.headers);
        let status = head.status.as_u16();
        if let Rest::Dropped = wanted {
            answer::drop(rest, bytes_max).await;
            return Ok(Response { status, headers, body: Bytes::new() });
        }
        let body = answer::whole(rest, bytes_max).await?;
        if let Some(traffic) = &self.traffic {
            traffic.received(body.len());
        }
        let body = encoding::decoded(&encodings, body, bytes_max)?;
        Ok(Response { status, headers, body })
    }

    /// The destination, if a request may go there: one with a credential needs TLS, or the operator's explicit word.
    fn permitted(&self, url: &Url, secret: bool) -> Result<Destination, Fault> {
        let destination = self.destination(url)?;
        if secret && destination.url.scheme() == "http" && !destination.plain_permitted {
            let host = url.authority();
            return Err(Fault::Denied(format!(
                "a credential does not go to `{host}` without TLS; an operator can allow it with an `http://` entry in `egress.allow`"
            )));
        }
        Ok(destination)
    }

    /// Whether this process answers that URL itself.
    pub fn is_internal(&self, url: &Url) -> bool {
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
        if self.stand_in.is_some() {
            return Ok(Destination { url: url.clone(), host: None, plain_permitted: true });
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
        overrides.get(host).or_else(|| overrides.get(url.authority())).or(self.shared.options.stand_in.as_ref())
    }
}

pub(super) const AGENT: &str = concat!("countersign/", env!("CARGO_PKG_VERSION"));

/// What is counted of an answer.
fn status_class(answer: &Result<Response, Fault>) -> &'static str {
    match answer {
        Ok(answer) => match answer.status / 100 {
            1 => "1xx",
            2 => "2xx",
            3 => "3xx",
            4 => "4xx",
            5 => "5xx",
            _ => "other",
        },
        Err(fault) => fault.word(),
    }
}

/// Headers as a connector reads them, and how the body is encoded, which it does not read: it gets it decoded.
pub(super) fn told(headers: &HeaderMap) -> (Vec<(String, String)>, Vec<String>) {
    let text = |value: &HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    let is_ours = |name: &http::HeaderName| *name == CONTENT_ENCODING || *name == CONTENT_LENGTH;
    let others = headers.iter().filter(|(name, _)| !is_ours(name));
    let encodings = headers.get_all(CONTENT_ENCODING).iter().map(text).collect();
    (others.map(|(name, value)| (name.to_string(), text(value))).collect(), encodings)
}

pub(super) fn uri(url: &Url) -> Result<Uri, Fault> {
    url.as_str().parse().map_err(|_| Fault::Denied("the URL has characters that a request can't".into()))
}
