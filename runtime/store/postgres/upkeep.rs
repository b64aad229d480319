//! What has to be done now and then: attempts that nobody will end are settled, what has ended goes. Every node does it, and
//! several may at once: what one has in hand another passes over.
//!
//! What goes by its age goes in batches, each a transaction of its own, so that nobody waits for long. Most messages don't
//! even go so: a whole day of them goes by dropping its partition.

mod messages;
mod settling;
mod shown;

use std::time::Duration;

use super::locking::Lock;
use super::*;
use crate::clock::Timestamp;
use crate::store::Retention;

pub(super) use messages::forget_beside;

/// A report that nobody's receipt has claimed by then belongs to nobody.
const KEEP_WAITING_REPORTS_MS: i64 = 3600 * 1000;
/// A reviewer number whose day has passed is shown a while longer.
const KEEP_REVIEWERS_MS: i64 = 30 * 24 * 3600 * 1000;
/// Sends to erased numbers count that long.
const HOUR_MS: i64 = 3600 * 1000;

/// Rows that go at once.
const BATCH: usize = 200;

/// What goes, and before which time: `$1` is that time, `$2` how many at most. `ARRAY` has them chosen once; what somebody
/// else has in hand is passed over.
fn expired(now: i64, keep: Retention) -> [(&'static str, i64); 11] {
    let before = |span| before(now, span);
    [
        (
            "UPDATE messages SET content = NULL WHERE id = ANY (ARRAY(
             SELECT id FROM messages WHERE content IS NOT NULL AND expires_at <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED))",
            now,
        ),
        (
            "DELETE FROM verifications WHERE id = ANY (ARRAY(
             SELECT id FROM verifications WHERE expires_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED))",
            before(keep.verifications),
        ),
        (
            "DELETE FROM reports WHERE digest = ANY (ARRAY(
             SELECT digest FROM reports WHERE received_at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED))",
            before(keep.messages),
        ),
        (
            "DELETE FROM reports WHERE digest = ANY (ARRAY(
             SELECT digest FROM reports WHERE received_at < $1 AND message_id IS NULL LIMIT $2 FOR UPDATE SKIP LOCKED))",
            now.saturating_sub(KEEP_WAITING_REPORTS_MS),
        ),
        (
            "DELETE FROM idempotency WHERE scope = ANY (ARRAY(
             SELECT scope FROM idempotency WHERE expires_at <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED))",
            now,
        ),
        (
            "DELETE FROM sessions WHERE id = ANY (ARRAY(
             SELECT id FROM sessions WHERE expires_at <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED))",
            now,
        ),
        (
            "DELETE FROM webhook_events WHERE id = ANY (ARRAY(
             SELECT id FROM webhook_events WHERE at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED))",
            before(keep.webhooks),
        ),
        (
            "DELETE FROM audit WHERE id = ANY (ARRAY(
             SELECT id FROM audit WHERE at < $1 LIMIT $2 FOR UPDATE SKIP LOCKED))",
            before(keep.audit),
        ),
        (
            "DELETE FROM bill_costs WHERE ctid = ANY (ARRAY(
             SELECT ctid FROM bill_costs WHERE day < $1::bigint / 86400000 LIMIT $2 FOR UPDATE SKIP LOCKED))",
            before(keep.bills),
        ),
        (
            "DELETE FROM bills WHERE ctid = ANY (ARRAY(
             SELECT ctid FROM bills WHERE day < $1::bigint / 86400000 LIMIT $2 FOR UPDATE SKIP LOCKED))",
            before(keep.bills),
        ),
        (
            "DELETE FROM number_failures WHERE ctid = ANY (ARRAY(
             SELECT ctid FROM number_failures WHERE forget_at <= $1 LIMIT $2 FOR UPDATE SKIP LOCKED))",
            now,
        ),
    ]
}

