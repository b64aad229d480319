//! A provider on loopback, for trying connectors out: whatever asks it gets what a function says.
//!
//! There are two that stand in for a provider. This one has a socket, for whoever wants what is really on the wire, after
//! credentials were placed and headers made: transcripts as they are played (`check`), made (`replay`) and answered with
//! (`countersign dev`). [`crate::egress::StandIn`] answers in the outlet, before any connection: for the checks of an
//! upload, which may be anybody's, must not reach even loopback, and meets faults that no socket makes on demand.

use std::future::poll_fn;
use std::io;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use http::header::{CONTENT_TYPE, HOST};
use http_body_util::{BodyExt as _, Full, Limited};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::{JoinHandle, JoinSet};
use url::Url;

use super::transcript::{Reply, WireFault};

/// A connector's request has no larger body.
const BODY_BYTES_MAX: usize = 2 << 20;

/// A request as it was on the wire, with its credentials in it: nothing that `Debug` should show.
pub struct Asked {
    /// Upper case.
    pub method: String,
    /// The host that was meant, with its port where it has one.
    pub host: String,
    /// Path and query.
    pub target: String,
    /// Headers as they came.
    pub headers: Vec<(String, String)>,
    /// Body.
    pub body: Bytes,
}

impl Asked {
    /// A header's value.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    /// The path without its query.
    pub fn path(&self) -> &str {
        self.target.split_once('?').map_or(&self.target, |(path, _)| path)
    }
}

/// What it does with a request.
#[derive(Clone)]
pub enum Answer {
    /// An answer.
    Reply(Reply),
    /// None, in this way.
    Fault(WireFault),
}

/// The provider. It and its connections end with this.
pub struct StandIn {
    origin: Url,
    task: JoinHandle<()>,
}

impl Drop for StandIn {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl StandIn {
    /// Listen on loopback.
    pub async fn start(answer: impl Fn(Asked) -> Answer + Send + Sync + 'static) -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let origin = Url::parse(&format!("http://{}", listener.local_addr()?)).map_err(io::Error::other)?;
        Ok(Self { origin, task: tokio::spawn(accept(listener, Arc::new(answer))) })
    }

    /// Where it listens.
    pub fn origin(&self) -> &Url {
        &self.origin
    }
}

/// An origin on loopback where nobody listens.
pub async fn nobody() -> io::Result<Url> {
    let address = TcpListener::bind("127.0.0.1:0").await?.local_addr()?;
    Url::parse(&format!("http://{address}")).map_err(io::Error::other)
}

async fn accept<F: Fn(Asked) -> Answer + Send + Sync + 'static>(listener: TcpListener, answer: Arc<F>) {
    let mut connections = JoinSet::new();
    while let Ok((socket, _)) = listener.accept().await {
        while connections.try_join_next().is_some() {}
        connections.spawn(serve(socket, Arc::clone(&answer)));
    }
}

async fn serve<F: Fn(Asked) -> Answer + Send + Sync + 'static>(socket: TcpStream, answer: Arc<F>) {
    let service = service_fn(|request| {
        let answer = Arc::clone(&answer);
        Box::pin(async move {
            match answer(read(request).await?) {
                Answer::Reply(reply) => render(&reply),
                Answer::Fault(WireFault::Timeout) => std::future::pending().await,
                Answer::Fault(WireFault::Reset | WireFault::Refused) => {
                    Err(io::Error::from(io::ErrorKind::ConnectionReset))
                }
            }
        })
    });
    let mut connection = hyper::server::conn::http1::Builder::new().serve_connection(TokioIo::new(socket), service);
    if poll_fn(|context| connection.poll_without_shutdown(context)).await.is_err() {
        // No lingering: what is closed now is reset. Where the other side broke it, it is its to judge.
        let _ = connection.into_parts().io.into_inner().set_zero_linger();
    }
}

async fn read(request: http::Request<Incoming>) -> io::Result<Asked> {
    let (head, body) = request.into_parts();
    let body = Limited::new(body, BODY_BYTES_MAX).collect().await.map_err(io::Error::other)?.to_bytes();
    let text = |value: &http::HeaderValue| String::from_utf8_lossy(value.as_bytes()).into_owned();
    Ok(Asked {
        method: head.method.to_string(),
        host: head.headers.get(HOST).map(text).unwrap_or_default(),
        target: head.uri.path_and_query().map(ToString::to_string).unwrap_or_default(),
        headers: head.headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
        body,
    })
}

fn render(reply: &Reply) -> io::Result<http::Response<Full<Bytes>>> {
    let (kind, body) = match (&reply.json, &reply.text, &reply.base64) {
        (Some(json), _, _) => ("application/json", json.to_string().into_bytes()),
        (None, Some(text), _) => ("text/plain; charset=utf-8", text.clone().into_bytes()),
        (None, None, Some(base64)) => ("application/octet-stream", STANDARD.decode(base64).unwrap_or_default()),
        (None, None, None) => ("text/plain", Vec::new()),
    };
    let mut response = http::Response::builder().status(reply.status.unwrap_or(200));
    if !reply.headers.keys().any(|name| name.eq_ignore_ascii_case(CONTENT_TYPE.as_str())) {
        response = response.header(CONTENT_TYPE, kind);
    }
    for (name, value) in &reply.headers {
        response = response.header(name, value);
    }
    response.body(Full::new(Bytes::from(body))).map_err(io::Error::other)
}
