//! Codes that were sent and codes that were used. A provider that accepts everything and delivers nothing shows here,
//! even where it reports nothing.
//!
//! Conservative, since much besides a provider changes how many people type a code in: sent are counted only once they
//! had three minutes or more to be used, 50 at least; what is expected is the connector's own past (100 sent or more)
//! or else the other connectors' present in the same country; and it has collapsed if less than a quarter of what is
//! expected was used, four standard deviations away, where at least a fifth was expected. What a source sent that never
//! tells what was used is counted apart, and judged by nobody here.

use std::time::Duration;

use super::window::{Pair, Window};
use crate::clock::Timestamp;

const BUCKET: Duration = Duration::from_secs(180);
const BUCKETS: usize = 12;
/// Buckets whose codes may still be on their way.
const YOUNG: usize = 2;
const SENT_MIN: u64 = 50;
const PAST_MIN: u64 = 100;
const PAST_MAX: u64 = 2000;
const EXPECTED_MIN: f64 = 0.2;
const SIGMAS_MIN: f64 = 4.0;

/// Sent and used ones of one connector in one country.
#[derive(Debug)]
pub(super) struct Uses {
    window: Window<BUCKETS>,
    /// Of each pair only the first: sent ones of which nobody tells if they are used.
    untold: Window<BUCKETS>,
    past: Pair,
    judged: u64,
}

impl Default for Uses {
    fn default() -> Self {
        Self { window: Window::new(BUCKET), untold: Window::new(BUCKET), past: Pair::default(), judged: 0 }
    }
}

impl Uses {
    fn move_to(&mut self, now: Timestamp) {
        let fell = self.window.move_to(now);
        self.past.first += fell.first;
        self.past.second += fell.second;
        // What was long ago counts for less and less.
        if self.past.first > PAST_MAX {
            self.past = Pair { first: self.past.first / 2, second: self.past.second / 2 };
        }
    }

    pub(super) fn sent(&mut self, now: Timestamp) {
        self.move_to(now);
        self.window.add(true);
    }

    pub(super) fn sent_untold(&mut self, now: Timestamp) {
        self.untold.move_to(now);
        self.untold.add(true);
    }

    /// Sent ones of which somebody tells if they are used, and those of which nobody does.
    pub(super) fn told_and_untold(&mut self, now: Timestamp) -> Pair {
        self.move_to(now);
        self.untold.move_to(now);
        Pair { first: self.window.sums(0).first, second: self.untold.sums(0).first }
    }

    pub(super) fn used(&mut self, now: Timestamp) {
        self.move_to(now);
        self.window.add(false);
    }

    /// Whether it is time to judge: once for each bucket.
    pub(super) fn is_due(&mut self, now: Timestamp) -> bool {
        let enough = self.present(now).first >= SENT_MIN;
        let due = enough && self.window.newest() > self.judged;
        if due {
            self.judged = self.window.newest();
        }
        due
    }

    /// Sent ones that had time to be used, and all that were used.
    pub(super) fn present(&mut self, now: Timestamp) -> Pair {
        self.move_to(now);
        Pair { first: self.window.sums(YOUNG).first, second: self.window.sums(0).second }
    }

    /// Its own past, if there is enough of it.
    pub(super) fn past(&self) -> Option<Pair> {
        (self.past.first >= PAST_MIN).then_some(self.past)
    }

    /// Begin again after it was demoted; what it did when it did well stays.
    pub(super) fn clear(&mut self) {
        self.window.clear();
    }
}

/// Why hardly any of what was sent is used, if that is so.
pub(super) fn collapsed(present: Pair, expected: Pair) -> Option<String> {
    let (sent, used) = (present.first as f64, present.second as f64);
    if present.first < SENT_MIN || expected.first < SENT_MIN {
        return None;
    }
    let share = (expected.second as f64 / expected.first as f64).min(0.99);
    let sigmas = (share * sent - used) / (sent * share * (1.0 - share)).sqrt();
    let fell = share >= EXPECTED_MIN && used < sent * share / 4.0 && sigmas >= SIGMAS_MIN;
    fell.then(|| format!("{} of {} codes were used, where {:.0} % are", present.second, present.first, share * 100.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: u64) -> Timestamp {
        Timestamp::from_millis(1_768_478_400_000 + minutes * 60_000)
    }

    #[test]
    fn a_collapse_is_far_from_what_is_expected_and_of_many() {
        let normal = Pair { first: 1000, second: 600 };
        let of = |sent, used| collapsed(Pair { first: sent, second: used }, normal);
        assert_eq!(of(50, 7).as_deref(), Some("7 of 50 codes were used, where 60 % are"));
        assert_eq!(of(49, 0), None, "too few");
        assert_eq!(of(50, 8), None, "not far enough");
        let quiet = Pair { first: 1000, second: 150 };
        assert_eq!(collapsed(Pair { first: 500, second: 0 }, quiet), None, "hardly anybody tells what was used");
    }

    #[test]
    fn what_was_sent_a_moment_ago_is_not_unused_yet() {
        let mut uses = Uses::default();
        (0..200).for_each(|_| uses.sent(at(0)));
        assert!(!uses.is_due(at(2)));
        assert!(uses.is_due(at(7)));
        assert!(!uses.is_due(at(7)), "once for each bucket");
        assert_eq!(uses.present(at(7)), Pair { first: 200, second: 0 });
    }

    #[test]
    fn what_nobody_tells_of_is_never_due_and_never_unused() {
        let mut uses = Uses::default();
        (0..200).for_each(|_| uses.sent_untold(at(0)));
        assert!(!uses.is_due(at(7)));
        assert_eq!(uses.present(at(7)), Pair::default());
        assert_eq!(uses.told_and_untold(at(7)), Pair { first: 0, second: 200 });
        assert_eq!(uses.told_and_untold(at(60)), Pair::default());
    }

    #[test]
    fn what_falls_out_of_the_window_is_the_past() {
        let mut uses = Uses::default();
        (0..120).for_each(|_| uses.sent(at(0)));
        (0..60).for_each(|_| uses.used(at(1)));
        assert_eq!(uses.past(), None);
        assert!(!uses.is_due(at(60)));
        assert_eq!(uses.past(), Some(Pair { first: 120, second: 60 }));
    }
}
