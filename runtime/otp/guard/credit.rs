//! Where it is told whether codes are used: lines of credit.
//!
//! A narrow scope (block, area, client) may owe its credit and 1.5 times what it proved, over two days and over fourteen: at
//! a conversion of 60 %, the walk of one up and 1.5 down crosses a credit of 5 about once in thirty blocks with many users,
//! at 75 % once in six hundred; an attack that uses 30 % of its codes goes up a quarter with each message, and crosses it
//! after twenty. A broad one, where chance evens out, may owe twice what the service is used to owe.

use super::rules::Line;
use super::sight::{ALL, NUMBER, RECENT, Sight, percent};
use super::{Fired, Rule};
use crate::store::counters::Scope;

/// The rules that it breaks.
pub(super) fn judge(sight: &Sight) -> Vec<Fired> {
    let mut fired = Vec::new();
    fired.extend(number(sight));
    if sight.known {
        return fired;
    }
    let (narrow, broad) = (sight.unproven_percent, sight.broad_percent);
    for window in [RECENT, ALL] {
        fired.extend(prefix(sight, window));
        if sight.asked.client_index.is_some() {
            fired.extend(overdrawn(sight, Rule::Client, Scope::Client, window, sight.rules.client, narrow));
        }
        if sight.is_strange() && stirs(sight) {
            fired.extend(overdrawn(sight, Rule::Strange, Scope::Strange, window, sight.rules.strange, broad));
        }
        // An established country's people are spared as soon as the storm is over.
        let storm = sight.loud && window == RECENT && !sight.established_prefix && !sight.is_first_of_block();
        if sight.is_strange() || storm {
            fired.extend(overdrawn(sight, Rule::Area, Scope::Area, window, sight.rules.area, narrow));
        }
    }
    if sight.loud && sight.is_first_of_block() {
        fired.extend(overdrawn(sight, Rule::Strangers, Scope::Strangers, RECENT, sight.rules.strangers, broad));
    }
    if sight.loud && !sight.is_strange() && !sight.established_client {
        fired.extend(overdrawn(sight, Rule::Country, Scope::Country, RECENT, sight.rules.country, broad));
    }
    fired.sort_by_key(|f| f.rule);
    fired.dedup_by_key(|f| f.rule);
    fired
}

/// One block of numbers. It owes by numbers, since a person whom no code reaches asks three or four times; and by messages,
/// of which each number may ask for twice as many.
fn prefix(sight: &Sight, window: (u64, u64)) -> Option<Fired> {
    let (line, sum) = (sight.prefix_line(window), sight.sum(Scope::Prefix, window));
    let first = sight.sum(Scope::Number, NUMBER).sent == 0;
    let seen = sum.unproven_numbers().saturating_add(u64::from(first));
    let limit = percent(sum.proven_numbers, sight.unproven_percent).saturating_add(line.messages.into());
    let twice = Line { messages: line.messages.saturating_mul(2), ..line };
    let by_number = first.then(|| sight.over(Rule::Prefix, (seen, 0), (limit, u64::MAX))).flatten();
    by_number.or_else(|| overdrawn(sight, Rule::Prefix, Scope::Prefix, window, twice, sight.unproven_percent))
}

/// Where some strange countries are under attack, the others' people pass.
fn stirs(sight: &Sight) -> bool {
    let recent = sight.sum(Scope::Country, RECENT);
    let proven = sight.sum(Scope::Country, ALL).proven;
    proven == 0 || recent.unproven() > percent(recent.proven, sight.broad_percent).saturating_add(1)
}

fn overdrawn(sight: &Sight, rule: Rule, scope: Scope, window: (u64, u64), line: Line, ratio: u64) -> Option<Fired> {
    let sum = sight.sum(scope, window);
    let seen = (sum.unproven().saturating_add(1), sum.unproven_cost().saturating_add(sight.asked.cost_micros));
    let limit = |credit: u64, proven| percent(proven, ratio).saturating_add(credit);
    let limits = (limit(line.messages.into(), sum.proven), limit(line.micros, sum.proven_cost_micros));
    sight.over(rule, seen, limits)
}

/// Many messages to one number: harassment, or few numbers used again and again.
fn number(sight: &Sight) -> Option<Fired> {
    let (line, lately) = (sight.line(Rule::Number), sight.sum(Scope::Number, ALL));
    let verified = sight.sum(Scope::Number, NUMBER).verified;
    let seen = lately.unverified().saturating_add(1);
    let limit = verified.saturating_mul(2).saturating_add(line.messages.into());
    sight.over(Rule::Number, (seen, 0), (limit, u64::MAX))
}
