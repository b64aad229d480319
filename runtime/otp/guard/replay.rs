//! Recorded traffic under other rules: what would have been refused, and whom. Pure, in the time of the recording.
//!
//! **What it can't know.** Whether a code would have been used that the recording refused: it is taken as unused. And whether
//! a person whom these rules refuse would have come back another way.

use std::collections::{BTreeMap, VecDeque};

use serde::Serialize;

use super::trace::Line;
use super::{GuardRules, Judgement, Memory, Rule};
use crate::clock::Timestamp;
use crate::store::counters::Receipt;

/// How far back the money before the first refusal is summed.
const BEFORE_MS: u64 = 48 * 3_600_000;

/// A replay under way.
#[derive(Debug)]
pub struct Replay {
    rules: GuardRules,
    since: Option<Timestamp>,
    memory: Memory,
    /// What happened later to messages, by the line after which it did.
    later: BTreeMap<i64, Vec<Fate>>,
    unused: BTreeMap<String, VecDeque<(Timestamp, u64)>>,
    outcome: Outcome,
}

#[derive(Debug)]
enum Fate {
    Used(Receipt),
    Unsent(Receipt),
}

/// Messages and their money.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Sum {
    /// How many.
    pub messages: u64,
    /// What they cost or would have, in millionths.
    pub cost_micros: u64,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Outcome {
    /// All of them.
    pub messages: Sum,
    /// Sent.
    pub sent: Sum,
    /// Of them, those that the mode `enforce` would have refused, and `record` did not.
    pub recorded: Sum,
    /// Refused.
    pub refused: Sum,
    /// Refused or recorded, by rule.
    pub by_rule: BTreeMap<&'static str, Sum>,
    /// Messages whose code was used when they were recorded.
    pub real: Sum,
    /// Of them, those that are refused or recorded now.
    pub real_refused: Sum,
    /// Sent, and their code was not used.
    pub unused: Sum,
    /// Decided as the recording did, by the same rules.
    pub as_recorded: u64,
    /// The first that was refused or recorded.
    pub first: Option<First>,
}

/// The first message that is refused, and what was lost until then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct First {
    /// When.
    pub at: Timestamp,
    /// By which rule.
    pub rule: &'static str,
    /// To which country.
    pub country: String,
    /// What went to that country in the two days before, and was not used.
    pub unused_before: Sum,
}

impl Sum {
    fn add(&mut self, cost_micros: u64) {
        self.messages = self.messages.saturating_add(1);
        self.cost_micros = self.cost_micros.saturating_add(cost_micros);
    }
}

impl Replay {
    /// Under these rules. What was before `since` is learnt from, and not counted.
    pub fn new(rules: GuardRules, since: Option<Timestamp>) -> Self {
        let (memory, outcome) = (Memory::default(), Outcome::default());
        Self { rules, since, memory, later: BTreeMap::new(), unused: BTreeMap::new(), outcome }
    }

    /// The next message.
    pub fn next(&mut self, line: &Line) {
        let now = self.later.split_off(&line.line);
        for fate in std::mem::replace(&mut self.later, now).into_values().flatten() {
            match fate {
                Fate::Used(receipt) => self.memory.used(&receipt),
                Fate::Unsent(receipt) => self.memory.unsent(&receipt),
            }
        }
        let Self { memory, rules, .. } = self;
        let (judgement, receipt) = line.asked(rules, |asked| memory.ask(asked, rules));
        if judgement.refused.is_none() {
            if let Some(after) = line.unsent_after {
                self.later.entry(after).or_default().push(Fate::Unsent(receipt.clone()));
            }
            if let Some(after) = line.used_after {
                self.later.entry(after).or_default().push(Fate::Used(receipt));
            }
        }
        if self.since.is_none_or(|since| line.at >= since) {
            self.count(line, &judgement);
        }
    }

    /// What came of it.
    pub fn outcome(self) -> Outcome {
        self.outcome
    }

    fn count(&mut self, line: &Line, judgement: &Judgement) {
        let (all, cost) = (&mut self.outcome, line.cost_micros);
        let is_real = line.used_after.is_some();
        all.messages.add(cost);
        if is_real {
            all.real.add(cost);
        }
        let words: Vec<_> = judgement.fired.iter().map(|fired| fired.rule.word()).collect();
        all.as_recorded = all
            .as_recorded
            .saturating_add(u64::from(judgement.outcome().unwrap_or("sent") == line.outcome && words == line.fired));
        match judgement.refused {
            Some(_) => all.refused.add(cost),
            None => all.sent.add(cost),
        }
        match judgement.held_by() {
            Some(rule) => self.held(line, judgement, rule),
            None if !is_real => {
                all.unused.add(cost);
                if all.first.is_none() {
                    self.unused.entry(line.country.clone()).or_default().push_back((line.at, cost));
                }
            }
            None => {}
        }
    }

    fn held(&mut self, line: &Line, judgement: &Judgement, rule: Rule) {
        let (all, cost) = (&mut self.outcome, line.cost_micros);
        if judgement.refused.is_none() {
            all.recorded.add(cost);
        }
        all.by_rule.entry(rule.word()).or_default().add(cost);
        if line.used_after.is_some() {
            all.real_refused.add(cost);
        }
        if all.first.is_none() {
            let from = Timestamp::from_millis(line.at.as_millis().saturating_sub(BEFORE_MS));
            let mut unused_before = Sum::default();
            let before = self.unused.remove(&line.country).unwrap_or_default();
            before.iter().filter(|(at, _)| *at >= from).for_each(|(_, cost)| unused_before.add(*cost));
            let country = line.country.clone();
            all.first = Some(First { at: line.at, rule: rule.word(), country, unused_before });
            self.unused.clear();
        }
    }
}
