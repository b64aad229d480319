//! Defence against SMS pumping: messages that are asked for because somebody earns on them. Pure.
//!
//! **The threat.** Bots ask for codes to numbers whose operator shares the fee with them ("artificially inflated traffic").
//! No code is used, or few are: some operators type them in themselves (Kaleyra, "Combat the risks of SMS pumping", 2023).
//! It looks like new users: many numbers, often next to each other, in countries where a message is dear, from addresses
//! that change. Prelude counted 11.8 % of 205 million requests of 2025 as such (prelude.so, "Preventing SMS pumping fraud").
//!
//! **The principles.** They are few, since an attacker reads them too:
//! 1. *Credit in messages and money, never by time alone.* Every block of 10,000 numbers, area, client, and all strange
//!    countries together have a small credit of messages that prove nothing; used codes renew it. A trickle drains it as a
//!    burst does: an hour, a midnight, or a quiet night gives nothing back. `credit`
//! 2. *Where nobody tells whether a code was used*, a number that comes back on another day is what proves, and the usual
//!    volume and spread of the service itself is what may grow. `volume`
//! 3. *The narrow cause first.* Blocks are refused before areas, areas before countries. A country of the service's own is
//!    refused as a whole only while a storm lasts: first the first messages to blocks that proved nothing, and all new
//!    numbers only where the storm outgrows everything usual. Numbers and clients that proved something pass. `sight`
//! 4. *Many blocks at once are an alarm.* Real users lie strewn over thousands of blocks, and how often two share one on a
//!    day is known from the past; bought blocks get their second number as soon as each has its first. Then each block has
//!    a credit of one. `storm`
//! 5. *A recording behaves as enforcing would.* What a rule would have stopped counts as refused, not as sent to a new
//!    number, so that the credit is not drained by what would never have gone out, and a recorded trace replays exactly.
//!
//! Velocity by block of 10,000 is what coss.com has, and a block's refusal Twilio (for twelve hours); by country, area and
//! client against used codes, Authgear. Money instead of messages, the crowding of blocks, and hidden outcomes are ours.
//! Authgear's published rules stand beside them, recorded (`conversion`).
//!
//! **What can't be told apart.** An attack that is strewn over hundreds of blocks of the service's own country, from as many
//! addresses, at less than the service's own pace, looks like its users until it is known who uses codes, and to hidden
//! outcomes for ever. `cargo bench --bench pumping` prints what each attack costs.

mod conversion;
mod credit;
mod faults;
mod ledger;
mod memory;
mod replay;
mod rules;
mod sight;
mod storm;
mod trace;
mod volume;
mod words;

#[cfg(test)]
mod tests;

use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;
use crate::store::counters::{Counts, Scope, Span};
pub use faults::GuardFault;
pub use ledger::{reads, writes};
pub use memory::Memory;
pub use replay::{Outcome, Replay, Sum};
pub use rules::{Allow, ConversionRules, GuardRules, Line, Mode};
use sight::Sight;
pub use trace::{FORMAT, Head, Line as Traffic, TraceFault};

/// A message that somebody asks for.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'a> {
    /// When.
    pub at: Timestamp,
    /// ISO 3166-1 alpha-2; where a number tells none, its calling code.
    pub country: &'a str,
    /// E.164. Only its beginnings are kept.
    pub number: &'a str,
    /// Its calling code and three more digits.
    pub area: &'a str,
    /// All of it but the last four digits.
    pub prefix: &'a str,
    /// The keyed index of the number.
    pub number_index: &'a [u8; 32],
    /// The keyed index of the client, where one is given.
    pub client_index: Option<&'a [u8; 32]>,
    /// The client's address, for the allow list.
    pub client: Option<IpAddr>,
    /// What it costs, in millionths.
    pub cost_micros: u64,
    /// Whether its caller tells if the code was used.
    pub outcomes_told: bool,
}

