//! Messages and their attempts.

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::follow::insert_follow;
use super::otp::failures;
use super::reports::know_ids;
use super::webhooks::outbox::{self, Cause};
use super::{Sqlite, at, counts, guard, ms, success, text, unword, word};
use crate::clock::Timestamp;
use crate::store::{
    AttemptEnd, AttemptStatus, Made, MessageRow, MessageStatus, Moved, NewAttempt, NewMessage, SendJudge, Sends, Stored,
};
use crate::traces;

pub(super) const HOUR_MS: i64 = 3600 * 1000;

/// What was sent to a message's number, and for its client, lately. What certainly was not sent does not count.
pub(super) fn sends(c: &Connection, new: &NewMessage) -> rusqlite::Result<Sends> {
    type Lately = (Option<i64>, u32, Option<i64>);
    let from = ms(new.created_at) - HOUR_MS;
    let lately = |column: &str, index: &[u8; 32]| -> rusqlite::Result<Lately> {
        let sql = format!(
            "SELECT max(created_at), count(*), min(created_at) FROM (
               SELECT created_at FROM messages
               WHERE environment = ?1 AND {column} = ?2 AND created_at > ?3 AND status <> 'refused'
               UNION ALL SELECT created_at FROM erased_sends
               WHERE environment = ?1 AND {column} = ?2 AND created_at > ?3)"
        );
        let row = |row: &Row<'_>| Ok((row.get(0)?, row.get(1)?, row.get(2)?));
        c.prepare_cached(&sql)?.query_row(params![new.environment, index, from], row)
    };
    let (last, in_last_hour, oldest) = lately("number_index", &new.number_index)?;
    let client = new.client_index.as_ref().map(|index| lately("client_index", index)).transpose()?;
    let (_, of_client, oldest_of_client) = client.unwrap_or_default();
    let (to_country, oldest_to_country) = counts::in_last_day(c, new)?;
    Ok(Sends {
        last: last.map(at),
        in_last_hour,
        oldest_in_last_hour: oldest.map(at),
        of_client,
        oldest_of_client: oldest_of_client.map(at),
        to_country,
        oldest_to_country,
        failures: failures(c, &new.environment, &new.number_index, &[])?,
        counts: guard::counts(c, &new.environment, &new.reads)?,
    })
}

/// With its first attempt, or waiting in the queue.
pub(super) fn insert_message(c: &Connection, m: &NewMessage, attempt: Option<&NewAttempt>) -> rusqlite::Result<()> {
    let status = match attempt {
        _ if m.kept_back.is_some() => MessageStatus::NotSent,
        Some(_) => MessageStatus::Sending,
        None => MessageStatus::Queued,
    };
    let sql =
        "INSERT INTO messages (id, environment, verification_id, purpose, locale, to_masked, number_index, country,
               area, content, status, created_at, expires_at, source, subject, client_index, request_index,
               kept_back, traceparent) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18,
               ?19)";
    c.prepare_cached(sql)?.execute(params![
        m.id,
        m.environment,
        m.verification_id,
        m.purpose,
        m.locale,
        m.to_masked,
        m.number_index,
        m.country,
        m.area,
        m.content,
        word(&status),
        ms(m.created_at),
        ms(m.expires_at),
        m.source,
        m.subject,
        m.client_index,
        m.request_index,
        m.kept_back.as_ref().map(word),
        traces::here()
    ])?;
    if m.kept_back.is_none() {
        counts::sent(c, &m.environment, m.country.as_deref(), m.created_at, 1)?;
    }
    if let Some(follow) = &m.follow {
        insert_follow(c, &m.id, follow)?;
    }
    attempt.map_or(Ok(()), |attempt| insert_attempt(c, attempt))
}

pub(super) fn insert_attempt(c: &Connection, a: &NewAttempt) -> rusqlite::Result<()> {
    let sql = "INSERT INTO attempts (message_id, number, connector, revision, reference, status, started_at,
                 code_by_provider, list_micros, list_currency) VALUES (?1, ?2, ?3, ?4, ?5, 'sending', ?6, ?7, ?8, ?9)";
    let row = params![
        a.message_id,
        a.number,
        a.connector,
        a.revision,
        a.reference,
        ms(a.started_at),
        a.code_by_provider,
        a.price.map(|price| price.micros),
        a.price.map(|price| price.currency.to_string())
    ];
    c.prepare_cached(sql)?.execute(row).map(|_| ())
}

pub(super) async fn create_message(
    store: &Sqlite,
    m: NewMessage,
    attempt: Option<NewAttempt>,
    judge: SendJudge,
) -> Stored<Made> {
    let create = move |c: &Connection| {
        if let Some(before) = made_before(c, &m)? {
            return Ok(Made::Before(Box::new(before)));
        }
        let receipt = match guard::judged(c, &m, judge)? {
            Ok(receipt) => receipt,
            Err(limited) => return Ok(Made::Limited(limited)),
        };
        insert_message(c, &m, attempt.as_ref())?;
        guard::keep(c, &m, receipt.as_ref())?;
        Ok(Made::Done)
    };
    store.write(create).await
}

/// The message of the same request. One that everybody refused does not count: whoever asks again means it.
fn made_before(c: &Connection, m: &NewMessage) -> rusqlite::Result<Option<MessageRow>> {
    let Some(request) = m.request_index else { return Ok(None) };
    let sql = format!(
        "SELECT {MESSAGE_COLUMNS} FROM messages m WHERE environment = ?1 AND request_index = ?2
         AND status <> 'refused' AND created_at >= ?3 ORDER BY id DESC LIMIT 1"
    );
    let since = m.request_since.map_or(0, ms);
    c.prepare_cached(&sql)?.query_row(params![m.environment, request, since], message_row).optional()
}

