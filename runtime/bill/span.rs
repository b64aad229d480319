//! The days that a bill is of.

use std::fmt;

use serde::Serialize;
use utoipa::ToSchema;

use crate::clock::Timestamp;

const DAY_MS: u64 = 24 * 3600 * 1000;
/// Days of a bill at most.
const DAYS_MAX: u64 = 366;

/// A day in UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Day(u64);

/// From a day to a day, both included.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct BillSpan {
    /// Its first day, in UTC.
    #[schema(value_type = String, format = Date)]
    pub since: Day,
    /// Its last day.
    #[schema(value_type = String, format = Date)]
    pub until: Day,
}

/// What are no days of a bill.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SpanFault {
    /// What was given as the first day is none.
    #[error("is no day, such as 2026-11-01")]
    Since,
    /// What was given as the last day is none.
    #[error("is no day, such as 2026-11-30")]
    Until,
    /// It ends before it begins.
    #[error("lies after `until`")]
    Backwards,
    /// It is too long.
    #[error("lies more than 366 days before `until`")]
    TooLong,
}

impl SpanFault {
    /// The parameter at fault.
    pub fn pointer(self) -> &'static str {
        if self == Self::Until { "/until" } else { "/since" }
    }
}

impl BillSpan {
    /// What was asked for; this month so far unless told.
    pub fn of(since: Option<&str>, until: Option<&str>, now: Timestamp) -> Result<Self, SpanFault> {
        let until = match until {
            Some(text) => Day::read(text).ok_or(SpanFault::Until)?,
            None => Day::of(now),
        };
        let since = match since {
            Some(text) => Day::read(text).ok_or(SpanFault::Since)?,
            None => until.month(),
        };
        if since > until {
            Err(SpanFault::Backwards)
        } else if until.0 - since.0 >= DAYS_MAX {
            Err(SpanFault::TooLong)
        } else {
            Ok(Self { since, until })
        }
    }
}

impl Day {
    fn of(at: Timestamp) -> Self {
        Self(at.as_millis() / DAY_MS)
    }

    /// Ten characters, as RFC 3339 has them.
    fn read(text: &str) -> Option<Self> {
        let is_day = text.len() == 10 && text.bytes().all(|b| b.is_ascii_digit() || b == b'-');
        let at: jiff::Timestamp = is_day.then(|| format!("{text}T00:00:00Z").parse().ok())??;
        u64::try_from(at.as_millisecond()).ok().map(|ms| Self(ms / DAY_MS))
    }

    /// The first of its month.
    fn month(self) -> Self {
        let text = self.to_string();
        text.get(..8).and_then(|month| Self::read(&format!("{month}01"))).unwrap_or(self)
    }

    /// Counted from 1970.
    pub fn number(self) -> u64 {
        self.0
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = Timestamp::from_millis(self.0.saturating_mul(DAY_MS)).to_string();
        f.write_str(at.get(..10).unwrap_or(&at))
    }
}

impl Serialize for Day {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn span(since: Option<&str>, until: Option<&str>) -> Result<(String, String), SpanFault> {
        // Noon of 2026-01-15.
        let span = BillSpan::of(since, until, Timestamp::from_millis(1_768_478_400_000))?;
        Ok((span.since.to_string(), span.until.to_string()))
    }

    #[test]
    fn a_bill_is_of_this_month_unless_told() {
        let days = |since: &str, until: &str| Ok((since.to_owned(), until.to_owned()));
        assert_eq!(span(None, None), days("2026-01-01", "2026-01-15"));
        assert_eq!(span(None, Some("2025-12-31")), days("2025-12-01", "2025-12-31"));
        assert_eq!(span(Some("2025-12-31"), None), days("2025-12-31", "2026-01-15"));
        assert_eq!(span(Some("2024-02-29"), Some("2024-02-29")), days("2024-02-29", "2024-02-29"));
    }

    #[test]
    fn what_is_no_span_of_days_is_refused() {
        for text in
            ["", "2026-13-01", "2026-02-30", "2026-1-1", "today", "+026-01-01", "2026-01-01T00:00:00Z", "1969-12-31"]
        {
            assert_eq!(span(Some(text), None), Err(SpanFault::Since), "{text}");
            assert_eq!(span(None, Some(text)), Err(SpanFault::Until), "{text}");
        }
        assert_eq!(span(Some("2026-01-16"), None), Err(SpanFault::Backwards));
        assert_eq!(span(Some("2025-01-14"), None), Err(SpanFault::TooLong));
        assert!(span(Some("2025-01-15"), None).is_ok(), "a year and its day");
        assert!(span(Some("1970-01-01"), Some("1970-01-01")).is_ok());
    }
}
