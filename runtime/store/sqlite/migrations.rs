//! The schema, as an ordered list of steps. A released step never changes; a change is a new step.
//!
//! A step is additive or breaking. An additive one only adds: tables, indices, and columns that may be null or have a
//! default. A program that does not know it reads and writes the data as ever, since each of our statements names its
//! columns; so one version can be followed by the next, and the next by the one before, over the same data. A step that
//! renames, drops, or gives what is there another meaning is breaking: whoever does not know it refuses the data, and
//! says what to do.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension as _};

use crate::store::{StoreError, Stored};

/// One change of the schema.
pub(super) struct Step {
    sql: &'static str,
    additive: bool,
}

const fn additive(sql: &'static str) -> Step {
    Step { sql, additive: true }
}

pub(super) const STEPS: &[Step] = &[
    additive(include_str!("migrations/001_start.sql")),
    additive(include_str!("migrations/002_quarantine.sql")),
    additive(include_str!("migrations/003_reports.sql")),
    additive(include_str!("migrations/004_routes.sql")),
    additive(include_str!("migrations/005_texts.sql")),
    additive(include_str!("migrations/006_messages.sql")),
    additive(include_str!("migrations/007_keep.sql")),
    additive(include_str!("migrations/008_hooks.sql")),
    additive(include_str!("migrations/009_twilio.sql")),
    additive(include_str!("migrations/010_verification.sql")),
    additive(include_str!("migrations/011_people.sql")),
    additive(include_str!("migrations/012_audit.sql")),
    additive(include_str!("migrations/013_statistics.sql")),
    additive(include_str!("migrations/014_success.sql")),
    additive(include_str!("migrations/015_countries.sql")),
    additive(include_str!("migrations/016_key_prefix.sql")),
    additive(include_str!("migrations/017_guard.sql")),
    additive(include_str!("migrations/018_suppressed.sql")),
    additive(include_str!("migrations/019_webhooks.sql")),
    additive(include_str!("migrations/020_prices.sql")),
    additive(include_str!("migrations/021_upkeep.sql")),
    additive(include_str!("migrations/022_traffic.sql")),
    additive(include_str!("migrations/023_prefer.sql")),
    additive(include_str!("migrations/024_traces.sql")),
    additive(include_str!("migrations/025_bills.sql")),
];

/// Where the data says which programs can read it.
const META_OPENS_FROM: &str = "schema_opens_from";

/// The newest schema that this program knows.
pub(super) fn known() -> u32 {
    number(STEPS.len())
}

fn number(steps: usize) -> u32 {
    u32::try_from(steps).unwrap_or(u32::MAX)
}

/// The schema of a database; 0 if it is new.
pub(super) fn found(connection: &Connection) -> rusqlite::Result<u32> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}

/// The lowest schema whose program can read a database of schema `found`.
pub(super) fn opens_from(connection: &Connection, found: u32) -> rusqlite::Result<u32> {
    let sql = "SELECT CAST(CAST(value AS TEXT) AS INTEGER) FROM meta WHERE name = ?1";
    let noted: Option<u32> = connection.query_row(sql, [META_OPENS_FROM], |row| row.get(0)).optional()?;
    // Where nothing was noted, nothing is known of what lies beyond.
    Ok(noted.filter(|from| *from > 0).unwrap_or(found))
}

/// An empty database of the newest schema, in memory.
pub(super) fn fresh() -> Stored<Connection> {
    let mut connection = Connection::open_in_memory()?;
    run(&mut connection, STEPS)?;
    Ok(connection)
}

/// What acts by itself in a database, or reads as what it is not: triggers, views, virtual tables; as they were written.
pub(super) fn acting(connection: &Connection) -> rusqlite::Result<BTreeSet<String>> {
    let sql = "SELECT coalesce(sql, name) FROM sqlite_schema
               WHERE type NOT IN ('table', 'index') OR sql LIKE 'CREATE VIRTUAL%'";
    connection.prepare(sql)?.query_map([], |row| row.get(0))?.collect()
}

/// Whether this program can work with such data.
pub(super) fn readable(found: u32, opens_from: u32) -> Stored<()> {
    readable_by(known(), found, opens_from)
}

fn readable_by(known: u32, found: u32, opens_from: u32) -> Stored<()> {
    if found > known && opens_from > known { Err(StoreError::Newer { found, known }) } else { Ok(()) }
}

/// Bring a database to the newest schema of `steps`, in one transaction. A newer one is left as it is, if it can be
/// worked with.
pub(super) fn run(connection: &mut Connection, steps: &[Step]) -> Stored<()> {
    let known = number(steps.len());
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let found = found(&transaction)?;
    if found > known {
        return readable_by(known, found, opens_from(&transaction, found)?);
    }
    for step in steps.iter().skip(found as usize) {
        transaction.execute_batch(step.sql)?;
    }
    // The newest breaking step has to be known to whoever reads this; a database of our own making begins with step 1.
    let from = number(steps.iter().rposition(|step| !step.additive).unwrap_or(0) + 1);
    let sql = "INSERT INTO meta (name, value) VALUES (?1, CAST(?2 AS BLOB))
               ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE value <> excluded.value";
    transaction.execute(sql, (META_OPENS_FROM, from.to_string()))?;
    if found < known {
        transaction.execute_batch(&format!("PRAGMA user_version = {known}"))?;
    }
    transaction.commit()?;
    Ok(())
}

#[cfg(test)]
mod tests;