pub(super) async fn start_attempt(store: &Sqlite, attempt: NewAttempt) -> Stored<()> {
    let start = move |c: &Connection| {
        insert_attempt(c, &attempt)?;
        let cause = Cause { attempt: Some(attempt.number), at: attempt.started_at };
        derive_status(c, &attempt.message_id, cause).map(|_| ())
    };
    store.write(start).await
}

pub(super) async fn finish_attempt(store: &Sqlite, end: AttemptEnd) -> Stored<Vec<Moved>> {
    let finish = move |c: &Connection| {
        // A report may have been faster: what it said of the state stays.
        let sql = "UPDATE attempts SET status = CASE status WHEN 'sending' THEN ?3 ELSE status END, kind = ?4,
                   certainty = ?5, provider_code = ?6, text = ?7, provider_ids = ?8, elapsed_ms = ?10,
                   segments = CASE segments_by WHEN 'provider' THEN segments ELSE ?9 END,
                   segments_by = CASE segments_by WHEN 'provider' THEN segments_by ELSE ?11 END,
                   told_micros = coalesce(told_micros, ?12), told_currency = coalesce(told_currency, ?13),
                   cpu_us = ?14, memory_bytes = ?15, bytes_out = ?16, bytes_in = ?17
                   WHERE message_id = ?1 AND number = ?2 AND elapsed_ms IS NULL";
        c.prepare_cached(sql)?.execute(params![
            end.message_id,
            end.number,
            word(&end.status),
            end.kind.map(|kind| kind.as_str()),
            end.certainty.as_ref().map(word),
            end.provider_code,
            end.text,
            text(&end.provider_ids),
            end.segments,
            end.elapsed_ms,
            end.segments_by.as_ref().map(word),
            end.cost.map(|cost| cost.micros),
            end.cost.map(|cost| cost.currency.to_string()),
            end.usage.cpu_us,
            end.usage.memory_bytes,
            end.usage.bytes_out,
            end.usage.bytes_in
        ])?;
        if end.status == AttemptStatus::Accepted {
            success::taken(c, &end)?;
        }
        derive_status(c, &end.message_id, Cause { attempt: Some(end.number), at: end.ended_at })?;
        know_ids(c, &end.message_id, end.number, &end.provider_ids)
    };
    store.write(finish).await
}

pub(super) fn derive_status(c: &Connection, message: &str, cause: Cause) -> rusqlite::Result<MessageStatus> {
    let sql = "SELECT status FROM attempts WHERE message_id = ?1";
    let mut found = c.prepare_cached(sql)?;
    let attempts =
        found.query_map([message], |row| unword::<AttemptStatus>(row.get(0)?))?.collect::<Result<Vec<_>, _>>()?;
    let status = MessageStatus::derive(attempts);
    let before = recount(c, message, status)?;
    c.prepare_cached("UPDATE messages SET status = ?2 WHERE id = ?1")?.execute([message, &word(&status)])?;
    if let Some((environment, before)) = before {
        outbox::moved(c, &environment, message, before, status, cause)?;
    }
    Ok(status)
}

/// Before a message's status changes: one that turns out not to have been sent is taken off what was counted, and put back
/// if it was sent after all, by another connector. Answers its environment, and the status before.
fn recount(c: &Connection, message: &str, to: MessageStatus) -> rusqlite::Result<Option<(String, MessageStatus)>> {
    let sql = "SELECT status, environment, country, created_at FROM messages WHERE id = ?1";
    type Counted = (MessageStatus, String, Option<String>, Timestamp);
    let row = |row: &Row<'_>| -> rusqlite::Result<Counted> {
        Ok((unword(row.get(0)?)?, row.get(1)?, row.get(2)?, at(row.get(3)?)))
    };
    let found = c.prepare_cached(sql)?.query_row([message], row).optional()?;
    let Some((from, environment, country, made)) = found else { return Ok(None) };
    let is_refused = to == MessageStatus::Refused;
    if is_refused != (from == MessageStatus::Refused) {
        counts::sent(c, &environment, country.as_deref(), made, if is_refused { -1 } else { 1 })?;
        guard::moved(c, &environment, message, is_refused)?;
    }
    Ok(Some((environment, from)))
}

/// What [`message_row`] reads, of messages `m`.
pub(super) const MESSAGE_COLUMNS: &str =
    "m.id, m.environment, m.verification_id, m.purpose, m.locale, m.to_masked, m.country, m.status, m.used,
    m.created_at, m.expires_at, m.source, m.subject, m.kept_back";

pub(super) fn message_row(row: &Row<'_>) -> rusqlite::Result<MessageRow> {
    Ok(MessageRow {
        id: row.get(0)?,
        environment: row.get(1)?,
        verification_id: row.get(2)?,
        purpose: row.get(3)?,
        locale: row.get(4)?,
        to_masked: row.get(5)?,
        country: row.get(6)?,
        status: unword(row.get(7)?)?,
        used: row.get(8)?,
        created_at: at(row.get(9)?),
        expires_at: at(row.get(10)?),
        source: row.get(11)?,
        subject: row.get(12)?,
        kept_back: row.get::<_, Option<String>>(13)?.map(unword).transpose()?,
    })
}
