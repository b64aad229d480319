//! When to order. Pure: time and chance are arguments.

use std::time::Duration;

use crate::clock::Timestamp;

/// The first wait after a failure. Let's Encrypt permits five failed proofs of a name in an hour: waits of 2, 4, 8, 16
/// and 32 minutes stay within that.
const FIRST: Duration = Duration::from_secs(2 * 60);

/// No wait of our own is longer.
const LONGEST: Duration = Duration::from_secs(6 * 60 * 60);

/// An authority may ask for more, within reason.
const ASKED_MAX: Duration = Duration::from_secs(24 * 60 * 60);

/// Between two certificates, however short their lives are.
const BETWEEN: Duration = Duration::from_secs(60);

/// At two thirds of the life, and up to a hundredth of it later.
pub(super) fn renewal(not_before: Timestamp, life: Duration, chance: f64) -> Timestamp {
    not_before.plus(life * 2 / 3 + (life / 100).mul_f64(chance))
}

/// After this many failures in a row: doubled each time, up to a quarter longer by chance, never sooner than asked.
pub(super) fn again(now: Timestamp, failures: u32, asked: Option<Duration>, chance: f64) -> Timestamp {
    let doubled = FIRST.saturating_mul(1 << failures.saturating_sub(1).min(16)).min(LONGEST);
    let own = doubled + doubled.mul_f64(chance / 4.0);
    now.plus(own.max(asked.unwrap_or_default().min(ASKED_MAX)))
}

/// The soonest moment after a success.
pub(super) fn soonest(now: Timestamp) -> Timestamp {
    now.plus(BETWEEN)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(1_768_478_400_000);
    const DAY: Duration = Duration::from_secs(24 * 60 * 60);

    #[test]
    fn a_certificate_is_renewed_at_two_thirds_of_its_life() {
        assert_eq!(renewal(NOW, DAY * 90, 0.0), NOW.plus(DAY * 60));
        assert_eq!(renewal(NOW, DAY * 100, 1.0), NOW.plus(DAY * 200 / 3 + DAY));
        assert_eq!(renewal(NOW, Duration::ZERO, 1.0), NOW);
    }

    #[test]
    fn each_failure_in_a_row_doubles_the_wait_up_to_six_hours() {
        let minutes = |failures| again(NOW, failures, None, 0.0).since(NOW).as_secs() / 60;
        assert_eq!([1, 2, 3, 4, 5].map(minutes), [2, 4, 8, 16, 32]);
        assert_eq!([9, 40, u32::MAX].map(minutes), [360; 3]);
        assert_eq!(again(NOW, 1, None, 1.0).since(NOW), Duration::from_secs(150));
    }

    #[test]
    fn what_the_authority_asks_for_is_waited_for_a_day_at_most() {
        let wait = |asked: Duration| again(NOW, 1, Some(asked), 0.0).since(NOW);
        assert_eq!(wait(Duration::from_secs(1)), FIRST);
        assert_eq!(wait(DAY / 2), DAY / 2);
        assert_eq!(wait(DAY * 30), DAY);
    }
}
