//! The call's time, as signature schemes write it. Always UTC.

use crate::Call;

const DAY_SECONDS: u64 = 86_400;
const WEEKDAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// A second in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    seconds: u64,
    year: u64,
    month: u64,
    day: u64,
}

impl Moment {
    /// When the call was issued: the only clock there is.
    pub fn of(call: &Call) -> Self {
        Self::from_seconds(call.issued_at / 1000)
    }

    /// So many seconds after 1970-01-01T00:00:00Z.
    pub fn from_seconds(seconds: u64) -> Self {
        // Years are counted from March, so that the leap day is a year's last; 0000-03-01 was 719,468 days before 1970.
        let days = seconds / DAY_SECONDS + 719_468;
        let (era, day_of_era) = (days / 146_097, days % 146_097);
        let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
        let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
        let from_march = (5 * day_of_year + 2) / 153;
        let month = if from_march < 10 { from_march + 3 } else { from_march - 9 };
        Self {
            seconds,
            year: era * 400 + year_of_era + u64::from(month <= 2),
            month,
            day: day_of_year - (153 * from_march + 2) / 5 + 1,
        }
    }

    /// Unix time: `1768478400`.
    pub fn seconds(self) -> u64 {
        self.seconds
    }

    /// `2026-01-15`
    pub fn date(self) -> String {
        format!("{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }

    /// `20260115`
    pub fn date_basic(self) -> String {
        format!("{:04}{:02}{:02}", self.year, self.month, self.day)
    }

    /// `2026-01-15T12:00:00Z`, the extended format of ISO 8601.
    pub fn iso8601(self) -> String {
        format!("{}T{}Z", self.date(), self.time(":"))
    }

    /// `20260115T120000Z`, the basic format of ISO 8601.
    pub fn iso8601_basic(self) -> String {
        format!("{}T{}Z", self.date_basic(), self.time(""))
    }

    /// `Thu, 15 Jan 2026 12:00:00 GMT`, the IMF-fixdate of RFC 9110 §5.6.7.
    pub fn http_date(self) -> String {
        let name = |names: &[&'static str], index: u64| {
            usize::try_from(index).ok().and_then(|index| names.get(index)).copied().unwrap_or_default()
        };
        let (weekday, month) = (name(&WEEKDAYS, self.seconds / DAY_SECONDS % 7), name(&MONTHS, self.month - 1));
        format!("{weekday}, {:02} {month} {:04} {} GMT", self.day, self.year, self.time(":"))
    }

    fn time(self, between: &str) -> String {
        let (hour, minute, second) = (self.seconds / 3600 % 24, self.seconds / 60 % 60, self.seconds % 60);
        format!("{hour:02}{between}{minute:02}{between}{second:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_written_as_each_scheme_wants_it() {
        let noon = Moment::from_seconds(1_768_478_400);
        assert_eq!(noon.date(), "2026-01-15");
        assert_eq!(noon.date_basic(), "20260115");
        assert_eq!(noon.iso8601(), "2026-01-15T12:00:00Z");
        assert_eq!(noon.iso8601_basic(), "20260115T120000Z");
        assert_eq!(noon.http_date(), "Thu, 15 Jan 2026 12:00:00 GMT");
    }

    #[test]
    fn leap_days_and_ends_of_years_are_where_they_are() {
        for (seconds, expected) in [
            (0, "Thu, 01 Jan 1970 00:00:00 GMT"),
            (951_782_400, "Tue, 29 Feb 2000 00:00:00 GMT"),
            (1_709_251_199, "Thu, 29 Feb 2024 23:59:59 GMT"),
            (1_709_251_200, "Fri, 01 Mar 2024 00:00:00 GMT"),
            (1_798_761_599, "Thu, 31 Dec 2026 23:59:59 GMT"),
            (4_107_542_400, "Mon, 01 Mar 2100 00:00:00 GMT"),
        ] {
            assert_eq!(Moment::from_seconds(seconds).http_date(), expected);
        }
    }
}