/// A rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "`GuardRules` has a field of each name that says it")]
pub enum Rule {
    Budget,
    /// [`GuardRules::messages_per_day`].
    DayCap,
    /// [`GuardRules::messages_per_day_per_prefix`].
    PrefixCap,
    Number,
    Prefix,
    Area,
    Strangers,
    Strange,
    Country,
    Client,
    CountryDay,
    CountryHour,
    ClientDay,
    ClientHour,
    ClientCountries,
}

/// What a rule counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Measure {
    /// Messages, or new numbers.
    Messages,
    /// Millionths of the currency.
    Micros,
    /// Countries.
    Countries,
}

/// A rule that the message breaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fired {
    /// Which.
    pub rule: Rule,
    /// What it may do.
    pub mode: Mode,
    /// What is counted.
    pub measure: Measure,
    /// How much there would be with this message.
    pub seen: u64,
    /// How much there may be.
    pub limit: u64,
    /// When the window next loses something; a used code may open it sooner.
    pub retry_at: Timestamp,
}

/// What the rules say about a message: the record of a decision.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Judgement {
    /// Every rule that it breaks.
    pub fired: Vec<Fired>,
    /// The strictest of those that refuse it.
    pub refused: Option<Fired>,
    /// A rule stops it, or would if the environment's `mode` were `enforce`.
    pub stopped: bool,
    /// The strictest of those that do.
    pub stopped_by: Option<Rule>,
    /// Why it goes out although a rule stops it.
    pub allowed: Option<Allowed>,
}

/// Which part of the allow list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[expect(missing_docs, reason = "`Allow` has a field of each name")]
pub enum Allowed {
    Countries,
    Prefixes,
    Clients,
}

/// May it be sent?
pub fn judge(asked: &Asked, counts: &Counts, rules: &GuardRules) -> Judgement {
    let sight = Sight::new(asked, counts, rules);
    let mut fired = if asked.outcomes_told { credit::judge(&sight) } else { volume::judge(&sight) };
    fired.extend(conversion::judge(&sight));
    fired.retain(|f| f.mode != Mode::Off && rules.mode != Mode::Off);
    let allowed = rules.allow.why(asked);
    let stopping = fired.iter().filter(|f| allowed.is_none() && f.mode == Mode::Enforce);
    let stopped_by = stopping.max_by(|a, b| stricter(a, b)).map(|f| f.rule);
    for f in &mut fired {
        f.mode = f.mode.min(rules.mode);
    }
    let mut refusing: Vec<Fired> = Vec::new();
    if allowed.is_none() {
        refusing.extend(fired.iter().filter(|f| f.mode == Mode::Enforce));
    }
    for over in caps(asked, counts, rules) {
        fired.insert(0, over);
        refusing.insert(0, over);
    }
    let refused = refusing.into_iter().max_by(stricter);
    Judgement { fired, refused, stopped: stopped_by.is_some(), stopped_by, allowed }
}

fn stricter(a: &Fired, b: &Fired) -> std::cmp::Ordering {
    a.retry_at.cmp(&b.retry_at).then(b.rule.cmp(&a.rule))
}

/// What holds for a whole day. Asked before the send, in its transaction, so that two sends can't both take the last of it.
fn caps(asked: &Asked, counts: &Counts, rules: &GuardRules) -> impl Iterator<Item = Fired> {
    let (day, block) = (counts.days(Scope::Environment).sum(0, 0), counts.everywhere(Scope::Prefix, 0, 0));
    let retry_at = Span::Day.next(asked.at);
    let over = move |rule, measure, limit: Option<u64>, before: u64, more: u64| {
        let (limit, seen) = (limit?, before.saturating_add(more));
        (seen > limit).then_some(Fired { rule, mode: Mode::Enforce, measure, seen, limit, retry_at })
    };
    [
        over(Rule::Budget, Measure::Micros, rules.budget_micros_per_day, day.cost_micros, asked.cost_micros),
        over(Rule::DayCap, Measure::Messages, rules.messages_per_day.map(u64::from), day.sent, 1),
        over(Rule::PrefixCap, Measure::Messages, rules.messages_per_day_per_prefix.map(u64::from), block.sent, 1),
    ]
    .into_iter()
    .flatten()
}
