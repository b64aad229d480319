//! What delivery is worth on bad days: ten made-up providers with outages, slow days, lost reports and rising failure, and
//! a million verifications in virtual time, from a seed. The library's own decisions (`delivery::route`,
//! `delivery::health`) beside one provider alone, and beside going on to the next whenever anything fails; the same user
//! with the same provider at the same time fares the same under each.
//!
//! `cargo bench --bench market -- [SEED] [--verifications N] [--days N] [--quick]`
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a program that reads its own arguments and prints a table"
)]

#[path = "market/calendar.rs"]
mod calendar;
#[path = "market/compare.rs"]
mod compare;
#[path = "market/draw.rs"]
mod draw;
#[path = "market/fate.rs"]
mod fate;
#[path = "market/people.rs"]
mod people;
#[path = "market/policy.rs"]
mod policy;
#[path = "market/run.rs"]
mod run;
#[path = "market/tally.rs"]
mod tally;
#[path = "market/world.rs"]
mod world;

use calendar::Bad;
use compare::{By, Size, compare};
use tally::{Counts, Tally};
use world::PROVIDERS;

/// A figure, and what it is called.
type Figure = (&'static str, fn(&Counts) -> f64);

fn main() {
    let size = size();
    let told = |told| By::Countersign { told };
    let mut policies = vec![By::Blind, told(false), told(true), By::Cheapest, By::Oracle];
    policies.extend((0..PROVIDERS.len()).map(By::Alone));
    let mut tallies = compare(size, &policies);
    let mut alone = tallies.split_off(5);
    alone.sort_by_key(|tally| std::cmp::Reverse(tally.total.within_10));
    let Size { seed, verifications, days } = size;
    println!("{verifications} verifications in {days} days, ten providers, seed {seed}\n");
    let named = [
        ("the best provider alone", &alone[0]),
        ("the median provider alone", &alone[alone.len() / 2]),
        ("blind failover", &tallies[0]),
        ("Countersign, outcomes hidden", &tallies[1]),
        ("Countersign", &tallies[2]),
        ("Countersign, cheapest first", &tallies[3]),
        ("whoever knows the future", &tallies[4]),
    ];
    println!(
        "{:<29} {:>7} {:>7} {:>7} {:>8} {:>8} {:>8} {:>7} {:>8} {:>7}",
        "", "≤ 10 s", "≤ 60 s", "never", "verified", "twice ‰", "sends", "¢/user", "vs blind", "worst h"
    );
    for (name, tally) in named {
        total(name, tally, &tallies[0].total);
    }
    let first = "the operator's first choice is asked, %";
    let of: [Figure; 4] = [
        ("≤ 10 s, %", |counts| counts.percent(counts.within_10)),
        ("never, %", |counts| counts.percent(counts.never)),
        ("twice, ‰", Counts::duplicates),
        (first, |counts| counts.percent(counts.first_choice)),
    ];
    for (what, of) in of {
        println!(
            "\n{what:<39} {:>7} {:>7} {:>7} {:>7} {:>7} {:>7} {:>7} {:>9}",
            "best", "median", "blind", "hidden", "Counter", "cheap", "oracle", "users"
        );
        by_bad(&named.map(|(_, tally)| tally), of);
    }
}

fn total(name: &str, tally: &Tally, blind: &Counts) {
    let c = &tally.total;
    println!(
        "{name:<29} {:>7.2} {:>7.2} {:>7.2} {:>8.2} {:>8.2} {:>8.3} {:>7.3} {:>8.3} {:>7.1}",
        c.percent(c.within_10),
        c.percent(c.within_60),
        c.percent(c.never),
        c.percent(c.used),
        c.duplicates(),
        c.sent as f64 / c.all as f64,
        c.cents(),
        c.cents() / blind.cents(),
        tally.worst_hour(),
    );
}

fn by_bad(tallies: &[&Tally; 7], of: fn(&Counts) -> f64) {
    let row = |name: &str, counts: [&Counts; 7]| {
        print!("{name:<39}");
        counts.iter().for_each(|counts| print!(" {:>7.2}", of(counts)));
        println!(" {:>9}", counts[0].all);
    };
    row("nothing", tallies.map(|tally| &tally.quiet));
    for bad in Bad::ALL {
        row(bad.name(), tallies.map(|tally| tally.struck_by(bad)));
    }
}

fn size() -> Size {
    let mut size = Size { seed: 1, verifications: 1_000_000, days: 30.0 };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut number = || arguments.next().and_then(|n| n.parse::<f64>().ok());
        match argument.as_str() {
            "--verifications" => size.verifications = number().map_or(size.verifications, |n| n as usize),
            "--days" => size.days = number().unwrap_or(size.days),
            "--quick" => (size.verifications, size.days) = (60_000, 6.0),
            seed => size.seed = seed.parse().unwrap_or(size.seed),
        }
    }
    size
}
