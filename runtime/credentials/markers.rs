//! What a guest gets in place of a signature.
//!
//! A marker is random and means nothing outside its call; the host replaces it at the credential's place, once, in a
//! request that names the credential. One that stands anywhere else keeps the request from leaving: in a message's
//! text it would be a sign of a guest that tries to carry a signature to a phone.

use http::HeaderMap;

use crate::egress::Request;
use crate::secret::Secret;

/// Signatures of one call; more are an attack on the host's processor.
const ISSUED_MAX: usize = 16;

struct Marker {
    text: String,
    credential: String,
    value: Secret<String>,
}

/// The markers of one call.
#[derive(Default)]
pub struct Markers(Vec<Marker>);

impl Markers {
    /// Whether one more may be issued.
    pub fn has_room(&self) -> bool {
        self.0.len() < ISSUED_MAX
    }

    /// Keep a value, and give out the marker for it.
    pub fn issue(&mut self, credential: &str, value: Secret<String>) -> String {
        let text = format!("csm_{}", crate::random::hex::<16>());
        self.0.push(Marker { text: text.clone(), credential: credential.to_owned(), value });
        text
    }

    /// How many were issued.
    pub fn issued(&self) -> usize {
        self.0.len()
    }

    /// The values behind them, each with its credential: what must not be seen in an answer.
    pub fn entries(&self) -> impl Iterator<Item = (&str, &Secret<String>)> {
        self.0.iter().map(|marker| (marker.credential.as_str(), &marker.value))
    }

    /// The one marker of a credential that stands in the request, and its value. None if there is none or several.
    pub(super) fn sole(&self, credential: &str, request: &Request) -> Option<(&str, &Secret<String>)> {
        let mut standing = self.0.iter().filter(|marker| marker.credential == credential && marker.count(request) > 0);
        match (standing.next(), standing.next()) {
            (Some(marker), None) if marker.count(request) == 1 => Some((&marker.text, &marker.value)),
            _ => None,
        }
    }

    /// The credential of a marker that stands in a request which is about to leave.
    pub fn stray(&self, request: &Request) -> Option<&str> {
        self.0.iter().find(|marker| marker.count(request) > 0).map(|marker| marker.credential.as_str())
    }
}

impl Marker {
    fn count(&self, request: &Request) -> usize {
        let text = self.text.as_str();
        request.url.as_str().matches(text).count()
            + in_headers(&request.headers, text)
            + request.body.windows(text.len()).filter(|window| *window == text.as_bytes()).count()
    }
}

fn in_headers(headers: &HeaderMap, text: &str) -> usize {
    let value = |value: &http::HeaderValue| value.to_str().map_or(0, |value| value.matches(text).count());
    headers.iter().map(|(name, found)| value(found) + name.as_str().matches(text).count()).sum()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    fn request(url: &str, body: &str) -> Request {
        Request {
            method: http::Method::POST,
            url: url.parse().unwrap(),
            headers: HeaderMap::new(),
            body: Bytes::from(body.to_owned()),
        }
    }

    #[test]
    fn a_marker_is_found_wherever_it_stands_and_says_nothing_of_its_value() {
        let mut markers = Markers::default();
        let marker = markers.issue("aws", Secret::from("canary-signature"));
        assert!(!marker.contains("canary") && marker.len() == 36);
        assert!(markers.sole("aws", &request("https://a.example/", "")).is_none());
        assert_eq!(markers.stray(&request("https://a.example/", &format!("text={marker}"))), Some("aws"));
        assert_eq!(markers.stray(&request(&format!("https://a.example/?x={marker}"), "")), Some("aws"));
        assert!(markers.sole("aws", &request("https://a.example/", &format!("s={marker}"))).is_some());
        let twice = request(&format!("https://a.example/?x={marker}"), &marker);
        assert!(markers.sole("aws", &twice).is_none(), "one place is one marker");
        assert!(markers.sole("other", &request("https://a.example/", &marker)).is_none());
    }
}
