//! Messages that were taken and not tried yet, and what is needed to go on with one.

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::webhooks::outbox::{self, Cause};
use super::{Sqlite, at, ms};
use crate::clock::Timestamp;
use crate::store::{MessageStatus, QueuedMessage, Stored};

const MESSAGE: &str = "SELECT id, environment, verification_id, purpose, locale, content, expires_at, source, traceparent FROM messages m WHERE ";

fn message(row: &Row<'_>) -> rusqlite::Result<QueuedMessage> {
    Ok(QueuedMessage {
        id: row.get(0)?,
        environment: row.get(1)?,
        verification_id: row.get(2)?,
        purpose: row.get(3)?,
        locale: row.get(4)?,
        content: row.get(5)?,
        expires_at: at(row.get(6)?),
        source: row.get(7)?,
        traceparent: row.get(8)?,
    })
}

/// Which of them nobody waits for any more: too late, the verification has ended, or the caller told what became of his
/// own code, which erased it.
const GIVEN_UP: &str =
    "status = 'queued' AND (expires_at < ?1 OR (verification_id IS NULL AND content IS NULL) OR EXISTS (
    SELECT 1 FROM verifications v WHERE v.id = verification_id AND v.status <> 'pending'))";

pub(super) async fn queued(
    store: &Sqlite,
    now: Timestamp,
    too_late: Timestamp,
    made_before: Timestamp,
    limit: u32,
) -> Stored<Vec<QueuedMessage>> {
    let (too_late, made_before) = (ms(too_late), ms(made_before));
    let queued = move |c: &Connection| {
        let shown = format!(
            "UPDATE verifications SET delivery = json_set(delivery, '$.status', 'refused')
             WHERE id IN (SELECT verification_id FROM messages WHERE {GIVEN_UP})
               AND json_extract(delivery, '$.status') = 'queued'"
        );
        c.prepare_cached(&shown)?.execute([too_late])?;
        give_up(c, too_late, now)?;
        let waiting = format!("{MESSAGE} status = 'queued' AND created_at < ?1 ORDER BY created_at LIMIT ?2");
        c.prepare_cached(&waiting)?.query_map(params![made_before, limit], message)?.collect()
    };
    store.write(queued).await
}

fn give_up(c: &Connection, too_late: i64, now: Timestamp) -> rusqlite::Result<()> {
    let refused =
        format!("UPDATE messages SET status = 'refused', content = NULL WHERE {GIVEN_UP} RETURNING environment, id");
    let pair = |row: &Row<'_>| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?));
    let given_up = c.prepare_cached(&refused)?.query_map([too_late], pair)?.collect::<rusqlite::Result<Vec<_>>>()?;
    let (from, to, cause) = (MessageStatus::Queued, MessageStatus::Refused, Cause { attempt: None, at: now });
    given_up.iter().try_for_each(|(environment, id)| outbox::moved(c, environment, id, from, to, cause))
}

pub(super) async fn sealed_message(store: &Sqlite, environment: &str, id: &str) -> Stored<Option<QueuedMessage>> {
    let (environment, id) = (environment.to_owned(), id.to_owned());
    let sql = format!("{MESSAGE} environment = ?1 AND id = ?2 AND used IS NULL");
    store.read(move |c| c.prepare_cached(&sql)?.query_row([environment, id], message).optional()).await
}

pub(super) async fn asked(store: &Sqlite, verification_id: Option<&str>, message_id: &str) -> Stored<Vec<String>> {
    let (verification_id, message_id) = (verification_id.map(str::to_owned), message_id.to_owned());
    let sql = "SELECT connector FROM attempts WHERE message_id = ?2 UNION
               SELECT a.connector FROM messages m JOIN attempts a ON a.message_id = m.id
               WHERE ?1 IS NOT NULL AND m.verification_id = ?1";
    let asked = move |c: &Connection| {
        c.prepare_cached(sql)?.query_map(params![verification_id, message_id], |row| row.get(0))?.collect()
    };
    store.read(asked).await
}
