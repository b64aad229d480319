//! Partitions for days that are over: for rows that come from elsewhere with their ids.

use std::collections::BTreeSet;

use super::day::Day;
use super::{Postgres, TABLES, create, is_for_later, look, without_rows};
use crate::store::Stored;

/// Partitions that are made in one transaction: each takes locks for itself and its indices.
const AT_ONCE: usize = 8;

/// Which tables are cut into days: table, its column, and how its ids begin.
pub(in crate::store) fn cut() -> impl Iterator<Item = (&'static str, &'static str, &'static str)> {
    TABLES.iter().map(|table| (table.name, table.id, table.prefix))
}

/// Make those of the days in which these times lie. What can't be made is no harm: its rows go into the default one.
pub(in crate::store::postgres) async fn prepare_days(store: &Postgres, name: &str, times: &[i64]) -> Stored<()> {
    let Some(table) = TABLES.iter().find(|table| table.name == name) else { return Ok(()) };
    let found = look(store).await?;
    let days: BTreeSet<Day> = times.iter().map(|ms| Day::of(*ms)).collect();
    let missing = days.into_iter().filter(|day| !found.partitions.contains(&table.partition(*day))).collect();
    for days in without_rows(store, table, missing).await?.chunks(AT_ONCE) {
        match create(store, table, days).await {
            Err(error) if is_for_later(&error) => tracing::debug!(table = name, %error, "partitions could not be made"),
            done => done?,
        }
    }
    Ok(())
}
