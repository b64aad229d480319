//! Delivery reports: each kept once, and what it moves, in one transaction.

use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde_json::json;

use super::messages::derive_status;
use super::webhooks::outbox::Cause;
use super::{Sqlite, at, ms, success, unword, word};
use crate::connector::contract::{Certainty, FailureKind, Money};
use crate::prices::Price;
use crate::store::{AttemptStatus, MessageStatus, Moved, NewReport, Stored, Subject};

/// A provider that reports more often than this of one message is not listened to any better.
const KEPT_OF_MESSAGE_MAX: u32 = 50;
/// Reports of a connector that wait for their attempt: they come before its receipt is noted, or belong to nobody.
const WAITING_MAX: u32 = 10_000;

/// An attempt, and where it stands.
pub(super) struct Found {
    pub(super) message_id: String,
    pub(super) number: u32,
    status: AttemptStatus,
}

pub(super) async fn apply_reports(store: &Sqlite, reports: Vec<NewReport>) -> Stored<Vec<Moved>> {
    let apply = move |c: &Connection| {
        let moved = reports.iter().map(|report| apply(c, report)).collect::<rusqlite::Result<Vec<_>>>()?;
        Ok(moved.into_iter().flatten().collect())
    };
    store.write(apply).await
}

fn apply(c: &Connection, report: &NewReport) -> rusqlite::Result<Option<Moved>> {
    let found = find(c, report)?;
    let new = keep(c, report, found.as_ref())?;
    match found {
        Some(found) if new && report.verified => move_attempt(c, report, &found),
        _ => Ok(None),
    }
}

fn find(c: &Connection, report: &NewReport) -> rusqlite::Result<Option<Found>> {
    let row = |row: &Row<'_>| Ok(Found { message_id: row.get(0)?, number: row.get(1)?, status: unword(row.get(2)?)? });
    match &report.subject {
        Subject::Message(id) => {
            let sql = "SELECT a.message_id, a.number, a.status FROM attempts a JOIN messages m ON m.id = a.message_id
                       WHERE m.environment = ?1 AND a.connector = ?2 AND a.message_id = ?3
                       ORDER BY a.number DESC LIMIT 1";
            c.prepare_cached(sql)?.query_row([&report.environment, &report.connector, id], row).optional()
        }
        Subject::ProviderIds(ids) => {
            let sql = "SELECT a.message_id, a.number, a.status FROM provider_ids p
                       JOIN attempts a ON a.message_id = p.message_id AND a.number = p.attempt
                       WHERE p.environment = ?1 AND p.connector = ?2 AND p.provider_id = ?3";
            let mut sql = c.prepare_cached(sql)?;
            for id in ids {
                let found = sql.query_row([&report.environment, &report.connector, id], row).optional()?;
                if found.is_some() {
                    return Ok(found);
                }
            }
            Ok(None)
        }
    }
}

/// Write it down; false if it is known, so that what a provider repeats counts once.
fn keep(c: &Connection, report: &NewReport, found: Option<&Found>) -> rusqlite::Result<bool> {
    let (waits_for, room) = match (found, &report.subject) {
        (Some(found), _) => {
            let sql = "SELECT count(*) FROM reports WHERE message_id = ?1";
            let kept: u32 = c.prepare_cached(sql)?.query_row([&found.message_id], |row| row.get(0))?;
            (None, kept < KEPT_OF_MESSAGE_MAX)
        }
        (None, Subject::ProviderIds(ids)) => {
            let sql = "SELECT count(*) FROM (SELECT 1 FROM reports WHERE environment = ?1 AND connector = ?2
                       AND message_id IS NULL LIMIT ?3)";
            let row = params![report.environment, report.connector, WAITING_MAX];
            let waiting: u32 = c.prepare_cached(sql)?.query_row(row, |row| row.get(0))?;
            (ids.first(), waiting < WAITING_MAX && !ids.is_empty())
        }
        // Its message is gone: nothing can be said of it any more.
        (None, Subject::Message(_)) => return Ok(false),
    };
    if !room {
        // What moves something moves it without being kept: a state can't move twice.
        return Ok(found.is_some());
    }
    let sql = "INSERT INTO reports (digest, environment, connector, message_id, attempt, provider_id, status, kind,
               provider_code, text, network, segments, price, currency, at, received_at, verified)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)
               ON CONFLICT (digest) DO NOTHING";
    let written = c.prepare_cached(sql)?.execute(params![
        report.digest,
        report.environment,
        report.connector,
        found.map(|found| &found.message_id),
        found.map(|found| found.number),
        waits_for,
        word(&report.status),
        report.kind.map(|kind| kind.as_str()),
        report.provider_code,
        report.text,
        report.network,
        report.segments,
        report.price.as_ref().map(|price| &price.amount),
        report.price.as_ref().map(|price| &price.currency),
        report.at.map(ms),
        ms(report.received_at),
        report.verified
    ])?;
    Ok(written == 1)
}

