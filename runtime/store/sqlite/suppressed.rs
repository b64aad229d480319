//! What verifications that are never sent need, so as to look like those that are.

use std::time::Duration;

use rusqlite::{Connection, params};

use super::{Sqlite, ms};
use crate::clock::Timestamp;
use crate::store::Stored;

/// Those that show a message under way. Word for word the condition of their index.
macro_rules! unsettled {
    () => {
        "suppressed AND json_extract(delivery, '$.status') IN ('sending', 'queued')"
    };
}

/// A crash cut off those that changed before `?1` while they seemed to be sent. They show what a message shows whose
/// attempt it cut off: nobody knows whether it left.
pub(super) const SETTLE: &str = concat!(
    "UPDATE verifications SET delivery = json_set(coalesce(delivery ->> '$.settles_as', delivery), '$.status', 'unknown')
     WHERE ",
    unsettled!(),
    " AND delivery ->> '$.status' = 'sending' AND updated_at < ?1"
);

const QUEUED: &str = concat!(
    "SELECT environment, id FROM verifications WHERE ",
    unsettled!(),
    " AND delivery ->> '$.status' = 'queued' AND updated_at < ?1 ORDER BY updated_at LIMIT ?2"
);

pub(super) async fn seemingly_queued(store: &Sqlite, before: Timestamp, limit: u32) -> Stored<Vec<(String, String)>> {
    let row = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
    let read = move |c: &Connection| c.prepare_cached(QUEUED)?.query_map(params![ms(before), limit], row)?.collect();
    store.read(read).await
}

/// The newest messages are looked at, since most of them may never have been sent.
const LOOKED_AT: u32 = 1_000;

/// From the first request until the last was answered.
const TIMES: &str = "SELECT max(a.started_at + a.elapsed_ms) - min(a.started_at) FROM (
      SELECT id FROM messages WHERE environment = ?1 ORDER BY created_at DESC LIMIT ?3) bounded
    CROSS JOIN attempts a ON a.message_id = bounded.id WHERE a.elapsed_ms IS NOT NULL
    GROUP BY bounded.id ORDER BY bounded.id DESC LIMIT ?2";

pub(super) async fn send_times(store: &Sqlite, environment: &str, limit: u32) -> Stored<Vec<Duration>> {
    let environment = environment.to_owned();
    let read = move |c: &Connection| {
        let span = |row: &rusqlite::Row<'_>| row.get::<_, u64>(0).map(Duration::from_millis);
        c.prepare_cached(TIMES)?.query_map(params![environment, limit, LOOKED_AT], span)?.collect()
    };
    store.read(read).await
}

#[cfg(test)]
mod tests {
    use rusqlite::types::Value as Column;

    use super::super::log::plans::{assert_indexed, filled};
    use super::*;

    #[tokio::test]
    async fn none_of_it_reads_a_whole_table() {
        let (_dir, store) = filled(0).await;
        assert_indexed(&store, SETTLE.to_owned(), vec![Column::Integer(0)]).await;
        assert_indexed(&store, QUEUED.to_owned(), vec![Column::Integer(0), Column::Integer(9)]).await;
        let given = vec![Column::Text("production".into()), Column::Integer(64), Column::Integer(9)];
        assert_indexed(&store, TIMES.to_owned(), given).await;
    }
}
