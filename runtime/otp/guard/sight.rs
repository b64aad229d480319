//! What the counters say about a message: whom it goes to, and how its country stands.

use super::rules::{GuardRules, Line, Mode};
use super::{Asked, Fired, Measure, Rule, Span};
use crate::store::counters::{Counts, DAYS, NUMBER_DAYS, Scope, Tally};

/// Two days, today and yesterday: so that no credit comes back at midnight.
pub(super) const RECENT: (u64, u64) = (0, 1);
/// Today.
pub(super) const TODAY: (u64, u64) = (0, 0);
/// All that is looked back over.
pub(super) const ALL: (u64, u64) = (0, DAYS);
/// As long as a number is remembered.
pub(super) const NUMBER: (u64, u64) = (0, NUMBER_DAYS);
/// What was before [`RECENT`]: the usual.
pub(super) const BEFORE: (u64, u64) = (2, DAYS);

/// So long ago that an attack of this week has no part in it.
pub(super) const LONG_AGO: (u64, u64) = (7, DAYS);

/// A message in the light of the counters.
#[derive(Debug)]
pub(super) struct Sight<'a> {
    /// The message.
    pub(super) asked: &'a Asked<'a>,
    /// The counters.
    pub(super) counts: &'a Counts,
    /// The rules.
    pub(super) rules: &'a GuardRules,
    /// Its number used a code before, or, where outcomes are hidden, was written to on another day.
    pub(super) known: bool,
    /// Its block of numbers has proven something, and more than it owes.
    pub(super) established_prefix: bool,
    /// So has its client.
    pub(super) established_client: bool,
    /// So has its country.
    pub(super) established_country: bool,
    /// Its country is under attack, from many blocks at once.
    pub(super) alarm: bool,
    /// Much more is asked for in its country than is usual at any time of the day.
    pub(super) loud: bool,
    /// There is no past to compare with yet.
    pub(super) learning: bool,
    /// Likewise in its country.
    pub(super) country_learning: bool,
    /// Unproven messages for 100 proven ones that are no sign of fraud in a block or client.
    pub(super) unproven_percent: u64,
    /// Likewise in a country, where chance evens out: twice what is usual.
    pub(super) broad_percent: u64,
    /// Days in [`BEFORE`] since the environment's first message.
    pub(super) days_before: u64,
}

impl<'a> Sight<'a> {
    /// Look at it.
    pub(super) fn new(asked: &'a Asked<'a>, counts: &'a Counts, rules: &'a GuardRules) -> Self {
        let mut sight = Self {
            asked,
            counts,
            rules,
            known: is_known(asked, counts),
            established_prefix: false,
            established_client: false,
            established_country: rules.expected_countries.iter().any(|country| country == asked.country),
            alarm: false,
            loud: false,
            learning: false,
            country_learning: false,
            unproven_percent: rules.unproven_percent.into(),
            broad_percent: rules.unproven_percent.into(),
            days_before: counts.days(Scope::Environment).oldest().unwrap_or(0).saturating_sub(1),
        };
        if let Some(usual) = usually_unproven(counts) {
            sight.unproven_percent = percent(usual, 150).min(400).max(sight.unproven_percent);
            sight.broad_percent = usual.saturating_mul(2).clamp(50, 400);
        }
        sight.learning = sight.days_before < 2;
        sight.country_learning = sight.country_days() < 2;
        sight.established_prefix = sight.is_established(Scope::Prefix, 1, 2);
        sight.established_client = sight.is_established(Scope::Client, 1, 2);
        sight.established_country |= sight.is_major();
        // Bought numbers come back too: where nobody is at home yet, a week tells more than a day.
        sight.known &= asked.outcomes_told || !sight.is_strange() || sight.is_long_known();
        sight.loud = sight.is_loud();
        sight.alarm = sight.is_alarm();
        sight
    }

    /// The sum of a scope's days.
    pub(super) fn sum(&self, scope: Scope, (from, to): (u64, u64)) -> Tally {
        self.counts.days(scope).sum(from, to)
    }

    /// What of something is usual in two days.
    pub(super) fn usual(&self, scope: Scope, of: impl Fn(&Tally) -> u64) -> u64 {
        let days = match scope {
            // What a strange country did this week is what is to be judged.
            Scope::Area | Scope::Country if self.is_strange() => return self.usual_long_ago(scope, of),
            // One block alone has so little that a few days of an attack would be all of it.
            Scope::Prefix => return self.usual_long_ago(scope, of),
            Scope::Country | Scope::Strangers | Scope::Area => self.country_days(),
            _ => self.days_before,
        };
        of(&self.sum(scope, BEFORE)).saturating_mul(2).checked_div(days).unwrap_or(0)
    }

