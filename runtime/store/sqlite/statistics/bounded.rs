//! Looks that cost the same however many messages there are: they stop after so many.

use rusqlite::types::Value;
use rusqlite::{Connection, params_from_iter};

use super::{Sqlite, of_connector, span};
use crate::clock::Timestamp;
use crate::store::{QUICK_MAX, Stored};

pub(super) const SOME: &str = "SELECT count(*) FROM (SELECT 1 FROM messages
    WHERE environment = ?1 AND created_at >= ?2 AND created_at < ?3 LIMIT ?4) bounded";

/// As what was sent since then, of the newest messages alone.
pub(super) const SENT: &str = "SELECT count(DISTINCT bounded.id) FROM (SELECT id FROM messages
    WHERE environment = ?1 AND created_at >= ?2 AND created_at < ?3 ORDER BY created_at DESC LIMIT ?5) bounded
    CROSS JOIN attempts a ON a.message_id = bounded.id WHERE +a.connector = ?4 AND a.status NOT IN ('sending', 'refused')";

pub(in super::super) async fn messages_up_to(
    store: &Sqlite,
    environment: &str,
    from: Timestamp,
    to: Timestamp,
    most: u32,
) -> Stored<u32> {
    let mut given = span(environment, from, to);
    given.push(Value::Integer(most.into()));
    store.read(move |c| number(c, SOME, given)).await
}

pub(in super::super) async fn sent_of_newest(
    store: &Sqlite,
    environment: &str,
    connector: &str,
    since: Timestamp,
    newest: u32,
) -> Stored<u64> {
    let mut given = of_connector(environment, connector, since);
    given.push(Value::Integer(newest.into()));
    store.read(move |c| number(c, SENT, given)).await
}

/// Count a span's messages: a moment's work as anything is read, more of it one after the other.
pub(in super::super) async fn count<T: Send + 'static>(
    store: &Sqlite,
    environment: &str,
    (from, to): (Timestamp, Timestamp),
    work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
) -> Stored<T> {
    if messages_up_to(store, environment, from, to, QUICK_MAX + 1).await? > QUICK_MAX {
        store.counting.run(work).await
    } else {
        store.read(work).await
    }
}

fn number<T: rusqlite::types::FromSql>(c: &Connection, sql: &str, given: Vec<Value>) -> rusqlite::Result<T> {
    c.prepare_cached(sql)?.query_row(params_from_iter(given), |row| row.get(0))
}
