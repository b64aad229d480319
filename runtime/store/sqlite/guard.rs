//! The guard's counters and receipts, in the transaction of the send that they are of.

use rusqlite::Error::FromSqlConversionFailure;
use rusqlite::types::Type;
use rusqlite::{Connection, OptionalExtension as _, Row, ToSql, params};
use serde_json::json;

use super::decisions::note;
use super::messages::sends;
use super::{ms, text, traffic};
use crate::clock::Timestamp;
use crate::store::counters::{Counts, DAYS, HOURS, Key, NUMBER_DAYS, Read, Receipt, Scope, Span, Tally, Write};
use crate::store::{Limited, NewMessage, SendJudge, Verdict};

/// After its life a code is used no more; a caller may tell of his own a while later.
const TOLD_LATE_MS: i64 = 24 * 3600 * 1000;

const COLUMNS: [&str; 13] = [
    "sent",
    "cost_micros",
    "verified",
    "known",
    "fresh",
    "fresh_cost_micros",
    "proven",
    "proven_cost_micros",
    "numbers",
    "proven_numbers",
    "firsts",
    "seconds",
    "refused",
];

fn values(t: &Tally) -> [u64; 13] {
    [
        t.sent,
        t.cost_micros,
        t.verified,
        t.known,
        t.fresh,
        t.fresh_cost_micros,
        t.proven,
        t.proven_cost_micros,
        t.numbers,
        t.proven_numbers,
        t.firsts,
        t.seconds,
        t.refused,
    ]
}

fn tally(row: &Row<'_>) -> rusqlite::Result<(u64, Tally)> {
    let tally = Tally {
        sent: row.get(1)?,
        cost_micros: row.get(2)?,
        verified: row.get(3)?,
        known: row.get(4)?,
        fresh: row.get(5)?,
        fresh_cost_micros: row.get(6)?,
        proven: row.get(7)?,
        proven_cost_micros: row.get(8)?,
        numbers: row.get(9)?,
        proven_numbers: row.get(10)?,
        firsts: row.get(11)?,
        seconds: row.get(12)?,
        refused: row.get(13)?,
    };
    Ok((row.get(0)?, tally))
}

/// What a message's ranges hold.
pub(super) fn counts(c: &Connection, environment: &str, reads: &[Read]) -> rusqlite::Result<Counts> {
    let sql = format!(
        "SELECT bucket, {} FROM guard_counts
         WHERE environment = ?1 AND scope = ?2 AND key = ?3 AND span = ?4 AND bucket BETWEEN ?5 AND ?6",
        COLUMNS.join(", ")
    );
    let mut counts = Counts::default();
    let mut statement = c.prepare_cached(&sql)?;
    for read in reads {
        let (scope, span) = (read.key.scope.as_str(), read.span.as_str());
        let range = params![environment, scope, read.key.key, span, read.from, read.to];
        let rows = statement.query_map(range, tally)?.collect::<rusqlite::Result<Vec<_>>>()?;
        counts.put(read, rows);
    }
    Ok(counts)
}

/// What an environment sent in a day so far.
pub(super) fn day(c: &Connection, environment: &str, now: Timestamp) -> rusqlite::Result<Tally> {
    let key = Key { scope: Scope::Environment, key: String::new() };
    let bucket = Span::Day.bucket(now);
    let counts = counts(c, environment, &[Read { key, span: Span::Day, from: bucket, to: bucket }])?;
    Ok(counts.days(Scope::Environment).sum(0, 0))
}

/// Add to the counters.
fn add(c: &Connection, environment: &str, writes: &[Write]) -> rusqlite::Result<()> {
    let changes = COLUMNS.map(|column| format!("{column} = {column} + excluded.{column}")).join(", ");
    let sql = format!(
        "INSERT INTO guard_counts (environment, scope, key, span, bucket, {})
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18)
         ON CONFLICT (environment, scope, key, span, bucket) DO UPDATE SET {changes}",
        COLUMNS.join(", ")
    );
    each(c, &sql, environment, writes)
}

/// Take off what was added. What is no longer there is not missed.
fn take(c: &Connection, environment: &str, writes: &[Write]) -> rusqlite::Result<()> {
    let taken = |(nth, column): (usize, &str)| format!("{column} = max({column} - ?{}, 0)", nth + 6);
    let changes: Vec<String> = COLUMNS.into_iter().enumerate().map(taken).collect();
    let sql = format!(
        "UPDATE guard_counts SET {} WHERE environment = ?1 AND scope = ?2 AND key = ?3 AND span = ?4 AND bucket = ?5",
        changes.join(", ")
    );
    each(c, &sql, environment, writes)
}

fn each(c: &Connection, sql: &str, environment: &str, writes: &[Write]) -> rusqlite::Result<()> {
    let mut statement = c.prepare_cached(sql)?;
    for Write { key, span, bucket, add } in writes {
        let row: [&dyn ToSql; 5] = [&environment, &key.scope.as_str(), &key.key, &span.as_str(), bucket];
        let values = values(add);
        let all: Vec<&dyn ToSql> = row.into_iter().chain(values.iter().map(|value| value as &dyn ToSql)).collect();
        statement.execute(all.as_slice())?;
    }
    Ok(())
}

