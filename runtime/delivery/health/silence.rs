//! A provider that goes silent: it takes everything, and from some moment on no code is used any more.
//!
//! Quicker than [`super::uses`], which waits until codes had minutes to be used, and far stricter: it asks since which
//! moment hardly a code was used (less than a tenth of what is expected), and whether that could be chance. What is
//! expected of a code of some age is learned from how fast codes were used before that moment, or else from the other
//! connectors in the same country. It is no chance if it would happen less than once in ten million times (Hoeffding's
//! bound for the binomial tail, which holds for codes of different ages too).
//!
//! A slow day shows in the same figures: by 15 s, 30 s or some other age fewer than two of five of the usual codes are used, and
//! that is no chance either. Whoever comes back from that is on probation until codes are used in their usual time.
//!
//! Where six of ten codes are used within a quarter of a minute, 18 that are not are enough; where three of ten, 45 are.
//! Codes are kept in batches, of 5 s where many are sent and of one code where few are: so it looks back over minutes at
//! a hundred a second, and over the last 64 codes at one an hour.

use std::collections::VecDeque;
use std::time::Duration;

use crate::clock::Timestamp;

const BATCH: Duration = Duration::from_secs(5);
const BATCHES_MAX: usize = 64;
/// Ages at which it is asked how many codes are used by then.
const AGES: [Duration; 5] = [
    Duration::from_secs(15),
    Duration::from_secs(30),
    Duration::from_secs(60),
    Duration::from_secs(120),
    Duration::from_secs(300),
];
const JUDGED_EVERY: Duration = Duration::from_secs(2);
/// Fewer codes than this teach nothing, or prove nothing.
const LEARNED_MIN: u64 = 50;
const UNUSED_MIN: u64 = 15;
const EXPECTED_MIN: f64 = 0.2;
/// In time, where nothing was learned yet.
const UNTAUGHT: Duration = Duration::from_secs(120);
/// ln of ten million.
const CHANCE: f64 = 16.1;
/// What was long ago counts for less and less.
const PAST_MAX: u64 = 4000;

/// Codes that reached an age, and those of them that were used by then, for each of [`AGES`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Pace {
    reached: [u64; AGES.len()],
    used: [u64; AGES.len()],
}

/// Codes that were sent together.
#[derive(Clone, Debug)]
struct Batch {
    since: Timestamp,
    sent: u64,
    /// By the age at which they were used; those that were older still are in `late`.
    used: [u64; AGES.len()],
    late: u64,
}

/// What was sent lately by one connector in one country.
#[derive(Debug, Default)]
pub(super) struct Silence {
    batches: VecDeque<Batch>,
    past: Pace,
    judged: Option<Timestamp>,
}

/// What a look at it came to.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// Codes are used, or it is too soon to tell.
    Nothing,
    /// It has gone silent.
    Silent {
        /// Why.
        why: String,
        /// For how many batches, at least.
        batches: usize,
    },
    /// Nothing is used, and its own past says nothing: how do the others?
    Untaught,
}

impl Pace {
    /// Two of them together.
    pub(super) fn plus(mut self, other: &Self) -> Self {
        let both = self.reached.iter_mut().zip(&other.reached).chain(self.used.iter_mut().zip(&other.used));
        both.for_each(|(own, other)| *own += other);
        self
    }

    fn minus(mut self, other: &Self) -> Self {
        let both = self.reached.iter_mut().zip(&other.reached).chain(self.used.iter_mut().zip(&other.used));
        both.for_each(|(own, other)| *own = own.saturating_sub(*other));
        self
    }

    /// Of codes of each age, how many are used by then, where that is known.
    fn expected(&self) -> [Option<f64>; AGES.len()] {
        let mut shares = [None; AGES.len()];
        for (share, (reached, used)) in shares.iter_mut().zip(self.reached.iter().zip(&self.used)) {
            *share = (*reached >= LEARNED_MIN).then(|| *used as f64 / *reached as f64);
        }
        shares
    }
}

impl Batch {
    fn pace(&self, now: Timestamp) -> Pace {
        let (mut pace, mut used) = (Pace::default(), 0);
        // The youngest of a batch is as old as that at least.
        let age = now.since(self.since.plus(BATCH));
        let of_ages = AGES.iter().zip(&self.used).zip(pace.reached.iter_mut().zip(pace.used.iter_mut()));
        for ((_, here), (reached, by_then)) in of_ages.take_while(|((at, _), _)| **at <= age) {
            used += here;
            (*reached, *by_then) = (self.sent, used);
        }
        pace
    }

    fn used(&self) -> u64 {
        self.used.iter().sum::<u64>() + self.late
    }
}

impl Silence {
    pub(super) fn sent(&mut self, now: Timestamp) {
        match self.batches.back_mut() {
            Some(batch) if now.since(batch.since) < BATCH => batch.sent += 1,
            _ => self.batches.push_back(Batch { since: now, sent: 1, used: Default::default(), late: 0 }),
        }
        while self.batches.len() > BATCHES_MAX {
            let Some(oldest) = self.batches.pop_front() else { break };
            self.past = self.past.plus(&oldest.pace(now));
        }
        if self.past.reached.iter().any(|reached| *reached > PAST_MAX) {
            self.past.reached.iter_mut().chain(&mut self.past.used).for_each(|count| *count /= 2);
        }
    }

