//! Requests under an idempotency key.

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::{Sqlite, ms};
use crate::store::{IdempotencyEntry, IdempotencyState, KeptAnswer, Stored};

pub(super) async fn idempotency_begin(store: &Sqlite, entry: IdempotencyEntry) -> Stored<IdempotencyState> {
    store.write(move |c| begin(c, &entry)).await
}

fn begin(c: &Connection, entry: &IdempotencyEntry) -> rusqlite::Result<IdempotencyState> {
    let sql = "SELECT body, status, sealed, abandoned_at FROM idempotency WHERE scope = ?1 AND expires_at > ?2";
    let found = c.prepare_cached(sql)?.query_row(params![entry.scope, ms(entry.now)], |row| {
        Ok((
            row.get::<_, [u8; 32]>(0)?,
            row.get::<_, Option<u16>>(1)?,
            row.get::<_, Option<Vec<u8>>>(2)?,
            row.get::<_, i64>(3)?,
        ))
    });
    match found.optional()? {
        Some((body, ..)) if body != entry.body => return Ok(IdempotencyState::OtherBody),
        Some((_, Some(status), Some(sealed), _)) => return Ok(IdempotencyState::Answered { status, sealed }),
        Some((.., abandoned_at)) if ms(entry.now) < abandoned_at => return Ok(IdempotencyState::InFlight),
        // Never finished, or nothing known: go on.
        _ => {}
    }
    let sql = "INSERT INTO idempotency (scope, body, abandoned_at, expires_at) VALUES (?1, ?2, ?3, ?4) ON CONFLICT (scope) DO UPDATE SET
               body = excluded.body, status = NULL, sealed = NULL, abandoned_at = excluded.abandoned_at, expires_at = excluded.expires_at";
    c.prepare_cached(sql)?.execute(params![entry.scope, entry.body, ms(entry.abandoned_at), ms(entry.expires_at)])?;
    Ok(IdempotencyState::Fresh)
}

pub(super) async fn idempotency_finish(store: &Sqlite, scope: &[u8; 32], status: u16, sealed: Vec<u8>) -> Stored<()> {
    let scope = *scope;
    let sql = "UPDATE idempotency SET status = ?2, sealed = ?3 WHERE scope = ?1";
    store.write(move |c| c.prepare_cached(sql)?.execute(params![scope, status, sealed]).map(|_| ())).await
}

pub(super) async fn idempotency_forget(store: &Sqlite, scope: &[u8; 32]) -> Stored<()> {
    let scope = *scope;
    store.write(move |c| c.execute("DELETE FROM idempotency WHERE scope = ?1", [scope]).map(|_| ())).await
}

pub(super) async fn idempotency_answers(
    store: &Sqlite,
    after: Option<[u8; 32]>,
    limit: u32,
) -> Stored<Vec<KeptAnswer>> {
    let sql = "SELECT scope, sealed FROM idempotency WHERE sealed IS NOT NULL AND (?1 IS NULL OR scope > ?1)
               ORDER BY scope LIMIT ?2";
    let row = |row: &Row<'_>| Ok(KeptAnswer { scope: row.get(0)?, sealed: row.get(1)? });
    store.read(move |c| c.prepare_cached(sql)?.query_map(params![after, limit], row)?.collect()).await
}