/// Judge, and write what follows but for the message itself: it goes out if nothing limits it.
pub(super) fn judged(
    c: &Connection,
    m: &NewMessage,
    judge: SendJudge,
) -> rusqlite::Result<Result<Option<Receipt>, Limited>> {
    let Verdict { limited, writes, mut receipt, decision, traffic } = judge(&sends(c, m)?);
    add(c, &m.environment, &writes)?;
    let line = traffic.map(|traffic| traffic::record(c, m, &traffic)).transpose()?;
    if let Some(receipt) = &mut receipt {
        receipt.line = line;
    }
    if let Some(decision) = decision {
        note(c, m, &decision, limited.is_none())?;
    }
    Ok(limited.map_or(Ok(receipt), Err))
}

/// After the message was written: keep where it counted.
pub(super) fn keep(c: &Connection, m: &NewMessage, receipt: Option<&Receipt>) -> rusqlite::Result<()> {
    let Some(receipt) = receipt else { return Ok(()) };
    let sql = "INSERT INTO guard_receipts (message_id, until, receipt) VALUES (?1, ?2, ?3)";
    let until = ms(m.expires_at) + TOLD_LATE_MS;
    c.prepare_cached(sql)?.execute(params![m.id, until, text(&json!(receipt))]).map(|_| ())
}

/// The code of this message was used: that counts once.
pub(super) fn used(c: &Connection, environment: &str, message: &str, now: Timestamp) -> rusqlite::Result<()> {
    let sql = "UPDATE guard_receipts SET used = 1 WHERE message_id = ?1 AND NOT used RETURNING receipt";
    match changed(c, sql, message)? {
        Some(receipt) => {
            add(c, environment, &receipt.used())?;
            traffic::used(c, receipt.line, now)
        }
        None => Ok(()),
    }
}

/// The code of a verification was used: that counts for each of its messages.
pub(super) fn used_of(c: &Connection, environment: &str, verification: &str, now: Timestamp) -> rusqlite::Result<()> {
    let mut of = c.prepare_cached("SELECT id FROM messages WHERE verification_id = ?1")?;
    let ids = of.query_map([verification], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
    ids.iter().try_for_each(|id| used(c, environment, id, now))
}

/// It turned out that the message certainly was not sent, or that it was after all.
pub(super) fn moved(c: &Connection, environment: &str, message: &str, is_refused: bool) -> rusqlite::Result<()> {
    let sql = if is_refused {
        "UPDATE guard_receipts SET refused = 1 WHERE message_id = ?1 AND NOT refused RETURNING receipt"
    } else {
        "UPDATE guard_receipts SET refused = 0 WHERE message_id = ?1 AND refused RETURNING receipt"
    };
    let Some(receipt) = changed(c, sql, message)? else { return Ok(()) };
    match is_refused {
        true => take(c, environment, &receipt.refused())?,
        false => add(c, environment, &receipt.refused())?,
    }
    traffic::moved(c, receipt.line, is_refused)
}

fn changed(c: &Connection, sql: &str, message: &str) -> rusqlite::Result<Option<Receipt>> {
    let kept: Option<String> = c.prepare_cached(sql)?.query_row([message], |row| row.get(0)).optional()?;
    let read = |kept: String| {
        serde_json::from_str(&kept).map_err(|error| FromSqlConversionFailure(0, Type::Text, Box::new(error)))
    };
    kept.map(read).transpose()
}

/// What no rule looks back to any more goes, at most so many rows at once; answers whether there may be more.
pub(super) fn forget(c: &Connection, now: Timestamp, kept_from: i64, most: usize) -> rusqlite::Result<bool> {
    let (hour, day) = (Span::Hour.bucket(now), Span::Day.bucket(now));
    let most = i64::try_from(most).unwrap_or(i64::MAX);
    let old = "DELETE FROM guard_counts WHERE (environment, scope, key, span, bucket) IN (
               SELECT environment, scope, key, span, bucket FROM guard_counts
               WHERE span = ?1 AND bucket < ?2 AND (?3 = '' OR scope <> ?3) LIMIT ?4)";
    let mut gone = 0;
    let mut counts = c.prepare_cached(old)?;
    // A number is remembered longer than all else.
    for (span, before, but) in [
        (Span::Hour, hour.saturating_sub(HOURS + 1), ""),
        (Span::Day, day.saturating_sub(DAYS + 1), Scope::Number.as_str()),
        (Span::Day, day.saturating_sub(NUMBER_DAYS + 1), ""),
    ] {
        gone = gone.max(counts.execute(params![span.as_str(), before, but, most])?);
    }
    let receipts = "DELETE FROM guard_receipts WHERE message_id IN (
                    SELECT message_id FROM guard_receipts WHERE until < ?1 LIMIT ?2)";
    gone = gone.max(c.prepare_cached(receipts)?.execute(params![ms(now), most])?);
    let decisions = "DELETE FROM guard_decisions WHERE id IN (SELECT id FROM guard_decisions WHERE at < ?1 LIMIT ?2)";
    gone = gone.max(c.prepare_cached(decisions)?.execute(params![kept_from, most])?);
    gone = gone.max(traffic::forget(c, kept_from, most)?);
    Ok(i64::try_from(gone).unwrap_or(i64::MAX) >= most)
}
