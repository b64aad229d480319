//! Attacks.

use super::chance::Chance;
use super::people::{DAY, Service};
use super::world::country;

/// How fast it goes, over its life.
#[derive(Clone, Copy)]
pub(crate) enum Pace {
    Even,
    /// As real users do.
    ByDay,
    /// From a fiftieth to twice the mean.
    Rising,
}

/// Where its requests come from.
#[derive(Clone, Copy, PartialEq)]
pub(crate) enum From {
    One,
    Proxies(u64),
    Nowhere,
}

/// An attack.
#[derive(Clone)]
pub(crate) struct Attack {
    pub(crate) name: &'static str,
    /// Messages that are asked for in all.
    pub(crate) messages: f64,
    pub(crate) hours: f64,
    pub(crate) pace: Pace,
    /// Of [`country`].
    pub(crate) countries: Vec<usize>,
    /// Blocks in all.
    pub(crate) ranges: u64,
    pub(crate) together: bool,
    pub(crate) from: From,
    /// Numbers, one after the other.
    pub(crate) sequential: bool,
    /// Numbers in all; none is a new one each time.
    pub(crate) pool: Option<u64>,
    /// Share of codes that are used.
    pub(crate) verifies: f64,
    /// Kept aside while limits were chosen.
    pub(crate) held_out: bool,
}

/// An attack under way.
#[derive(Clone)]
pub(crate) struct Bot {
    pub(crate) attack: Attack,
    ranges: Vec<(usize, String)>,
    pool: Vec<(usize, String)>,
    start: f64,
    count: u64,
}

impl Bot {
    pub(crate) fn new(attack: Attack, start: f64, chance: &mut Chance) -> Self {
        let each = (attack.ranges / attack.countries.len() as u64).max(1);
        let ranges = attack.countries.iter().flat_map(|index| {
            let bought = country(*index).bought(each, attack.together, chance);
            bought.into_iter().map(|range| (*index, range)).collect::<Vec<_>>()
        });
        let mut bot = Self { ranges: ranges.collect(), pool: Vec::new(), start, count: 0, attack };
        let pool: Vec<_> = (0..bot.attack.pool.unwrap_or(0)).map(|_| bot.number(chance)).collect();
        bot.pool = pool;
        bot
    }

    pub(crate) fn end(&self) -> f64 {
        self.start + self.attack.hours * 3600.0
    }

    /// When it asks next.
    pub(crate) fn next(&self, at: f64, chance: &mut Chance) -> f64 {
        let seconds = self.attack.hours * 3600.0;
        let mean = seconds / self.attack.messages;
        let rate = match self.attack.pace {
            Pace::Even => 1.0,
            Pace::ByDay => Service::busy(at).max(0.2),
            Pace::Rising => ((at - self.start) / seconds * 2.0).clamp(0.02, 2.0),
        };
        at + (mean / rate * chance.between(0.7, 1.3)).min(DAY / 4.0)
    }

    /// The next number and its country.
    pub(crate) fn number(&mut self, chance: &mut Chance) -> (usize, String) {
        self.count += 1;
        if !self.pool.is_empty() {
            return self.pool[chance.below(self.pool.len() as u64) as usize].clone();
        }
        let nth = if self.attack.sequential { self.count / 10_000 } else { chance.below(self.ranges.len() as u64) };
        let (country, range) = &self.ranges[(nth % self.ranges.len() as u64) as usize];
        let last = if self.attack.sequential { self.count % 10_000 } else { chance.below(10_000) };
        (*country, format!("{range}{last:04}"))
    }

    /// The address of the next request.
    pub(crate) fn client(&self, chance: &mut Chance) -> Option<u64> {
        match self.attack.from {
            From::One => Some(3 << 40),
            From::Proxies(n) => Some(5 << 40 | chance.below(n)),
            From::Nowhere => None,
        }
    }
}
