//! Numbers that are locked after too many wrong codes. Their rows know them by a keyed index alone; what is shown of one is
//! what the log has of its newest message.

use super::*;
use crate::clock::Timestamp;
use crate::store::LockRow;

const LOCKED: &str = "SELECT number_index, blocked_until, (SELECT to_masked FROM messages m
      WHERE m.environment = f.environment AND m.number_index = f.number_index ORDER BY created_at DESC LIMIT 1)
    FROM number_failures f WHERE environment = $1 AND pair_index = '\\x'::bytea AND blocked_until > $2
    ORDER BY blocked_until, number_index LIMIT $3";

pub(super) async fn locks(store: &Postgres, environment: &str, now: Timestamp, limit: u32) -> Stored<Vec<LockRow>> {
    let row = |line: &Line| Ok(LockRow { number_index: line.get(0)?, until: line.get(1)?, to_masked: line.get(2)? });
    store.lines(LOCKED, given![environment, now, limit]).await?.iter().map(row).collect()
}

/// The number's lock and count, and those of every pair that it is one half of. A check that judges by them comes before or
/// after: it has the lock of the number's codes meanwhile (`locking::take_codes`, of which this is the number).
pub(super) async fn release_lock(store: &Postgres, environment: &str, number: &[u8; 32]) -> Stored<bool> {
    let mut flight = Flight::new();
    flight.ask(
        "SELECT pg_advisory_xact_lock(hashtextextended($1::text || encode($2::bytea, 'hex'), 0))",
        given![environment, number],
    );
    let gone = flight
        .ask("DELETE FROM number_failures WHERE environment = $1 AND number_index = $2", given![environment, number]);
    Ok(store.begin().await?.commit(flight).await?.written(gone) > 0)
}
