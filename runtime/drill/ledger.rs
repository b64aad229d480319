//! Every code that was asked for, and what became of it.

use std::time::Duration;

use crate::clock::Timestamp;

/// What went elsewhere after a longer wait than this has cost its user time: it does not count as moved.
const PROMPT: Duration = Duration::from_secs(2);

/// One code.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) lane: usize,
    pub(super) asked_at: Timestamp,
    pub(super) number: String,
    pub(super) network: &'static str,
    /// Of its verification, once that is known.
    pub(super) id: Option<String>,
    pub(super) environment: &'static str,
    pub(super) fate: Fate,
    /// When the service answered.
    pub(super) answered_at: Option<Timestamp>,
    /// Messages that reached the phone.
    pub(super) arrivals: u32,
    pub(super) used: bool,
}

impl Entry {
    /// How long whoever asked for it waited, as far as that is known.
    pub(super) fn waited(&self) -> Option<Duration> {
        self.answered_at.map(|at| at.since(self.asked_at))
    }

    /// Whether it went where `fate` says, without a long wait.
    fn went(&self, fate: Fate) -> bool {
        self.fate == fate && self.waited().is_some_and(|waited| waited <= PROMPT)
    }
}

/// What the service answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fate {
    /// Nothing yet.
    Open,
    /// Taken by the active provider.
    InPlace,
    /// Taken by another one.
    Elsewhere,
    /// Taken by nobody.
    Failed,
}

/// How many of a stretch of time came to what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Counts {
    /// Taken by the active provider.
    pub in_place: u64,
    /// Taken by another one.
    pub elsewhere: u64,
    /// Taken by nobody.
    pub failed: u64,
    /// Not answered yet.
    pub open: u64,
}

impl Counts {
    /// All of them.
    pub fn all(&self) -> u64 {
        self.in_place + self.elsewhere + self.failed + self.open
    }

    fn add(&mut self, fate: Fate) {
        *match fate {
            Fate::InPlace => &mut self.in_place,
            Fate::Elsewhere => &mut self.elsewhere,
            Fate::Failed => &mut self.failed,
            Fate::Open => &mut self.open,
        } += 1;
    }
}

/// Whether at least 95 of 100.
pub(super) fn nearly_all(part: u64, all: u64) -> bool {
    all > 0 && part * 100 >= all * 95
}

#[derive(Default)]
pub(super) struct Ledger {
    pub(super) entries: Vec<Entry>,
}

impl Ledger {
    /// Those of a lane that were asked for from `from` on and before `to`.
    pub(super) fn within(&self, lane: usize, from: Timestamp, to: Timestamp) -> impl Iterator<Item = &Entry> + Clone {
        self.entries.iter().filter(move |entry| entry.lane == lane && entry.asked_at >= from && entry.asked_at < to)
    }

    pub(super) fn counts(&self, lane: usize, from: Timestamp, to: Timestamp) -> Counts {
        let mut counts = Counts::default();
        self.within(lane, from, to).for_each(|entry| counts.add(entry.fate));
        counts
    }

    /// How long after `from` it begins that of all that is asked for in the next `span`, and before `to`, 95 % go where
    /// `fate` says, each within two seconds; the stretch has to be over.
    pub(super) fn settles(
        &self,
        lane: usize,
        fate: Fate,
        (from, to): (Timestamp, Timestamp),
        span: Duration,
    ) -> Option<Duration> {
        let asked = self.within(lane, from, to);
        let candidates = asked.map(|entry| entry.asked_at).filter(|at| at.plus(span) <= to);
        let settled = |at: &Timestamp| {
            let (mut part, mut all) = (0, 0);
            for entry in self.within(lane, *at, at.plus(span)) {
                (part, all) = (part + u64::from(entry.went(fate)), all + 1);
            }
            nearly_all(part, all)
        };
        let mut candidates = candidates;
        candidates.find(settled).map(|at| at.since(from))
    }

    /// The code that went to a number.
    pub(super) fn of_number(&self, number: &str, environment: &str) -> Option<usize> {
        self.entries.iter().rposition(|entry| entry.number == number && entry.environment == environment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(ms: u64) -> Timestamp {
        Timestamp::from_millis(1_000_000 + ms)
    }

    fn ledger(fates: &[(u64, Fate)]) -> Ledger {
        let entry = |&(ms, fate): &(u64, Fate)| Entry {
            lane: 0,
            asked_at: at(ms),
            number: ms.to_string(),
            network: "Blue",
            id: None,
            environment: "development",
            fate,
            answered_at: Some(at(ms + 100)),
            arrivals: 0,
            used: false,
        };
        Ledger { entries: fates.iter().map(entry).collect() }
    }

    #[test]
    fn it_has_moved_when_a_whole_stretch_goes_elsewhere() {
        let fates: Vec<_> =
            (0..200).map(|n| (n * 100, if n < 37 || n == 90 { Fate::InPlace } else { Fate::Elsewhere })).collect();
        let ledger = ledger(&fates);
        let moved = |from, to| ledger.settles(0, Fate::Elsewhere, (at(from), at(to)), Duration::from_secs(5));
        assert_eq!(moved(0, 20_000), Some(Duration::from_millis(3500)), "two of fifty may still go there");
        assert_eq!(moved(0, 8400), None, "the stretch is not over");
        assert_eq!(moved(4000, 20_000), Some(Duration::ZERO));
    }

    #[test]
    fn what_came_elsewhere_after_a_long_wait_had_not_moved() {
        let mut ledger = ledger(&(0..100).map(|n| (n * 100, Fate::Elsewhere)).collect::<Vec<_>>());
        for entry in ledger.entries.iter_mut().take(40) {
            entry.answered_at = Some(entry.asked_at.plus(Duration::from_secs(5)));
        }
        let moved = ledger.settles(0, Fate::Elsewhere, (at(0), at(20_000)), Duration::from_secs(5));
        assert_eq!(moved, Some(Duration::from_millis(3800)));
        ledger.entries.iter_mut().for_each(|entry| entry.answered_at = None);
        assert_eq!(ledger.settles(0, Fate::Elsewhere, (at(0), at(20_000)), Duration::from_secs(5)), None);
    }

    #[test]
    fn what_has_no_answer_yet_is_nowhere() {
        let ledger = ledger(&[(0, Fate::Open), (1000, Fate::Failed), (2000, Fate::InPlace)]);
        let counts = ledger.counts(0, at(0), at(2000));
        assert_eq!(counts, Counts { open: 1, failed: 1, ..Counts::default() });
        assert!(ledger.settles(0, Fate::InPlace, (at(0), at(9000)), Duration::from_secs(1)).is_some());
        assert!(ledger.settles(0, Fate::Elsewhere, (at(0), at(9000)), Duration::from_secs(1)).is_none());
    }
}
