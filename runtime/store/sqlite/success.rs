//! When a connector last had success: noted as it happens, so that nobody looks for it among its messages.

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::{at, ms};
use crate::clock::Timestamp;
use crate::store::AttemptEnd;

/// Its provider took a message.
pub(super) fn taken(c: &Connection, end: &AttemptEnd) -> rusqlite::Result<()> {
    let sql = "SELECT m.environment, a.connector, a.started_at + coalesce(a.elapsed_ms, 0)
               FROM messages m JOIN attempts a ON a.message_id = m.id WHERE m.id = ?1 AND a.number = ?2";
    let row = |row: &Row<'_>| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, at(row.get(2)?)));
    match c.prepare_cached(sql)?.query_row(params![end.message_id, end.number], row).optional()? {
        Some((environment, connector, ended)) => note(c, &environment, &connector, ended),
        None => Ok(()),
    }
}

/// It had success then. What is told late moves nothing back.
pub(super) fn note(c: &Connection, environment: &str, connector: &str, then: Timestamp) -> rusqlite::Result<()> {
    let sql = "UPDATE connectors SET last_success_at = ?3
               WHERE environment = ?1 AND name = ?2 AND NOT deleted AND coalesce(last_success_at, 0) < ?3";
    c.prepare_cached(sql)?.execute(params![environment, connector, ms(then)]).map(|_| ())
}
