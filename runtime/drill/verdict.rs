//! What the drill found, beside what is promised.

use std::fmt;
use std::time::Duration;

use serde::Serialize;

use super::lanes::{Failing, Lane, Scenario};
use super::ledger::{Entry, Fate, Ledger, nearly_all};
use crate::clock::Timestamp;

/// So long a stretch shows where the traffic goes.
const STRETCH: Duration = Duration::from_secs(5);
const BACK_STRETCH: Duration = Duration::from_secs(3);
const HARD_MS: u64 = 5_000;
const SOFT_MS: u64 = 60_000;
const LOST_MAX: u64 = 50;

/// When what happened.
#[derive(Clone, Copy, Debug)]
pub(super) struct Times {
    pub(super) failed: Timestamp,
    pub(super) well_again: Timestamp,
    pub(super) ended: Timestamp,
}

/// Of one lane.
#[derive(Clone, Debug, Serialize)]
pub struct LaneVerdict {
    /// A way of failing, a country, a network.
    pub lane: &'static str,
    /// Whether its provider failed.
    pub failed: bool,
    /// Codes that were asked for while it did.
    pub asked: u64,
    /// After how long 95 % of them went elsewhere, each within two seconds.
    pub moved_after_ms: Option<u64>,
    /// Codes of that time that reached no phone.
    pub lost: u64,
    /// Codes of that time that reached a phone more than once.
    pub twice: u64,
    /// How long the slowest of that time was waited for.
    pub slowest_ms: Option<u64>,
    /// Codes of that time that stayed with the active provider.
    pub in_place: u64,
    /// How long after its end 95 % were with the active provider again; only where that was waited for.
    pub back_after_ms: Option<u64>,
    /// Whether that is as promised.
    pub met: bool,
}

/// Of a whole drill.
#[derive(Clone, Debug, Serialize)]
pub struct Verdict {
    /// What was rehearsed.
    pub drill: Scenario,
    /// Where chance began.
    pub seed: u64,
    /// Codes asked for in a second.
    pub rate: u64,
    /// What is promised.
    pub promise: &'static str,
    /// Each lane.
    pub lanes: Vec<LaneVerdict>,
    /// Whether all of it is as promised.
    pub met: bool,
}

/// When a lane's traffic went elsewhere.
pub(super) fn moved(ledger: &Ledger, lane: usize, failed: Timestamp, until: Timestamp) -> Option<Duration> {
    ledger.settles(lane, Fate::Elsewhere, (failed, until), STRETCH)
}

pub(super) fn of_lane(
    ledger: &Ledger,
    scenario: Scenario,
    (number, lane): (usize, &Lane),
    times: Times,
) -> LaneVerdict {
    let Times { failed, well_again, ended } = times;
    let during = ledger.within(number, failed, well_again);
    let count = |fits: fn(u32) -> bool| during.clone().filter(|entry| fits(entry.arrivals)).count() as u64;
    let (lost, twice) = (count(|arrivals| arrivals == 0), count(|arrivals| arrivals > 1));
    let counts = ledger.counts(number, failed, well_again);
    let fails = lane.failing != Failing::Nothing;
    let ms = |span: Duration| u64::try_from(span.as_millis()).unwrap_or(u64::MAX);
    let moved_after_ms = moved(ledger, number, failed, well_again).filter(|_| fails).map(ms);
    let waited = scenario.after_seconds() > 0;
    let back = || ledger.settles(number, Fate::InPlace, (well_again, ended), BACK_STRETCH);
    let met = match (fails, scenario) {
        (false, _) => nearly_all(counts.in_place, counts.all()),
        (true, Scenario::Outage) => moved_after_ms.is_some_and(|ms| ms <= HARD_MS),
        (true, _) => moved_after_ms.is_some_and(|ms| ms <= SOFT_MS || lost <= LOST_MAX),
    };
    LaneVerdict {
        lane: lane.name,
        failed: fails,
        asked: counts.all(),
        moved_after_ms,
        lost,
        twice,
        slowest_ms: during.clone().filter_map(Entry::waited).max().map(ms),
        in_place: counts.in_place,
        back_after_ms: if waited { back().map(ms) } else { None },
        met,
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = |met| if met { "met" } else { "MISSED" };
        writeln!(f, "Promised: {}", self.promise)?;
        for lane in &self.lanes {
            writeln!(f, "  {:<6}  {lane}", word(lane.met))?;
        }
        write!(f, "{}: {} (seed {}, {} codes a second)", self.drill, word(self.met), self.seed, self.rate)
    }
}

impl fmt::Display for LaneVerdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let seconds = |ms: u64| format!("{}.{} s", ms / 1000, ms % 1000 / 100);
        write!(f, "{:<10}  ", self.lane)?;
        if !self.failed {
            return write!(f, "left alone: {} of {} codes stayed where they were", self.in_place, self.asked);
        }
        match self.moved_after_ms {
            Some(ms) => write!(f, "elsewhere after {}", seconds(ms))?,
            None => f.write_str("never went elsewhere")?,
        }
        write!(f, "; of {} codes {} lost, {} arrived twice", self.asked, self.lost, self.twice)?;
        if let Some(ms) = self.slowest_ms.filter(|ms| *ms > 2000) {
            write!(f, "; the slowest took {}", seconds(ms))?;
        }
        match self.back_after_ms {
            Some(ms) => write!(f, "; back in place {} after the end", seconds(ms)),
            None => Ok(()),
        }
    }
}
