//! Connections: a way is found, TCP dials exactly the addresses that were judged, a proxy is asked for exactly those, and
//! TLS speaks to the name.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::dns::Name;
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_util::either::Either;
use tower::Service;

use super::fault::ProxyFault;
use super::link::{Link, Stream, Wire};
use super::way::{self, Way};
use super::{Fault, Proxy, Shared, errors, tunnel};

const KEEPALIVE: Duration = Duration::from_secs(15);

/// Makes the connections of one way out. Cheap to clone.
#[derive(Clone)]
pub(super) struct Dialler {
    pub(super) shared: Arc<Shared>,
    pub(super) development: bool,
    /// Whether the operator named where it goes: then no rule on addresses applies.
    pub(super) named: bool,
    /// As whom, and whom it trusts.
    pub(super) tls: Arc<ClientConfig>,
}

type Pending<T> = Pin<Box<dyn Future<Output = T> + Send>>;

impl Service<Uri> for Dialler {
    type Response = Link;
    type Error = Fault;
    type Future = Pending<Result<Link, Fault>>;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Fault>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, uri: Uri) -> Self::Future {
        let dialler = self.clone();
        Box::pin(async move { dialler.dial(&uri).await.map(Link::new) })
    }
}

impl Dialler {
    /// Connect, within the time that a connection may take.
    pub(super) async fn dial(&self, uri: &Uri) -> Result<Stream, Fault> {
        let ms = self.shared.options.timeout_connect_ms;
        match tokio::time::timeout(Duration::from_millis(ms), self.connect(uri)).await {
            Ok(connected) => connected,
            Err(_) if self.shared.options.proxy.is_some() => {
                Err(Fault::Proxy(ProxyFault::Unreachable(format!("nothing within {ms} ms"))))
            }
            Err(_) => Err(Fault::Connect(format!("nothing within {ms} ms"))),
        }
    }

    async fn connect(&self, uri: &Uri) -> Result<Stream, Fault> {
        let tls = uri.scheme_str() == Some("https");
        let host = uri.host().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
        let port = uri.port_u16().unwrap_or(if tls { 443 } else { 80 });
        let way = match self.named {
            true => way::named(&self.shared, host, port).await?,
            false => way::find(&self.shared, self.development, host, port).await?,
        };
        let wire = match (way, &self.shared.options.proxy) {
            (Way::Direct(addresses), _) => Either::Left(self.tcp(addresses).await.map_err(Fault::Connect)?),
            (Way::Through(authorities), Some(proxy)) => {
                self.through(proxy, &authorities).await.map_err(Fault::Proxy)?
            }
            (Way::Through(_), None) => return Err(Fault::Connect("there is no proxy".into())),
        };
        if !tls {
            return Ok(Either::Left(wire));
        }
        handshake(&self.tls, host, wire).await.map(Either::Right).map_err(|error| match errors::tls(&error) {
            Some(why) => Fault::Tls(why),
            None => Fault::Connect(error.to_string()),
        })
    }

    /// The first authority for which the proxy has a connection. Each gets a wire of its own: a proxy that said no need
    /// not listen any more.
    async fn through(&self, proxy: &Proxy, authorities: &[String]) -> Result<Wire, ProxyFault> {
        let mut last = ProxyFault::Unreachable("no address to ask it for".into());
        for authority in authorities {
            let mut wire = self.proxy(proxy).await?;
            match tunnel::open(&mut wire, authority, proxy.authorization.as_ref()).await {
                Ok(()) => return Ok(wire),
                // It could not reach this address: another of the name's may be in its reach.
                Err(fault @ ProxyFault::Refused(500..)) => last = fault,
                Err(fault) => return Err(fault),
            }
        }
        Err(last)
    }

    /// A wire to the proxy, whose address the operator chose: no rule applies to it.
    pub(super) async fn proxy(&self, proxy: &Proxy) -> Result<Wire, ProxyFault> {
        let found = tokio::net::lookup_host((proxy.host.as_str(), proxy.port)).await;
        let addresses = found.map_err(|_| ProxyFault::Unreachable("its name does not resolve".into()))?.collect();
        let tcp = self.tcp(addresses).await.map_err(ProxyFault::Unreachable)?;
        if !proxy.tls {
            return Ok(Either::Left(tcp));
        }
        let answered = handshake(&self.shared.tls, &proxy.host, tcp).await;
        answered.map(Either::Right).map_err(|error| ProxyFault::Tls(errors::tls(&error).unwrap_or(error.to_string())))
    }

    /// Both families in turn (RFC 8305), from the address that the operator named.
    async fn tcp(&self, mut addresses: Vec<SocketAddr>) -> Result<TcpStream, String> {
        addresses.retain(|address| self.shared.source.reaches(address));
        if addresses.is_empty() {
            return Err("no address of the family that `egress.source_address` names".into());
        }
        // The URI carries no more than a port for those that have none; they all have.
        let uri = Uri::from_static("http://judged.invalid");
        let judged =
            tower::service_fn(move |_: Name| std::future::ready(Ok::<_, Infallible>(addresses.clone().into_iter())));
        let mut connector = HttpConnector::new_with_resolver(judged);
        connector.set_nodelay(true);
        // A peer that went without a word is noticed within a minute, not at the next request.
        connector.set_keepalive(Some(KEEPALIVE));
        connector.set_keepalive_interval(Some(KEEPALIVE));
        connector.set_keepalive_retries(Some(3));
        connector.set_tcp_user_timeout(Some(2 * KEEPALIVE));
        connector.set_connect_timeout(Some(Duration::from_millis(self.shared.options.timeout_connect_ms)));
        match (self.shared.source.v4, self.shared.source.v6) {
            (Some(v4), Some(v6)) => connector.set_local_addresses(v4, v6),
            (v4, v6) => connector.set_local_address(v4.map(Into::into).or(v6.map(Into::into))),
        }
        connector.call(uri).await.map(hyper_util::rt::TokioIo::into_inner).map_err(|error| errors::root(&error))
    }
}

async fn handshake<W: AsyncRead + AsyncWrite + Unpin>(
    tls: &Arc<ClientConfig>,
    host: &str,
    wire: W,
) -> std::io::Result<Box<TlsStream<W>>> {
    let name = ServerName::try_from(host.to_owned()).map_err(std::io::Error::other)?;
    TlsConnector::from(Arc::clone(tls)).connect(name, wire).await.map(Box::new)
}
