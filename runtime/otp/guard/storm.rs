//! Whether a country is under attack as a whole.

use super::sight::{LONG_AGO, RECENT, Sight, percent};
use crate::store::counters::{HOURS, Scope, Span};

impl Sight<'_> {
    /// Blocks of real users get a second new number now and then; how often grows with how many there are. Bought blocks
    /// get one as soon as each has its first, which tells them from an advertisement. It is over when nobody asks any more.
    pub(super) fn is_alarm(&self) -> bool {
        let (recent, before) = (self.sum(Scope::Country, RECENT), self.sum(Scope::Country, LONG_AGO));
        let hours = self.counts.of(Scope::Country, Span::Hour).sum(0, 2);
        let expected = match before.firsts {
            // At random over at least 500 blocks: firsts² / (2 · 500).
            0..50 => recent.firsts.saturating_mul(recent.firsts) / 1000,
            // The share that had a second, and that for the growth since.
            firsts => {
                let share = before.seconds.saturating_mul(recent.firsts);
                let usual = firsts.saturating_mul(2).checked_div(self.long_ago_days()).unwrap_or(0).max(1);
                share.saturating_mul(recent.firsts.max(usual)) / firsts.saturating_mul(usual).max(1)
            }
        };
        let crowded = recent.seconds > expected.saturating_mul(2).saturating_add(self.alarm_blocks());
        crowded && hours.refused.saturating_add(hours.seconds) > percent(hours.fresh, 5).saturating_add(3)
    }

    /// Blocks with a second number that are no alarm: fewer where a message is dear.
    fn alarm_blocks(&self) -> u64 {
        let line = self.rules.alarm;
        line.micros.checked_div(self.asked.cost_micros).unwrap_or(u64::MAX).min(line.messages.into())
    }

    /// Much more is asked for than is usual at any time of the day. Refused messages count, so that a storm is seen while it is
    /// held off, and its end too.
    pub(super) fn is_loud(&self) -> bool {
        let hours = self.counts.of(Scope::Country, Span::Hour);
        let now = hours.sum(0, 2);
        // Three hours at the busiest time are a quarter of a day; on the first days there is only today.
        let today = hours.sum(3, HOURS).fresh.saturating_mul(3) / 22;
        let usual = (self.usual(Scope::Country, |tally| tally.fresh) / 8).max(if self.learning { today } else { 0 });
        now.fresh.saturating_add(now.refused) > percent(usual, self.rules.volume_percent.into()).saturating_add(10)
    }
}
