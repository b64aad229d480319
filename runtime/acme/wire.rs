//! The library's requests, over the way out that this service has.

use std::pin::Pin;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER, USER_AGENT};
use http::{Request, Response};
use http_body_util::BodyExt as _;
use instant_acme::{BodyWrapper, BytesResponse, Error, HttpClient};

use crate::egress::AuthorityClient;

/// RFC 8555 §6.1 wants the client named.
const NAME: HeaderValue = HeaderValue::from_static(concat!("countersign/", env!("CARGO_PKG_VERSION")));

/// Cheap to clone; all clones hear the same.
#[derive(Clone)]
pub(super) struct Wire {
    client: Arc<AuthorityClient>,
    asked_to_wait: Arc<Mutex<Option<Duration>>>,
}

impl Wire {
    pub(super) fn new(client: AuthorityClient) -> Self {
        Self { client: Arc::new(client), asked_to_wait: Arc::default() }
    }

    /// How long the authority asked to wait when it refused. The library's errors don't say.
    pub(super) fn asked_to_wait(&self) -> Option<Duration> {
        *self.asked_to_wait.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(super) fn forget_wait(&self) {
        *self.asked_to_wait.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    async fn exchange(self, request: Request<BodyWrapper<Bytes>>) -> Result<BytesResponse, Error> {
        let (mut parts, body) = request.into_parts();
        parts.headers.insert(USER_AGENT, NAME);
        let body = match body.collect().await {
            Ok(body) => body.to_bytes(),
            Err(never) => match never {},
        };
        let answer = self.client.exchange(Request::from_parts(parts, body)).await;
        let answer = answer.map_err(|fault| Error::Other(format!("no answer from the authority: {fault}").into()))?;
        if !answer.status().is_success() {
            *self.asked_to_wait.lock().unwrap_or_else(PoisonError::into_inner) = retry_after(&answer);
            // A gateway before the authority answers in its own words, which the library would take for broken JSON.
            if !is_problem(&answer) {
                return Err(Error::Other(format!("the authority answered {}", answer.status()).into()));
            }
        }
        let (parts, body) = answer.into_parts();
        Ok(BytesResponse { parts, body: Box::new(body) })
    }
}

impl HttpClient for Wire {
    fn request(
        &self,
        request: Request<BodyWrapper<Bytes>>,
    ) -> Pin<Box<dyn Future<Output = Result<BytesResponse, Error>> + Send>> {
        Box::pin(self.clone().exchange(request))
    }
}

fn is_problem(answer: &Response<Bytes>) -> bool {
    let kind = answer.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    kind.starts_with("application/problem+json") || kind.starts_with("application/json")
}

/// In seconds; as a date it is not worth a clock: the schedule's own wait will do.
fn retry_after(answer: &Response<Bytes>) -> Option<Duration> {
    let seconds = answer.headers().get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}
