//! The guard's counters are added to and taken off, in one statement each.

use std::collections::BTreeMap;

use super::super::flight::Flight;
use super::super::given::{Given, given};
use super::tally::{COLUMNS, number, values};
use crate::store::counters::{Tally, Write};

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

/// Each row once, since a statement can change it only once, and in the order of the key, in which everybody locks
/// them.
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
