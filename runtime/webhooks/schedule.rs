//! What follows from an answer, and when the next try is. Pure.
//!
//! The waits are those that Standard Webhooks recommends, each with up to a tenth more, so that receivers that were down
//! together are not all called together when they are back.

use std::time::Duration;

use crate::clock::Timestamp;

/// Between one try and the next; after the last there is none.
const WAITS: [Duration; 9] = [
    Duration::from_secs(5),
    Duration::from_secs(5 * 60),
    Duration::from_secs(30 * 60),
    Duration::from_secs(2 * 3600),
    Duration::from_secs(5 * 3600),
    Duration::from_secs(10 * 3600),
    Duration::from_secs(14 * 3600),
    Duration::from_secs(20 * 3600),
    Duration::from_secs(24 * 3600),
];
/// The longest that a receiver may put us off.
const PUT_OFF_MAX: Duration = Duration::from_secs(24 * 3600);
/// A webhook that took nothing for so long is disabled.
pub(super) const FAILING_MAX: Duration = Duration::from_secs(5 * 24 * 3600);

/// What came of a try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Came {
    /// It was taken.
    Taken,
    /// The receiver says that nobody listens there any more.
    Gone,
    /// It was not taken; perhaps with how long the receiver wants to be left alone.
    Failed(Option<Duration>),
}

/// What an HTTP status means, with the header `Retry-After`.
pub(super) fn came(status: u16, retry_after: Option<&str>, now: Timestamp) -> Came {
    match status {
        200..300 => Came::Taken,
        410 => Came::Gone,
        429 | 503 => Came::Failed(retry_after.and_then(|text| put_off(text, now))),
        _ => Came::Failed(None),
    }
}

/// Seconds, or a date.
fn put_off(text: &str, now: Timestamp) -> Option<Duration> {
    let text = text.trim();
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds).min(PUT_OFF_MAX));
    }
    let at = jiff::fmt::rfc2822::parse(text).ok()?.timestamp().as_millisecond();
    Some(Timestamp::from_millis(u64::try_from(at).ok()?).since(now).min(PUT_OFF_MAX))
}

/// When it is tried again after the try of this round, the first of which is 0; none if no more. `chance` spreads receivers.
pub(super) fn again(round: u32, put_off: Option<Duration>, chance: u16, now: Timestamp) -> Option<Timestamp> {
    let wait = WAITS.get(round as usize)?;
    let more = wait.mul_f64(f64::from(chance) / f64::from(u16::MAX) / 10.0);
    Some(now.plus((*wait + more).max(put_off.unwrap_or_default())))
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_768_478_400_000);

    #[test]
    fn a_receiver_is_asked_ten_times_over_three_days() {
        let waits: Vec<u64> =
            (0..20).map_while(|round| again(round, None, 0, NOW)).map(|at| at.since(NOW).as_secs()).collect();
        assert_eq!(waits, [5, 300, 1800, 7200, 18_000, 36_000, 50_400, 72_000, 86_400]);
        assert_eq!(
            again(0, None, u16::MAX, NOW).unwrap().since(NOW),
            Duration::from_millis(5500),
            "a tenth more at most"
        );
    }

    #[test]
    fn a_receiver_may_put_us_off_by_a_day_and_not_call_us_sooner() {
        let wait = |round, text: &str| {
            let Came::Failed(put_off) = came(503, Some(text), NOW) else { panic!("503 is a failure") };
            again(round, put_off, 0, NOW).unwrap().since(NOW).as_secs()
        };
        assert_eq!(wait(0, "120"), 120);
        assert_eq!(wait(0, "Thu, 15 Jan 2026 12:01:00 GMT"), 60);
        assert_eq!(wait(1, "1"), 300, "no sooner than on the schedule");
        assert_eq!(wait(0, "Thu, 15 Jan 2025 12:01:00 GMT"), 5);
        for (text, seconds) in [("99999999", 86_400), ("soon", 5), ("-1", 5), ("", 5), ("18446744073709551616", 5)] {
            assert_eq!(wait(0, text), seconds, "{text}");
        }
    }

    #[test]
    fn only_what_is_taken_is_done() {
        assert_eq!((came(200, None, NOW), came(299, None, NOW)), (Came::Taken, Came::Taken));
        assert_eq!(came(410, None, NOW), Came::Gone);
        for status in [100, 301, 400, 404, 500, 600] {
            assert_eq!(came(status, Some("9"), NOW), Came::Failed(None), "{status}");
        }
    }
}
