//! Recorded traffic: what the guard judged, in its order, and what became of it.

use rusqlite::{Connection, Row, params};

use super::{Sqlite, at, ms, text};
use crate::clock::Timestamp;
use crate::store::{NewMessage, NewTraffic, Stored, TrafficRow};

/// Record a message in the transaction that judged it; answers its line.
pub(super) fn record(c: &Connection, m: &NewMessage, new: &NewTraffic) -> rusqlite::Result<i64> {
    let sql =
        "INSERT INTO guard_traffic (environment, at, country, area, block, number_index, client_index, cost_micros,
                 told, purpose, source, outcome, fired, allowed)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)";
    c.prepare_cached(sql)?.execute(params![
        m.environment,
        ms(m.created_at),
        new.country,
        new.area,
        new.block,
        m.number_index,
        m.client_index,
        new.cost_micros,
        new.told,
        m.purpose,
        m.source,
        new.outcome,
        (!new.fired.is_empty()).then(|| text(&new.fired)),
        new.allowed,
    ])?;
    Ok(c.last_insert_rowid())
}

/// The code of this message was used, once every line so far had been judged.
pub(super) fn used(c: &Connection, line: Option<i64>, now: Timestamp) -> rusqlite::Result<()> {
    let sql =
        "UPDATE guard_traffic SET used_at = ?2, used_after = (SELECT max(line) FROM guard_traffic) WHERE line = ?1";
    c.prepare_cached(sql)?.execute(params![line, ms(now)]).map(|_| ())
}

/// Likewise: it certainly was not sent, or was after all.
pub(super) fn moved(c: &Connection, line: Option<i64>, is_refused: bool) -> rusqlite::Result<()> {
    let sql = "UPDATE guard_traffic SET unsent_after = CASE WHEN ?2 THEN (SELECT max(line) FROM guard_traffic) END
               WHERE line = ?1";
    c.prepare_cached(sql)?.execute(params![line, is_refused]).map(|_| ())
}

/// The oldest lines go, as long as they are older than that. Answers how many.
pub(super) fn forget(c: &Connection, before: i64, most: i64) -> rusqlite::Result<usize> {
    let sql =
        "DELETE FROM guard_traffic WHERE line IN (SELECT line FROM guard_traffic ORDER BY line LIMIT ?2) AND at < ?1";
    c.prepare_cached(sql)?.execute(params![before, most])
}

/// The lines of an environment that follow one.
pub(super) async fn traffic(store: &Sqlite, environment: &str, after: i64, most: u32) -> Stored<Vec<TrafficRow>> {
    let environment = environment.to_owned();
    let sql = "SELECT line, at, country, area, block, number_index, client_index, cost_micros, told, purpose, source, outcome,
                 fired, allowed, used_at, used_after, unsent_after
               FROM guard_traffic WHERE environment = ?1 AND line > ?2 ORDER BY line LIMIT ?3";
    store.read(move |c| c.prepare_cached(sql)?.query_map(params![environment, after, most], recorded)?.collect()).await
}

fn recorded(row: &Row<'_>) -> rusqlite::Result<TrafficRow> {
    Ok(TrafficRow {
        line: row.get(0)?,
        at: at(row.get(1)?),
        country: row.get(2)?,
        area: row.get(3)?,
        block: row.get(4)?,
        number_index: row.get(5)?,
        client_index: row.get(6)?,
        cost_micros: row.get(7)?,
        told: row.get(8)?,
        purpose: row.get(9)?,
        source: row.get(10)?,
        outcome: row.get(11)?,
        fired: row.get::<_, Option<String>>(12)?.and_then(|kept| serde_json::from_str(&kept).ok()).unwrap_or_default(),
        allowed: row.get(13)?,
        used_at: row.get::<_, Option<i64>>(14)?.map(at),
        used_after: row.get(15)?,
        unsent_after: row.get(16)?,
    })
}
