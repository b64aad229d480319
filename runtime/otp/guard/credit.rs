//! Where it is told whether codes are used: lines of credit.
//!
//! What is unproven may be the credit and 1.5 times what was proven, over two days and over fourteen: a conversion of 40 %
//! or more is never refused by the ratio, and neither a trickle nor midnight renews the credit.

use super::counters::Scope;
use super::sight::{ALL, NUMBER, RECENT, Sight, percent};
use super::{Fired, Rule};

/// The rules that it breaks.
pub fn judge(sight: &Sight) -> Vec<Fired> {
    let mut fired = Vec::new();
    fired.extend(number(sight));
    if sight.known {
        return fired;
    }
    fired.extend(overdrawn(sight, Rule::Prefix, Scope::Prefix, 1));
    fired.extend(overdrawn(sight, Rule::Area, Scope::Area, 1));
    if sight.asked.client_index.is_some() {
        fired.extend(overdrawn(sight, Rule::Client, Scope::Client, 1));
    }
    if !sight.established_country {
        fired.extend(overdrawn(sight, Rule::Strange, Scope::Strange, 1));
    }
    if !sight.established_prefix && !sight.established_client {
        // The first number of a block may be a person: it passes until the account is overdrawn twice.
        let crowded = sight.sum(Scope::Prefix, ALL).unproven() > 0 || !sight.established_country;
        fired.extend(overdrawn(sight, Rule::Strangers, Scope::Strangers, if crowded { 1 } else { 2 }));
    }
    fired
}

fn overdrawn(sight: &Sight, rule: Rule, scope: Scope, times: u64) -> Option<Fired> {
    let line = sight.line(rule);
    [RECENT, ALL].into_iter().find_map(|window| {
        let sum = sight.sum(scope, window);
        let limit = |credit: u64, proven| {
            percent(proven, sight.unproven_percent).saturating_add(credit).saturating_mul(times)
        };
        let seen = (sum.unproven().saturating_add(1), sum.unproven_cost().saturating_add(sight.asked.cost_micros));
        let limits = (limit(line.messages.into(), sum.proven), limit(line.micros, sum.proven_cost_micros));
        sight.over(rule, seen, limits)
    })
}

/// Many messages to one number: harassment, or few numbers used again and again.
fn number(sight: &Sight) -> Option<Fired> {
    let (line, lately) = (sight.line(Rule::Number), sight.sum(Scope::Number, ALL));
    let verified = sight.sum(Scope::Number, NUMBER).verified;
    let seen = lately.unverified().saturating_add(1);
    let limit = verified.saturating_mul(2).saturating_add(line.messages.into());
    sight.over(Rule::Number, (seen, 0), (limit, u64::MAX))
}
