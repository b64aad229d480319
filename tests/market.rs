//! What delivery is worth on bad days, in small: `cargo bench --bench market` says it of a million verifications.
#![allow(dead_code, reason = "the program prints more than these tests ask")]

#[path = "../benches/market/calendar.rs"]
mod calendar;
#[path = "../benches/market/compare.rs"]
mod compare;
#[path = "../benches/market/draw.rs"]
mod draw;
#[path = "../benches/market/fate.rs"]
mod fate;
#[path = "../benches/market/people.rs"]
mod people;
#[path = "../benches/market/policy.rs"]
mod policy;
#[path = "../benches/market/run.rs"]
mod run;
#[path = "../benches/market/tally.rs"]
mod tally;
#[path = "../benches/market/world.rs"]
mod world;

use calendar::Bad;
use compare::{By, Size, compare};
use tally::Tally;

/// Each has other providers, other users and other bad days.
const SEEDS: [u64; 4] = [1, 2, 3, 4];

/// Blind failover, and the library where it is told whether codes are used and where nobody tells.
fn compared(seed: u64) -> [Tally; 3] {
    let size = Size { seed, verifications: 40_000, days: 4.0 };
    let policies = [By::Blind, By::Countersign { told: true }, By::Countersign { told: false }];
    compare(size, &policies).try_into().unwrap_or_else(|_| panic!("one of each"))
}

#[test]
fn on_bad_days_more_users_get_a_code_in_time_than_by_blind_failover_and_fewer_get_it_twice() {
    let (mut twice, mut twice_blind) = (0, 0);
    for seed in SEEDS {
        let [blind, told, hidden] = compared(seed);
        for (name, own) in [("told", &told), ("hidden", &hidden)] {
            let (own, blind) = (&own.total, &blind.total);
            assert!(own.within_10 > blind.within_10, "{seed} {name}: {} {}", own.within_10, blind.within_10);
            assert!(own.never < blind.never, "{seed} {name}: {} {}", own.never, blind.never);
            assert!(own.used > blind.used, "{seed} {name}: {} {}", own.used, blind.used);
        }
        // Nothing else is wrong with whoever's reports are lost: it is not left.
        for own in [&told, &hidden] {
            let lost = own.struck_by(Bad::NoReports);
            assert!(lost.percent(lost.first_choice) > 95.0, "{seed}: {} of {}", lost.first_choice, lost.all);
        }
        twice += told.total.twice;
        twice_blind += blind.total.twice;
    }
    assert!(twice < twice_blind, "{twice} {twice_blind}");
}
