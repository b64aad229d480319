//! Calls to an address that one of our own callers named, to be told something or to be asked.
//!
//! The threat is that of a connector's requests: an address that leads into the own network. So it is the same way out,
//! with the same rules on addresses; and each origin has a pool of its own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderName, HeaderValue};
use http::{HeaderMap, Method};
use tokio::time::Instant;
use url::Url;

use super::{Egress, Fault, FetchLimits, Grants, HostPattern, Outlet, Request, Response};

/// Ways out that are kept. Beyond that, all are made anew.
const KEPT_MAX: usize = 256;
const URL_BYTES_MAX: usize = 2048;
/// Of an answer that nobody reads, and of one that somebody does.
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

/// A question to one of them.
pub struct Question {
    /// Type of the body.
    pub content_type: &'static str,
    /// Headers besides.
    pub headers: Vec<(&'static str, String)>,
    /// What is asked.
    pub body: String,
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

    /// Read an address that an operator gives; else say what is wrong with it.
    pub fn named(&self, text: &str, development: bool) -> Result<Url, String> {
        if text.len() > URL_BYTES_MAX {
            return Err(format!("has more than {URL_BYTES_MAX} bytes"));
        }
        let url = super::read_url(text)?;
        self.judge(Receiver { url: &url, development, plain: true }).map_err(|fault| fault.to_string())?;
        if self.judge(Receiver { url: &url, development, plain: development }).is_err() {
            let detail = "begins with https:// in an environment of kind production; an operator can allow this address with an `http://` entry in `egress.allow`";
            return Err(detail.to_owned());
        }
        Ok(url)
    }

    /// POST a question; answers the status and the whole body.
    pub async fn ask(&self, receiver: Receiver<'_>, question: Question, wall: Duration) -> Result<(u16, Bytes), Fault> {
        let Question { content_type, headers: more, body } = question;
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        for (name, value) in more {
            let value = HeaderValue::from_str(&value).map_err(|_| Fault::Denied(format!("{name} can't be written")))?;
            headers.insert(HeaderName::from_static(name), value);
        }
        let outlet = self.outlet(receiver.url, receiver.development)?;
        let request = Request { method: Method::POST, url: receiver.url.clone(), headers, body: body.into() };
        let deadline = Instant::now() + wall;
        let limits = FetchLimits { deadline, response_bytes_max: ANSWER_BYTES_MAX, secret: !receiver.plain };
        let answer = outlet.fetch(request, limits).await?;
        Ok((answer.status, answer.body))
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
