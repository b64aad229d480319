//! What the defence against SMS pumping stops, whom it refuses and what is lost: real traffic and attacks, made up from a
//! seed, in virtual time. `cargo bench --bench pumping -- [SEED] [--service NAME] [--only TEXT] [--why] [--held-out]
//! [--authgear]`; the last enforces Authgear's rules alone, to compare.
#![allow(
    clippy::disallowed_methods,
    clippy::print_stdout,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    missing_docs,
    reason = "a program that reads its own arguments and prints a table"
)]

#[path = "pumping/cases.rs"]
mod cases;
#[path = "pumping/chance.rs"]
mod chance;
#[path = "pumping/fraud.rs"]
mod fraud;
#[path = "pumping/people.rs"]
mod people;
#[path = "pumping/run.rs"]
mod run;
#[path = "pumping/world.rs"]
mod world;

use chance::Chance;
use countersign::otp::guard::{GuardRules, Mode};
use fraud::Bot;
use people::{DAY, Events, Service};
use run::{Outcome, Trace};

/// Days of recording before the rules are enforced.
const LEARNT: f64 = 15.0;

struct Wanted {
    seed: u64,
    service: Option<String>,
    only: Option<String>,
    why: bool,
    held_out: bool,
    authgear: bool,
}

fn main() {
    let wanted = wanted();
    println!(
        "{:<7} {:<47} {:<6} {:>8} {:>9} {:>8} {:>8} {:>8}",
        "service", "case", "codes", "stopped", "lost $", "before $", "refused", "in it"
    );
    for service in cases::SERVICES {
        let named = wanted.service.as_ref().is_some_and(|name| name == service.name);
        if named || (wanted.service.is_none() && service.sends_per_day < 10_000.0) {
            of_service(service, &wanted);
        }
    }
}

fn of_service(service: &Service, wanted: &Wanted) {
    for told in [true, false] {
        if wanted.authgear && !told {
            continue;
        }
        first_days(service, told, wanted);
        let mut learnt = Trace::new(*service, told, rules(wanted), wanted.seed).with_users();
        learnt.until(LEARNT * DAY);
        learnt.rules().mode = Mode::Enforce;
        learnt.outcome = Outcome::default();
        if named(wanted, "without an attack") && !wanted.held_out {
            for (name, events) in occasions(learnt.now) {
                let mut trace = learnt.clone();
                trace.events = events;
                if name.ends_with("declared") {
                    trace.rules().expected_countries = vec!["BR".to_owned()];
                }
                trace.until((LEARNT + 7.0) * DAY);
                report(service, name, told, &trace.outcome, wanted);
            }
        }
        for attack in cases::attacks(service) {
            if !named(wanted, attack.name) || (attack.held_out != wanted.held_out) {
                continue;
            }
            let mut trace = learnt.clone();
            let start = (LEARNT + 1.4) * DAY;
            trace.attack(Bot::new(attack.clone(), start, &mut Chance::new(wanted.seed + 77)), start);
            trace.until((LEARNT + 7.0) * DAY);
            report(service, attack.name, told, &trace.outcome, wanted);
        }
    }
}

/// Enforced from the first hour, and attacked on the first day.
fn first_days(service: &Service, told: bool, wanted: &Wanted) {
    if wanted.held_out || wanted.authgear {
        return;
    }
    let rules = GuardRules { mode: Mode::Enforce, ..rules(wanted) };
    let fresh = Trace::new(*service, told, rules, wanted.seed);
    if named(wanted, "first week, without an attack") {
        let mut trace = fresh.clone();
        trace.until(7.0 * DAY);
        report(service, "first week, without an attack", told, &trace.outcome, wanted);
    }
    for (name, of) in [
        ("first day, 10 ranges, far", "uses 5 % of its codes, 10 ranges, far"),
        ("first day, 1 range, main", "burst, 1 range, main, in order"),
        ("first day, 200 ranges, main", "burst, 200 ranges, main"),
    ] {
        if !named(wanted, name) {
            continue;
        }
        let Some(attack) = cases::attacks(service).into_iter().find(|attack| attack.name == of) else { continue };
        let mut trace = fresh.clone();
        trace.attack(Bot::new(attack, 0.4 * DAY, &mut Chance::new(wanted.seed + 77)), 0.4 * DAY);
        trace.until(7.0 * DAY);
        report(service, name, told, &trace.outcome, wanted);
    }
}

fn rules(wanted: &Wanted) -> GuardRules {
    let mut rules = GuardRules::default();
    if wanted.authgear {
        for line in [
            &mut rules.number,
            &mut rules.prefix,
            &mut rules.area,
            &mut rules.strangers,
            &mut rules.strange,
            &mut rules.client,
        ] {
            line.mode = Mode::Off;
        }
        let of = &mut rules.conversion;
        (of.country_day, of.country_hour, of.client_day) = (Mode::Enforce, Mode::Enforce, Mode::Enforce);
        (of.client_hour, of.client_countries) = (Mode::Enforce, Mode::Enforce);
    }
    rules
}

fn occasions(now: f64) -> Vec<(&'static str, Events)> {
    let evening = now + 1.75 * DAY;
    vec![
        ("without an attack", Events::default()),
        ("an outage of an hour", Events { outage: Some(evening), ..Events::default() }),
        ("an advertisement", Events { advertisement: Some(evening), ..Events::default() }),
        ("a launch in another country", Events { launch: Some((evening, 4)), ..Events::default() }),
        ("a launch in another country, declared", Events { launch: Some((evening, 4)), ..Events::default() }),
    ]
}

fn report(service: &Service, name: &str, told: bool, outcome: &Outcome, wanted: &Wanted) {
    let percent = |(all, part): (u64, u64)| if all == 0 { 0.0 } else { 100.0 * part as f64 / all as f64 };
    let dollars = |micros: u64| micros as f64 / 1e6;
    let (asked, sent) = outcome.fraud;
    let stopped = if asked == 0 { "-".to_owned() } else { format!("{:.1}", 100.0 - percent((asked, sent))) };
    let during = if asked == 0 { percent(outcome.launched) } else { percent(outcome.during) };
    println!(
        "{:<7} {:<47} {:<6} {:>8} {:>9.2} {:>8.2} {:>8.3} {:>8.2}",
        service.name,
        name,
        if told { "told" } else { "hidden" },
        stopped,
        dollars(sent),
        dollars(outcome.before_block),
        percent(outcome.real),
        during
    );
    if wanted.why {
        let mut rules: Vec<_> = outcome.rules.iter().collect();
        rules.sort();
        println!("        of {} people {} refused; by rule (fraud, real): {rules:?}", outcome.real.0, outcome.real.1);
    }
}

fn named(wanted: &Wanted, name: &str) -> bool {
    wanted.only.as_ref().is_none_or(|only| name.contains(only.as_str()))
}

fn wanted() -> Wanted {
    let mut wanted = Wanted { seed: 1, service: None, only: None, why: false, held_out: false, authgear: false };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--service" => wanted.service = arguments.next(),
            "--only" => wanted.only = arguments.next(),
            "--why" => wanted.why = true,
            "--authgear" => wanted.authgear = true,
            "--held-out" => wanted.held_out = true,
            seed => wanted.seed = seed.parse().unwrap_or(wanted.seed),
        }
    }
    wanted
}
