//! Calls to an address that one of our own callers named, to be told something.
//!
//! The threat is that of a connector's requests: an address that leads into the own network. So it is the same way out,
//! with the same rules on addresses; and each origin has a pool of its own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method};
use tokio::time::Instant;
use url::Url;

use super::{Egress, Fault, FetchLimits, Grants, HostPattern, Outlet, Request, Response};

/// Ways out that are kept. Beyond that, all are made anew.
const KEPT_MAX: usize = 256;
/// Nobody reads the answer.
const ANSWER_BYTES_MAX: usize = 64 << 10;

/// Who is to be told something.
#[derive(Clone, Copy)]
pub struct Receiver<'a> {
    /// Where.
    pub url: &'a Url,
    /// Whether the operator's mappings count.
    pub development: bool,
    /// Whether it may be told without TLS; otherwise only with the operator's word, an `http://` entry in `egress.allow`.
    pub plain: bool,
}

/// A way out for each origin that a caller named.
pub struct Origins {
    egress: Arc<Egress>,
    kept: Mutex<HashMap<(String, bool), Arc<Outlet>>>,
}

impl Origins {
    /// Over this egress.
    pub fn new(egress: Arc<Egress>) -> Self {
        Self { egress, kept: Mutex::default() }
    }

    /// Everything that can be judged without a look-up.
    pub fn judge(&self, receiver: Receiver<'_>) -> Result<(), Fault> {
        self.outlet(receiver.url, receiver.development)?.judge_carrying(receiver.url, !receiver.plain)
    }

    /// POST; answers the status and the headers. What else is answered is nobody's business.
    pub async fn post(
        &self,
        receiver: Receiver<'_>,
        headers: HeaderMap,
        body: Bytes,
        wall: Duration,
    ) -> Result<Response, Fault> {
        let outlet = self.outlet(receiver.url, receiver.development)?;
        let request = Request { method: Method::POST, url: receiver.url.clone(), headers, body };
        let deadline = Instant::now() + wall;
        outlet
            .tell(request, FetchLimits { deadline, response_bytes_max: ANSWER_BYTES_MAX, secret: !receiver.plain })
            .await
    }

    fn outlet(&self, url: &Url, development: bool) -> Result<Arc<Outlet>, Fault> {
        let key = (url.origin().ascii_serialization(), development);
        if let Some(found) = self.kept.lock().unwrap_or_else(PoisonError::into_inner).get(&key) {
            return Ok(Arc::clone(found));
        }
        let host = HostPattern::parse(&key.0).map_err(|error| Fault::Denied(error.to_string()))?;
        let grants = Grants { hosts: vec![host], development, internal: None };
        let outlet = self.egress.outlet(grants).map_err(|error| Fault::Denied(error.to_string()))?;
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= KEPT_MAX {
            kept.clear();
        }
        kept.insert(key, Arc::clone(&outlet));
        Ok(outlet)
    }
}
