//! Requests and replies.

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::host::countersign::connector::http;
use crate::{Certainty, CodeTable, Fail as _, Failure, FailureKind, Header, failure, kind_of, kind_of_status};

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

    /// The body as JSON to be read by [`crate::word()`]; null where it is none, as of a proxy's page.
    pub fn value(&self) -> serde_json::Value {
        serde_json::from_slice(&self.body).unwrap_or_default()
    }

    /// The body as text, without the spaces around it; what is no UTF-8 becomes U+FFFD.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).trim().to_owned()
    }

    /// What this answer means if it is no yes: by the provider's code where the table has it, else by the status.
    ///
    /// A code is the provider's own word, so a clear no; of its own trouble (5xx) alone a doubt stays. A 2xx with an
    /// unknown code is [`FailureKind::Other`]; a 2xx with no code says nothing at all, and leaves a doubt.
    pub fn refused(&self, table: &CodeTable, code: Option<String>, text: Option<String>) -> Failure {
        let (by_status, doubt) = kind_of_status(self.status);
        let code = code.filter(|code| !code.is_empty());
        let by_code = code.as_deref().and_then(|code| kind_of(table, code));
        let unknown = if code.is_some() && self.is_success() { FailureKind::Other } else { by_status };
        let certainty = if code.is_some() && self.status < 500 { Certainty::NotSent } else { doubt };
        let text = text.filter(|text| !text.is_empty()).or_else(|| self.words());
        let text = text.unwrap_or_else(|| format!("it answered with status {}", self.status));
        let told = failure(by_code.unwrap_or(unknown), text).retry_after(self.retry_after());
        Failure { certainty, provider_code: code, ..told }
    }

    /// A refusal in plain words, as gateways give it: not a page, not a document.
    fn words(&self) -> Option<String> {
        let text = std::str::from_utf8(&self.body).ok()?.trim();
        let is_words = (1..=200).contains(&text.len()) && !text.starts_with(['<', '{', '[', '"']);
        (is_words && !text.chars().any(char::is_control)).then(|| text.to_owned())
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

#[cfg(test)]
mod tests {
    use super::*;

    const CODES: &CodeTable = &[("7", FailureKind::InvalidRecipient)];

    #[test]
    fn a_code_beats_the_status_and_is_a_clear_no_but_for_the_providers_own_trouble() {
        use FailureKind as K;
        let told = |status, code: &str| {
            let told = Response::new(status, "").refused(CODES, Some(code.to_owned()), Some(String::new()));
            (told.kind, told.certainty)
        };
        assert_eq!(told(400, "7"), (K::InvalidRecipient, Certainty::NotSent));
        assert_eq!(told(200, "7"), (K::InvalidRecipient, Certainty::NotSent));
        assert_eq!(told(200, "8"), (K::Other, Certainty::NotSent));
        assert_eq!(told(401, "8"), (K::AuthenticationFailed, Certainty::NotSent));
        assert_eq!(told(500, "7"), (K::InvalidRecipient, Certainty::Unknown));
        assert_eq!(told(503, ""), (K::ProviderUnavailable, Certainty::NotSent));
        assert_eq!(told(200, ""), (K::InvalidResponse, Certainty::Unknown));
    }

    #[test]
    fn what_was_said_is_kept_with_the_time_to_wait() {
        let mut answer = Response::new(429, " slow down\n");
        answer.headers.push(Header { name: "Retry-After".into(), value: "30".into() });
        let told = answer.refused(CODES, None, Some(answer.text()));
        assert_eq!((told.text.as_str(), told.retry_after_seconds, told.provider_code), ("slow down", Some(30), None));
        let text = |body: &str| Response::new(404, body).refused(CODES, None, None).text;
        assert_eq!(text("no such account"), "no such account");
        for none in ["", "<html>gone</html>", "{\"a\": 1}", "[]", "\"x\"", "n\0o\0", &"x".repeat(201)] {
            assert_eq!(text(none), "it answered with status 404");
        }
    }
}
