//! Reading messages back: pages of the log, one message, what happened to them.

mod page;
#[cfg(test)]
pub(super) mod plans;

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension as _, Row};
use serde_json::json;

use super::messages::{MESSAGE_COLUMNS, message_row};
use super::{Sqlite, at, json, text, unword};
use crate::store::{AttemptRow, History, MessageFilter, MessageRow, ReportRow, Stored};

pub(super) async fn messages(store: &Sqlite, filter: MessageFilter) -> Stored<Vec<MessageRow>> {
    store.read(move |c| page::read(c, &filter)).await
}

pub(super) async fn message(store: &Sqlite, environment: &str, id: &str) -> Stored<Option<MessageRow>> {
    let (environment, id) = (environment.to_owned(), id.to_owned());
    let sql = format!("SELECT {MESSAGE_COLUMNS} FROM messages m WHERE environment = ?1 AND id = ?2");
    store.read(move |c| c.prepare_cached(&sql)?.query_row([environment, id], message_row).optional()).await
}

pub(super) async fn attempts(store: &Sqlite, message_id: &str) -> Stored<Vec<AttemptRow>> {
    Ok(history(store, message_id).await?.attempts)
}

pub(super) async fn reports(store: &Sqlite, message_id: &str) -> Stored<Vec<ReportRow>> {
    Ok(history(store, message_id).await?.reports)
}

async fn history(store: &Sqlite, message_id: &str) -> Stored<History> {
    Ok(histories(store, vec![message_id.to_owned()]).await?.remove(message_id).unwrap_or_default())
}

const ATTEMPTS: &str =
    "SELECT message_id, number, connector, revision, reference, status, kind, certainty, provider_code, text,
    provider_ids, segments, network, elapsed_ms, started_at, segments_by, code_by_provider FROM attempts
    WHERE message_id IN (SELECT value FROM json_each(?1)) ORDER BY message_id, number";

const REPORTS: &str =
    "SELECT message_id, attempt, status, kind, provider_code, text, network, segments, price, currency, at, received_at,
    verified, moved FROM reports WHERE message_id IN (SELECT value FROM json_each(?1))
    ORDER BY message_id, received_at, digest";

pub(super) async fn histories(store: &Sqlite, message_ids: Vec<String>) -> Stored<BTreeMap<String, History>> {
    store.read(move |c| history_of(c, &message_ids)).await
}

/// What happened to each of these messages.
pub(super) fn history_of(c: &Connection, message_ids: &[String]) -> rusqlite::Result<BTreeMap<String, History>> {
    let ids = text(&message_ids);
    let mut all: BTreeMap<String, History> = BTreeMap::new();
    let mut found = c.prepare_cached(ATTEMPTS)?;
    for row in found.query_map([&ids], |row| Ok((row.get(0)?, attempt_row(row)?)))? {
        let (id, attempt) = row?;
        all.entry(id).or_default().attempts.push(attempt);
    }
    let mut found = c.prepare_cached(REPORTS)?;
    for row in found.query_map([&ids], |row| Ok((row.get(0)?, report_row(row)?)))? {
        let (id, report) = row?;
        all.entry(id).or_default().reports.push(report);
    }
    Ok(all)
}

fn attempt_row(row: &Row<'_>) -> rusqlite::Result<AttemptRow> {
    Ok(AttemptRow {
        number: row.get(1)?,
        connector: row.get(2)?,
        revision: row.get(3)?,
        reference: row.get(4)?,
        status: unword(row.get(5)?)?,
        kind: row.get(6)?,
        certainty: row.get(7)?,
        provider_code: row.get(8)?,
        text: row.get(9)?,
        provider_ids: json(row.get(10)?)?,
        segments: row.get(11)?,
        network: row.get(12)?,
        elapsed_ms: row.get(13)?,
        started_at: at(row.get(14)?),
        segments_by: row.get::<_, Option<String>>(15)?.map(unword).transpose()?,
        code_by_provider: row.get(16)?,
    })
}

fn report_row(row: &Row<'_>) -> rusqlite::Result<ReportRow> {
    let amount: Option<String> = row.get(8)?;
    let currency: Option<String> = row.get(9)?;
    Ok(ReportRow {
        attempt: row.get(1)?,
        status: row.get(2)?,
        kind: row.get(3)?,
        provider_code: row.get(4)?,
        text: row.get(5)?,
        network: row.get(6)?,
        segments: row.get(7)?,
        price: amount.map(|amount| json!({ "amount": amount, "currency": currency })),
        at: row.get::<_, Option<i64>>(10)?.map(at),
        received_at: at(row.get(11)?),
        verified: row.get(12)?,
        moved: row.get(13)?,
    })
}

#[cfg(test)]
mod tests;
