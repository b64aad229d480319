//! Users: they come by the time of day, wait for a code, type it, ask again, and give up.

use super::calendar::{DAY, HOUR};
use super::draw::Draw;
use super::world::{COUNTRIES, World};

/// How long a code lives, and how long whoever waits for one can't ask again.
pub(crate) const LIFE: f64 = 600.0;
const COOLDOWN: f64 = 30.0;

/// Somebody who wants to sign in.
#[derive(Clone)]
pub(crate) struct Person {
    pub(crate) id: u64,
    pub(crate) at: f64,
    pub(crate) country: usize,
    pub(crate) area: usize,
    pub(crate) network: usize,
    /// Whether the number is one at all, and the telephone on.
    pub(crate) number_is_right: bool,
    pub(crate) reachable: bool,
    /// Seconds to type it, once it is there. None who thinks better of it.
    pub(crate) types: Option<f32>,
    /// Seconds after which a further one is asked for.
    pub(crate) waits: [f32; 3],
    /// Seconds after which it is given up.
    pub(crate) patience: f32,
}

/// All who come within these days, in the order in which they come.
pub(crate) fn people(world: &World, count: usize, days: f64) -> Vec<Person> {
    let mut all: Vec<Person> = Vec::with_capacity(count);
    let mut draw = Draw::of(world.seed, &[3]);
    let shares: Vec<_> = COUNTRIES.iter().map(|country| ((), country.share)).collect();
    // The busiest moment has 1.8 times the mean.
    let mean = days * DAY / count as f64 / 1.8;
    let mut at = 0.0;
    while all.len() < count {
        at += draw.wait(mean);
        let country = draw.one_of(&shares);
        let hour = (at / HOUR - COUNTRIES[country].noon).rem_euclid(24.0);
        let busy = 1.0 + 0.8 * (hour / 24.0 * std::f64::consts::TAU).cos();
        if draw.is(busy / 1.8) {
            all.push(person(world.seed, all.len() as u64, at, country));
        }
    }
    all
}

fn person(seed: u64, id: u64, at: f64, country: usize) -> Person {
    let mut draw = Draw::of(seed, &[4, id]);
    let (area, network) = World::lives(country, &mut draw);
    let number_is_right = !draw.is(0.004);
    Person {
        id,
        at,
        country,
        area,
        network,
        number_is_right,
        reachable: number_is_right && !draw.is(0.02),
        types: draw.is(0.94).then(|| draw.around(9.0, 0.5) as f32),
        waits: [(); 3].map(|()| (COOLDOWN + draw.wait(12.0)) as f32),
        patience: draw.between(60.0, 240.0) as f32,
    }
}
