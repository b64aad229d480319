//! Requests and replies.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::host::countersign::connector::http;
use crate::{Fail as _, Failure, FailureKind, Header, failure};

/// A request to be sent by the host.
#[derive(Debug, Clone)]
pub struct Request(http::Request);

impl Request {
    /// A request with this method; upper case.
    pub fn new(method: &str, url: impl Into<String>) -> Self {
        Self(http::Request {
            method: method.to_owned(),
            url: url.into(),
            headers: Vec::new(),
            body: Vec::new(),
            credentials: Vec::new(),
            timeout_ms: None,
        })
    }

    /// GET.
    pub fn get(url: impl Into<String>) -> Self {
        Self::new("GET", url)
    }

    /// POST.
    pub fn post(url: impl Into<String>) -> Self {
        Self::new("POST", url)
    }

    /// One more header.
    #[must_use]
    pub fn header(mut self, name: &str, value: impl Into<String>) -> Self {
        self.0.headers.push(Header { name: name.to_owned(), value: value.into() });
        self
    }

    /// A credential of the manifest, placed by the host as the request leaves.
    #[must_use]
    pub fn credential(mut self, name: &str) -> Self {
        self.0.credentials.push(name.to_owned());
        self
    }

    /// An `application/x-www-form-urlencoded` body.
    #[must_use]
    pub fn form<K: AsRef<str>, V: AsRef<str>>(mut self, fields: impl IntoIterator<Item = (K, V)>) -> Self {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
        self.0.body = body.into_bytes();
        self.header("content-type", "application/x-www-form-urlencoded")
    }

    /// A JSON body.
    #[must_use]
    pub fn json<T: Serialize>(mut self, body: &T) -> Self {
        // Serialising to memory fails only for maps whose keys are no strings, which no body of ours has.
        self.0.body = serde_json::to_vec(body).unwrap_or_default();
        self.header("content-type", "application/json")
    }

    /// A body of another kind: XML, or one whose bytes a signature covers.
    #[must_use]
    pub fn content(mut self, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        self.0.body = body.into();
        self.header("content-type", content_type)
    }

    /// Where it goes.
    pub fn url(&self) -> &str {
        &self.0.url
    }

    /// Its body as text.
    pub fn body(&self) -> String {
        String::from_utf8_lossy(&self.0.body).into_owned()
    }

    /// Names of its credentials.
    pub fn credentials(&self) -> &[String] {
        &self.0.credentials
    }

    /// Method, URL, headers, body, names of credentials: for a host that runs a connector natively.
    pub fn into_parts(self) -> (String, String, Vec<Header>, Vec<u8>, Vec<String>) {
        let http::Request { method, url, headers, body, credentials, .. } = self.0;
        (method, url, headers, body, credentials)
    }
}

/// A provider's answer.
#[derive(Debug, Clone)]
pub struct Response {
    /// Any status.
    pub status: u16,
    /// As they came.
    pub headers: Vec<Header>,
    /// As it came.
    pub body: Vec<u8>,
}

impl Response {
    /// An answer, for tests.
    pub fn new(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self { status, headers: Vec::new(), body: body.into() }
    }

    /// Whether the status is 2xx.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The first header of that name.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name)).map(|header| header.value.as_str())
    }

    /// The body as JSON. A body that is none may hide a message that was sent.
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Failure> {
        let refuse = |_| {
            failure(FailureKind::InvalidResponse, "the provider's answer is not the JSON that it documents")
                .maybe_sent()
        };
        serde_json::from_slice(&self.body).map_err(refuse)
    }

    /// `Retry-After` in seconds, where it is a number (RFC 9110 §10.2.3).
    pub fn retry_after(&self) -> Option<u32> {
        self.header("retry-after")?.trim().parse().ok()
    }
}

/// Send a request and wait for the answer. A fault becomes the failure that it means.
pub fn exchange(request: Request) -> Result<Response, Failure> {
    match http::send(&request.0) {
        Ok(answer) => Ok(Response { status: answer.status, headers: answer.headers, body: answer.body }),
        Err(fault) => Err(meaning(fault)),
    }
}

fn meaning(fault: http::Fault) -> Failure {
    use FailureKind as K;
    match fault {
        http::Fault::Denied(why) => failure(K::InvalidConfig, why),
        http::Fault::Dns(name) => failure(K::ProviderUnavailable, format!("the name `{name}` does not resolve")),
        http::Fault::Connect(why) => failure(K::ProviderUnavailable, format!("no connection: {why}")),
        http::Fault::Tls(why) => failure(K::ProviderUnavailable, format!("the TLS handshake failed: {why}")),
        http::Fault::Timeout => failure(K::Timeout, "the provider did not answer in time").maybe_sent(),
        http::Fault::TooLarge => failure(K::InvalidResponse, "the provider's answer is too large").maybe_sent(),
        http::Fault::Protocol(why) | http::Fault::Other(why) => {
            failure(K::ProviderUnavailable, format!("the connection broke: {why}")).maybe_sent()
        }
    }
}
