//! What was sent to a country, by the hour: a day's cap is read from 25 rows, however many messages there are.
//!
//! A message is counted in the transaction that makes it, and taken off when it certainly was not sent.

use rusqlite::{Connection, Row, params};

use super::messages::HOUR_MS;
use super::{at, ms};
use crate::clock::Timestamp;
use crate::store::NewMessage;

const DAY_MS: i64 = 24 * HOUR_MS;

fn hour(at: Timestamp) -> i64 {
    ms(at) / HOUR_MS * HOUR_MS
}

/// How many messages went to a message's country in the last day, and the first hour in which any did.
pub(super) fn in_last_day(c: &Connection, new: &NewMessage) -> rusqlite::Result<(u32, Option<Timestamp>)> {
    let Some(country) = &new.country else { return Ok((0, None)) };
    let sql = "SELECT coalesce(sum(sent), 0), min(hour) FROM country_counts
               WHERE environment = ?1 AND country = ?2 AND hour >= ?3 AND sent > 0";
    let row = |row: &Row<'_>| Ok((row.get(0)?, row.get::<_, Option<i64>>(1)?.map(at)));
    c.prepare_cached(sql)?.query_row(params![new.environment, country, hour(new.created_at) - DAY_MS], row)
}

/// One more message, or one less.
pub(super) fn sent(
    c: &Connection,
    environment: &str,
    country: Option<&str>,
    at: Timestamp,
    by: i64,
) -> rusqlite::Result<()> {
    let Some(country) = country else { return Ok(()) };
    let sql = "INSERT INTO country_counts (environment, country, hour, sent) VALUES (?1, ?2, ?3, max(?4, 0))
               ON CONFLICT (environment, country, hour) DO UPDATE SET sent = max(sent + ?4, 0)";
    c.prepare_cached(sql)?.execute(params![environment, country, hour(at), by]).map(|_| ())
}

/// What no day reaches any more goes.
pub(super) fn forget(c: &Connection, now: i64) -> rusqlite::Result<()> {
    c.prepare_cached("DELETE FROM country_counts WHERE hour < ?1")?.execute([now - 2 * DAY_MS]).map(|_| ())
}
