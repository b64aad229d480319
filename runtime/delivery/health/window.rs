//! Two counts over the time that just passed: in buckets, so that what is old falls out and nothing grows.

use std::time::Duration;

use crate::clock::Timestamp;

/// Good and bad ones, or sent and used ones, of the last `N` buckets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Pair {
    pub first: u64,
    pub second: u64,
}

impl Pair {
    fn plus(self, other: Self) -> Self {
        Self { first: self.first + other.first, second: self.second + other.second }
    }
}

/// A sliding window of `N` buckets.
#[derive(Debug)]
pub(super) struct Window<const N: usize> {
    bucket: Duration,
    /// Number of the newest bucket since the epoch.
    newest: u64,
    /// The newest one first.
    buckets: [Pair; N],
}

impl<const N: usize> Window<N> {
    pub(super) fn new(bucket: Duration) -> Self {
        Self { bucket, newest: 0, buckets: [Pair::default(); N] }
    }

    /// Move on to `now`; answers what fell out. A clock that went back moves nothing.
    pub(super) fn move_to(&mut self, now: Timestamp) -> Pair {
        let bucket = u64::try_from(self.bucket.as_millis()).unwrap_or(u64::MAX);
        let number = now.as_millis().checked_div(bucket).unwrap_or(0);
        let steps = usize::try_from(number.saturating_sub(self.newest)).unwrap_or(usize::MAX).min(N);
        self.newest = self.newest.max(number);
        self.buckets.rotate_right(steps % N.max(1));
        let fell = self.buckets.iter_mut().take(steps).map(std::mem::take);
        fell.fold(Pair::default(), Pair::plus)
    }

    /// Number of the newest bucket.
    pub(super) fn newest(&self) -> u64 {
        self.newest
    }

    /// Count one in the newest bucket.
    pub(super) fn add(&mut self, first: bool) {
        if let Some(newest) = self.buckets.first_mut() {
            *(if first { &mut newest.first } else { &mut newest.second }) += 1;
        }
    }

    /// Both counts, without the newest `skipped` buckets.
    pub(super) fn sums(&self, skipped: usize) -> Pair {
        self.buckets.iter().skip(skipped).copied().fold(Pair::default(), Pair::plus)
    }

    /// Both counts of the newest `count` buckets.
    pub(super) fn newest_sums(&self, count: usize) -> Pair {
        self.buckets.iter().take(count).copied().fold(Pair::default(), Pair::plus)
    }

    pub(super) fn clear(&mut self) {
        self.buckets = [Pair::default(); N];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_millis(seconds * 1000)
    }

    #[test]
    fn what_is_old_falls_out_once_and_is_told() {
        let mut window = Window::<3>::new(Duration::from_secs(10));
        for second in [100, 105, 111, 129] {
            assert_eq!(window.move_to(at(second)), Pair::default());
            window.add(second != 105);
        }
        assert_eq!(window.sums(0), Pair { first: 3, second: 1 });
        assert_eq!(window.sums(1), Pair { first: 2, second: 1 });
        assert_eq!(window.move_to(at(130)), Pair { first: 1, second: 1 });
        assert_eq!(window.move_to(at(90)), Pair::default(), "a clock that goes back moves nothing");
        assert_eq!(window.sums(0), Pair { first: 2, second: 0 });
        assert_eq!(window.move_to(at(10_000)), Pair { first: 2, second: 0 });
        assert_eq!(window.sums(0), Pair::default());
    }
}
