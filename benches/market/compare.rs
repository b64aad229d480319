//! The same users, providers and bad days under each policy.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::calendar::Calendar;
use super::people::people;
use super::policy::{Countersign, Policy};
use super::run::Run;
use super::tally::Tally;
use super::world::{PROVIDERS, World};

/// How much.
#[derive(Clone, Copy)]
pub(crate) struct Size {
    pub(crate) seed: u64,
    pub(crate) verifications: usize,
    pub(crate) days: f64,
}

/// What became of them.
pub(crate) struct Compared {
    /// One provider alone, the best first.
    pub(crate) alone: Vec<(&'static str, Tally)>,
    pub(crate) blind: Tally,
    pub(crate) countersign: Tally,
    /// Where nobody tells that codes are used.
    pub(crate) hidden: Tally,
    pub(crate) oracle: Tally,
}

impl Compared {
    pub(crate) fn run(size: Size) -> Self {
        let world = World::new(size.seed);
        let calendar = Calendar::new(&world, size.days);
        let people = people(&world, size.verifications, size.days);
        let policy = |nth: usize| match nth {
            0 => Policy::Countersign(Box::new(Countersign::new(&world, true))),
            1 => Policy::Countersign(Box::new(Countersign::new(&world, false))),
            2 => Policy::Oracle,
            3 => Policy::Blind,
            _ => Policy::Alone(nth - 4),
        };
        let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
        std::thread::scope(|scope| {
            for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
                scope.spawn(|| {
                    loop {
                        let nth = next.fetch_add(1, Ordering::Relaxed);
                        if nth >= 4 + PROVIDERS.len() {
                            break;
                        }
                        let tally = Run::of(&world, &calendar, &people, policy(nth));
                        done.lock().unwrap().push((nth, tally));
                    }
                });
            }
        });
        let mut done = done.into_inner().unwrap();
        done.sort_by_key(|(nth, _)| *nth);
        let mut all = done.into_iter().map(|(_, tally)| tally);
        let mut take = || all.next().unwrap();
        let (countersign, hidden, oracle, blind) = (take(), take(), take(), take());
        let mut alone: Vec<_> = PROVIDERS.into_iter().zip(all).collect();
        alone.sort_by_key(|(_, tally)| std::cmp::Reverse(tally.total.within_10));
        Self { alone, blind, countersign, hidden, oracle }
    }
}
