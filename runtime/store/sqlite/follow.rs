//! Messages that their callers follow, and what is still to be told of them. Migration 009 says who writes that down.

use rusqlite::{Connection, Row, params};

use super::messages::{MESSAGE_COLUMNS, message_row};
use super::{Sqlite, ms, unword};
use crate::clock::Timestamp;
use crate::store::{DueCallback, Followed, FollowedFilter, NewFollow, Stored};

pub(super) fn insert_follow(c: &Connection, message_id: &str, f: &NewFollow) -> rusqlite::Result<()> {
    let sql = "INSERT INTO followed_messages (message_id, account, sender, sender_pool, recipient, callback)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let row = params![message_id, f.account, f.sender, f.sender_pool, f.recipient, f.callback];
    c.prepare_cached(sql)?.execute(row).map(|_| ())
}

/// Whose life is over keeps no recipient.
pub(super) fn forget_recipients(c: &Connection, now: i64) -> rusqlite::Result<()> {
    let sql = "UPDATE followed_messages SET recipient = NULL WHERE recipient IS NOT NULL
               AND EXISTS (SELECT 1 FROM messages m WHERE m.id = message_id AND m.expires_at <= ?1)";
    c.prepare_cached(sql)?.execute([now]).map(|_| ())
}

/// In this order: a page is read from the newest on, and none of what is not followed.
const FOLLOWED: &str = "f.account, f.sender, f.sender_pool, f.recipient, m.content FROM followed_messages f CROSS JOIN messages m ON m.id = f.message_id
    WHERE m.environment = ?1 AND (?4 IS NULL OR m.number_index = ?4) AND (?5 IS NULL OR f.sender = ?5)
      AND (?6 IS NULL OR m.created_at >= ?6) AND (?7 IS NULL OR m.created_at < ?7)
      AND (?2 IS NULL OR f.message_id = ?2)";
/// No id is above this.
const BEFORE: &str = "AND f.message_id < coalesce(?3, '~') ORDER BY f.message_id DESC LIMIT ?8";
const ONE: &str = "AND f.message_id = ?2 AND ?3 IS NULL LIMIT ?8";

pub(super) async fn followed(store: &Sqlite, f: FollowedFilter) -> Stored<Vec<Followed>> {
    let sql = format!("SELECT {MESSAGE_COLUMNS}, {FOLLOWED} {}", if f.id.is_some() { ONE } else { BEFORE });
    let followed = |row: &Row<'_>| {
        Ok(Followed {
            message: message_row(row)?,
            account: row.get("account")?,
            sender: row.get("sender")?,
            sender_pool: row.get("sender_pool")?,
            recipient: row.get("recipient")?,
            content: row.get("content")?,
        })
    };
    let read = move |c: &Connection| {
        let row =
            params![f.environment, f.id, f.before, f.number_index, f.sender, f.from.map(ms), f.until.map(ms), f.limit];
        c.prepare_cached(&sql)?.query_map(row, followed)?.collect()
    };
    store.read(read).await
}

pub(super) async fn unfollow(store: &Sqlite, environment: &str, id: &str) -> Stored<bool> {
    let (environment, id) = (environment.to_owned(), id.to_owned());
    let delete = move |c: &Connection| {
        let sql = "DELETE FROM followed_messages WHERE message_id = ?2
                   AND EXISTS (SELECT 1 FROM messages WHERE id = ?2 AND environment = ?1)";
        if c.execute(sql, [&environment, &id])? == 0 {
            return Ok(false);
        }
        c.execute("UPDATE messages SET content = NULL WHERE id = ?1", [&id])?;
        Ok(true)
    };
    store.write(delete).await
}

const UNSEEN: &str = "SELECT EXISTS (SELECT 1 FROM status_callbacks WHERE NOT done AND due_at IS NULL)";
const SEEN: &str = "UPDATE status_callbacks SET due_at = ?1 + CASE WHEN status IN ('refused', 'undelivered') THEN ?2
    ELSE 0 END WHERE NOT done AND due_at IS NULL";

pub(super) async fn due_callbacks(
    store: &Sqlite,
    now: Timestamp,
    negative_wait_ms: u64,
    limit: u32,
) -> Stored<Vec<DueCallback>> {
    let (now, wait) = (ms(now), i64::try_from(negative_wait_ms).unwrap_or(i64::MAX));
    // Nobody is to be told most of the time, and then nothing is written.
    if store.read(|c| c.query_row(UNSEEN, [], |row| row.get(0))).await? {
        store.write(move |c| c.prepare_cached(SEEN)?.execute([now, wait]).map(|_| ())).await?;
    }
    let sql = "SELECT c.id, c.message_id, m.environment, c.status, c.tries, f.account, f.callback
               FROM status_callbacks c JOIN followed_messages f ON f.message_id = c.message_id
               JOIN messages m ON m.id = c.message_id
               WHERE NOT c.done AND c.due_at <= ?1 AND f.callback IS NOT NULL AND NOT EXISTS (
                 SELECT 1 FROM status_callbacks e WHERE e.message_id = c.message_id AND e.id < c.id AND NOT e.done)
               ORDER BY c.id LIMIT ?2";
    let due = |row: &Row<'_>| {
        Ok(DueCallback {
            id: row.get(0)?,
            message_id: row.get(1)?,
            environment: row.get(2)?,
            status: unword(row.get(3)?)?,
            tries: row.get(4)?,
            account: row.get(5)?,
            callback: row.get(6)?,
        })
    };
    store.read(move |c| c.prepare_cached(sql)?.query_map(params![now, limit], due)?.collect()).await
}

pub(super) async fn settle_callback(store: &Sqlite, id: i64, again_at: Option<Timestamp>) -> Stored<()> {
    let sql = "UPDATE status_callbacks SET tries = tries + 1, done = ?2 IS NULL, due_at = coalesce(?2, due_at)
               WHERE id = ?1";
    store.write(move |c| c.prepare_cached(sql)?.execute(params![id, again_at.map(ms)]).map(|_| ())).await
}
