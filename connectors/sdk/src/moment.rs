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

    /// Milliseconds since 1970 of a moment in the extended format of ISO 8601 (`2026-01-15T12:00:00.5+01:00`, also with a
    /// space in place of the `T`): how a [`crate::Report`] says when. Without an offset it is UTC.
    pub fn milliseconds_of(text: &str) -> Option<u64> {
        let (date, rest) = (text.get(..10)?, text.get(11..)?);
        let [year, month, day] = numbers(date, '-')?;
        let at = rest.find(['Z', '+', '-']).unwrap_or(rest.len());
        let (clock, offset) = rest.split_at_checked(at)?;
        let (clock, fraction) = clock.split_once('.').unwrap_or((clock, ""));
        let [hour, minute, second] = numbers(clock, ':')?;
        if !(1970..=9999).contains(&year) || !(1..=12).contains(&month) || !(1..=31).contains(&day) {
            return None;
        }
        let from_march = (month + 9) % 12;
        let year = year - u64::from(month <= 2);
        let days = year * 365 + year / 4 - year / 100 + year / 400 + (153 * from_march + 2) / 5 + day - 1 - 719_468;
        let seconds = days * DAY_SECONDS + hour * 3600 + minute * 60 + second;
        let thousandths: u64 = format!("{:0<3}", fraction).get(..3)?.parse().ok()?;
        let seconds = match offset.split_at_checked(1) {
            None | Some(("Z", "")) => seconds,
            Some((sign, ahead)) => {
                let digits = ahead.replace(':', "");
                let (hours, minutes): (u64, u64) = (
                    digits.get(..2)?.parse().ok()?,
                    digits.get(2..).filter(|m| !m.is_empty()).map_or(Ok(0), str::parse).ok()?,
                );
                let ahead = hours * 3600 + minutes * 60;
                if sign == "+" { seconds.checked_sub(ahead)? } else { seconds + ahead }
            }
        };
        Some(seconds * 1000 + thousandths)
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

/// Three numbers of digits alone.
fn numbers(text: &str, between: char) -> Option<[u64; 3]> {
    let mut parts =
        text.split(between).map(|part| part.bytes().all(|b| b.is_ascii_digit()).then(|| part.parse().ok())?);
    let found = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_of_a_report_is_read_with_its_offset() {
        let read = Moment::milliseconds_of;
        assert_eq!(read("2026-01-15T12:00:00Z"), Some(1_768_478_400_000));
        assert_eq!(read("2026-01-15 12:00:00"), Some(1_768_478_400_000));
        assert_eq!(read("2026-01-15T13:00:00.25+01:00"), Some(1_768_478_400_250));
        assert_eq!(read("2026-01-15T06:30:00.123456-0530"), Some(1_768_478_400_123));
        assert_eq!(read("2024-02-29T23:59:59Z"), Some(1_709_251_199_000));
        assert_eq!(read("2100-03-01T00:00:00Z"), Some(4_107_542_400_000));
        for none in [
            "",
            "2026-01-15",
            "15/01/2026 12:00:00",
            "2026-13-15T12:00:00Z",
            "2026-01-15T12:00Z",
            "ü026-01-15T12:00:00Z",
            "1969-01-01T00:00:00Z",
        ] {
            assert_eq!(read(none), None, "{none}");
        }
    }

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