    fn usual_long_ago(&self, scope: Scope, of: impl Fn(&Tally) -> u64) -> u64 {
        of(&self.sum(scope, LONG_AGO)).saturating_mul(2).checked_div(self.long_ago_days()).unwrap_or(0)
    }

    /// Days in [`BEFORE`] since the country's first message.
    fn country_days(&self) -> u64 {
        self.counts.days(Scope::Country).oldest().unwrap_or(0).saturating_sub(1)
    }

    /// The credit of a rule.
    pub(super) fn line(&self, rule: Rule) -> Line {
        let rules = self.rules;
        match rule {
            Rule::Number => rules.number,
            Rule::Prefix => rules.prefix,
            Rule::Area => rules.area,
            Rule::Strangers => rules.strangers,
            Rule::Strange => rules.strange,
            Rule::Country => rules.country,
            _ => rules.client,
        }
    }

    /// The credit of a block of numbers within a window: while there is an alarm, that of the last two days shrinks.
    pub(super) fn prefix_line(&self, window: (u64, u64)) -> Line {
        let line = self.rules.prefix;
        if !self.alarm || window != RECENT || self.established_client {
            return line;
        }
        Line { messages: line.messages.min(self.rules.messages_in_alarm), ..line }
    }

    /// The first message to a block that has proven nothing.
    pub(super) fn is_first_of_block(&self) -> bool {
        let block = self.sum(Scope::Prefix, ALL);
        let earlier = if self.asked.outcomes_told { block.unproven() } else { block.numbers };
        !self.established_prefix && !self.established_client && earlier == 0
    }

    /// On the first days nobody knows which countries a service is for, unless it says so.
    pub(super) fn is_strange(&self) -> bool {
        let unsaid = self.learning && self.rules.expected_countries.is_empty();
        !self.established_country && !unsaid
    }

    /// The rule's line is overdrawn by what is seen (messages, money).
    pub(super) fn over(&self, rule: Rule, seen: (u64, u64), limit: (u64, u64)) -> Option<Fired> {
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
        self.sum(scope, (1, DAYS)).known >= least
    }

    /// Its country has a hundredth of what the service proved or, where outcomes are hidden, of its users of a week ago. Strange
    /// countries are many and small: an attack on forty of them has to look like one.
    fn is_major(&self) -> bool {
        let window = match () {
            () if self.asked.outcomes_told || self.learning => ALL,
            () if self.sum(Scope::Environment, LONG_AGO).sent == 0 => BEFORE,
            () => LONG_AGO,
        };
        let of = |scope| {
            let sum = self.sum(scope, window);
            if self.asked.outcomes_told { sum.proven } else { sum.numbers.saturating_add(sum.known) }
        };
        of(Scope::Country) >= (of(Scope::Environment) / 100).max(10)
    }

    /// Its number was written to more than a week ago.
    pub(super) fn is_long_known(&self) -> bool {
        self.counts.days(Scope::Number).sum(LONG_AGO.0, NUMBER.1).sent > 0
    }

    /// Days of [`LONG_AGO`] since the environment's first message.
    pub(super) fn long_ago_days(&self) -> u64 {
        self.days_before.saturating_sub(LONG_AGO.0 - BEFORE.0).max(1)
    }
}

/// `percent` of a value.
pub(super) fn percent(of: u64, percent: u64) -> u64 {
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

/// What a service's users leave unproven for 100 proven, of late; none where too few have proven anything.
fn usually_unproven(counts: &Counts) -> Option<u64> {
    let before = counts.days(Scope::Environment).sum(BEFORE.0, BEFORE.1);
    let percent = before.unproven().saturating_mul(100).checked_div(before.proven);
    percent.filter(|_| before.proven >= 100)
}

/// A rule with a mode of its own and no line of credit.
pub(super) fn fired(rule: Rule, mode: Mode, seen: u64, limit: u64, retry_at: crate::clock::Timestamp) -> Option<Fired> {
    let measure = if rule == Rule::ClientCountries { Measure::Countries } else { Measure::Messages };
    (seen > limit).then_some(Fired { rule, mode, measure, seen, limit, retry_at })
}
