//! What callers tell of their own codes: used or not, once and for all.

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::{Sqlite, at, guard};
use crate::clock::Timestamp;
use crate::store::{OutcomeTold, Stored, Thanked};

pub(super) async fn message_outcome(
    store: &Sqlite,
    environment: &str,
    id: &str,
    used: bool,
    now: Timestamp,
) -> Stored<OutcomeTold> {
    let (environment, id) = (environment.to_owned(), id.to_owned());
    store.write(move |c| tell(c, &environment, &id, used, now)).await
}

fn tell(c: &Connection, environment: &str, id: &str, used: bool, now: Timestamp) -> rusqlite::Result<OutcomeTold> {
    let sql = "SELECT verification_id IS NOT NULL, source, coalesce(used, 0) FROM messages
               WHERE environment = ?1 AND id = ?2";
    let row = |row: &Row<'_>| Ok((row.get::<_, bool>(0)?, row.get::<_, String>(1)?, row.get::<_, bool>(2)?));
    let (source, known) = match c.prepare_cached(sql)?.query_row([environment, id], row).optional()? {
        None => return Ok(OutcomeTold::Missing),
        Some((true, ..)) => return Ok(OutcomeTold::OfVerification),
        Some((_, source, known)) => (source, known),
    };
    // A code that was used can't become unused: what is told late or twice changes nothing.
    let sql =
        "UPDATE messages SET used = max(coalesce(used, 0), ?3), content = NULL WHERE environment = ?1 AND id = ?2";
    c.prepare_cached(sql)?.execute(params![environment, id, used])?;
    let used = if used && !known {
        guard::used(c, environment, id, now)?;
        thanked(c, id)?
    } else {
        None
    };
    Ok(OutcomeTold::Written { source, used })
}

/// The attempt that the code most likely came from, as conversion counts it.
fn thanked(c: &Connection, id: &str) -> rusqlite::Result<Option<Thanked>> {
    let sql = "SELECT a.connector, a.revision, m.country, m.area, a.network, a.started_at + coalesce(a.elapsed_ms, 0)
               FROM messages m JOIN attempts a ON a.message_id = m.id WHERE m.id = ?1
               ORDER BY CASE a.status WHEN 'delivered' THEN 0 WHEN 'accepted' THEN 1 WHEN 'unknown' THEN 2
                 WHEN 'sending' THEN 3 WHEN 'undelivered' THEN 4 ELSE 5 END, a.number DESC LIMIT 1";
    let row = |row: &Row<'_>| {
        Ok(Thanked {
            connector: row.get(0)?,
            revision: row.get(1)?,
            country: row.get(2)?,
            area: row.get(3)?,
            network: row.get(4)?,
            sent_at: at(row.get(5)?),
        })
    };
    c.prepare_cached(sql)?.query_row([id], row).optional()
}

pub(super) async fn outcomes_are_told(store: &Sqlite, environment: &str, source: &str) -> Stored<bool> {
    let (environment, source) = (environment.to_owned(), source.to_owned());
    let sql = "SELECT EXISTS (SELECT 1 FROM messages WHERE environment = ?1 AND source = ?2 AND used IS NOT NULL
               AND verification_id IS NULL)";
    store.read(move |c| c.prepare_cached(sql)?.query_row([environment, source], |row| row.get(0))).await
}
