//! What verifications that are never sent need, so as to look like those that are.

use std::time::Duration;

use super::Postgres;
use super::given::given;
use super::line::Line;
use crate::clock::Timestamp;
use crate::store::Stored;

/// A crash cut off those that changed before `$1` while they seemed to be sent. They show what a message shows whose
/// attempt it cut off: nobody knows whether it left.
pub(super) const SETTLE: &str = "UPDATE verifications SET delivery = jsonb_set(
      coalesce(delivery::jsonb -> 'settles_as', delivery::jsonb), '{status}', '\"unknown\"')::text
    WHERE suppressed AND delivery::jsonb ->> 'status' = 'sending' AND updated_at < $1";

const QUEUED: &str = "SELECT environment, id FROM verifications
    WHERE suppressed AND delivery::jsonb ->> 'status' = 'queued' AND updated_at < $1 ORDER BY updated_at LIMIT $2";

pub(super) async fn seemingly_queued(store: &Postgres, before: Timestamp, limit: u32) -> Stored<Vec<(String, String)>> {
    let row = |line: &Line| Ok((line.get(0)?, line.get(1)?));
    store.lines(QUEUED, given![before, limit]).await?.iter().map(row).collect()
}

/// The newest messages are looked at, since most of them may never have been sent.
const LOOKED_AT: u32 = 1_000;

/// From the first request until the last was answered.
const TIMES: &str = "SELECT max(a.started_at + a.elapsed_ms) - min(a.started_at) FROM (
      SELECT id FROM messages WHERE environment = $1 ORDER BY created_at DESC LIMIT $3) bounded
    JOIN attempts a ON a.message_id = bounded.id WHERE a.elapsed_ms IS NOT NULL
    GROUP BY bounded.id ORDER BY bounded.id DESC LIMIT $2";

pub(super) async fn send_times(store: &Postgres, environment: &str, limit: u32) -> Stored<Vec<Duration>> {
    let span = |line: &Line| line.get(0).map(Duration::from_millis);
    store.lines(TIMES, given![environment, limit, LOOKED_AT]).await?.iter().map(span).collect()
}
