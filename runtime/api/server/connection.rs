//! One connection: the handshake where there is TLS, then HTTP/1.1 or HTTP/2, until it ends or is no use any more.
//!
//! The threat: who opens connections and says nothing, or a byte now and then, to hold our places. So each step has its
//! time: the handshake, the first bytes of HTTP, the head of each request, and a silence in both directions.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use axum::response::{IntoResponse as _, Response};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use hyper_util::server::graceful::Watcher;
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncRead, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

use super::Peer;
use super::patient::Patient;
use crate::api::error::ApiError;
use crate::tls::ACME_TLS;

/// How long a handshake may take, from the first byte awaited to the last.
const HANDSHAKE: Duration = Duration::from_secs(10);

/// How long a client may take to send a request's head.
const HEAD: Duration = Duration::from_secs(15);

/// The first byte of a TLS connection: a record of type handshake (RFC 8446 §5.1).
const TLS_HANDSHAKE: u8 = 0x16;

/// What every connection needs.
#[derive(Clone)]
pub(super) struct Connections {
    builder: Builder<TokioExecutor>,
    router: Router,
    tls: Option<TlsAcceptor>,
    stopping: CancellationToken,
}

impl Connections {
    pub(super) fn new(router: Router, tls: Option<TlsAcceptor>) -> Self {
        let mut builder = Builder::new(TokioExecutor::new());
        builder.http1().timer(TokioTimer::new()).header_read_timeout(HEAD);
        builder.http2().timer(TokioTimer::new()).max_concurrent_streams(256);
        Self { builder, router, tls, stopping: CancellationToken::new() }
    }

    /// Nobody who has said nothing yet is waited for.
    pub(super) fn stop(&self) {
        self.stopping.cancel();
    }

    /// Serve one until its end. Who goes away, or never was a client of ours, is not an event worth a line.
    pub(super) async fn serve(self, socket: TcpStream, address: SocketAddr, watcher: Watcher) {
        let _ = socket.set_nodelay(true);
        let Some(tls) = self.tls.clone() else {
            return self.requests(socket, Peer { address, tls: false }, watcher).await;
        };
        let opened = tokio::select! {
            opened = tokio::time::timeout(HANDSHAKE, open(&tls, socket)) => opened,
            () = self.stopping.cancelled() => return,
        };
        match opened {
            Ok(Ok(Opened::Http(stream))) => self.requests(*stream, Peer { address, tls: true }, watcher).await,
            // What follows is no request that a stop would wait for.
            Ok(Ok(Opened::Proven(mut stream))) => {
                drop(watcher);
                let _ = tokio::time::timeout(HANDSHAKE, stream.shutdown()).await;
            }
            Ok(Ok(Opened::Plain(socket))) => {
                drop(watcher);
                refuse_plain(socket).await;
            }
            Ok(Err(error)) => tracing::debug!(%address, %error, "a handshake failed"),
            Err(_) => tracing::debug!(%address, "a handshake took too long"),
        }
    }

    async fn requests<S>(self, stream: S, peer: Peer, watcher: Watcher)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let service = self.router.map_request(move |mut request: hyper::Request<hyper::body::Incoming>| {
            request.extensions_mut().insert(ConnectInfo(peer));
            request.map(axum::body::Body::new)
        });
        let stream = TokioIo::new(Patient::new(stream, HEAD));
        let connection = self.builder.serve_connection(stream, TowerToHyperService::new(service));
        let _ = watcher.watch(connection.into_owned()).await;
    }
}

/// What a client of a TLS port turned out to want.
enum Opened {
    /// Requests.
    Http(Box<TlsStream<TcpStream>>),
    /// To see that a challenge is answered: with the handshake it has.
    Proven(Box<TlsStream<TcpStream>>),
    /// Something without TLS.
    Plain(TcpStream),
}

async fn open(tls: &TlsAcceptor, socket: TcpStream) -> std::io::Result<Opened> {
    let mut first = [0];
    if socket.peek(&mut first).await? == 1 && first != [TLS_HANDSHAKE] {
        return Ok(Opened::Plain(socket));
    }
    let stream = Box::new(tls.accept(socket).await?);
    let is_challenge = stream.get_ref().1.alpn_protocol() == Some(ACME_TLS);
    Ok(if is_challenge { Opened::Proven(stream) } else { Opened::Http(stream) })
}

/// Tell a client that forgot the `s` of `https`. No redirect: a key that was sent in the clear should be noticed.
async fn refuse_plain(socket: TcpStream) {
    let refuse = service_fn(async |_: hyper::Request<hyper::body::Incoming>| {
        let refusal = ApiError::bad_request("this port speaks TLS: the address begins with https://");
        Ok::<Response, Infallible>(refusal.into_response())
    });
    let mut builder = hyper::server::conn::http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(HEAD).keep_alive(false);
    let _ = builder.serve_connection(TokioIo::new(Patient::new(socket, HEAD)), refuse).await;
}
