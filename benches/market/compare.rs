//! The same users, providers and bad days under each policy.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::calendar::Calendar;
use super::people::people;
use super::policy::{Countersign, Policy};
use super::run::Run;
use super::tally::Tally;
use super::world::World;

/// How much of what.
#[derive(Clone, Copy)]
pub(crate) struct Size {
    pub(crate) seed: u64,
    pub(crate) verifications: usize,
    pub(crate) days: f64,
}

/// Who decides.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum By {
    Alone(usize),
    Blind,
    /// The library, where it is told whether codes are used, and where nobody tells.
    Countersign {
        told: bool,
    },
    /// The same, where it is told, and the least cost is preferred.
    Cheapest,
    Oracle,
}

/// What became of everybody under each of them, in the same order.
pub(crate) fn compare(size: Size, policies: &[By]) -> Vec<Tally> {
    let world = World::new(size.seed);
    let calendar = Calendar::new(&world, size.days);
    let people = people(&world, size.verifications, size.days);
    let policy = |by: By| match by {
        By::Alone(provider) => Policy::Alone(provider),
        By::Blind => Policy::Blind,
        By::Countersign { told } => Policy::Countersign(Box::new(Countersign::new(&world, told, false))),
        By::Cheapest => Policy::Countersign(Box::new(Countersign::new(&world, true, true))),
        By::Oracle => Policy::Oracle,
    };
    let (next, done) = (AtomicUsize::new(0), Mutex::new(vec![Tally::default(); policies.len()]));
    std::thread::scope(|scope| {
        for _ in 0..std::thread::available_parallelism().map_or(1, usize::from) {
            scope.spawn(|| {
                loop {
                    let nth = next.fetch_add(1, Ordering::Relaxed);
                    let Some(by) = policies.get(nth) else { break };
                    let tally = Run::of(&world, &calendar, &people, policy(*by));
                    done.lock().unwrap()[nth] = tally;
                }
            });
        }
    });
    done.into_inner().unwrap()
}
