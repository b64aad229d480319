//! The guard's counters as rows, read by ranges.

use std::collections::BTreeMap;

use super::super::flight::{Answers, Flight, Seat};
use super::super::given::given;
use super::super::line::Line;
use crate::clock::Timestamp;
use crate::store::Stored;
use crate::store::counters::{Counts, Key, Read, Scope, Span, Tally};

pub(super) const COLUMNS: [&str; 13] = [
    "sent",
    "cost_micros",
    "verified",
    "known",
    "fresh",
    "fresh_cost_micros",
    "proven",
    "proven_cost_micros",
    "numbers",
    "proven_numbers",
    "firsts",
    "seconds",
    "refused",
];

pub(super) fn values(t: &Tally) -> [u64; 13] {
    [
        t.sent,
        t.cost_micros,
        t.verified,
        t.known,
        t.fresh,
        t.fresh_cost_micros,
        t.proven,
        t.proven_cost_micros,
        t.numbers,
        t.proven_numbers,
        t.firsts,
        t.seconds,
        t.refused,
    ]
}

/// Which range of those asked for, which bucket, and what is in it.
fn tally(line: &Line) -> Stored<(i64, u64, Tally)> {
    let tally = Tally {
        sent: line.get(2)?,
        cost_micros: line.get(3)?,
        verified: line.get(4)?,
        known: line.get(5)?,
        fresh: line.get(6)?,
        fresh_cost_micros: line.get(7)?,
        proven: line.get(8)?,
        proven_cost_micros: line.get(9)?,
        numbers: line.get(10)?,
        proven_numbers: line.get(11)?,
        firsts: line.get(12)?,
        seconds: line.get(13)?,
        refused: line.get(14)?,
    };
    Ok((line.get(0)?, line.get(1)?, tally))
}

/// Ask what ranges hold, all of them at once.
pub(super) fn ask_counts(flight: &mut Flight, environment: &str, reads: &[Read]) -> Seat {
    let of = |what: fn(&Read) -> &str| reads.iter().map(|read| what(read).to_owned()).collect::<Vec<_>>();
    let (scopes, keys) = (of(|read| read.key.scope.as_str()), of(|read| &read.key.key));
    let spans = of(|read| read.span.as_str());
    let bounds = |what: fn(&Read) -> u64| reads.iter().map(|read| number(what(read))).collect::<Vec<_>>();
    let (from, to) = (bounds(|read| read.from), bounds(|read| read.to));
    let columns = COLUMNS.map(|column| format!("g.{column}")).join(", ");
    let sql = format!(
        "SELECT r.nth, g.bucket, {columns}
         FROM unnest($2::text[], $3::text[], $4::text[], $5::bigint[], $6::bigint[])
           WITH ORDINALITY AS r (scope, key, span, since, until, nth)
         JOIN guard_counts g ON g.environment = $1 AND g.scope = r.scope AND g.key = r.key AND g.span = r.span
           AND g.bucket BETWEEN r.since AND r.until"
    );
    flight.ask(sql, given![environment, scopes, keys, spans, from, to])
}

/// What they hold.
pub(super) fn counts(answers: &Answers, seat: Seat, reads: &[Read]) -> Stored<Counts> {
    let mut of: BTreeMap<i64, Vec<(u64, Tally)>> = BTreeMap::new();
    for line in answers.lines(seat) {
        let (nth, bucket, tally) = tally(line)?;
        of.entry(nth).or_default().push((bucket, tally));
    }
    let mut counts = Counts::default();
    for (nth, read) in (1_i64..).zip(reads) {
        counts.put(read, of.remove(&nth).unwrap_or_default());
    }
    Ok(counts)
}

fn today(now: Timestamp) -> [Read; 1] {
    let key = Key { scope: Scope::Environment, key: String::new() };
    let bucket = Span::Day.bucket(now);
    [Read { key, span: Span::Day, from: bucket, to: bucket }]
}

/// Ask what an environment sent in a day so far.
pub(in crate::store::postgres) fn ask_day(flight: &mut Flight, environment: &str, now: Timestamp) -> Seat {
    ask_counts(flight, environment, &today(now))
}

/// What it sent.
pub(in crate::store::postgres) fn day(answers: &Answers, seat: Seat, now: Timestamp) -> Stored<Tally> {
    Ok(counts(answers, seat, &today(now))?.days(Scope::Environment).sum(0, 0))
}

pub(super) fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
