//! The way to a collector of traces: to the one address that the operator names, by TLS or without.
//!
//! No rule on addresses applies: a collector mostly stands beside the service, or in the own network.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use http::{Method, Request, Response};
use http_body_util::Full;
use url::Url;

use super::client::{AGENT, uri};
use super::{AuthorityClient, Egress, EgressError, Fault, headers};

/// Headers for a collector, which may hold a token: one `name: value` a line. `Debug` shows no value.
#[derive(Clone, Default)]
pub struct CollectorHeaders(HeaderMap);

impl fmt::Debug for CollectorHeaders {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.keys()).finish()
    }
}

impl FromStr for CollectorHeaders {
    type Err = String;

    /// A mistake is told by its line, without what stands there.
    fn from_str(text: &str) -> Result<Self, String> {
        let mut all = HeaderMap::new();
        for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
            let wrong = |why: &str| format!("line {number}: {why}");
            let (name, value) = line.split_once(':').ok_or_else(|| wrong("is `name: value`"))?;
            let name = HeaderName::from_bytes(name.trim().as_bytes());
            let name = name.map_err(|_| wrong("has no name of a header before its colon"))?;
            if headers::is_owned(name.as_str()) || name == CONTENT_TYPE {
                return Err(wrong("names a header that the service writes itself"));
            }
            let value = HeaderValue::from_str(value.trim());
            let mut value = value.map_err(|_| wrong("has a character that a header can't carry"))?;
            value.set_sensitive(true);
            all.append(name, value);
        }
        if all.is_empty() { Err("has no line `name: value`".to_owned()) } else { Ok(Self(all)) }
    }
}

/// A collector's client. It goes through the operator's proxy and from the operator's address, as everything does that
/// leaves this machine.
pub struct CollectorClient {
    client: AuthorityClient,
    address: Url,
    headers: HeaderMap,
}

impl Egress {
    /// The way to the collector at `address`.
    pub fn collector(&self, address: Url, headers: CollectorHeaders) -> Result<CollectorClient, EgressError> {
        let CollectorHeaders(mut headers) = headers;
        headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-protobuf"));
        headers.entry(USER_AGENT).or_insert(HeaderValue::from_static(AGENT));
        Ok(CollectorClient { client: self.authority(None)?, address, headers })
    }
}

impl CollectorClient {
    /// Send a batch and take the whole answer.
    pub async fn post(&self, batch: Bytes, wall: Duration) -> Result<Response<Bytes>, Fault> {
        let mut request = Request::new(Full::new(batch));
        *request.method_mut() = Method::POST;
        *request.uri_mut() = uri(&self.address)?;
        *request.headers_mut() = self.headers.clone();
        let answer = tokio::time::timeout(wall, self.client.answer(request)).await;
        answer.unwrap_or(Err(Fault::Timeout { began: true }))
    }

    /// Where it is, for the log.
    pub fn host(&self) -> &str {
        self.address.host_str().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_read_by_line_and_shown_by_name() {
        let read: CollectorHeaders = "Authorization: Bearer canary:1\n\nx-scope: a\n".parse().unwrap();
        assert_eq!(read.0.get("authorization").unwrap(), "Bearer canary:1");
        assert_eq!(format!("{read:?}"), "[\"authorization\", \"x-scope\"]");
    }

    #[test]
    fn a_bad_header_is_told_by_its_line_and_never_shown() {
        for (text, told) in [
            ("", "no line"),
            ("x: 1\nBearer canary", "line 2"),
            ("cana ry: x", "line 1"),
            ("a: canary\u{1}", "line 1"),
            ("Host: canary", "service writes itself"),
            ("content-type: canary", "service writes itself"),
        ] {
            let error = text.parse::<CollectorHeaders>().unwrap_err();
            assert!(error.contains(told) && !error.contains("canary"), "{text:?}: {error}");
        }
    }
}
