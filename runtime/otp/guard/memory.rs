//! The guard's counters without a store: for a replay, and for traffic that is made up.

use std::collections::HashMap;

use super::{Asked, GuardRules, Judgement, judge, reads, writes};
use crate::store::counters::{Counts, DAYS, HOURS, Key, NUMBER_DAYS, Read, Receipt, Scope, Span, Tally, Write};

/// Rows as a store has them, of one environment.
#[derive(Clone, Debug, Default)]
pub struct Memory(HashMap<(Key, Span), Vec<(u64, Tally)>>);

impl Memory {
    /// Ask for a message: what is judged, and where it counts. It is counted as sent unless it is refused.
    pub fn ask(&mut self, asked: &Asked, rules: &GuardRules) -> (Judgement, Receipt) {
        let mut counts = Counts::default();
        for read in reads(asked) {
            counts.put(&read, self.read(&read));
        }
        let judgement = judge(asked, &counts, rules);
        let (writes, receipt) = writes(asked, &counts, rules, &judgement, judgement.refused.is_none());
        self.add(writes);
        (judgement, receipt)
    }

    /// Its code was used.
    pub fn used(&mut self, receipt: &Receipt) {
        self.add(receipt.used());
    }

    /// It certainly was not sent.
    pub fn unsent(&mut self, receipt: &Receipt) {
        for write in receipt.refused() {
            let row = self.0.get_mut(&(write.key, write.span));
            let kept = row.and_then(|row| row.iter_mut().find(|(bucket, _)| *bucket == write.bucket));
            if let Some((_, tally)) = kept {
                *tally = tally.minus(write.add);
            }
        }
    }

    #[cfg(test)]
    pub(super) fn rows(&self) -> &HashMap<(Key, Span), Vec<(u64, Tally)>> {
        &self.0
    }

    pub(super) fn read(&self, read: &Read) -> Vec<(u64, Tally)> {
        let rows = self.0.get(&(read.key.clone(), read.span)).map(Vec::as_slice).unwrap_or_default();
        rows.iter().filter(|(bucket, _)| (read.from..=read.to).contains(bucket)).copied().collect()
    }

    fn add(&mut self, writes: impl IntoIterator<Item = Write>) {
        for write in writes {
            let kept = kept(&write.key, write.span);
            let rows = self.0.entry((write.key, write.span)).or_default();
            match rows.iter_mut().rev().find(|(bucket, _)| *bucket == write.bucket) {
                Some((_, tally)) => *tally = tally.plus(write.add),
                None => {
                    // As a store does, which deletes by age.
                    rows.retain(|(bucket, _)| bucket.saturating_add(kept) >= write.bucket);
                    rows.push((write.bucket, write.add));
                }
            }
        }
    }
}

/// How many buckets are looked back over.
fn kept(key: &Key, span: Span) -> u64 {
    match (span, key.scope) {
        (Span::Hour, _) => HOURS + 1,
        (Span::Day, Scope::Number) => NUMBER_DAYS + 1,
        (Span::Day, _) => DAYS + 1,
    }
}
