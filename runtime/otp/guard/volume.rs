//! Where nobody tells whether codes are used: how much, how new and how dense, against the service's own past.
//!
//! A number proves itself by coming back on another day; where the service is not at home, only after a week. A country may
//! grow to 2.5 times the usual of two days, its parts to 1.75 times and with the rest of the country (an advertisement), up
//! to tenfold. A block of numbers may have as many new numbers as blocks of that country usually have: real users are
//! strewn over thousands of blocks, and bought numbers are not. What is usual for a block is what was a week ago, so that
//! an attack has to last longer than that to teach it.

use super::sight::{ALL, LONG_AGO, RECENT, Sight, TODAY, percent};
use super::{Fired, Rule};
use crate::store::counters::{DAYS, Scope, Tally};

/// The rules that it breaks.
pub(super) fn judge(sight: &Sight) -> Vec<Fired> {
    let mut fired = Vec::new();
    fired.extend(number(sight));
    if sight.known {
        fired.extend(again(sight));
        return fired;
    }
    fired.extend(prefix(sight));
    fired.extend(client(sight));
    if sight.is_strange() && stirs(sight) {
        fired.extend(grown(sight, Rule::Strange, Scope::Strange, None));
    }
    if sight.learning || (sight.country_learning && !sight.is_strange()) {
        return fired;
    }
    let storm = sight.loud && !sight.established_prefix && !sight.is_first_of_block();
    if sight.is_strange() || storm {
        fired.extend(grown(sight, Rule::Area, Scope::Area, Some(Scope::Country)));
    }
    if sight.loud && sight.is_first_of_block() {
        fired.extend(grown(sight, Rule::Strangers, Scope::Strangers, Some(Scope::Country)));
    }
    if sight.loud && !sight.is_strange() && !sight.established_client {
        fired.extend(grown(sight, Rule::Country, Scope::Country, None));
    }
    fired
}

/// Where some strange countries are under attack, the others' people pass.
fn stirs(sight: &Sight) -> bool {
    let usual = sight.usual(Scope::Country, |t| t.fresh);
    usual == 0
        || sight.sum(Scope::Country, RECENT).fresh > percent(usual, sight.rules.volume_percent.into()).saturating_add(1)
}

/// New numbers of a scope in two days, against its own past and how the rest of `within` grew.
fn grown(sight: &Sight, rule: Rule, scope: Scope, within: Option<Scope>) -> Option<Fired> {
    let line = sight.line(rule);
    let growth = within.map_or(100, |within| growth(sight, scope, within));
    let volume = u64::from(sight.rules.volume_percent);
    // An advertisement is in `growth`, and forty countries together vary less than one: these have half of it.
    let volume = if scope == Scope::Country { volume } else { volume.saturating_add(100) / 2 };
    let may = |of: fn(&Tally) -> u64| percent(percent(sight.usual(scope, of), volume), growth);
    let recent = sight.sum(scope, RECENT);
    let seen = (recent.fresh.saturating_add(1), recent.fresh_cost_micros.saturating_add(sight.asked.cost_micros));
    let limits = (
        may(|t| t.fresh).saturating_add(line.messages.into()),
        may(|t| t.fresh_cost_micros).saturating_add(line.micros),
    );
    sight.over(rule, seen, limits)
}

