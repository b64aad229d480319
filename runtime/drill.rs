//! A rehearsal on the user's own machine: the real service, with the real sandbox and real sockets, between people who
//! want codes and three providers of which one has a bad day.
//!
//! | drill | what goes wrong | what is promised |
//! |---|---|---|
//! | `outage` | the active provider fails hard, in four ways at once: each in an environment of its own | 95 % of the traffic elsewhere within 5 s |
//! | `silent` | it takes everything and delivers nothing, and reports nothing | moved within 60 s or 50 lost codes, in each country |
//! | `carrier` | it can't reach one network any more, and reports so | the same for that network; the others stay where they are |
//!
//! Everything happens by a clock: that of the machine, or one that is moved on whenever nothing is under way.

mod crowd;
mod dice;
mod gateway;
mod house;
mod lanes;
mod ledger;
mod stage;
mod told;
mod verdict;

use std::path::PathBuf;

use crate::clock::Clock;

pub use lanes::Scenario;
pub use told::{Line, heading};
pub use verdict::{LaneVerdict, Verdict};

/// What is rehearsed, and how.
#[derive(Clone, Debug)]
pub struct Options {
    /// What goes wrong.
    pub scenario: Scenario,
    /// For how long it goes wrong, in seconds, at most.
    pub seconds: u64,
    /// Codes that are asked for in a second; of `outage` for each way of failing.
    pub rate: u64,
    /// Decides where chance does.
    pub seed: u64,
    /// This program, which is also the compiler.
    pub program: PathBuf,
    /// Where compiled components are kept; in a folder that is gone afterwards unless given.
    pub cache: Option<PathBuf>,
    /// The time.
    pub clock: Clock,
}

/// Rehearse; `show` gets a line for each second.
pub async fn run(options: &Options, show: impl FnMut(&Line)) -> anyhow::Result<Verdict> {
    let house = house::House::open(options).await?;
    stage::Stage::new(options, house).play(show).await
}
