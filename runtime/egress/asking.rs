//! Asking an address of our own, such as `server.public_url`: which no connector could, and without a connector's rules,
//! since the operator named it.

use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::header::{HOST, HeaderValue, USER_AGENT};
use http_body_util::{BodyExt as _, Full};
use url::Url;

use super::dialler::Dialler;
use super::link::Link;
use super::{Egress, EgressError, Fault, Response, client, errors, tls};

const BYTES_MAX: usize = 64 << 10;
const DEADLINE: Duration = Duration::from_secs(10);

/// Whose certificate is taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// One that a connector's provider could have.
    Usual,
    /// Any: to find out who is there. Such an answer says nothing that can be relied on.
    Anyone,
}

impl Egress {
    /// Ask for `url`, which the operator named, and take the answer as it is.
    pub async fn ask(
        &self,
        method: http::Method,
        url: &Url,
        headers: &[(&'static str, &str)],
        trust: Trust,
    ) -> Result<Response, Fault> {
        let tls = match trust {
            Trust::Usual => Arc::clone(&self.shared.tls),
            Trust::Anyone => Arc::new(tls::trusting_anyone().map_err(|error| Fault::Tls(error.to_string()))?),
        };
        let dialler = Dialler { shared: Arc::clone(&self.shared), development: false, named: true, tls };
        let asked = exchange(&dialler, method, url, headers);
        tokio::time::timeout(DEADLINE, asked).await.unwrap_or(Err(Fault::Timeout { began: true }))
    }

    /// Make a connection to the proxy, and end it. None if there is none.
    pub async fn reach_proxy(&self) -> Option<Result<(), Fault>> {
        let proxy = self.shared.options.proxy.as_ref()?;
        let tls = Arc::clone(&self.shared.tls);
        let dialler = Dialler { shared: Arc::clone(&self.shared), development: false, named: true, tls };
        let limit = Duration::from_millis(self.shared.options.timeout_connect_ms);
        let silent = super::ProxyFault::Unreachable(format!("nothing within {} ms", limit.as_millis()));
        let reached = tokio::time::timeout(limit, dialler.proxy(proxy)).await.unwrap_or(Err(silent));
        Some(reached.map(drop).map_err(Fault::Proxy))
    }

    /// Whether names are the proxy's to resolve.
    pub fn proxy_resolves(&self) -> bool {
        self.shared.options.proxy_resolves
    }

    /// The addresses that connections leave from, where the operator named any.
    pub fn source_addresses(&self) -> &[IpAddr] {
        &self.shared.options.source_addresses
    }

    /// The proxy, without its user and password.
    pub fn proxy_shown(&self) -> Option<String> {
        self.shared.options.proxy.as_ref().map(ToString::to_string)
    }
}

async fn exchange(
    dialler: &Dialler,
    method: http::Method,
    url: &Url,
    headers: &[(&'static str, &str)],
) -> Result<Response, Fault> {
    let link = Link::new(dialler.dial(&client::uri(url)?).await?);
    let broken = |error: hyper::Error| Fault::Protocol(errors::root(&error));
    let (mut sender, connection) = hyper::client::conn::http1::handshake(link).await.map_err(broken)?;
    // It ends with the sender.
    let running = tokio_util::task::AbortOnDropHandle::new(tokio::spawn(connection));
    let path = &url[url::Position::BeforePath..url::Position::AfterQuery];
    let mut request = http::Request::new(Full::new(Bytes::new()));
    *request.method_mut() = method;
    *request.uri_mut() = path.parse().map_err(|_| Fault::Denied("the path can't be asked for".into()))?;
    let value = |text: &str| HeaderValue::from_str(text).map_err(|_| Fault::Denied("a header can't be written".into()));
    request.headers_mut().insert(HOST, value(url.authority())?);
    request.headers_mut().insert(USER_AGENT, HeaderValue::from_static(client::AGENT));
    for (name, text) in headers {
        request.headers_mut().insert(*name, value(text)?);
    }
    let (head, mut rest) = sender.send_request(request).await.map_err(broken)?.into_parts();
    let mut body = BytesMut::new();
    while let Some(frame) = rest.frame().await {
        let Ok(chunk) = frame.map_err(broken)?.into_data() else { continue };
        if body.len() + chunk.len() > BYTES_MAX {
            return Err(Fault::TooLarge(BYTES_MAX));
        }
        body.extend_from_slice(&chunk);
    }
    drop(running);
    Ok(Response { status: head.status.as_u16(), headers: client::told(&head.headers).0, body: body.freeze() })
}

/// What the options come to, for whoever only looks at them: those that can't be met are left out, and told.
pub fn as_far_as_possible(mut options: super::EgressOptions) -> (Option<Egress>, Vec<EgressError>) {
    let mut told = Vec::new();
    loop {
        match Egress::new(options.clone()) {
            Ok(egress) => return (Some(egress), told),
            Err(error) => {
                let again = match &error {
                    EgressError::Source(..) => std::mem::take(&mut options.source_addresses).is_empty(),
                    EgressError::Certificate(_) => std::mem::take(&mut options.extra_ca_pem).is_empty(),
                    EgressError::Override(_) => std::mem::take(&mut options.overrides).is_empty(),
                    EgressError::Identity(_) | EgressError::Client(_) | EgressError::Authority(_) => true,
                };
                told.push(error);
                if again {
                    return (None, told);
                }
            }
        }
    }
}
