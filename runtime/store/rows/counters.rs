//! What is remembered: sums in rows, and nothing else.
//!
//! A row is `(environment, scope, key, span, bucket)` and adds up, so that a store keeps it exact in the transaction of
//! the send, two processes add to it at once, and a restart forgets nothing. Every question is a range of one key.

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;

const HOUR_MS: u64 = 3_600_000;

/// What a row counts for. The key beside it says which country, prefix or client; where outcomes are hidden it begins with
/// `~`, so that traffic without outcomes never drains or fills the account of traffic with them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// Everything: the budget, and how long there has been traffic at all.
    Environment,
    /// New numbers of all countries that are not established.
    Strange,
    /// A country.
    Country,
    /// New numbers of a country, in prefixes that are not established.
    Strangers,
    /// The calling code and three more digits: a network or a region.
    Area,
    /// A number without its last four digits: a block of 10,000.
    Prefix,
    /// A number, by its keyed index.
    Number,
    /// A client, by its keyed index.
    Client,
    /// A country of a client.
    ClientCountry,
}

impl Scope {
    /// Its name in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Environment => "environment",
            Self::Strange => "strange",
            Self::Country => "country",
            Self::Strangers => "strangers",
            Self::Area => "area",
            Self::Prefix => "prefix",
            Self::Number => "number",
            Self::Client => "client",
            Self::ClientCountry => "client-country",
        }
    }
}

/// How long a bucket is. Buckets begin at whole hours and days of UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Span {
    /// Kept for [`HOURS`].
    Hour,
    /// Kept for [`DAYS`], of a number for [`NUMBER_DAYS`].
    Day,
}

/// Hours that are looked back over, besides the present one.
pub const HOURS: u64 = 24;
/// Days that are looked back over, besides the present one.
pub const DAYS: u64 = 14;
/// Days that a number is remembered, besides the present one.
pub const NUMBER_DAYS: u64 = 90;

impl Span {
    /// Its name in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
        }
    }

    /// The bucket of a moment: hours or days since the epoch.
    pub fn bucket(self, at: Timestamp) -> u64 {
        at.as_millis().checked_div(self.length_ms()).unwrap_or_default()
    }

    /// When the bucket after this moment's begins.
    pub fn next(self, at: Timestamp) -> Timestamp {
        Timestamp::from_millis(self.bucket(at).saturating_add(1).saturating_mul(self.length_ms()))
    }

    fn length_ms(self) -> u64 {
        match self {
            Self::Hour => HOUR_MS,
            Self::Day => 24 * HOUR_MS,
        }
    }
}

/// The columns of a row. All add up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Tally {
    /// Messages sent.
    #[serde(skip_serializing_if = "is_zero")]
    pub sent: u64,
    /// What they cost, in millionths of the currency.
    #[serde(skip_serializing_if = "is_zero")]
    pub cost_micros: u64,
    /// Of them, those whose code was used.
    #[serde(skip_serializing_if = "is_zero")]
    pub verified: u64,
    /// Of those sent, the ones to numbers that had proven themselves before.
    #[serde(skip_serializing_if = "is_zero")]
    pub known: u64,
    /// Of those sent, the ones to numbers that had proven nothing then. One that a rule would have stopped is neither.
    #[serde(skip_serializing_if = "is_zero")]
    pub fresh: u64,
    /// What these cost.
    #[serde(skip_serializing_if = "is_zero")]
    pub fresh_cost_micros: u64,
    /// Of the fresh, those whose code was used. `fresh - proven` is exact: a use counts in the bucket of its send.
    #[serde(skip_serializing_if = "is_zero")]
    pub proven: u64,
    /// What these cost.
    #[serde(skip_serializing_if = "is_zero")]
    pub proven_cost_micros: u64,
    /// Numbers that were seen for the first time.
    #[serde(skip_serializing_if = "is_zero")]
    pub numbers: u64,
    /// Of them, those whose first code, or another of its verification, was used.
    #[serde(skip_serializing_if = "is_zero")]
    pub proven_numbers: u64,
    /// Of a country: prefixes that got a new number for the first time that day. Of a client: countries, likewise.
    #[serde(skip_serializing_if = "is_zero")]
    pub firsts: u64,
    /// Of a country: prefixes that got their second new number that day.
    #[serde(skip_serializing_if = "is_zero")]
    pub seconds: u64,
    /// Messages that a rule stopped, or would have stopped.
    #[serde(skip_serializing_if = "is_zero")]
    pub refused: u64,
}

impl Tally {
    /// The sum of both.
    #[must_use]
    pub fn plus(self, other: Self) -> Self {
        Self {
            sent: self.sent.saturating_add(other.sent),
            cost_micros: self.cost_micros.saturating_add(other.cost_micros),
            verified: self.verified.saturating_add(other.verified),
            known: self.known.saturating_add(other.known),
            fresh: self.fresh.saturating_add(other.fresh),
            fresh_cost_micros: self.fresh_cost_micros.saturating_add(other.fresh_cost_micros),
            proven: self.proven.saturating_add(other.proven),
            proven_cost_micros: self.proven_cost_micros.saturating_add(other.proven_cost_micros),
            numbers: self.numbers.saturating_add(other.numbers),
            proven_numbers: self.proven_numbers.saturating_add(other.proven_numbers),
            firsts: self.firsts.saturating_add(other.firsts),
            seconds: self.seconds.saturating_add(other.seconds),
            refused: self.refused.saturating_add(other.refused),
        }
    }

