//! Times as Twilio writes them: ISO 8601 to the second in Verify, RFC 2822 in Messages. Pure.

use std::time::Duration;

use crate::clock::Timestamp;

const DAY: Duration = Duration::from_secs(24 * 3600);

fn written(at: Timestamp, form: &str) -> String {
    let at = i64::try_from(at.as_millis()).ok().and_then(|ms| jiff::Timestamp::from_millisecond(ms).ok());
    at.map(|at| at.strftime(form).to_string()).unwrap_or_default()
}

/// `2015-07-30T20:00:00Z`.
pub(super) fn iso(at: Timestamp) -> String {
    written(at, "%Y-%m-%dT%H:%M:%SZ")
}

/// `Thu, 30 Jul 2015 20:00:00 +0000`.
pub(super) fn rfc2822(at: Timestamp) -> String {
    written(at, "%a, %d %b %Y %H:%M:%S +0000")
}

/// A day or a moment of a filter: when it begins, and when it is over.
pub(super) fn span(text: &str) -> Option<(Timestamp, Timestamp)> {
    let (text, long) = match text.len() {
        10 => (format!("{text}T00:00:00Z"), DAY),
        _ => (text.to_owned(), Duration::from_secs(1)),
    };
    let at: jiff::Timestamp = text.parse().ok()?;
    let from = Timestamp::from_millis(u64::try_from(at.as_millisecond()).ok()?);
    Some((from, from.plus(long)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_as_twilio_writes_them() {
        let at = Timestamp::from_millis(1_768_478_405_999);
        assert_eq!(iso(at), "2026-01-15T12:00:05Z");
        assert_eq!(rfc2822(at), "Thu, 15 Jan 2026 12:00:05 +0000");
    }

    #[test]
    fn a_filter_names_a_day_or_a_moment() {
        let (from, until) = span("2026-01-15").unwrap();
        assert_eq!((iso(from), until.since(from)), ("2026-01-15T00:00:00Z".to_owned(), DAY));
        let (from, until) = span("2026-01-15T12:00:05Z").unwrap();
        assert_eq!((iso(from), until.since(from).as_secs()), ("2026-01-15T12:00:05Z".to_owned(), 1));
        assert!(["", "yesterday", "2026-13-01", "1960-01-01"].iter().all(|text| span(text).is_none()));
    }
}
