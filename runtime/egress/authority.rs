//! The way to a certificate authority (ACME): to what the operator's directory names, by TLS, and nothing else.
//!
//! No rule on addresses applies: the operator named the authority, which may well be in the own network.

use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{Request, Response};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::{TokioExecutor, TokioTimer};

use super::dialler::Dialler;
use super::{Egress, EgressError, Fault, Shared, errors, tls};

/// One request with its answer.
const WHOLE: Duration = Duration::from_secs(30);

/// Certificate chains are the largest answers, and have some KiB.
const ANSWER_BYTES_MAX: usize = 1 << 20;

/// An authority's client. It goes through the operator's proxy and from the operator's address, as everything does.
pub struct AuthorityClient {
    client: Client<Dialler, Full<Bytes>>,
}

impl Egress {
    /// The way to a certificate authority or an identity provider, which trusts `ca_pem` alone where that is given.
    pub fn authority(&self, ca_pem: Option<&[u8]>) -> Result<AuthorityClient, EgressError> {
        AuthorityClient::new(Arc::clone(&self.shared), ca_pem)
    }
}

impl AuthorityClient {
    /// Trusts `ca_pem` alone where it is given, and who else is trusted otherwise.
    fn new(shared: Arc<Shared>, ca_pem: Option<&[u8]>) -> Result<Self, EgressError> {
        let tls = Arc::new(tls::for_authority(&shared.options.extra_ca_pem, ca_pem)?);
        let dialler = Dialler { shared, development: false, named: true, tls };
        let client = Client::builder(TokioExecutor::new())
            .pool_timer(TokioTimer::new())
            // Between two orders lie weeks.
            .pool_idle_timeout(Duration::from_secs(60))
            .build(dialler);
        Ok(Self { client })
    }

    /// Send a request and take the whole answer. Only by TLS (RFC 8555 §6.1), whatever the directory says.
    pub async fn exchange(&self, request: Request<Bytes>) -> Result<Response<Bytes>, Fault> {
        if request.uri().scheme_str() != Some("https") {
            return Err(Fault::Denied("an authority is asked by https only".into()));
        }
        let whole = tokio::time::timeout(WHOLE, self.answer(request.map(Full::new)));
        whole.await.unwrap_or(Err(Fault::Timeout { began: true }))
    }

    pub(super) async fn answer(&self, request: Request<Full<Bytes>>) -> Result<Response<Bytes>, Fault> {
        let answer = self.client.request(request).await.map_err(|error| errors::fault(&error))?;
        let (head, mut rest) = answer.into_parts();
        let mut body = BytesMut::new();
        while let Some(frame) = rest.frame().await {
            let frame = frame.map_err(|error| Fault::Protocol(errors::root(&error)))?;
            let Ok(chunk) = frame.into_data() else { continue };
            if body.len() + chunk.len() > ANSWER_BYTES_MAX {
                return Err(Fault::TooLarge(ANSWER_BYTES_MAX));
            }
            body.extend_from_slice(&chunk);
        }
        Ok(Response::from_parts(head, body.freeze()))
    }
}
