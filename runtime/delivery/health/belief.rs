//! Whether a provider's word is good that a message could not be delivered. A code that was used has arrived: a report
//! that says otherwise is refuted. Of a provider whose reports are refuted time and again, a no is not believed: it would
//! demote a connector that does well, and send a second SMS to people who have the first.

use std::time::Duration;

use super::window::{Pair, Window};
use crate::clock::Timestamp;

const BUCKET: Duration = Duration::from_secs(300);
const BUCKETS: usize = 12;
/// Fewer refuted ones than this prove nothing.
const REFUTED_MIN: u64 = 3;
/// One of so many is refuted: most true ones can't be, and of wrong ones only those that come after the code was used.
const REFUTED_OF: u64 = 4;

/// What one connector's reports from one country were worth.
#[derive(Debug)]
pub(super) struct Belief {
    /// Negative reports, and those of them that were refuted.
    window: Window<BUCKETS>,
}

impl Default for Belief {
    fn default() -> Self {
        Self { window: Window::new(BUCKET) }
    }
}

impl Belief {
    /// A report said no. Answers whether that is believed.
    pub(super) fn hear_no(&mut self, now: Timestamp) -> bool {
        self.window.move_to(now);
        self.window.add(true);
        self.holds(now)
    }

    /// One said no of a code that was used.
    pub(super) fn refuted(&mut self, now: Timestamp) {
        self.window.move_to(now);
        self.window.add(false);
    }

    /// Whether a no is believed.
    pub(super) fn holds(&mut self, now: Timestamp) -> bool {
        self.window.move_to(now);
        let Pair { first: said, second: refuted } = self.window.sums(0);
        refuted < REFUTED_MIN || refuted * REFUTED_OF < said
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minutes: u64) -> Timestamp {
        Timestamp::from_millis(1_768_478_400_000 + minutes * 60_000)
    }

    #[test]
    fn a_no_is_believed_until_one_of_four_is_refuted() {
        let mut belief = Belief::default();
        assert!((0..12).all(|_| belief.hear_no(at(0))));
        (0..2).for_each(|_| belief.refuted(at(1)));
        assert!(belief.holds(at(1)), "two prove nothing");
        belief.refuted(at(1));
        assert!(!belief.holds(at(1)));
        assert!(belief.hear_no(at(1)), "three of thirteen");
        belief.refuted(at(1));
        assert!(!belief.hear_no(at(59)));
        assert!(belief.hear_no(at(70)), "what was an hour ago is forgiven");
    }
}
