//! Requests under an idempotency key.

use super::Postgres;
use super::flight::Flight;
use super::given::given;
use super::line::Line;
use crate::store::{IdempotencyEntry, IdempotencyState, KeptAnswer, StoreError, Stored};

/// Fresh is whoever writes the row: of two who begin at once, the second waits for the first, and finds it running. One
/// that finds a row holds it, too, so that what is read after it is what it found.
const BEGIN: &str = "INSERT INTO idempotency AS i (scope, body, abandoned_at, expires_at) VALUES ($1, $2, $3, $4)
    ON CONFLICT (scope) DO UPDATE SET body = excluded.body, status = NULL, sealed = NULL,
      abandoned_at = excluded.abandoned_at, expires_at = excluded.expires_at
    WHERE i.expires_at <= $5
      OR (i.body = excluded.body AND (i.status IS NULL OR i.sealed IS NULL) AND i.abandoned_at <= $5)";

pub(super) async fn idempotency_begin(store: &Postgres, entry: IdempotencyEntry) -> Stored<IdempotencyState> {
    let IdempotencyEntry { scope, body, now, expires_at, abandoned_at } = entry;
    let mut flight = Flight::new();
    let begun = flight.ask(BEGIN, given![scope, body, abandoned_at, expires_at, now]);
    let known = flight.ask("SELECT body, status, sealed FROM idempotency WHERE scope = $1", given![scope]);
    let answers = store.begin().await?.commit(flight).await?;
    if answers.written(begun) > 0 {
        return Ok(IdempotencyState::Fresh);
    }
    let gone = || StoreError::Database("a request is neither known nor new".into());
    state(answers.line(known).ok_or_else(gone)?, body)
}

fn state(line: &Line, body: [u8; 32]) -> Stored<IdempotencyState> {
    if line.get::<[u8; 32]>(0)? != body {
        return Ok(IdempotencyState::OtherBody);
    }
    Ok(match (line.get(1)?, line.get(2)?) {
        (Some(status), Some(sealed)) => IdempotencyState::Answered { status, sealed },
        _ => IdempotencyState::InFlight,
    })
}

pub(super) async fn idempotency_finish(store: &Postgres, scope: &[u8; 32], status: u16, sealed: Vec<u8>) -> Stored<()> {
    let sql = "UPDATE idempotency SET status = $2, sealed = $3 WHERE scope = $1";
    store.write(sql, given![scope, status, sealed]).await.map(|_| ())
}

pub(super) async fn idempotency_forget(store: &Postgres, scope: &[u8; 32]) -> Stored<()> {
    store.write("DELETE FROM idempotency WHERE scope = $1", given![scope]).await.map(|_| ())
}

pub(super) async fn idempotency_answers(
    store: &Postgres,
    after: Option<[u8; 32]>,
    limit: u32,
) -> Stored<Vec<KeptAnswer>> {
    // No scope is empty.
    let sql = "SELECT scope, sealed FROM idempotency WHERE sealed IS NOT NULL AND scope > coalesce($1, '\\x'::bytea)
               ORDER BY scope LIMIT $2";
    let row = |line: &Line| Ok(KeptAnswer { scope: line.get(0)?, sealed: line.get(1)? });
    store.lines(sql, given![after, limit]).await?.iter().map(row).collect()
}
