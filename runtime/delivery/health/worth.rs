//! What a connector is worth in a country: how many of the codes that it was the first to send were used, how many soon,
//! and what its provider says that they cost.
//!
//! Only codes that nobody sent before: whoever asks again has a number where nothing arrives, more often than others, and
//! that would speak against whoever is asked second. A code counts once it had five minutes; what is long ago counts for
//! less and less: half of it from 2,000 codes on, and half of it after a day.

use std::collections::VecDeque;
use std::time::Duration;

use crate::clock::Timestamp;
use crate::delivery::route::Record;
use crate::prices::Price;

/// Codes that are sent within so long are counted together.
const COHORT: Duration = Duration::from_secs(30);
/// A code that is not used by then is not used.
const RIPE: Duration = Duration::from_secs(300);
/// Used within so long is soon: what is slow is worse, though it is used at last.
const SOON: Duration = Duration::from_secs(30);
const SENT_MAX: u64 = 2000;
const HALF_LIFE: Duration = Duration::from_secs(24 * 3600);

/// Of one connector in one country.
#[derive(Debug, Default)]
pub(super) struct Worth {
    young: VecDeque<(Timestamp, Record)>,
    ripe: Record,
    halved: Option<Timestamp>,
    told: Option<Price>,
}

impl Worth {
    /// A code was sent that nobody had sent before.
    pub(super) fn sent(&mut self, now: Timestamp) {
        self.pass_time(now);
        match self.young.back_mut() {
            Some((since, cohort)) if now.since(*since) < COHORT => cohort.sent += 1,
            _ => self.young.push_back((now, Record { sent: 1, ..Record::default() })),
        }
    }

    /// One that was sent then was used.
    pub(super) fn used(&mut self, sent_at: Timestamp, now: Timestamp) {
        self.pass_time(now);
        let of_then = self.young.iter_mut().rev().find(|(since, _)| *since <= sent_at);
        // What nobody here saw sent is counted nowhere: a restart lies between.
        if let Some((_, cohort)) = of_then.filter(|(_, cohort)| cohort.used < cohort.sent) {
            cohort.used += 1;
            cohort.soon += u64::from(now.since(sent_at) <= SOON);
        }
    }

    /// The provider told what a part of a message cost: the mean of what it told lately.
    pub(super) fn told(&mut self, price: Price) {
        let micros = match self.told {
            Some(told) if told.currency == price.currency => (told.micros.saturating_mul(7) + price.micros) / 8,
            _ => price.micros,
        };
        self.told = Some(Price { micros, ..price });
    }

    /// What it told.
    pub(super) fn price(&self) -> Option<Price> {
        self.told
    }

    /// Of codes that had their time.
    pub(super) fn record(&mut self, now: Timestamp) -> Record {
        self.pass_time(now);
        self.ripe
    }

    fn pass_time(&mut self, now: Timestamp) {
        while let Some((_, cohort)) = self.young.pop_front_if(|(since, _)| now.since(*since) >= RIPE + COHORT) {
            self.ripe = self.ripe.plus(cohort);
        }
        let day_over = now.since(*self.halved.get_or_insert(now)) >= HALF_LIFE;
        if day_over || self.ripe.sent > SENT_MAX {
            self.ripe = self.ripe.halved();
            self.halved = Some(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::prices::Currency;

    fn at(seconds: u64) -> Timestamp {
        Timestamp::from_millis(1_768_478_400_000 + seconds * 1000)
    }

    #[test]
    fn a_code_counts_once_it_had_its_time_and_late_use_is_not_soon() {
        let mut worth = Worth::default();
        (0..10).for_each(|second| worth.sent(at(second)));
        (0..4).for_each(|second| worth.used(at(second), at(second + 12)));
        (4..7).for_each(|second| worth.used(at(second), at(second + 90)));
        assert_eq!(worth.record(at(300)), Record::default());
        assert_eq!(worth.record(at(330)), Record { sent: 10, used: 7, soon: 4 });
        worth.used(at(9), at(331));
        assert_eq!(worth.record(at(331)), Record { sent: 10, used: 7, soon: 4 }, "too late");
    }

    #[test]
    fn no_more_is_used_than_was_sent_and_what_is_long_ago_is_forgotten() {
        let mut worth = Worth::default();
        worth.used(at(0), at(1));
        worth.sent(at(2));
        (0..3).for_each(|_| worth.used(at(2), at(3)));
        assert_eq!(worth.record(at(400)), Record { sent: 1, used: 1, soon: 1 });
        (0..30_000).for_each(|n| worth.sent(at(400 + n / 10)));
        assert!(worth.record(at(5000)).sent <= SENT_MAX + 300);
        assert!(worth.young.len() <= 12);
        let before = worth.record(at(5000)).sent;
        assert_eq!(worth.record(at(5000 + 86_400)).sent, before / 2);
    }

    #[test]
    fn what_a_provider_tells_is_taken_slowly_and_in_its_currency() {
        let price = |micros, currency: &str| Price { micros, currency: Currency::shaped(currency).unwrap() };
        let mut worth = Worth::default();
        worth.told(price(800, "USD"));
        worth.told(price(1600, "USD"));
        assert_eq!(worth.price(), Some(price(900, "USD")));
        worth.told(price(10, "EUR"));
        assert_eq!(worth.price(), Some(price(10, "EUR")));
    }
}
