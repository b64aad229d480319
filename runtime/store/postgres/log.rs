//! Reading messages back: pages of the log, one message, what happened to them.

mod page;

use std::collections::BTreeMap;

use serde_json::json;

use super::flight::{Answers, Seat};
use super::messages::{MESSAGE_COLUMNS, message_row};
use super::*;
use crate::store::{AttemptCost, AttemptRow, History, MessageRow, ReportRow};

pub(super) use page::messages;

pub(super) async fn message(store: &Postgres, environment: &str, id: &str) -> Stored<Option<MessageRow>> {
    let sql = format!("SELECT {MESSAGE_COLUMNS} FROM messages m WHERE environment = $1 AND id = $2");
    store.line(sql, given![environment, id]).await?.as_ref().map(message_row).transpose()
}

pub(super) async fn attempts(store: &Postgres, message_id: &str) -> Stored<Vec<AttemptRow>> {
    store.lines(ATTEMPTS, given![vec![message_id.to_owned()]]).await?.iter().map(attempt_row).collect()
}

pub(super) async fn reports(store: &Postgres, message_id: &str) -> Stored<Vec<ReportRow>> {
    store.lines(REPORTS, given![vec![message_id.to_owned()]]).await?.iter().map(report_row).collect()
}

const ATTEMPTS: &str =
    "SELECT message_id, number, connector, revision, reference, status, kind, certainty, provider_code, text,
    provider_ids, segments, network, elapsed_ms, started_at, segments_by, code_by_provider, cost_micros, cost_currency,
    cost_by, cpu_us, memory_bytes, bytes_out, bytes_in FROM attempts WHERE message_id = ANY ($1)
    ORDER BY message_id, number";

const REPORTS: &str =
    "SELECT message_id, attempt, status, kind, provider_code, text, network, segments, price, currency, at, received_at,
    verified, moved FROM reports WHERE message_id = ANY ($1) ORDER BY message_id, received_at, digest";

pub(super) async fn histories(store: &Postgres, message_ids: Vec<String>) -> Stored<BTreeMap<String, History>> {
    if message_ids.is_empty() {
        return Ok(BTreeMap::new());
    }
    let mut flight = Flight::new();
    let seats = ask_histories(&mut flight, &message_ids);
    let answers = store.link().await?.send(flight, flight::Bounds::default()).await?;
    histories_of(&answers, seats)
}

/// Ask what happened to each of these messages, for [`histories_of`].
pub(super) fn ask_histories(flight: &mut Flight, message_ids: &[String]) -> (Seat, Seat) {
    (flight.ask(ATTEMPTS, given![message_ids]), flight.ask(REPORTS, given![message_ids]))
}

/// What happened to each of them.
pub(super) fn histories_of(answers: &Answers, (attempts, reports): (Seat, Seat)) -> Stored<BTreeMap<String, History>> {
    let mut all: BTreeMap<String, History> = BTreeMap::new();
    for line in answers.lines(attempts) {
        all.entry(line.get(0)?).or_default().attempts.push(attempt_row(line)?);
    }
    for line in answers.lines(reports) {
        all.entry(line.get(0)?).or_default().reports.push(report_row(line)?);
    }
    Ok(all)
}

fn attempt_row(line: &Line) -> Stored<AttemptRow> {
    Ok(AttemptRow {
        number: line.get(1)?,
        connector: line.get(2)?,
        revision: line.get(3)?,
        reference: line.get(4)?,
        status: line.word(5)?,
        kind: line.get(6)?,
        certainty: line.get(7)?,
        provider_code: line.get(8)?,
        text: line.get(9)?,
        provider_ids: line.json(10)?,
        segments: line.get(11)?,
        network: line.get(12)?,
        elapsed_ms: line.get(13)?,
        started_at: line.get(14)?,
        segments_by: line.word_if_any(15)?,
        code_by_provider: line.get(16)?,
        cost: cost(line)?,
        cpu_us: line.get(20)?,
        memory_bytes: line.get(21)?,
        bytes_out: line.get(22)?,
        bytes_in: line.get(23)?,
    })
}

fn cost(line: &Line) -> Stored<Option<AttemptCost>> {
    let Some(by) = line.word_if_any(19)? else { return Ok(None) };
    Ok(Some(AttemptCost { micros: line.get(17)?, currency: line.get(18)?, by }))
}

fn report_row(line: &Line) -> Stored<ReportRow> {
    let amount: Option<String> = line.get(8)?;
    let currency: Option<String> = line.get(9)?;
    Ok(ReportRow {
        attempt: line.get(1)?,
        status: line.get(2)?,
        kind: line.get(3)?,
        provider_code: line.get(4)?,
        text: line.get(5)?,
        network: line.get(6)?,
        segments: line.get(7)?,
        price: amount.map(|amount| json!({ "amount": amount, "currency": currency })),
        at: line.get(10)?,
        received_at: line.get(11)?,
        verified: line.get(12)?,
        moved: line.get(13)?,
    })
}
