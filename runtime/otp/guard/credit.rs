//! Where it is told whether codes are used: lines of credit.
//!
//! What is unproven may be the credit and 1.5 times what was proven, over two days and over fourteen: a conversion of 40 %
//! or more is never refused by the ratio, and neither a trickle nor midnight renews the credit.

use super::counters::Scope;
use super::rules::Line;
use super::sight::{ALL, NUMBER, RECENT, Sight, percent};
use super::{Fired, Rule};

/// The rules that it breaks.
pub fn judge(sight: &Sight) -> Vec<Fired> {
    let mut fired = Vec::new();
    fired.extend(number(sight));
    if sight.known {
        return fired;
    }
    let (narrow, broad) = (sight.unproven_percent, sight.broad_percent);
    for window in [RECENT, ALL] {
        fired.extend(overdrawn(sight, Rule::Prefix, Scope::Prefix, window, sight.prefix_line(window), narrow));
        if sight.asked.client_index.is_some() {
            fired.extend(overdrawn(sight, Rule::Client, Scope::Client, window, sight.rules.client, narrow));
        }
        if sight.is_strange() {
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
    fired.dedup_by_key(|f| f.rule);
    fired
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