/// What a verified report tells of its attempt besides its state.
fn note(c: &Connection, report: &NewReport, found: &Found) -> rusqlite::Result<()> {
    let sql = "UPDATE attempts SET network = coalesce(?3, network), segments = coalesce(?4, segments),
               segments_by = CASE WHEN ?4 IS NULL THEN segments_by ELSE 'provider' END,
               told_micros = coalesce(?5, told_micros), told_currency = coalesce(?6, told_currency)
               WHERE message_id = ?1 AND number = ?2";
    let cost = report.price.as_ref().and_then(|price| Price::told(&price.amount, &price.currency));
    let (micros, currency) = cost.map(|cost| (cost.micros, cost.currency.to_string())).unzip();
    let row = params![found.message_id, found.number, report.network, report.segments, micros, currency];
    c.prepare_cached(sql)?.execute(row).map(|_| ())
}

/// What a verified report does to its attempt, its message, and what the verification shows of them.
fn move_attempt(c: &Connection, report: &NewReport, found: &Found) -> rusqlite::Result<Option<Moved>> {
    note(c, report, found)?;
    let Some(status) = found.status.told(report.status) else { return Ok(None) };
    // A failure keeps what the report says of it; whoever has it in hand at last has no failure any more.
    let negative = status == AttemptStatus::Undelivered;
    let sql = "UPDATE attempts SET status = ?3, kind = CASE WHEN ?4 THEN ?5 END,
               certainty = CASE WHEN ?4 THEN 'not-sent' END, provider_code = CASE WHEN ?4 THEN ?6 END,
               text = CASE WHEN ?4 THEN ?7 END WHERE message_id = ?1 AND number = ?2";
    let kind = report.kind.map(|kind| kind.as_str());
    let row = params![found.message_id, found.number, word(&status), negative, kind, report.provider_code, report.text];
    c.prepare_cached(sql)?.execute(row)?;
    c.prepare_cached("UPDATE reports SET moved = 1 WHERE digest = ?1")?.execute([report.digest])?;
    if status == AttemptStatus::Delivered {
        success::note(c, &report.environment, &report.connector, report.received_at)?;
    }
    let cause = Cause { attempt: Some(found.number), at: report.received_at };
    let message = derive_status(c, &found.message_id, cause)?;
    show(c, &found.message_id, message, report)?;
    if message == MessageStatus::Delivered {
        c.prepare_cached("UPDATE messages SET content = NULL WHERE id = ?1")?.execute([&found.message_id])?;
    }
    moved(c, report, found, status, message).map(Some)
}

/// The verification whose last message it is shows it, and why it did not arrive.
fn show(c: &Connection, message: &str, status: MessageStatus, report: &NewReport) -> rusqlite::Result<()> {
    let sql = "UPDATE verifications
               SET delivery = json_set(json_remove(delivery, '$.failure'), '$.status', ?2, '$.failure', json(?3))
               WHERE id = (SELECT verification_id FROM messages WHERE id = ?1)
                 AND json_extract(delivery, '$.message') = ?1";
    let failure = (status == MessageStatus::Undelivered).then(|| {
        json!({
            "kind": report.kind.unwrap_or(FailureKind::Other), "certainty": Certainty::NotSent,
            "provider_code": report.provider_code, "text": report.text.as_deref().unwrap_or("reported as not delivered"),
        })
    });
    let failure = failure.unwrap_or_default().to_string();
    c.prepare_cached(sql)?.execute([message, &word(&status), &failure]).map(|_| ())
}

