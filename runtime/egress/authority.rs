//! The way to a certificate authority (ACME): to what the operator's directory names, by TLS, and nothing else.
//!
//! No rule on addresses applies: the operator named the authority, which may well be in the own network.

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use http::{Request, Response};

use super::{EgressError, EgressOptions, tls};

/// One request with its answer.
const WHOLE: Duration = Duration::from_secs(30);

/// Certificate chains are the largest answers, and have some KiB.
const ANSWER_BYTES_MAX: usize = 1 << 20;

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum AuthorityError {
    /// The connection failed, or ended.
    #[error("the authority can't be reached: {0}")]
    Unreachable(String),
    /// More than any answer of an authority.
    #[error("the authority's answer is larger than {} KiB", ANSWER_BYTES_MAX >> 10)]
    TooLarge,
}

/// An authority's client.
pub struct AuthorityClient {
    client: reqwest::Client,
}

impl AuthorityClient {
    /// Trusts `ca_pem` alone where it is given, and who else is trusted otherwise.
    pub(super) fn new(options: &EgressOptions, ca_pem: Option<&[u8]>) -> Result<Self, EgressError> {
        let client = reqwest::Client::builder()
            .tls_backend_preconfigured(tls::for_authority(&options.extra_ca_pem, ca_pem)?)
            .https_only(true)
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .referer(false)
            .connect_timeout(Duration::from_millis(options.timeout_connect_ms))
            .timeout(WHOLE)
            // Between two orders lie weeks.
            .pool_idle_timeout(Duration::from_secs(60))
            .build()
            .map_err(|error| EgressError::Client(error.to_string()))?;
        Ok(Self { client })
    }

    /// Send a request and take the whole answer.
    pub async fn exchange(&self, request: Request<Bytes>) -> Result<Response<Bytes>, AuthorityError> {
        let failed = |error: reqwest::Error| AuthorityError::Unreachable(causes(&error));
        let request = reqwest::Request::try_from(request).map_err(failed)?;
        let mut answer = self.client.execute(request).await.map_err(failed)?;
        let mut body = BytesMut::new();
        while let Some(chunk) = answer.chunk().await.map_err(failed)? {
            if body.len() + chunk.len() > ANSWER_BYTES_MAX {
                return Err(AuthorityError::TooLarge);
            }
            body.extend_from_slice(&chunk);
        }
        let mut response = Response::new(body.freeze());
        *response.status_mut() = answer.status();
        *response.headers_mut() = std::mem::take(answer.headers_mut());
        Ok(response)
    }
}

/// The client's error with what is behind it: it alone says only that a request failed.
fn causes(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(cause) => format!("{error}: {}", causes(cause)),
        None => error.to_string(),
    }
}