    /// A code that was sent at `sent_at` was used.
    pub(super) fn used(&mut self, sent_at: Timestamp, now: Timestamp) {
        let Some(batch) = self.batches.iter_mut().rev().find(|batch| batch.since <= sent_at) else { return };
        let age = now.since(sent_at);
        match AGES.iter().zip(&mut batch.used).find(|(at, _)| age <= **at) {
            Some((_, used)) => *used += 1,
            None => batch.late += 1,
        }
    }

    /// Within what time most of those are used that are used at all.
    pub(super) fn in_time(&self, now: Timestamp) -> Duration {
        let usual = self.pace(now).expected();
        let at_last = usual.iter().flatten().last().copied().unwrap_or(1.0);
        let soon = AGES.iter().zip(&usual).find(|(_, share)| share.is_some_and(|share| share >= at_last * 0.6));
        soon.map_or(UNTAUGHT, |(age, _)| *age)
    }

    /// Everything that was learned.
    pub(super) fn pace(&self, now: Timestamp) -> Pace {
        self.batches.iter().fold(self.past, |all, batch| all.plus(&batch.pace(now)))
    }

    /// Whether it is time to judge.
    pub(super) fn is_due(&mut self, now: Timestamp) -> bool {
        let due = self.judged.is_none_or(|judged| now.since(judged) >= JUDGED_EVERY);
        if due {
            self.judged = Some(now);
        }
        due
    }

    /// Since which moment is hardly anything used, if since any? `others` are asked where its own past says nothing.
    pub(super) fn judge(&self, others: Option<&Pace>, now: Timestamp) -> Heard {
        let (mut before, mut after, mut used) = (self.pace(now), [0_u64; AGES.len()], 0);
        let mut untaught = false;
        let mut reached = Pace::default();
        for (newer, batch) in self.batches.iter().rev().enumerate() {
            let pace = batch.pace(now);
            before = before.minus(&pace);
            used += batch.used();
            let Some(oldest) = pace.reached.iter().rposition(|reached| *reached > 0) else { continue };
            if let Some(count) = after.get_mut(oldest) {
                *count += batch.sent;
            }
            let (own, other) = (before.expected(), others.map(Pace::expected).unwrap_or_default());
            let shares = own.iter().zip(other).map(|(own, other)| own.or(other));
            let (mut sent, mut expected, mut unknown) = (0, 0.0, 0);
            for (count, share) in after.iter().zip(shares) {
                match share {
                    Some(share) => (sent, expected) = (sent + count, expected + share.min(0.99) * *count as f64),
                    None => unknown += count,
                }
            }
            untaught |= unknown >= UNUSED_MIN && used * 10 < unknown;
            reached = reached.plus(&pace);
            if let Some(why) = silent(sent, used, expected).or_else(|| late(&reached, &own)) {
                return Heard::Silent { why, batches: newer + 1 };
            }
        }
        if untaught && others.is_none() { Heard::Untaught } else { Heard::Nothing }
    }

    /// Begin again after it was demoted; what it did before so many silent batches stays.
    pub(super) fn clear(&mut self, silent: usize, now: Timestamp) {
        let good = self.batches.len().saturating_sub(silent);
        self.past = self.batches.iter().take(good).fold(self.past, |past, batch| past.plus(&batch.pace(now)));
        self.batches.clear();
    }
}

fn silent(sent: u64, used: u64, expected: f64) -> Option<String> {
    let share = expected / sent as f64;
    let fell = used as f64 * 10.0 < expected && is_no_chance(sent, used, share);
    fell.then(|| format!("{used} of the last {sent} codes were used, where {:.0} % are by then", share * 100.0))
}

/// A slow day, or a provider that loses more and more: by some age, fewer than two of five of what is usual are used.
fn late(reached: &Pace, usual: &[Option<f64>; AGES.len()]) -> Option<String> {
    let of_ages = reached.reached.iter().zip(&reached.used).zip(usual).zip(&AGES);
    of_ages.filter_map(|(((sent, used), share), age)| Some((*sent, *used, (*share)?.min(0.99), age))).find_map(
        |(sent, used, share, age)| {
            let fell = used as f64 * 2.5 < sent as f64 * share && is_no_chance(sent, used, share);
            let (seconds, usual) = (age.as_secs(), share * 100.0);
            fell.then(|| {
                format!("{used} of the last {sent} codes were used within {seconds} s, where {usual:.0} % are")
            })
        },
    )
}

/// Whether so few would be used less than once in ten million times, if this share is.
fn is_no_chance(sent: u64, used: u64, share: f64) -> bool {
    if sent < UNUSED_MIN || share < EXPECTED_MIN {
        return false;
    }
    let all = sent as f64;
    let part = used as f64 / all;
    let of_used = if used == 0 { 0.0 } else { part * (part / share).ln() };
    all * (of_used + (1.0 - part) * ((1.0 - part) / (1.0 - share)).ln()) >= CHANCE
}

#[cfg(test)]
mod tests;
