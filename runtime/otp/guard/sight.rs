//! What the counters say about a message: whom it goes to, and how its country stands.

use super::counters::{Counts, DAYS, NUMBER_DAYS, Scope, Series, Tally};
use super::rules::{Allow, GuardRules, Line, Mode};
use super::{Allowed, Asked, Fired, Measure, Rule, Span};

/// Two days, today and yesterday: so that no credit comes back at midnight.
pub const RECENT: (u64, u64) = (0, 1);
/// All that is looked back over.
pub const ALL: (u64, u64) = (0, DAYS);
/// As long as a number is remembered.
pub const NUMBER: (u64, u64) = (0, NUMBER_DAYS);
/// What was before [`RECENT`]: the usual.
pub const BEFORE: (u64, u64) = (2, DAYS);

/// A message in the light of the counters.
#[derive(Debug)]
pub struct Sight<'a> {
    /// The message.
    pub asked: &'a Asked<'a>,
    /// The counters.
    pub counts: &'a Counts,
    /// The rules.
    pub rules: &'a GuardRules,
    /// Its number used a code before, or, where outcomes are hidden, was written to on another day.
    pub known: bool,
    /// Its block of numbers has proven something, and more than it owes.
    pub established_prefix: bool,
    /// So has its client.
    pub established_client: bool,
    /// So has its country.
    pub established_country: bool,
    /// Its country is under attack.
    pub alarm: bool,
    /// Unproven messages for 100 proven ones that are no sign of fraud.
    pub unproven_percent: u64,
    /// Days in [`BEFORE`] since the environment's first message.
    pub days_before: u64,
}

impl<'a> Sight<'a> {
    /// Look at it.
    pub fn new(asked: &'a Asked<'a>, counts: &'a Counts, rules: &'a GuardRules) -> Self {
        let mut sight = Self {
            asked,
            counts,
            rules,
            known: is_known(asked, counts),
            established_prefix: false,
            established_client: false,
            established_country: rules.expected_countries.iter().any(|country| country == asked.country),
            alarm: false,
            unproven_percent: unproven_percent(counts, rules),
            days_before: counts.days(Scope::Environment).oldest().unwrap_or(0).saturating_sub(1),
        };
        sight.established_prefix = sight.is_established(Scope::Prefix, 1, 2);
        sight.established_client = sight.is_established(Scope::Client, 1, 2);
        sight.established_country |= sight.is_established(Scope::Country, 3, rules.strange.messages.into());
        sight.alarm = sight.is_alarm();
        sight
    }

    /// The sum of a scope's days.
    pub fn sum(&self, scope: Scope, (from, to): (u64, u64)) -> Tally {
        self.counts.days(scope).sum(from, to)
    }

    /// What of something is usual in two days.
    pub fn usual(&self, scope: Scope, of: impl Fn(&Tally) -> u64) -> u64 {
        of(&self.sum(scope, BEFORE)).saturating_mul(2).checked_div(self.days_before).unwrap_or(0)
    }

    /// The credit of a line; while there is an alarm, that of a block or client shrinks.
    pub fn line(&self, rule: Rule) -> Line {
        let rules = self.rules;
        let line = match rule {
            Rule::Number => rules.number,
            Rule::Prefix => rules.prefix,
            Rule::Area => rules.area,
            Rule::Strangers => rules.strangers,
            Rule::Strange => rules.strange,
            _ => rules.client,
        };
        if !self.alarm || !matches!(rule, Rule::Prefix | Rule::Client) {
            return line;
        }
        Line { messages: line.messages.min(rules.messages_in_alarm), ..line }
    }

    /// The rule's line is overdrawn by what is seen (messages, money).
    pub fn over(&self, rule: Rule, seen: (u64, u64), limit: (u64, u64)) -> Option<Fired> {
        let (measure, seen, limit) = match () {
            () if seen.0 > limit.0 => (Measure::Messages, seen.0, limit.0),
            () if seen.1 > limit.1 => (Measure::Micros, seen.1, limit.1),
            () => return None,
        };
        let retry_at = Span::Day.next(self.asked.at);
        Some(Fired { rule, mode: self.line(rule).mode, measure, seen, limit, retry_at })
    }

    fn is_established(&self, scope: Scope, least: u64, credit: u64) -> bool {
        let all = self.sum(scope, ALL);
        if self.asked.outcomes_told {
            let may = percent(all.proven, self.unproven_percent).saturating_add(credit);
            return all.proven >= least && all.unproven() <= may;
        }
        // A number that comes back proves tomorrow: who asks for the same ones again and again gains no time by it.
        let (returned, long_ago) = (self.sum(scope, (1, DAYS)).known, self.sum(scope, (7, DAYS)).numbers);
        returned >= least || (scope == Scope::Country && (long_ago >= 5 || self.days_before == 0))
    }

    fn is_alarm(&self) -> bool {
        let recent = self.sum(Scope::Country, RECENT);
        if recent.refused > percent(recent.fresh, 2).max(self.rules.refusals_for_alarm.into()) {
            return true;
        }
        let credit = u64::from(self.rules.strangers.messages);
        if self.asked.outcomes_told {
            return recent.unproven() > percent(recent.proven, self.unproven_percent).saturating_add(credit);
        }
        let usual = self.usual(Scope::Country, |tally| tally.fresh);
        self.days_before > 0 && recent.fresh > percent(usual, self.rules.volume_percent.into()).saturating_add(credit)
    }
}

/// `percent` of a value.
pub fn percent(of: u64, percent: u64) -> u64 {
    of.saturating_mul(percent) / 100
}

/// A number with a used code stays known, until it asks for much and uses little of it.
fn is_known(asked: &Asked, counts: &Counts) -> bool {
    let number = counts.days(Scope::Number);
    if asked.outcomes_told {
        let (verified, lately) = (number.sum(0, NUMBER_DAYS).verified, number.sum(0, DAYS));
        return verified > 0 && lately.unverified() <= verified.saturating_mul(2).saturating_add(3);
    }
    let before = number.sum(1, NUMBER_DAYS);
    before.fresh.saturating_add(before.known) > 0
}

/// A service whose users use half of their codes has its own usual.
fn unproven_percent(counts: &Counts, rules: &GuardRules) -> u64 {
    let before = Series::sum(counts.days(Scope::Environment), BEFORE.0, BEFORE.1);
    let least = u64::from(rules.unproven_percent);
    if before.proven < 50 {
        return least;
    }
    let usual = before.unproven().saturating_mul(150).checked_div(before.proven).unwrap_or(least);
    usual.clamp(least, least.max(400))
}

impl Allow {
    /// Whether it names this message's country, number or client.
    pub fn why(&self, asked: &Asked) -> Option<Allowed> {
        if self.countries.iter().any(|country| country == asked.country) {
            return Some(Allowed::Countries);
        }
        if self.prefixes.iter().any(|prefix| asked.digits.starts_with(prefix.trim_start_matches('+'))) {
            return Some(Allowed::Prefixes);
        }
        let client = asked.client?;
        self.clients.iter().any(|network| network.contains(&client)).then_some(Allowed::Clients)
    }
}

/// A rule with a mode of its own and no line of credit.
pub fn fired(rule: Rule, mode: Mode, seen: u64, limit: u64, retry_at: crate::clock::Timestamp) -> Option<Fired> {
    let measure = if rule == Rule::ClientCountries { Measure::Countries } else { Measure::Messages };
    (seen > limit).then_some(Fired { rule, mode, measure, seen, limit, retry_at })
}
