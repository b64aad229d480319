//! What has to be done now and then, and once after a crash: attempts that have no end are settled, what has ended goes.

use std::time::Duration;

use rusqlite::{Connection, Row, params};

use super::follow::forget_recipients;
use super::messages::HOUR_MS;
use super::webhooks::forget_old_secrets;
use super::webhooks::outbox::{self, Cause};
use super::{Sqlite, at, counts, expiries, guard, ms, suppressed, unword};
use crate::clock::Timestamp;
use crate::store::{MessageStatus, Retention, Stored};

/// Sets what verifications show of their delivery. A message is found by its number, not by reading all of a month.
macro_rules! newest_delivery {
    () => {
        "UPDATE verifications SET delivery = (
         SELECT json_object('status', m.status, 'message', m.id, 'connector', a.connector, 'revision', a.revision,
           'code_by_provider', json(iif(a.code_by_provider, 'true', 'false')))
         FROM messages m JOIN attempts a ON a.message_id = m.id
         WHERE m.environment = verifications.environment AND m.number_index = verifications.number_index
           AND m.verification_id = verifications.id
         ORDER BY m.id DESC, a.number DESC LIMIT 1)"
    };
}

/// No call lasts so long. What is open longer could not be noted: the disk was full.
const OPEN_MAX_MS: i64 = 3600 * 1000;
/// A report that nobody's receipt has claimed by then belongs to nobody.
const KEEP_WAITING_REPORTS_MS: i64 = 3600 * 1000;
/// A reviewer number whose day has passed is shown a while longer.
const KEEP_REVIEWERS_MS: i64 = 30 * 24 * 3600 * 1000;

/// Rows that go at once: whoever waits to write waits no longer than that takes.
const BATCH: usize = 200;

/// What goes, and before which time: `?1` is that time, `?2` how many at most. Tables of many environments are walked by
/// environment, since that is how they are indexed.
fn expired(now: i64, keep: Retention) -> [(&'static str, i64); 11] {
    let before = |span| before(now, span);
    [
        (
            "UPDATE messages SET content = NULL WHERE id IN (
             SELECT id FROM messages WHERE content IS NOT NULL AND expires_at <= ?1 LIMIT ?2)",
            now,
        ),
        (
            "DELETE FROM verifications WHERE id IN (SELECT id FROM verifications WHERE expires_at < ?1 LIMIT ?2)",
            before(keep.verifications),
        ),
        (
            "DELETE FROM messages WHERE id IN (
             SELECT m.id FROM environments e CROSS JOIN messages m ON m.environment = e.name AND m.created_at < ?1
             WHERE m.expires_at < ?1 LIMIT ?2)",
            before(keep.messages),
        ),
        (
            "DELETE FROM reports WHERE digest IN (SELECT digest FROM reports WHERE received_at < ?1 LIMIT ?2)",
            before(keep.messages),
        ),
        (
            "DELETE FROM reports WHERE digest IN (
             SELECT digest FROM reports WHERE received_at < ?1 AND message_id IS NULL LIMIT ?2)",
            now - KEEP_WAITING_REPORTS_MS,
        ),
        ("DELETE FROM idempotency WHERE scope IN (SELECT scope FROM idempotency WHERE expires_at <= ?1 LIMIT ?2)", now),
        ("DELETE FROM sessions WHERE id IN (SELECT id FROM sessions WHERE expires_at <= ?1 LIMIT ?2)", now),
        (
            "DELETE FROM webhook_events WHERE id IN (SELECT id FROM webhook_events WHERE at < ?1 LIMIT ?2)",
            before(keep.webhooks),
        ),
        ("DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE at < ?1 LIMIT ?2)", before(keep.audit)),
        (
            "DELETE FROM bills WHERE (environment, connector, day, country) IN (
             SELECT environment, connector, day, country FROM bills WHERE day < ?1 / 86400000 LIMIT ?2)",
            before(keep.bills),
        ),
        (
            "DELETE FROM bill_costs WHERE (environment, connector, day, country, currency, told_by) IN (
             SELECT environment, connector, day, country, currency, told_by FROM bill_costs WHERE day < ?1 / 86400000
             LIMIT ?2)",
            before(keep.bills),
        ),
    ]
}

fn before(now: i64, span: Duration) -> i64 {
    now - i64::try_from(span.as_millis()).unwrap_or(i64::MAX).min(now)
}

/// The log's own trigger keeps what is younger.
fn let_audit_go(c: &Connection, before: i64) -> rusqlite::Result<()> {
    let sql = "INSERT INTO meta (name, value) VALUES ('audit_kept_from', CAST(?1 AS BLOB))
               ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    c.prepare_cached(sql)?.execute([before.to_string()]).map(|_| ())
}

