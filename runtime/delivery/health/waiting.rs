//! Attempts that have no answer yet. A provider that has gone dumb is noticed before the first of them runs out of time.

use std::collections::VecDeque;
use std::time::Duration;

use crate::clock::Timestamp;

/// A provider that answers takes less.
const LONG: Duration = Duration::from_secs(3);
/// No attempt takes longer; one that is older was lost on its way.
const LOST: Duration = Duration::from_secs(120);
const WAITING_MAX: usize = 1024;

/// Attempts of one connector in one country that are under way.
#[derive(Debug, Default)]
pub(super) struct Waiting {
    begun: VecDeque<Timestamp>,
    /// When the last one began that was answered.
    answered: Option<Timestamp>,
}

impl Waiting {
    /// An attempt begins. Says how many wait for long, where none that began later was answered.
    pub(super) fn begin(&mut self, now: Timestamp) -> u64 {
        while self.begun.front().is_some_and(|begun| now.since(*begun) > LOST) {
            self.begun.pop_front();
        }
        let answered_later = |begun: &Timestamp| self.answered.is_some_and(|answered| answered >= *begun);
        let long = self.begun.iter().take_while(|begun| now.since(**begun) >= LONG);
        let long = long.filter(|begun| !answered_later(begun)).count();
        if self.begun.len() < WAITING_MAX {
            self.begun.push_back(now);
        }
        u64::try_from(long).unwrap_or(u64::MAX)
    }

    /// The attempt that began then has ended; `answered` if the provider had its say.
    pub(super) fn end(&mut self, begun: Timestamp, answered: bool) {
        if let Some(at) = self.begun.iter().position(|one| *one == begun) {
            self.begun.remove(at);
        }
        if answered {
            self.answered = self.answered.max(Some(begun));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: u64) -> Timestamp {
        Timestamp::from_millis(1_768_478_400_000 + ms)
    }

    #[test]
    fn those_that_wait_for_three_seconds_count_unless_a_later_one_was_answered() {
        let mut waiting = Waiting::default();
        assert!((0..30).all(|n| waiting.begin(at(n * 100)) == 0));
        assert_eq!(waiting.begin(at(3000)), 1);
        assert_eq!(waiting.begin(at(3500)), 6);
        waiting.end(at(0), false);
        assert_eq!(waiting.begin(at(3500)), 5);
        waiting.end(at(300), true);
        assert_eq!(waiting.begin(at(3500)), 2, "100 to 300 are a slow few, 400 and 500 are not answered");
        assert_eq!(waiting.begin(at(600_000)), 0, "what is lost does not wait");
        assert_eq!(waiting.begun.len(), 1);
    }
}
