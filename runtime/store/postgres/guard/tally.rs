//! The guard's counters as rows: added to, taken off, read by ranges.

use std::collections::BTreeMap;

use super::super::flight::{Answers, Flight, Seat};
use super::super::given::{Given, given};
use super::super::line::Line;
use crate::clock::Timestamp;
use crate::store::Stored;
use crate::store::counters::{Counts, Key, Read, Scope, Span, Tally, Write};

const COLUMNS: [&str; 13] = [
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

fn values(t: &Tally) -> [u64; 13] {
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

/// Add to the counters.
pub(super) fn add(flight: &mut Flight, environment: &str, writes: &[Write]) {
    if writes.is_empty() {
        return;
    }
    let (columns, all) = (COLUMNS.join(", "), COLUMNS.map(|column| format!("w.{column}")).join(", "));
    let changes = COLUMNS.map(|column| format!("{column} = guard_counts.{column} + excluded.{column}")).join(", ");
    let sql = format!(
        "INSERT INTO guard_counts (environment, scope, key, span, bucket, {columns})
         SELECT $1, w.scope, w.key, w.span, w.bucket, {all} FROM {} ORDER BY w.nth
         ON CONFLICT (environment, scope, key, span, bucket) DO UPDATE SET {changes}",
        unnested()
    );
    flight.ask(sql, table(environment, writes));
}

/// Take off what was added. What is no longer there is not missed.
pub(super) fn take(flight: &mut Flight, environment: &str, writes: &[Write]) {
    if writes.is_empty() {
        return;
    }
    let found =
        "g.environment = $1 AND g.scope = w.scope AND g.key = w.key AND g.span = w.span AND g.bucket = w.bucket";
    // An update takes its rows in any order, so they are locked before, in the order in which all others lock them.
    let lock = "SELECT 1 FROM unnest($2::text[], $3::text[], $4::text[], $5::bigint[])
           WITH ORDINALITY AS w (scope, key, span, bucket, nth)
         JOIN guard_counts g ON "
        .to_owned();
    let mut rows = table(environment, writes);
    rows.truncate(5);
    flight.ask(format!("{lock}{found} ORDER BY w.nth FOR UPDATE OF g"), rows);
    let changes = COLUMNS.map(|column| format!("{column} = greatest(g.{column} - w.{column}, 0)")).join(", ");
    let sql = format!("UPDATE guard_counts g SET {changes} FROM {} WHERE {found}", unnested());
    flight.ask(sql, table(environment, writes));
}

/// What is written, as a table `w`: its parameters are those of [`table`].
fn unnested() -> String {
    let values: Vec<String> = (6..).take(COLUMNS.len()).map(|nth| format!("${nth}::bigint[]")).collect();
    format!(
        "unnest($2::text[], $3::text[], $4::text[], $5::bigint[], {})
           WITH ORDINALITY AS w (scope, key, span, bucket, {}, nth)",
        values.join(", "),
        COLUMNS.join(", ")
    )
}

/// Each row once, since a statement can change it only once, and in the order of the key, in which everybody locks them.
fn table(environment: &str, writes: &[Write]) -> Vec<Given> {
    let mut rows: BTreeMap<(&str, &str, &str, u64), Tally> = BTreeMap::new();
    for Write { key, span, bucket, add } in writes {
        let row = rows.entry((key.scope.as_str(), &key.key, span.as_str(), *bucket)).or_default();
        *row = row.plus(*add);
    }
    let text = |what: fn(&(&str, &str, &str, u64)) -> String| rows.keys().map(what).collect::<Vec<String>>();
    let (scopes, keys, spans) =
        (text(|row| row.0.to_owned()), text(|row| row.1.to_owned()), text(|row| row.2.to_owned()));
    let buckets: Vec<i64> = rows.keys().map(|row| number(row.3)).collect();
    let mut given = given![environment, scopes, keys, spans, buckets];
    let mut columns: [Vec<i64>; 13] = Default::default();
    for tally in rows.values() {
        columns.iter_mut().zip(values(tally)).for_each(|(column, value)| column.push(number(value)));
    }
    given.extend(columns.into_iter().flat_map(|column| given![column]));
    given
}

fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
