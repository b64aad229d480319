//! The time that figures are of.

use std::time::Duration;

use serde::Serialize;
use utoipa::ToSchema;

use super::DAY;
use crate::clock::Timestamp;

/// Messages are kept so long.
const SPAN_MAX: Duration = Duration::from_secs(31 * 24 * 3600);

/// From a time on, and before another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Span {
    /// At this time or later.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// Before this time.
    #[schema(value_type = String, format = DateTime)]
    pub to: Timestamp,
}

/// What is no span.
#[derive(Debug, thiserror::Error)]
pub enum SpanError {
    /// It ends before it begins.
    #[error("lies before `to`")]
    Backwards,
    /// It is too long.
    #[error("lies at most 31 days before `to`")]
    TooLong,
}

impl Span {
    /// What was asked for; the last day unless told.
    pub fn of(from: Option<Timestamp>, to: Option<Timestamp>, now: Timestamp) -> Result<Self, SpanError> {
        // What was made in this very millisecond is asked for too.
        let to = to.unwrap_or_else(|| now.plus(Duration::from_millis(1)));
        let from = from.unwrap_or_else(|| to.minus(DAY));
        if from >= to {
            Err(SpanError::Backwards)
        } else if to.since(from) > SPAN_MAX {
            Err(SpanError::TooLong)
        } else {
            Ok(Self { from, to })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_the_last_day_unless_told_and_never_empty_or_endless() {
        let at = |ms| Timestamp::from_millis(ms);
        let day = 24 * 3600 * 1000;
        assert_eq!(Span::of(None, None, at(2 * day)).unwrap(), Span { from: at(day + 1), to: at(2 * day + 1) });
        assert!(matches!(Span::of(Some(at(5)), Some(at(5)), at(9)), Err(SpanError::Backwards)));
        assert!(Span::of(Some(at(0)), Some(at(31 * day)), at(9)).is_ok());
        assert!(matches!(Span::of(Some(at(0)), Some(at(31 * day + 1)), at(9)), Err(SpanError::TooLong)));
        assert!(Span::of(None, None, at(0)).is_ok(), "the beginning of time");
    }
}