pub(super) async fn purge(store: &Sqlite, now: Timestamp, keep: Retention) -> Stored<()> {
    let now = ms(now);
    store.write(move |c| settle(c, now - OPEN_MAX_MS)).await?;
    expiries::note(store, now).await?;
    store.write(move |c| forget_recipients(c, now)).await?;
    store.write(move |c| let_audit_go(c, before(now, keep.audit))).await?;
    for (sql, before) in expired(now, keep) {
        // Each batch is a write of its own, and others come between.
        while store.write(move |c| c.prepare_cached(sql)?.execute(params![before, BATCH])).await? == BATCH {}
    }
    let kept_from = before(now, keep.messages);
    while store.write(move |c| guard::forget(c, at(now), kept_from, BATCH)).await? {}
    let tombstones_before = now - i64::try_from(keep.tombstones.as_millis()).unwrap_or(i64::MAX).min(now);
    store.write(move |c| bury(c, now, tombstones_before)).await
}

/// Tombstones: dated when they are first seen, and removed once no log can speak of their revisions any more.
fn bury(c: &Connection, now: i64, before: i64) -> rusqlite::Result<()> {
    c.prepare_cached("DELETE FROM connectors WHERE deleted AND deleted_at < ?1")?.execute([before])?;
    let date = "UPDATE connectors SET deleted_at = ?1 WHERE deleted AND deleted_at IS NULL";
    c.prepare_cached(date)?.execute([now])?;
    c.prepare_cached("DELETE FROM reviewer_numbers WHERE ends_at < ?1")?.execute([now - KEEP_REVIEWERS_MS])?;
    c.prepare_cached("DELETE FROM erased_sends WHERE created_at <= ?1")?.execute([now - HOUR_MS])?;
    counts::forget(c, now)?;
    forget_old_secrets(c, now)?;
    c.prepare_cached("DELETE FROM links WHERE expires_at <= ?1")?.execute([now])?;
    c.prepare_cached("DELETE FROM number_failures WHERE forget_at <= ?1")?.execute([now])?;
    Ok(())
}

/// Attempts that began before `?1` and have no end: their request may have left, so their outcome is unknown. What their
/// verification shows is its newest message, also where that is a resend.
pub(super) const SETTLE: [&str; 4] = [
    "UPDATE messages SET status = 'unknown'
     WHERE id IN (SELECT message_id FROM attempts WHERE status = 'sending' AND started_at < ?1)",
    concat!(
        newest_delivery!(),
        " WHERE id IN (
         SELECT m.verification_id FROM attempts a JOIN messages m ON m.id = a.message_id
         WHERE a.status = 'sending' AND a.started_at < ?1)"
    ),
    "UPDATE attempts SET status = 'unknown', kind = 'other', certainty = 'unknown',
            text = 'the service ended, or could not note it, while this was being sent'
     WHERE status = 'sending' AND started_at < ?1",
    suppressed::SETTLE,
];

/// Where the process ended between a known outcome and noting it at its verification.
pub(super) const NOTE_DELIVERY: &str =
    concat!(newest_delivery!(), " WHERE delivery IS NULL OR json_extract(delivery, '$.status') = 'sending'");

pub(super) async fn settle_cut_off(store: &Sqlite, begun_before: Timestamp) -> Stored<()> {
    store.write(move |c| settle(c, ms(begun_before))).await
}

fn settle(c: &Connection, begun_before: i64) -> rusqlite::Result<()> {
    let open = open(c, begun_before)?;
    SETTLE.iter().try_for_each(|sql| c.prepare_cached(sql)?.execute([begun_before]).map(|_| ()))?;
    for (environment, message, from, cause) in open {
        outbox::moved(c, &environment, &message, from, MessageStatus::Unknown, cause)?;
    }
    Ok(())
}

/// What was under way when nobody could note its end: if it went out, then about when it began.
pub(super) const OPEN: &str = "SELECT m.environment, m.id, m.status, a.number, a.started_at
    FROM attempts a CROSS JOIN messages m ON m.id = a.message_id WHERE a.status = 'sending' AND a.started_at < ?1";

fn open(c: &Connection, begun_before: i64) -> rusqlite::Result<Vec<(String, String, MessageStatus, Cause)>> {
    let row = |row: &Row<'_>| {
        let cause = Cause { attempt: Some(row.get(3)?), at: at(row.get(4)?) };
        Ok((row.get(0)?, row.get(1)?, unword(row.get(2)?)?, cause))
    };
    c.prepare_cached(OPEN)?.query_map([begun_before], row)?.collect()
}

/// Nothing is under way when a service starts: what seems to be was cut off.
pub(super) fn settle_after_crash(c: &mut Connection) -> rusqlite::Result<()> {
    let transaction = c.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    settle(&transaction, i64::MAX)?;
    transaction.execute(NOTE_DELIVERY, [])?;
    transaction.commit()
}
