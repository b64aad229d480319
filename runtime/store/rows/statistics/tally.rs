//! Counting calls one by one. Percentiles are exact, whatever the number of calls: durations are whole milliseconds, so
//! that only as many different ones are kept as there are.

use std::collections::BTreeMap;

use super::Figures;
use crate::store::AttemptStatus;

/// What was counted so far.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    counted: Figures,
    /// Calls by how long they took.
    durations: BTreeMap<u64, u64>,
}

impl Tally {
    /// Count a call; one that has not ended has no duration.
    pub fn add(&mut self, status: AttemptStatus, elapsed_ms: Option<u64>) {
        let counted = &mut self.counted;
        counted.attempts += 1;
        *match status {
            AttemptStatus::Sending => &mut counted.sending,
            AttemptStatus::Accepted => &mut counted.accepted,
            AttemptStatus::Refused => &mut counted.refused,
            AttemptStatus::Unknown => &mut counted.unknown,
            AttemptStatus::Delivered => &mut counted.delivered,
            AttemptStatus::Undelivered => &mut counted.undelivered,
        } += 1;
        if let Some(elapsed) = elapsed_ms {
            *self.durations.entry(elapsed).or_default() += 1;
        }
    }

    /// What it comes to.
    pub fn figures(self) -> Figures {
        let [p50_ms, p95_ms, p99_ms] = [50, 95, 99].map(|percent| self.percentile(percent));
        Figures { p50_ms, p95_ms, p99_ms, ..self.counted }
    }

    /// The shortest duration that so many of a hundred did not exceed (nearest rank).
    fn percentile(&self, percent: u64) -> Option<u64> {
        let all: u64 = self.durations.values().sum();
        let rank = (all * percent).div_ceil(100).max(1);
        let mut seen = 0;
        self.durations.iter().find_map(|(elapsed, count)| {
            seen += count;
            (seen >= rank).then_some(*elapsed)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(durations: impl IntoIterator<Item = u64>) -> [Option<u64>; 3] {
        let mut tally = Tally::default();
        durations.into_iter().for_each(|elapsed| tally.add(AttemptStatus::Accepted, Some(elapsed)));
        let figures = tally.figures();
        [figures.p50_ms, figures.p95_ms, figures.p99_ms]
    }

    #[test]
    fn percentiles_are_durations_that_so_many_calls_did_not_exceed() {
        assert_eq!(of([]), [None; 3]);
        assert_eq!(of([7]), [Some(7); 3]);
        assert_eq!(of([10, 20]), [Some(10), Some(20), Some(20)]);
        assert_eq!(of(1..=100), [Some(50), Some(95), Some(99)]);
        assert_eq!(of((1..=100).rev()), [Some(50), Some(95), Some(99)]);
        assert_eq!(of(std::iter::repeat_n(3, 99).chain([9000])), [Some(3), Some(3), Some(3)]);
    }

    #[test]
    fn each_call_is_counted_once_by_how_it_stands() {
        let mut tally = Tally::default();
        use AttemptStatus as A;
        for status in [A::Sending, A::Accepted, A::Refused, A::Unknown, A::Delivered, A::Delivered, A::Undelivered] {
            tally.add(status, (status != A::Sending).then_some(5));
        }
        let figures = tally.figures();
        assert_eq!((figures.attempts, figures.sending, figures.delivered, figures.sent()), (7, 1, 2, 5));
        assert_eq!(figures.success_rate(), Some(0.5));
        assert_eq!(Figures::default().success_rate(), None);
    }
}