fn moved(
    c: &Connection,
    report: &NewReport,
    found: &Found,
    attempt: AttemptStatus,
    message: MessageStatus,
) -> rusqlite::Result<Moved> {
    let sql = "SELECT m.verification_id, m.country, m.area, a.revision, a.network, a.started_at, EXISTS (
                 SELECT 1 FROM messages n WHERE n.verification_id = m.verification_id AND n.id > m.id
                 AND n.status NOT IN ('refused', 'undelivered')), m.traceparent
               FROM messages m JOIN attempts a ON a.message_id = m.id WHERE m.id = ?1 AND a.number = ?2";
    let row = |row: &Row<'_>| {
        Ok(Moved {
            message_id: found.message_id.clone(),
            verification_id: row.get(0)?,
            environment: report.environment.clone(),
            connector: report.connector.clone(),
            country: row.get(1)?,
            area: row.get(2)?,
            revision: row.get(3)?,
            network: row.get(4)?,
            attempt,
            message,
            kind: report.kind,
            started_at: at(row.get(5)?),
            overtaken: row.get(6)?,
            traceparent: row.get(7)?,
        })
    };
    c.prepare_cached(sql)?.query_row(params![found.message_id, found.number], row)
}

fn money((amount, currency): (String, String)) -> Money {
    Money { amount, currency }
}

/// An attempt's ids at the provider, and the reports that came before them.
pub(super) fn know_ids(c: &Connection, message_id: &str, number: u32, ids: &[String]) -> rusqlite::Result<Vec<Moved>> {
    let mut all = Vec::new();
    let place = "SELECT m.environment, a.connector FROM messages m JOIN attempts a ON a.message_id = m.id
                 WHERE m.id = ?1 AND a.number = ?2";
    let pair = |row: &Row<'_>| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?));
    let Some((environment, connector)) =
        c.prepare_cached(place)?.query_row(params![message_id, number], pair).optional()?
    else {
        return Ok(all);
    };
    for id in ids {
        // A provider that gives an id again means its newest message.
        let sql = "INSERT OR REPLACE INTO provider_ids (environment, connector, provider_id, message_id, attempt)
                   VALUES (?1, ?2, ?3, ?4, ?5)";
        c.prepare_cached(sql)?.execute(params![environment, connector, id, message_id, number])?;
        let sql = "SELECT digest, status, kind, provider_code, text, network, segments, received_at, verified, price,
                   currency FROM reports WHERE environment = ?1 AND connector = ?2 AND provider_id = ?3 AND message_id IS NULL
                   ORDER BY received_at";
        let mut waiting = c.prepare_cached(sql)?;
        let waiting = waiting.query_map([&environment, &connector, id], |row| {
            Ok(NewReport {
                digest: row.get(0)?,
                environment: environment.clone(),
                connector: connector.clone(),
                subject: Subject::ProviderIds(vec![id.clone()]),
                status: unword(row.get(1)?)?,
                kind: row.get::<_, Option<String>>(2)?.map(unword).transpose()?,
                provider_code: row.get(3)?,
                text: row.get(4)?,
                network: row.get(5)?,
                segments: row.get(6)?,
                price: row.get::<_, Option<String>>(9)?.zip(row.get(10)?).map(money),
                at: None,
                received_at: at(row.get(7)?),
                verified: row.get(8)?,
            })
        })?;
        for report in waiting.collect::<rusqlite::Result<Vec<_>>>()? {
            let sql = "UPDATE reports SET message_id = ?2, attempt = ?3, provider_id = NULL WHERE digest = ?1";
            c.prepare_cached(sql)?.execute(params![report.digest, message_id, number])?;
            if let Some(found) = find(c, &report)?.filter(|_| report.verified) {
                all.extend(move_attempt(c, &report, &found)?);
            }
        }
    }
    Ok(all)
}
