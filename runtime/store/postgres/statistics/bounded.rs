//! Looks that cost the same however many messages there are: they stop after so many.

use super::super::*;
use super::ENDLESS;
use crate::clock::Timestamp;

const SOME: &str = "SELECT count(*) FROM (SELECT 1 FROM messages
    WHERE environment = $1 AND created_at >= $2 AND created_at < $3 LIMIT $4) bounded";

/// As what was sent since then, of the newest messages alone.
const SENT: &str = "SELECT count(DISTINCT bounded.id) FROM (SELECT id FROM messages
    WHERE environment = $1 AND created_at >= $2 AND created_at < $3 ORDER BY created_at DESC LIMIT $5) bounded
    JOIN attempts a ON a.message_id = bounded.id WHERE a.connector = $4 AND a.status NOT IN ('sending', 'refused')";

pub(in super::super) async fn messages_up_to(
    store: &Postgres,
    environment: &str,
    from: Timestamp,
    to: Timestamp,
    most: u32,
) -> Stored<u32> {
    store.line(SOME, given![environment, from, to, most]).await?.map_or(Ok(0), |line| line.get(0))
}

pub(in super::super) async fn sent_of_newest(
    store: &Postgres,
    environment: &str,
    connector: &str,
    since: Timestamp,
    newest: u32,
) -> Stored<u64> {
    let line = store.line(SENT, given![environment, since, ENDLESS, connector, newest]).await?;
    line.map_or(Ok(0), |line| line.get(0))
}
