//! The listener: connections with bounds, requests with ids, names that this service answers to, a graceful end.

mod client;
mod connection;
mod patient;

use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::{ConnectInfo, MatchedPath, Request, State};
use axum::http::{HeaderValue, header};
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use futures_util::FutureExt as _;
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;

pub(crate) use self::client::Client;
use self::connection::Connections;
use super::AppState;
use super::error::ApiError;
use crate::config::ServerConfig;
use crate::traces::Said;

/// Whoever is on the other side of the connection.
#[derive(Clone, Copy, Debug)]
pub(super) struct Peer {
    /// The other end of the socket.
    pub address: SocketAddr,
    /// Whether the connection is ours by TLS.
    pub tls: bool,
}

/// Serve until `shutdown` resolves, then let running requests finish, for at most the drain time.
pub(super) async fn serve(
    listener: TcpListener,
    router: Router,
    config: &ServerConfig,
    tls: Option<TlsAcceptor>,
    shutdown: impl Future<Output = ()>,
) -> anyhow::Result<()> {
    let places = Arc::new(Semaphore::new(config.connections_max));
    let graceful = GracefulShutdown::new();
    let connections = Connections::new(router, tls);
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        // A place first: beyond the cap, connections wait in the kernel's queue rather than take our memory.
        let place = tokio::select! {
            place = Arc::clone(&places).acquire_owned() => place?,
            () = &mut shutdown => break,
        };
        let accepted = tokio::select! {
            accepted = listener.accept() => accepted,
            () = &mut shutdown => break,
        };
        let (socket, peer) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                tracing::warn!(%error, "a connection could not be accepted");
                tokio::time::sleep(Duration::from_millis(50)).await;
                continue;
            }
        };
        let connection = connections.clone().serve(socket, peer, graceful.watcher());
        tokio::spawn(async move {
            connection.await;
            drop(place);
        });
    }
    drop(listener);
    connections.stop();
    let drain = Duration::from_secs(config.drain_seconds);
    if tokio::time::timeout(drain, graceful.shutdown()).await.is_err() {
        tracing::warn!("requests were still running when the drain time ended");
    }
    Ok(())
}

/// Around every request: an id, whose it is, the Host rule, a net under panics, headers that pages need.
pub(super) async fn frame(State(app): State<AppState>, mut request: Request, next: Next) -> Response {
    let id = request_id(&request);
    if let Ok(value) = HeaderValue::from_str(&id) {
        request.headers_mut().insert("x-request-id", value);
    }
    let started = Instant::now();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let (method, path) = (request.method().clone(), told_path(request.uri().path()));
    let host = host_of(&request);
    // HTTP/2 names the host in the URL alone, and who reads the header means the same.
    if let Some(authority) = request.uri().authority().and_then(|name| HeaderValue::from_str(name.as_str()).ok()) {
        request.headers_mut().insert(header::HOST, authority);
    }
    let peer = request.extensions().get::<ConnectInfo<Peer>>().map(|ConnectInfo(peer)| *peer);
    let client = peer.map(|peer| Client::of(peer, request.headers(), host.as_deref(), app.trusted_proxies()));
    let is_promised = app.promises_https(host.as_deref()) && !client.is_some_and(|client| client.is_plain);
    if let Some(client) = client {
        let is_secure = is_promised || client.is_secure;
        request.extensions_mut().insert(Client { is_secure, ..client });
    }
    let template = route.as_ref().map(MatchedPath::as_str);
    let span = app.parts.traces.request(crate::metrics::method(method.as_str()), template, request.headers());
    let response = match &host {
        Some(host) if !app.answers_to(host) => ApiError::misdirected(host).into_response(),
        None => ApiError::bad_request("the request names no host").into_response(),
        Some(_) => match span.run(AssertUnwindSafe(next.run(request)).catch_unwind()).await {
            Ok(response) => response,
            Err(_) => ApiError::internal(&"a handler panicked").into_response(),
        },
    };
    let status = response.status();
    span.say(Said::Status(status.as_u16()));
    if status.is_server_error() {
        span.failed();
    }
    app.parts.scrape.counted().answered(method.as_str(), template, status.as_u16(), started.elapsed());
    span.run(async { tracing::debug!(request = id, %method, path, status = status.as_u16(), "answered") }).await;
    dress(response, &id, is_promised)
}

/// A path as the log has it: the token of a callback is a key, so is the last part of a hook's address, and a
/// verification of the Twilio façade may be named by its number.
fn told_path(path: &str) -> String {
    let hidden = |kept: usize| format!("{}/…", path.split('/').take(kept).collect::<Vec<_>>().join("/"));
    match path.split('/').collect::<Vec<_>>().as_slice() {
        ["", "callbacks" | "hooks", ..] => hidden(4),
        ["", "v2", "Services", _, "Verifications", _, ..] => hidden(5),
        _ => path.to_owned(),
    }
}

/// RFC 6797, for a year: whoever came by TLS once comes by nothing else.
const ONLY_HTTPS: HeaderValue = HeaderValue::from_static("max-age=31536000");

fn dress(mut response: Response, id: &str, is_promised: bool) -> Response {
    let headers = response.headers_mut();
    if is_promised {
        headers.insert(header::STRICT_TRANSPORT_SECURITY, ONLY_HTTPS);
    }
    if let Ok(value) = HeaderValue::from_str(id) {
        headers.insert("x-request-id", value);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.entry(header::REFERRER_POLICY).or_insert(HeaderValue::from_static("no-referrer"));
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(HeaderValue::from_static(
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
    ));
    response
}

/// The caller's own id if it is a plain one, so that two logs can be read side by side; else a fresh one.
fn request_id(request: &Request) -> String {
    let given = request.headers().get("x-request-id").and_then(|value| value.to_str().ok());
    let plain = |id: &&str| {
        (1..=64).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    given.filter(plain).map_or_else(|| format!("req_{}", crate::random::hex::<8>()), str::to_owned)
}

fn host_of(request: &Request) -> Option<String> {
    let authority = request.uri().authority().map(|authority| authority.host().to_owned());
    authority.or_else(|| {
        let host = request.headers().get(header::HOST)?.to_str().ok()?;
        let uri: axum::http::uri::Authority = host.parse().ok()?;
        Some(uri.host().to_owned())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_has_no_token_of_a_callback() {
        assert_eq!(told_path("/callbacks/production/twilio/msg_1.0123"), "/callbacks/production/twilio/…");
        assert_eq!(told_path("/callbacks/production/twilio/a/b"), "/callbacks/production/twilio/…");
        assert_eq!(told_path("/hooks/production/logto/cs_hook_0123"), "/hooks/production/logto/…");
        assert_eq!(told_path("/v1/messages"), "/v1/messages");
    }

    #[test]
    fn the_log_has_no_number_that_stands_in_an_address() {
        assert_eq!(told_path("/v2/Services/VA0/Verifications/+14155550123"), "/v2/Services/VA0/Verifications/…");
        assert_eq!(told_path("/v2/Services/VA0/Verifications/%2B14155550123/x"), "/v2/Services/VA0/Verifications/…");
        assert_eq!(told_path("/v2/Services/VA0/Verifications"), "/v2/Services/VA0/Verifications");
    }
}
