//! What a form posted: names with values, in order, each name as often as it came.

use axum::body::Bytes;
use axum::extract::{FromRequest, Request};

use super::refusal::Refusal;

/// Fields of a form that are read at once.
const FIELDS_MAX: usize = 5_000;

/// A posted form (`application/x-www-form-urlencoded`).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Posted(Vec<(String, String)>);

impl Posted {
    /// Of pairs.
    pub(crate) fn of(pairs: impl IntoIterator<Item = (String, String)>) -> Self {
        Self(pairs.into_iter().collect())
    }

    /// Of the body of a form, or the query of an address.
    pub(crate) fn parse(bytes: &[u8]) -> Self {
        let pairs = url::form_urlencoded::parse(bytes).take(FIELDS_MAX);
        // A browser sends line ends of texts as CR LF, whatever was typed.
        Self(pairs.map(|(name, value)| (name.into_owned(), value.replace("\r\n", "\n"))).collect())
    }

    /// The first value of a field, as it was sent.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The first value of a field without the spaces around it; none if nothing is left.
    pub(crate) fn word(&self, name: &str) -> Option<&str> {
        self.get(name).map(str::trim).filter(|value| !value.is_empty())
    }

    /// A moment, as RFC 3339 writes it. A browser's own control says no zone: it is asked for in UTC.
    pub(crate) fn moment(&self, name: &str) -> Option<String> {
        let text = self.word(name)?;
        let is_local = text.len() >= 16 && text.bytes().all(|b| b.is_ascii_digit() || b"-T:.".contains(&b));
        Some(match text.len() {
            16 if is_local => format!("{text}:00Z"),
            17..=23 if is_local => format!("{text}Z"),
            _ => text.to_owned(),
        })
    }

    /// Whether a box was ticked, or a button pressed.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    /// Every value of a field.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a str> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// All of them.
    pub(crate) fn pairs(&self) -> &[(String, String)] {
        &self.0
    }
}

impl<S: Send + Sync> FromRequest<S> for Posted {
    type Rejection = Refusal;

    async fn from_request(request: Request, state: &S) -> Result<Self, Refusal> {
        let bytes = Bytes::from_request(request, state).await;
        let bytes = bytes.map_err(|rejection| crate::api::unreadable(&rejection))?;
        Ok(Self::parse(&bytes))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_keep_their_order_and_come_as_often_as_they_were_sent() {
        let posted = Posted::parse(b"%2Fa=1&%2Fb=x+y&%2Fa=2&empty=&text=one%0D%0Atwo");
        assert_eq!(posted.get("/a"), Some("1"));
        assert_eq!(posted.all("/a").collect::<Vec<_>>(), ["1", "2"]);
        assert_eq!(posted.word("/b"), Some("x y"));
        assert_eq!((posted.get("empty"), posted.word("empty"), posted.has("missing")), (Some(""), None, false));
        assert_eq!(posted.get("text"), Some("one\ntwo"));
    }

    #[test]
    fn a_moment_without_a_zone_is_in_utc() {
        let read = |text: &str| Posted::of([("from".to_owned(), text.to_owned())]).moment("from");
        assert_eq!(read("2026-01-15T12:00").as_deref(), Some("2026-01-15T12:00:00Z"));
        assert_eq!(read("2026-01-15T12:00:05.250").as_deref(), Some("2026-01-15T12:00:05.250Z"));
        for as_it_is in ["2026-01-15T12:00:00Z", "2026-01-15T12:00+01:00", "yesterday", "2026"] {
            assert_eq!(read(as_it_is).as_deref(), Some(as_it_is));
        }
        assert_eq!(read(" "), None);
    }
}