/// So long before now; no time is before 1970.
fn before(now: i64, span: Duration) -> i64 {
    now.saturating_sub(i64::try_from(span.as_millis()).unwrap_or(i64::MAX).min(now))
}

/// Keep up to where something was done, under a name.
pub(super) fn remember(flight: &mut Flight, name: &str, at: i64) {
    let sql = "INSERT INTO meta (name, value) VALUES ($1, $2)
               ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    flight.ask(sql, given![name, at.to_string().into_bytes()]);
}

pub(super) async fn settle_cut_off(store: &Postgres, begun_before: Timestamp) -> Stored<()> {
    settling::settle(store, ms(begun_before)).await?;
    shown::note_cut_off(store, ms(begun_before)).await?;
    release(store).await
}

/// What those that ended had in hand is free at once. Whoever serves by now is answered again what it has in hand itself.
async fn release(store: &Postgres) -> Stored<()> {
    let mut flight = alone();
    for claimed in [
        "messages WHERE status = 'queued'",
        "webhook_deliveries WHERE status = 'pending'",
        "status_callbacks WHERE NOT done",
    ] {
        let (table, rest) = claimed.split_once(' ').unwrap_or((claimed, ""));
        flight.ask(format!("UPDATE {table} SET claimed_until = NULL {rest} AND claimed_until IS NOT NULL"), given![]);
    }
    store.begin().await?.commit(flight).await.map(|_| ())
}

pub(super) async fn purge(store: &Postgres, now: Timestamp, keep: Retention) -> Stored<()> {
    let at = ms(now);
    partitions::prepare(store).await?;
    settling::settle_old(store, at).await?;
    expiries::note(store, now).await?;
    let_go(store, now, before(at, keep.audit)).await?;
    for (sql, before) in expired(at, keep) {
        while store.write(sql, given![before, BATCH]).await? >= BATCH_FULL {}
    }
    let kept_from = before(at, keep.messages);
    while messages::forget(store, kept_from).await? {}
    while guard::forget(store, now, kept_from, BATCH).await? {}
    bury(store, at, before(at, keep.tombstones)).await?;
    let kept = partitions::Kept { now: at, verifications: before(at, keep.verifications), messages: kept_from };
    partitions::drop_aged(store, kept).await
}

/// As many as went of a full batch.
const BATCH_FULL: u64 = 200;

/// Statements that take many rows each. Two nodes that ask them at once would lock the same rows in different orders.
fn alone() -> Flight {
    let mut flight = Flight::new();
    locking::take(&mut flight, &[Lock::Service("upkeep")]);
    flight
}

/// What is not needed any more. Of the audit log its own trigger keeps what is younger than is said here.
async fn let_go(store: &Postgres, now: Timestamp, audit_before: i64) -> Stored<()> {
    let mut flight = alone();
    follow::forget_recipients(&mut flight, now);
    webhooks::forget_old_secrets(&mut flight, now);
    remember(&mut flight, "audit_kept_from", audit_before);
    store.begin().await?.commit(flight).await.map(|_| ())
}

/// Tombstones: dated when they are first seen, and removed once no log can speak of their revisions any more. And what is
/// never much.
async fn bury(store: &Postgres, now: i64, before: i64) -> Stored<()> {
    let mut flight = alone();
    flight.ask("DELETE FROM connectors WHERE deleted AND deleted_at < $1", given![before]);
    flight.ask("UPDATE connectors SET deleted_at = $1 WHERE deleted AND deleted_at IS NULL", given![now]);
    flight.ask("DELETE FROM reviewer_numbers WHERE ends_at < $1", given![now.saturating_sub(KEEP_REVIEWERS_MS)]);
    flight.ask("DELETE FROM erased_sends WHERE created_at <= $1", given![now.saturating_sub(HOUR_MS)]);
    counts::forget(&mut flight, now);
    flight.ask("DELETE FROM links WHERE expires_at <= $1", given![now]);
    store.begin().await?.commit(flight).await.map(|_| ())
}
