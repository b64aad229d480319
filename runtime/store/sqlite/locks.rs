//! Numbers that are locked after too many wrong codes. Their rows know them by a keyed index alone; what is shown of one is
//! what the log has of its newest message.

use rusqlite::{Connection, Row, params};

use super::{Sqlite, at, ms};
use crate::clock::Timestamp;
use crate::store::{LockRow, Stored};

const LOCKED: &str = "SELECT number_index, blocked_until, (SELECT to_masked FROM messages m
      WHERE m.environment = f.environment AND m.number_index = f.number_index ORDER BY created_at DESC LIMIT 1)
    FROM number_failures f WHERE environment = ?1 AND pair_index = x'' AND blocked_until > ?2
    ORDER BY blocked_until, number_index LIMIT ?3";

pub(super) async fn locks(store: &Sqlite, environment: &str, now: Timestamp, limit: u32) -> Stored<Vec<LockRow>> {
    let environment = environment.to_owned();
    let row = |row: &Row<'_>| Ok(LockRow { number_index: row.get(0)?, until: at(row.get(1)?), to_masked: row.get(2)? });
    let read =
        move |c: &Connection| c.prepare_cached(LOCKED)?.query_map(params![environment, ms(now), limit], row)?.collect();
    store.read(read).await
}

/// The number's lock and count, and those of every pair that it is one half of.
pub(super) async fn release_lock(store: &Sqlite, environment: &str, number: &[u8; 32]) -> Stored<bool> {
    let (environment, number) = (environment.to_owned(), *number);
    let release = move |c: &Connection| {
        let sql = "DELETE FROM number_failures WHERE environment = ?1 AND number_index = ?2";
        Ok(c.prepare_cached(sql)?.execute(params![environment, number])? > 0)
    };
    store.write(release).await
}

#[cfg(test)]
mod tests {
    use super::super::log::plans::{assert_indexed, filled};
    use super::*;
    use rusqlite::types::Value;

    #[tokio::test]
    async fn locked_numbers_are_found_by_an_index() {
        let (_dir, store) = filled(0).await;
        let given = vec![Value::Text("production".into()), Value::Integer(0), Value::Integer(9)];
        assert_indexed(&store, LOCKED.to_owned(), given).await;
    }
}
