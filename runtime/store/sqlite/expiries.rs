//! Verifications whose life is over, noted for whoever wants to be told. Nobody looks at each of them: their end is on the
//! row, and what is looked at is the span since the last look, by the index of ends.

use rusqlite::{Connection, OptionalExtension as _, params};

use super::otp::ended_unnoticed;
use super::webhooks::outbox;
use super::{Sqlite, at};
use crate::store::Stored;
use crate::webhooks::EventType;

/// Rows that are noted at once.
const BATCH: usize = 200;
/// Up to where ends were noted, in milliseconds.
const META: &str = "expiries_noted";
/// What was written while the look before it ran may end within it.
const OVERLAP_MS: i64 = 60_000;

/// Since when somebody wants to be told: what happened before is not told.
const WANTED_SINCE: &str = "SELECT min(changed_at) FROM webhooks WHERE enabled
    AND (events IS NULL OR EXISTS (SELECT 1 FROM json_each(events) WHERE value = ?1))";

/// In the environments where somebody wants to know. Who is noted is pending no more, and so not found again.
const ENDED: &str = "SELECT v.environment, v.id FROM verifications v
    WHERE v.expires_at > ?2 AND v.expires_at <= ?3 AND v.status = 'pending' AND v.environment IN (
      SELECT environment FROM webhooks WHERE enabled
      AND (events IS NULL OR EXISTS (SELECT 1 FROM json_each(events) WHERE value = ?1)))
    ORDER BY v.expires_at LIMIT ?4";

/// Note those that have ended by `now`. Where nobody wants to know, that is one look at the webhooks.
pub(super) async fn note(store: &Sqlite, now: i64) -> Stored<()> {
    while store.write(move |c| some(c, now)).await? == BATCH {}
    Ok(())
}

fn some(c: &Connection, now: i64) -> rusqlite::Result<usize> {
    let kind = EventType::VerificationExpired.as_str();
    let wanted: Option<i64> = c.prepare_cached(WANTED_SINCE)?.query_row([kind], |row| row.get(0))?;
    let Some(wanted) = wanted else { return Ok(0) };
    let sql = "SELECT CAST(CAST(value AS TEXT) AS INTEGER) FROM meta WHERE name = ?1";
    let noted: Option<i64> = c.prepare_cached(sql)?.query_row([META], |row| row.get(0)).optional()?;
    // A clock that was set back does not make us wait for it.
    let from = (noted.unwrap_or(0).min(now) - OVERLAP_MS).max(wanted);
    let row = |row: &rusqlite::Row<'_>| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?));
    let mut ended = c.prepare_cached(ENDED)?;
    let ended = ended.query_map(params![kind, from, now, BATCH], row)?.collect::<rusqlite::Result<Vec<_>>>()?;
    for (environment, id) in &ended {
        if let Some(v) = ended_unnoticed(c, environment, id, at(now))? {
            outbox::expired(c, &v)?;
        }
    }
    if ended.len() < BATCH {
        let sql = "INSERT INTO meta (name, value) VALUES (?1, CAST(?2 AS BLOB))
                   ON CONFLICT (name) DO UPDATE SET value = excluded.value";
        c.prepare_cached(sql)?.execute(params![META, now.to_string()])?;
    }
    Ok(ended.len())
}

#[cfg(test)]
mod tests {
    use rusqlite::types::Value as Column;

    use super::super::log::plans::{filled, plan};
    use super::*;

    #[tokio::test]
    async fn what_has_ended_since_is_found_by_the_index_of_ends() {
        let (_dir, store) = filled(0).await;
        let given = vec![Column::Text("x".into()), Column::Integer(0), Column::Integer(9), Column::Integer(9)];
        let steps = plan(&store, ENDED.to_owned(), given).await;
        assert!(
            steps.iter().any(|step| step.contains("verifications_by_end (expires_at>? AND expires_at<?)")),
            "{steps:?}"
        );
    }
}