/// New numbers in one block of 10,000.
fn prefix(sight: &Sight) -> Option<Fired> {
    // In its first week a service has but its first days.
    let is_young = sight.sum(Scope::Environment, LONG_AGO).sent == 0;
    let density = density_permille(&sight.sum(Scope::Country, if is_young { (1, DAYS) } else { LONG_AGO }));
    let growth = growth(sight, Scope::Prefix, Scope::Country);
    let own = percent(percent(sight.usual(Scope::Prefix, |t| t.numbers), sight.rules.volume_percent.into()), growth);
    // Some blocks are three times as popular as others.
    let typical = |days: u64| density.saturating_mul(3).saturating_mul(days) / 1000;
    let in_two_days = percent(typical(2), growth).saturating_add(own);
    let week_before = sight.sum(Scope::Prefix, (7, DAYS)).numbers.saturating_mul(2);
    let in_all = typical(DAYS).saturating_add(week_before).max(in_two_days);
    [(RECENT, in_two_days), (ALL, in_all)].into_iter().find_map(|(window, more)| {
        let (sum, line) = (sight.sum(Scope::Prefix, window), sight.prefix_line(window));
        let seen = (sum.numbers.saturating_add(1), sum.fresh_cost_micros.saturating_add(sight.asked.cost_micros));
        let money = line.micros.saturating_add(more.saturating_mul(2).saturating_mul(sight.asked.cost_micros));
        sight.over(Rule::Prefix, seen, (more.saturating_add(line.messages.into()), money))
    })
}

/// New numbers for one client. One whose people come back, such as a carrier's shared address, may bring as many new ones.
fn client(sight: &Sight) -> Option<Fired> {
    sight.asked.client_index?;
    let line = sight.line(Rule::Client);
    let known = sight.sum(Scope::Client, ALL).known;
    let usual = percent(sight.usual(Scope::Client, |t| t.fresh), sight.rules.volume_percent.into());
    let unlearnt = if sight.learning { u64::from(line.messages).saturating_mul(2) } else { 0 };
    let more = known.saturating_add(usual).saturating_add(unlearnt);
    let recent = sight.sum(Scope::Client, RECENT);
    let seen = (recent.fresh.saturating_add(1), recent.fresh_cost_micros.saturating_add(sight.asked.cost_micros));
    let money = line.micros.saturating_add(more.saturating_mul(sight.asked.cost_micros));
    sight.over(Rule::Client, seen, (more.saturating_add(line.messages.into()), money))
}

/// Messages to one number, known or not.
fn number(sight: &Sight) -> Option<Fired> {
    let line = sight.line(Rule::Number);
    let days = sight.counts.days(Scope::Number);
    let before = days.sum(LONG_AGO.0, DAYS).sent.saturating_mul(2);
    let usual = before.checked_div(days.active(LONG_AGO.0, DAYS)).unwrap_or(0);
    let seen = sight.sum(Scope::Number, RECENT).sent.saturating_add(1);
    sight.over(Rule::Number, (seen, 0), (usual.saturating_add(line.messages.into()), u64::MAX))
}

/// A number of this week in a block that has had its share of new numbers: bought numbers are used again and again, so
/// coming back proves little there. Once a day it may.
fn again(sight: &Sight) -> Option<Fired> {
    let today = sight.sum(Scope::Number, TODAY).sent;
    if sight.is_long_known() || today == 0 { None } else { prefix(sight) }
}

/// How the rest of a larger scope grew, in percent of the usual: 100 to 1000.
fn growth(sight: &Sight, part: Scope, whole: Scope) -> u64 {
    let rest = |sum: (u64, u64)| sum.0.saturating_sub(sum.1);
    let usual = rest((sight.usual(whole, |t| t.fresh), sight.usual(part, |t| t.fresh)));
    let recent = rest((sight.sum(whole, RECENT).fresh, sight.sum(part, RECENT).fresh));
    if usual < 10 {
        return 100;
    }
    recent.saturating_mul(100).checked_div(usual).unwrap_or(100).clamp(100, 1000)
}

/// New numbers that a block of this country has in a day, in thousandths: from how many of the blocks with one have a
/// second. If they come at random (Poisson with mean m), that share r is 1 − m/(eᵐ − 1), of which 2r(1 + r²) is the inverse
/// within 5 % up to m = 3. Few blocks with very many can't raise it.
fn density_permille(before: &Tally) -> u64 {
    // A hundred blocks without one are taken for granted, since a handful says nothing.
    let share = before.seconds.saturating_mul(1000) / before.firsts.saturating_add(100);
    let share = share.min(1000);
    let square = share.saturating_mul(share) / 1000;
    share.saturating_mul(2).saturating_mul(square.saturating_add(1000)) / 1000
}
