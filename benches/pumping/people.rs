//! Real users: they come by the time of day, come back or not, wait for a code, ask again, and use it.

use super::chance::{Chance, mix};
use super::world::{FAR, HOMES, country};

pub(crate) const DAY: f64 = 86_400.0;

/// A service and its users.
#[derive(Clone, Copy)]
pub(crate) struct Service {
    pub(crate) name: &'static str,
    pub(crate) sends_per_day: f64,
    /// Share of messages to people who were never there before.
    pub(crate) new: f64,
    /// Share of messages whose code is used.
    pub(crate) conversion: f64,
    /// Shares of the first countries of [`HOMES`].
    pub(crate) homes: &'static [(usize, f64)],
    /// Share of users from anywhere.
    pub(crate) far: f64,
    /// People of each address that a carrier shares among its users.
    pub(crate) shared: f64,
}

/// What happens besides.
#[derive(Clone, Copy, Default)]
pub(crate) struct Events {
    /// A provider fails for an hour, from this moment: of ten codes one arrives.
    pub(crate) outage: Option<f64>,
    /// Ten times as many new users for an hour.
    pub(crate) advertisement: Option<f64>,
    /// From this moment a tenth of new users is of another country.
    pub(crate) launch: Option<(f64, usize)>,
}

/// A person with a telephone.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) digits: String,
    pub(crate) country: usize,
    pub(crate) client: Option<u64>,
    /// Days between two visits; none comes once.
    pub(crate) every: Option<f64>,
}

impl Service {
    /// How busy this moment is: 0.2 at night to 1.8 in the evening.
    pub(crate) fn busy(at: f64) -> f64 {
        1.0 - 0.8 * (at / DAY * std::f64::consts::TAU).cos()
    }

    /// Somebody new.
    pub(crate) fn person(&self, at: f64, events: &Events, chance: &mut Chance) -> Person {
        let launched = events.launch.filter(|(from, _)| at >= *from && chance.is(0.1));
        let country_index = match launched {
            Some((_, country)) => country,
            None if chance.is(self.far) => HOMES.len() + chance.below(FAR.len() as u64) as usize,
            None => {
                let mut left = chance.unit();
                let found = self.homes.iter().find(|(_, share)| {
                    left -= share;
                    left <= 0.0
                });
                found.unwrap_or(&self.homes[0]).0
            }
        };
        let digits = country(country_index).someone(chance);
        // Of a country's carrier addresses each serves `shared` people; the others have one of their own.
        let addresses = (self.sends_per_day * 5.0 / self.shared).ceil().max(1.0) as u64;
        let client = match chance.unit() {
            share if share < 0.05 => None,
            share if share < 0.45 => Some(country_index as u64 * 1_000_000 + chance.below(addresses)),
            _ => Some(1 << 40 | mix(chance.below(u64::MAX)) >> 24),
        };
        let every = chance.is(0.45).then(|| chance.between(1.0, 12.0));
        Person { digits, country: country_index, client, every }
    }
}
