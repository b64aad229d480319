//! What has to be done now and then, and once after a crash: attempts that have no end are settled, what has ended goes.

use rusqlite::Connection;

use super::{Sqlite, ms};
use crate::clock::Timestamp;
use crate::store::Stored;

/// Sets what verifications show of their delivery. A message is found by its number, not by reading all of a month.
macro_rules! newest_delivery {
    () => {
        "UPDATE verifications SET delivery = (
         SELECT json_object('status', m.status, 'message', m.id, 'connector', a.connector, 'revision', a.revision)
         FROM messages m JOIN attempts a ON a.message_id = m.id
         WHERE m.environment = verifications.environment AND m.number_index = verifications.number_index
           AND m.verification_id = verifications.id
         ORDER BY m.id DESC, a.number DESC LIMIT 1)"
    };
}

/// No call lasts so long. What is open longer could not be noted: the disk was full.
const OPEN_MAX_MS: i64 = 3600 * 1000;
/// How long what has ended is kept: verifications for their callers, messages for the log.
const KEEP_VERIFICATIONS_MS: i64 = 24 * 3600 * 1000;
/// A report that nobody's receipt has claimed by then belongs to nobody.
const KEEP_WAITING_REPORTS_MS: i64 = 3600 * 1000;
/// A reviewer number whose day has passed is shown a while longer.
const KEEP_REVIEWERS_MS: i64 = 30 * 24 * 3600 * 1000;
const KEEP_MESSAGES_MS: i64 = 30 * 24 * 3600 * 1000;

pub(super) async fn purge(store: &Sqlite, now: Timestamp) -> Stored<()> {
    let purge = move |c: &Connection| {
        let now = ms(now);
        settle(c, now - OPEN_MAX_MS)?;
        c.execute("UPDATE messages SET content = NULL WHERE content IS NOT NULL AND expires_at <= ?1", [now])?;
        c.execute("DELETE FROM verifications WHERE expires_at < ?1", [now - KEEP_VERIFICATIONS_MS])?;
        c.execute("DELETE FROM messages WHERE created_at < ?1", [now - KEEP_MESSAGES_MS])?;
        c.execute("DELETE FROM reports WHERE received_at < ?1", [now - KEEP_MESSAGES_MS])?;
        c.execute(
            "DELETE FROM reports WHERE message_id IS NULL AND received_at < ?1",
            [now - KEEP_WAITING_REPORTS_MS],
        )?;
        c.execute("DELETE FROM reviewer_numbers WHERE ends_at < ?1", [now - KEEP_REVIEWERS_MS])?;
        c.execute("DELETE FROM idempotency WHERE expires_at <= ?1", [now])?;
        Ok(())
    };
    store.write(purge).await
}

/// Attempts that began before `?1` and have no end: their request may have left, so their outcome is unknown. What their
/// verification shows is its newest message, also where that is a resend.
pub(super) const SETTLE: [&str; 3] = [
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
];

/// Where the process ended between a known outcome and noting it at its verification.
pub(super) const NOTE_DELIVERY: &str =
    concat!(newest_delivery!(), " WHERE delivery IS NULL OR json_extract(delivery, '$.status') = 'sending'");

fn settle(c: &Connection, begun_before: i64) -> rusqlite::Result<()> {
    SETTLE.iter().try_for_each(|sql| c.prepare_cached(sql)?.execute([begun_before]).map(|_| ()))
}

/// Nothing is under way when a service starts: what seems to be was cut off.
pub(super) fn settle_after_crash(c: &mut Connection) -> rusqlite::Result<()> {
    let transaction = c.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    settle(&transaction, i64::MAX)?;
    transaction.execute(NOTE_DELIVERY, [])?;
    transaction.commit()
}