    /// Without the other, and never below nothing.
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        Self {
            sent: self.sent.saturating_sub(other.sent),
            cost_micros: self.cost_micros.saturating_sub(other.cost_micros),
            verified: self.verified.saturating_sub(other.verified),
            known: self.known.saturating_sub(other.known),
            fresh: self.fresh.saturating_sub(other.fresh),
            fresh_cost_micros: self.fresh_cost_micros.saturating_sub(other.fresh_cost_micros),
            proven: self.proven.saturating_sub(other.proven),
            proven_cost_micros: self.proven_cost_micros.saturating_sub(other.proven_cost_micros),
            numbers: self.numbers.saturating_sub(other.numbers),
            proven_numbers: self.proven_numbers.saturating_sub(other.proven_numbers),
            firsts: self.firsts.saturating_sub(other.firsts),
            seconds: self.seconds.saturating_sub(other.seconds),
            refused: self.refused.saturating_sub(other.refused),
        }
    }

    /// Fresh messages whose code was not used, or not yet.
    pub fn unproven(&self) -> u64 {
        self.fresh.saturating_sub(self.proven)
    }

    /// What they cost.
    pub fn unproven_cost(&self) -> u64 {
        self.fresh_cost_micros.saturating_sub(self.proven_cost_micros)
    }

    /// New numbers that used no code, or not yet.
    pub fn unproven_numbers(&self) -> u64 {
        self.numbers.saturating_sub(self.proven_numbers)
    }

    /// Messages whose code was not used, or not yet, whoever they went to.
    pub fn unverified(&self) -> u64 {
        self.sent.saturating_sub(self.verified)
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
fn is_zero(number: &u64) -> bool {
    *number == 0
}

/// One row's name, without its bucket.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Key {
    /// Of what.
    pub scope: Scope,
    /// Of which.
    pub key: String,
}

/// A range to read: all buckets of a key from `from` to `to`, both included.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read {
    /// Whose.
    pub key: Key,
    /// Which buckets.
    pub span: Span,
    /// The first.
    pub from: u64,
    /// The last.
    pub to: u64,
}

/// What to add to a row, in the transaction of the send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Write {
    /// Whose.
    pub key: Key,
    /// Which bucket.
    pub span: Span,
    /// Which bucket.
    pub bucket: u64,
    /// What.
    pub add: Tally,
}

/// Where a message counted, and what its fate changes there. Kept until nobody can use its code any more. Holds the beginning
/// of a number, never all of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// The rows, each with its bucket.
    pub rows: Vec<(Key, Span, u64)>,
    /// What is added to each when its code is used: to the buckets of its send, so that `fresh - proven` is exact.
    pub if_used: Tally,
    /// What is taken off each when it turns out that it certainly was not sent.
    pub if_refused: Tally,
    /// Its line of the recorded traffic.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<i64>,
}

impl Receipt {
    /// What a used code adds. Once for each message of the verification: who asked twice and used one code owes nothing.
    pub fn used(&self) -> Vec<Write> {
        self.each(self.if_used)
    }

    /// What is taken off.
    pub fn refused(&self) -> Vec<Write> {
        self.each(self.if_refused)
    }

    fn each(&self, add: Tally) -> Vec<Write> {
        self.rows
            .iter()
            .map(|(key, span, bucket)| Write { key: key.clone(), span: *span, bucket: *bucket, add })
            .collect()
    }
}

/// What a range holds, by age: 0 is the present bucket.
#[derive(Clone, Debug, Default)]
pub struct Series(Vec<(u64, Tally)>);

impl Series {
    /// The sum over the buckets of these ages, both included.
    pub fn sum(&self, from: u64, to: u64) -> Tally {
        let of = self.0.iter().filter(|(age, _)| (from..=to).contains(age));
        of.fold(Tally::default(), |sum, (_, tally)| sum.plus(*tally))
    }

    /// The largest value of a bucket of these ages.
    pub fn max(&self, from: u64, to: u64, of: impl Fn(&Tally) -> u64) -> u64 {
        self.0.iter().filter(|(age, _)| (from..=to).contains(age)).map(|(_, tally)| of(tally)).max().unwrap_or(0)
    }

    /// The age of the oldest bucket that has anything sent in it.
    pub fn oldest(&self) -> Option<u64> {
        self.0.iter().filter(|(_, tally)| tally.sent > 0).map(|(age, _)| *age).max()
    }

    /// Buckets of these ages in which something was sent.
    pub fn active(&self, from: u64, to: u64) -> u64 {
        let active = self.0.iter().filter(|(age, tally)| (from..=to).contains(age) && tally.sent > 0).count();
        u64::try_from(active).unwrap_or(u64::MAX)
    }
}

/// What was read for one send.
#[derive(Clone, Debug, Default)]
pub struct Counts(Vec<(Scope, Span, Series)>);

impl Counts {
    /// Note what a range holds: `(bucket, tally)`, in any order; rows that do not exist are left out.
    pub fn put(&mut self, read: &Read, rows: impl IntoIterator<Item = (u64, Tally)>) {
        let aged = rows.into_iter().map(|(bucket, tally)| (read.to.saturating_sub(bucket), tally));
        self.0.push((read.key.scope, read.span, Series(aged.collect())));
    }

    /// The range of a scope; empty if it was not read.
    pub fn of(&self, scope: Scope, span: Span) -> &Series {
        const NONE: &Series = &Series(Vec::new());
        self.0.iter().find(|(s, p, _)| *s == scope && *p == span).map_or(NONE, |(_, _, series)| series)
    }

    /// What every range of a scope holds in these days: its own, and the one of the other traffic to the same block.
    pub fn everywhere(&self, scope: Scope, from: u64, to: u64) -> Tally {
        let ranges = self.0.iter().filter(|(s, p, _)| *s == scope && *p == Span::Day);
        ranges.fold(Tally::default(), |sum, (_, _, series)| sum.plus(series.sum(from, to)))
    }

    /// The days of a scope.
    pub fn days(&self, scope: Scope) -> &Series {
        self.of(scope, Span::Day)
    }
}
