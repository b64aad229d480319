//! Days of UTC.

/// Milliseconds of a day.
pub(super) const LENGTH: i64 = 24 * 3600 * 1000;

/// A day, counted from 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Day(i64);

impl Day {
    /// The one that a time lies in, in milliseconds.
    pub(super) fn of(ms: i64) -> Self {
        Self(ms.div_euclid(LENGTH))
    }

    pub(super) fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }

    pub(super) fn before(self) -> Self {
        Self(self.0.saturating_sub(1))
    }

    /// When it begins, in milliseconds.
    pub(super) fn begins(self) -> i64 {
        self.0.saturating_mul(LENGTH)
    }

    /// `20260131`.
    pub(super) fn written(self) -> String {
        let at = jiff::Timestamp::from_millisecond(self.begins()).unwrap_or_default();
        at.strftime("%Y%m%d").to_string()
    }

    /// And back.
    pub(super) fn read(written: &str) -> Option<Self> {
        let date = jiff::civil::Date::strptime("%Y%m%d", written).ok()?;
        let at = jiff::tz::TimeZone::UTC.to_timestamp(date.at(0, 0, 0, 0)).ok()?;
        Some(Self::of(at.as_millisecond()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_reads_back_as_it_was_written() {
        for (ms, written) in [(0, "19700101"), (1_772_323_199_999, "20260228"), (1_772_323_200_000, "20260301")] {
            assert_eq!(Day::of(ms).written(), written);
            assert_eq!(Day::read(written), Some(Day::of(ms)));
        }
        assert_eq!(Day::of(1_772_323_199_999).next().begins(), 1_772_323_200_000);
        assert_eq!((Day::read("default"), Day::read("2026-03-01")), (None, None));
    }
}
