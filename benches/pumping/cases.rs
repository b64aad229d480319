//! The services and the attacks.

use super::fraud::{Attack, From, Pace};
use super::people::Service;
use super::world::{FAR, HOMES};

const MAIN: usize = 1;

pub(crate) static SERVICES: &[Service] = &[
    Service {
        name: "small",
        sends_per_day: 50.0,
        new: 0.4,
        conversion: 0.75,
        homes: &[(1, 1.0)],
        far: 0.02,
        shared: 20.0,
    },
    Service {
        name: "middle",
        sends_per_day: 2_000.0,
        new: 0.35,
        conversion: 0.75,
        homes: &[(1, 0.6), (2, 0.25), (0, 0.15)],
        far: 0.03,
        shared: 200.0,
    },
    Service {
        name: "poor",
        sends_per_day: 3_000.0,
        new: 0.5,
        conversion: 0.6,
        homes: &[(5, 0.6), (3, 0.3), (6, 0.1)],
        far: 0.02,
        shared: 400.0,
    },
    Service {
        name: "island",
        sends_per_day: 300.0,
        new: 0.3,
        conversion: 0.9,
        homes: &[(7, 0.9), (2, 0.1)],
        far: 0.01,
        shared: 100.0,
    },
    Service {
        name: "large",
        sends_per_day: 50_000.0,
        new: 0.2,
        conversion: 0.8,
        homes: &[(0, 0.5), (1, 0.2), (2, 0.2), (4, 0.1)],
        far: 0.02,
        shared: 500.0,
    },
];

fn far(n: usize) -> Vec<usize> {
    (HOMES.len()..HOMES.len() + n.min(FAR.len())).collect()
}

/// All attacks, on a service whose main country is this.
pub(crate) fn attacks(service: &Service) -> Vec<Attack> {
    let main = service.homes.first().map_or(MAIN, |(country, _)| *country);
    let base = Attack {
        name: "",
        messages: 5_000.0,
        hours: 4.0,
        pace: Pace::Even,
        countries: far(1),
        ranges: 1,
        together: false,
        from: From::Proxies(5_000),
        sequential: false,
        pool: None,
        verifies: 0.0,
        held_out: false,
    };
    let a = |name, change: &dyn Fn(&mut Attack)| {
        let mut attack = Attack { name, ..base.clone() };
        change(&mut attack);
        attack
    };
    vec![
        a("burst, 1 range, far", &|_| {}),
        a("burst, 1 range, main, in order", &|a| {
            (a.countries, a.sequential, a.from) = (vec![main], true, From::Nowhere)
        }),
        a("burst, 10 ranges, main", &|a| (a.countries, a.ranges) = (vec![main], 10)),
        a("burst, 10 ranges together, main, no client", &|a| {
            (a.countries, a.ranges, a.together, a.from) = (vec![main], 10, true, From::Nowhere)
        }),
        a("burst, 200 ranges, far", &|a| a.ranges = 200),
        a("burst, 200 ranges, main", &|a| (a.countries, a.ranges) = (vec![main], 200)),
        a("burst, 200 ranges together, main", &|a| (a.countries, a.ranges, a.together) = (vec![main], 200, true)),
        a("burst, 2000 ranges, far", &|a| (a.ranges, a.held_out) = (2000, true)),
        a("burst, 2000 ranges, main", &|a| (a.countries, a.ranges) = (vec![main], 2000)),
        a("burst, 2000 ranges, main, one address", &|a| {
            (a.countries, a.ranges, a.from) = (vec![main], 2000, From::One)
        }),
        a("burst, 40 countries, 1 range each", &|a| (a.countries, a.ranges) = (far(40), 40)),
        a("burst, 40 countries, 50 ranges each", &|a| (a.countries, a.ranges, a.held_out) = (far(40), 2000, true)),
        a("burst, one address, 10 far countries", &|a| {
            (a.countries, a.ranges, a.from, a.held_out) = (far(10), 100, From::One, true)
        }),
        a("trickle 30 s, 1 range, main, 3 days", &|a| {
            (a.messages, a.hours, a.countries, a.from) = (8640.0, 72.0, vec![main], From::Nowhere)
        }),
        a("trickle 2 min, 10 ranges, main, 3 days", &|a| {
            (a.messages, a.hours, a.countries, a.ranges) = (2160.0, 72.0, vec![main], 10)
        }),
        a("trickle 2 min, 200 ranges, main, 3 days", &|a| {
            (a.messages, a.hours, a.countries, a.ranges) = (2160.0, 72.0, vec![main], 200)
        }),
        a("trickle 2 min, 200 ranges, far, 3 days", &|a| {
            (a.messages, a.hours, a.ranges, a.held_out) = (2160.0, 72.0, 200, true)
        }),
        a("trickle 10 min, 1 range, far, 4 days", &|a| (a.messages, a.hours) = (576.0, 96.0)),
        a("trickle 10 min, 10 ranges, main, 4 days", &|a| {
            (a.messages, a.hours, a.countries, a.ranges, a.held_out) = (576.0, 96.0, vec![main], 10, true)
        }),
        a("trickle 10 min, 200 ranges, main, 4 days", &|a| {
            (a.messages, a.hours, a.countries, a.ranges) = (576.0, 96.0, vec![main], 200)
        }),
        a("trickle 10 min, 40 countries, 4 days", &|a| {
            (a.messages, a.hours, a.countries, a.ranges, a.held_out) = (576.0, 96.0, far(40), 400, true)
        }),
        a("same 300 numbers, 10 ranges, main, 3 days", &|a| {
            (a.hours, a.countries, a.ranges, a.pool) = (72.0, vec![main], 10, Some(300))
        }),
        a("same 300 numbers, 10 ranges, far, 3 days", &|a| {
            (a.hours, a.ranges, a.pool, a.held_out) = (72.0, 10, Some(300), true)
        }),
        a("uses 5 % of its codes, 10 ranges, far", &|a| (a.ranges, a.verifies) = (10, 0.05)),
        a("uses 30 % of its codes, 10 ranges, main", &|a| (a.countries, a.ranges, a.verifies) = (vec![main], 10, 0.3)),
        a("uses 30 % of its codes, 200 ranges, far", &|a| (a.ranges, a.verifies, a.held_out) = (200, 0.3, true)),
        a("with the day's curve, 50 ranges, main, 3 days", &|a| {
            (a.hours, a.pace, a.countries, a.ranges, a.held_out) = (72.0, Pace::ByDay, vec![main], 50, true)
        }),
        a("rising, 50 ranges, main, 4 days", &|a| {
            (a.hours, a.pace, a.countries, a.ranges) = (96.0, Pace::Rising, vec![main], 50)
        }),
        a("rising, 50 ranges, far, 4 days", &|a| {
            (a.hours, a.pace, a.ranges, a.held_out) = (96.0, Pace::Rising, 50, true)
        }),
    ]
}
