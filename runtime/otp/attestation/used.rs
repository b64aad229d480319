//! Tokens that were used: keyed hashes, in memory, for a while. Not each provider sees to it that one is good once.

use std::collections::{HashMap, VecDeque};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use crate::clock::Timestamp;

/// Longer than tokens live: Turnstile's five minutes, two of the others.
const KEPT: Duration = Duration::from_secs(600);
/// Some 200 a second. Where more are used, the oldest are forgotten first.
const KEPT_MAX: usize = 1 << 17;

/// Which were used.
#[derive(Default)]
pub(super) struct Used(Mutex<Kept>);

#[derive(Default)]
struct Kept {
    known: HashMap<[u8; 32], Timestamp>,
    /// The same, the oldest first.
    order: VecDeque<([u8; 32], Timestamp)>,
}

impl Used {
    /// Use one; answers whether it was fresh.
    pub(super) fn take(&self, index: [u8; 32], now: Timestamp) -> bool {
        let mut kept = self.kept();
        while let Some((oldest, at)) = kept.order.front().copied()
            && (now.since(at) >= KEPT || kept.order.len() >= KEPT_MAX)
        {
            kept.order.pop_front();
            kept.known.remove(&oldest);
        }
        if kept.known.contains_key(&index) {
            return false;
        }
        kept.known.insert(index, now);
        kept.order.push_back((index, now));
        true
    }

    /// It was good for nothing: whoever brings bad ones pushes no good one out.
    pub(super) fn give_back(&self, index: &[u8; 32]) {
        let mut kept = self.kept();
        kept.known.remove(index);
        // Near the end: it was taken a moment ago.
        if let Some(place) = kept.order.iter().rposition(|(other, _)| other == index) {
            kept.order.remove(place);
        }
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp::from_millis(10_000_000);

    fn index(n: usize) -> [u8; 32] {
        let mut index = [0; 32];
        index[..8].copy_from_slice(&(n as u64).to_be_bytes());
        index
    }

    #[test]
    fn a_token_is_fresh_once_in_ten_minutes() {
        let used = Used::default();
        assert!(used.take(index(1), NOW));
        assert!(used.take(index(2), NOW));
        assert!(!used.take(index(1), NOW.plus(Duration::from_secs(599))));
        assert!(used.take(index(1), NOW.plus(KEPT)));
    }

    #[test]
    fn one_that_was_good_for_nothing_is_fresh_again_and_takes_no_place() {
        let used = Used::default();
        assert!(used.take(index(1), NOW));
        for n in 2..100 {
            assert!(used.take(index(n), NOW));
            used.give_back(&index(n));
        }
        assert_eq!(used.kept().known.len(), 1);
        assert_eq!(used.kept().order.len(), 1);
        assert!(used.take(index(2), NOW) && !used.take(index(1), NOW));
    }

    #[test]
    fn of_too_many_the_oldest_is_forgotten() {
        let used = Used::default();
        for n in 0..=KEPT_MAX {
            assert!(used.take(index(n), NOW));
        }
        assert_eq!(used.kept().known.len(), KEPT_MAX);
        assert!(used.take(index(0), NOW) && !used.take(index(KEPT_MAX), NOW));
    }
}
