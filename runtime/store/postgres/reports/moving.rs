//! What a verified report does to its attempt, its message, and what the verification shows of them.

use serde_json::json;

use super::super::attempts::{Attempt, Standing};
use super::super::given::{Given, given};
use super::super::{success, word};
use crate::connector::contract::{Certainty, FailureKind};
use crate::prices::Price;
use crate::store::{AttemptStatus, MessageStatus, Moved, NewReport};

/// A failure keeps what the report says of it; whoever has it in hand at last has no failure any more. Besides its
/// state, a report tells of the network, the parts and the price.
const MOVE: &str = "UPDATE attempts SET network = coalesce($3, network), segments = coalesce($4, segments),
      segments_by = CASE WHEN $4::bigint IS NULL THEN segments_by ELSE 'provider' END,
      told_micros = coalesce($5, told_micros), told_currency = coalesce($6, told_currency),
      status = coalesce($7, status),
      kind = CASE WHEN $7::text IS NULL THEN kind WHEN $8::boolean THEN $9 END,
      certainty = CASE WHEN $7::text IS NULL THEN certainty WHEN $8::boolean THEN 'not-sent' END,
      provider_code = CASE WHEN $7::text IS NULL THEN provider_code WHEN $8::boolean THEN $10 END,
      text = CASE WHEN $7::text IS NULL THEN text WHEN $8::boolean THEN $11 END
    WHERE message_id = $1 AND number = $2";

/// Whether the message is overtaken by a newer one is not known here.
pub(super) fn move_attempt(
    standing: &mut Standing,
    successes: &mut success::Noted,
    report: &NewReport,
    number: u32,
) -> Option<Moved> {
    let attempt = standing.attempt_mut(number)?;
    if report.network.is_some() {
        attempt.network.clone_from(&report.network);
    }
    let to = attempt.status.told(report.status);
    if let Some(to) = to {
        fail_or_not(attempt, to, report);
    }
    if let Some(row) = row(&standing.message, number, to, report) {
        standing.change(number, MOVE, row);
    }
    let to = to?;
    if to == AttemptStatus::Delivered {
        successes.note(&report.environment, &report.connector, report.received_at);
    }
    standing.derive(Some(number), report.received_at);
    if standing.verification.is_some() {
        standing.show(failure(standing.status, report));
    }
    if standing.status == MessageStatus::Delivered {
        standing.erase();
    }
    moved(standing, report, number)
}

fn fail_or_not(attempt: &mut Attempt, to: AttemptStatus, report: &NewReport) {
    let negative = to == AttemptStatus::Undelivered;
    attempt.status = to;
    attempt.kind = report.kind.filter(|_| negative).map(|kind| kind.as_str().to_owned());
    attempt.certainty = negative.then(|| word(&Certainty::NotSent));
}

/// None where it tells nothing that an attempt has a place for.
fn row(message: &str, number: u32, to: Option<AttemptStatus>, report: &NewReport) -> Option<Vec<Given>> {
    let cost = report.price.as_ref().and_then(|price| Price::told(&price.amount, &price.currency));
    if to.is_none() && report.network.is_none() && report.segments.is_none() && cost.is_none() {
        return None;
    }
    let (micros, currency) = cost.map(|cost| (cost.micros, cost.currency.to_string())).unzip();
    Some(given![
        message,
        number,
        &report.network,
        report.segments,
        micros,
        currency,
        to.as_ref().map(word),
        to == Some(AttemptStatus::Undelivered),
        report.kind.map(|kind| kind.as_str()),
        &report.provider_code,
        &report.text
    ])
}

/// As a verification shows it: a document. Statements look into it, and PostgreSQL reads no document with a NUL in it.
fn failure(status: MessageStatus, report: &NewReport) -> String {
    if status != MessageStatus::Undelivered {
        return "null".to_owned();
    }
    let readable = |text: &str| text.replace('\0', "\u{fffd}");
    json!({
        "kind": report.kind.unwrap_or(FailureKind::Other), "certainty": Certainty::NotSent,
        "provider_code": report.provider_code.as_deref().map(readable),
        "text": readable(report.text.as_deref().unwrap_or("reported as not delivered")),
    })
    .to_string()
}

fn moved(standing: &Standing, report: &NewReport, number: u32) -> Option<Moved> {
    let attempt = standing.attempt(number)?;
    Some(Moved {
        message_id: standing.message.clone(),
        verification_id: standing.verification.clone(),
        environment: report.environment.clone(),
        connector: report.connector.clone(),
        country: standing.country.clone(),
        area: standing.area.clone(),
        revision: attempt.revision,
        network: attempt.network.clone(),
        attempt: attempt.status,
        message: standing.status,
        kind: report.kind,
        started_at: attempt.started_at,
        overtaken: false,
        traceparent: standing.traceparent.clone(),
    })
}
