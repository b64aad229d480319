//! Moments in a text: ISO 8601 in both forms, RFC 1123, seconds and milliseconds since 1970. Pure.

use jiff::civil;

/// What a URL begins with here: days in its path are versions of an API.
pub(super) const URL_MARK: &str = "\u{1}url";

/// How much a date says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Precision {
    /// A day.
    Day,
    /// Day and time.
    Moment,
}

/// A date in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Dated {
    pub(super) text: String,
    pub(super) at_ms: i64,
    pub(super) precision: Precision,
    /// Whether it is written as one number, as much else is.
    pub(super) is_number: bool,
    /// Whether it names the version of an API rather than a day.
    pub(super) is_version: bool,
}

const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
/// Numbers that are taken for seconds: 2001 to 2036.
const SECONDS: std::ops::Range<i64> = 1_000_000_000..2_100_000_000;

/// Every date of a text.
pub(super) fn find(text: &str) -> Vec<Dated> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..) {
        let Some(first) = rest.chars().next() else { break };
        let inside = text.get(..at).and_then(|before| before.chars().next_back()).is_some_and(char::is_alphanumeric);
        let dated = if first.is_ascii_digit() && !inside { parse(rest) } else { None };
        match dated {
            Some((length, at_ms, precision, is_number)) => {
                let is_version = is_version(text.get(..at).unwrap_or_default());
                let text = rest.get(..length).unwrap_or_default().to_owned();
                found.push(Dated { text, at_ms, precision, is_number, is_version });
                at += length;
            }
            None => at += first.len_utf8(),
        }
    }
    found
}

/// Whether what stands before a day says that it is a version: the path of a URL, or a name such as `api-version`.
fn is_version(before: &str) -> bool {
    let near: String = before.chars().rev().take(24).map(|c| c.to_ascii_lowercase()).collect();
    let in_path = before.starts_with(URL_MARK) && !before.contains('?');
    in_path || near.contains("noisrev")
}

type Parsed = (usize, i64, Precision, bool);

fn parse(text: &str) -> Option<Parsed> {
    extended(text).or_else(|| rfc1123(text)).or_else(|| digits(text))
}

/// `2026-01-15`, and `T12:00:00` or ` 12:00` after it.
fn extended(text: &str) -> Option<Parsed> {
    let (year, month, day) = (number(text, 0, 4)?, number(text, 5, 2)?, number(text, 8, 2)?);
    if text.get(4..5)? != "-" || text.get(7..8)? != "-" || digit_at(text, 10) {
        return None;
    }
    let time = || {
        let separated = matches!(text.get(10..11)?, "T" | "t" | " " | "+") && text.get(13..14)? == ":";
        let (hour, minute) = (number(text, 11, 2)?, number(text, 14, 2)?);
        let seconds = if text.get(16..17) == Some(":") { number(text, 17, 2) } else { None };
        separated.then_some((hour, minute, seconds))
    };
    match time() {
        Some((hour, minute, seconds)) => {
            let length = if seconds.is_some() { 19 } else { 16 };
            Some((length, millis(year, month, day, (hour, minute, seconds.unwrap_or(0)))?, Precision::Moment, false))
        }
        None => Some((10, millis(year, month, day, (0, 0, 0))?, Precision::Day, false)),
    }
}

/// `15 Jan 2026 12:00:00`, after whatever day of the week.
fn rfc1123(text: &str) -> Option<Parsed> {
    let day_length = if digit_at(text, 1) { 2 } else { 1 };
    let day = number(text, 0, day_length)?;
    let rest = text.get(day_length + 1..)?;
    let name = rest.get(..3)?;
    let month = MONTHS.iter().zip(1..).find(|(month, _)| month.eq_ignore_ascii_case(name))?.1;
    let year = number(rest, 4, 4)?;
    let (hour, minute, second) = (number(rest, 9, 2)?, number(rest, 12, 2)?, number(rest, 15, 2)?);
    Some((day_length + 18, millis(year, month, day, (hour, minute, second))?, Precision::Moment, false))
}

/// `20260115T120000Z`, `20260115120000`, `20260115`, and numbers since 1970.
fn digits(text: &str) -> Option<Parsed> {
    let length = text.bytes().take_while(u8::is_ascii_digit).count();
    let after = text.get(length..).and_then(|rest| rest.chars().next());
    let day = |text: &str| Some((number(text, 0, 4)?, number(text, 4, 2)?, number(text, 6, 2)?));
    let time = |text: &str, at: usize| Some((number(text, at, 2)?, number(text, at + 2, 2)?, number(text, at + 4, 2)?));
    if length == 8
        && matches!(after, Some('T' | 't'))
        && let (Some((y, m, d)), Some(time)) = (day(text), time(text, 9))
    {
        return Some((15, millis(y, m, d, time)?, Precision::Moment, false));
    }
    if after.is_some_and(|after| after.is_alphanumeric()) {
        return None;
    }
    let whole: i64 = text.get(..length)?.parse().ok()?;
    match length {
        8 => {
            let (y, m, d) = day(text)?;
            ((1970..2100).contains(&y)).then_some((8, millis(y, m, d, (0, 0, 0))?, Precision::Day, true))
        }
        10 if SECONDS.contains(&whole) => Some((10, whole * 1000, Precision::Moment, true)),
        13 if SECONDS.contains(&(whole / 1000)) => Some((13, whole, Precision::Moment, true)),
        14 | 17 => {
            let (y, m, d) = day(text)?;
            let at = millis(y, m, d, time(text, 8)?)?;
            ((1970..2100).contains(&y)).then_some((length, at, Precision::Moment, true))
        }
        _ => None,
    }
}

fn digit_at(text: &str, at: usize) -> bool {
    text.as_bytes().get(at).is_some_and(u8::is_ascii_digit)
}

fn number(text: &str, from: usize, length: usize) -> Option<i16> {
    let digits = text.get(from..from + length)?;
    digits.bytes().all(|b| b.is_ascii_digit()).then(|| digits.parse().ok())?
}

fn millis(year: i16, month: i16, day: i16, time: (i16, i16, i16)) -> Option<i64> {
    let small = |value: i16| i8::try_from(value).ok();
    let (hour, minute, second) = (small(time.0)?, small(time.1)?, small(time.2)?);
    let at = civil::DateTime::new(year, small(month)?, small(day)?, hour, minute, second, 0).ok()?;
    Some(jiff::tz::TimeZone::UTC.to_timestamp(at).ok()?.as_millisecond())
}
