//! Messages that have aged, with all that belongs to them: nothing goes by itself.

use super::super::erasure::ask_delete;
use super::super::{Flight, Postgres, given};
use super::{BATCH, BATCH_FULL};
use crate::store::Stored;

/// How long a message may wait for its partition to go, which it does once the last of its day has aged: that spares deleting
/// each by itself. What could not be dropped by then goes as all else.
const WAITS_MS: i64 = 25 * 3600 * 1000;

/// Which messages go at once: those that have waited, those of days whose partitions may not be dropped (`partitions::aged`),
/// and those that are in no day's partition. `$1` is since when messages are kept, `$2` how many go at most.
const AGED: [&str; 3] = [
    "messages m ON m.environment = e.name AND m.created_at < $1 - $3::bigint AND m.expires_at < $1",
    "messages m ON m.environment = e.name AND m.created_at < $1 AND m.expires_at < $1 AND $3::bigint > 0
     AND m.id >= 'msg_' || lpad(to_hex((extract(epoch FROM now())::bigint / 86400 - 1) * 86400000), 12, '0')",
    "messages_default m ON m.environment = e.name AND m.created_at < $1 AND m.expires_at < $1 AND $3::bigint > 0",
];

/// A batch of them; answers whether there may be more.
pub(super) async fn forget(store: &Postgres, kept_from: i64) -> Stored<bool> {
    let work = store.begin().await?;
    let mut first = Flight::new();
    let seats = AGED.map(|of| {
        let sql = format!(
            "SELECT m.id, NULL::text FROM environments e JOIN {of} ORDER BY m.created_at LIMIT $2
             FOR UPDATE OF m SKIP LOCKED"
        );
        first.ask(sql, given![kept_from, BATCH, WAITS_MS])
    });
    let answers = work.send(first).await?;
    let found = seats.map(|seat| answers.lines(seat));
    if found.iter().all(|found| found.is_empty()) {
        return Ok(false);
    }
    let mut last = Flight::new();
    for found in found.iter().filter(|found| !found.is_empty()) {
        ask_delete(&mut last, found)?;
    }
    work.commit(last).await?;
    Ok(found.iter().any(|found| found.len() >= BATCH))
}

/// What belongs to messages of a range of ids, in tables that have no partitions, in batches: the messages themselves are
/// about to go with theirs.
pub(in super::super) async fn forget_beside(store: &Postgres, from: &str, to: &str) -> Stored<()> {
    for table in ["reports", "provider_ids", "followed_messages"] {
        let sql = format!(
            "DELETE FROM {table} WHERE ctid = ANY (ARRAY(
             SELECT ctid FROM {table} WHERE message_id >= $1 AND message_id < $2 LIMIT $3 FOR UPDATE SKIP LOCKED))"
        );
        while store.write(sql.clone(), given![from, to, BATCH]).await? >= BATCH_FULL {}
    }
    Ok(())
}
