//! Messages, as they are made.

mod since;

use super::flight::{Answers, Flight, Seat};
use super::follow::insert_follow;
use super::given::given;
use super::line::Line;
use super::locking::{self, Lock};
use super::{Postgres, counts, guard, ms, word};
use crate::store::{Made, MessageRow, MessageStatus, NewAttempt, NewMessage, SendJudge, Stored};
use crate::traces;

pub(super) use super::attempts::{finish_attempt, start_attempt};
pub(super) use since::messages_since;

/// With its first attempt, or waiting in the queue.
pub(super) fn insert_message(flight: &mut Flight, m: &NewMessage, attempt: Option<&NewAttempt>) {
    let status = match attempt {
        _ if m.kept_back.is_some() => MessageStatus::NotSent,
        Some(_) => MessageStatus::Sending,
        None => MessageStatus::Queued,
    };
    let sql =
        "INSERT INTO messages (id, environment, verification_id, purpose, locale, to_masked, number_index, country,
                 area, content, status, created_at, expires_at, source, subject, client_index, request_index,
                 kept_back, traceparent)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19)";
    let row = given![
        &m.id,
        &m.environment,
        &m.verification_id,
        &m.purpose,
        &m.locale,
        &m.to_masked,
        &m.number_index,
        &m.country,
        &m.area,
        &m.content,
        word(&status),
        m.created_at,
        m.expires_at,
        &m.source,
        &m.subject,
        &m.client_index,
        &m.request_index,
        m.kept_back.as_ref().map(word),
        traces::here()
    ];
    flight.ask(sql, row);
    if let Some(attempt) = attempt {
        insert_attempt(flight, attempt);
    }
    if let Some(follow) = &m.follow {
        insert_follow(flight, &m.id, follow);
    }
    if m.kept_back.is_none() {
        counts::sent(flight, &m.environment, m.country.as_deref(), m.created_at, 1);
    }
}

pub(super) fn insert_attempt(flight: &mut Flight, a: &NewAttempt) {
    let sql = "INSERT INTO attempts (message_id, number, connector, revision, reference, status, started_at,
                 code_by_provider, list_micros, list_currency) VALUES ($1, $2, $3, $4, $5, 'sending', $6, $7, $8, $9)";
    let row = given![
        &a.message_id,
        a.number,
        &a.connector,
        a.revision,
        &a.reference,
        a.started_at,
        a.code_by_provider,
        a.price.map(|price| price.micros),
        a.price.map(|price| price.currency.to_string())
    ];
    flight.ask(sql, row);
}

pub(super) async fn create_message(
    store: &Postgres,
    m: NewMessage,
    attempt: Option<NewAttempt>,
    judge: SendJudge,
) -> Stored<Made> {
    let work = store.begin().await?;
    let mut flight = Flight::new();
    locking::take(&mut flight, &[Lock::Sends(&m.environment)]);
    let before = ask_before(&mut flight, &m);
    let asked = guard::ask(&mut flight, &m);
    let answers = work.send(flight).await?;
    if let Some(before) = made_before(&answers, before)? {
        return Ok(Made::Before(Box::new(before)));
    }
    let judged = asked.judge(&answers, &m, judge)?;
    let (is_idle, mut flight) = (judged.is_idle(), Flight::new());
    if judged.goes_out() {
        insert_message(&mut flight, &m, attempt.as_ref());
    }
    let limited = judged.write(&mut flight, &m, false)?;
    if !is_idle {
        work.commit(flight).await?;
    }
    Ok(limited.map_or(Made::Done, Made::Limited))
}

/// Ask for the message of the same request. One that everybody refused does not count: whoever asks again means it.
fn ask_before(flight: &mut Flight, m: &NewMessage) -> Option<Seat> {
    let request = m.request_index.as_ref()?;
    let sql = format!(
        "SELECT {MESSAGE_COLUMNS} FROM messages m WHERE environment = $1 AND request_index = $2
         AND status <> 'refused' AND created_at >= $3 AND id >= $4 ORDER BY id DESC LIMIT 1"
    );
    let since = m.request_since.map_or(0, ms);
    let known = messages_since(&m.id, ms(m.created_at).saturating_sub(since));
    Some(flight.ask(sql, given![&m.environment, request, since, known]))
}

fn made_before(answers: &Answers, seat: Option<Seat>) -> Stored<Option<MessageRow>> {
    seat.and_then(|seat| answers.line(seat)).map(message_row).transpose()
}

/// What [`message_row`] reads, of messages `m`.
pub(super) const MESSAGE_COLUMNS: &str =
    "m.id, m.environment, m.verification_id, m.purpose, m.locale, m.to_masked, m.country, m.status, m.used,
    m.created_at, m.expires_at, m.source, m.subject, m.kept_back";

pub(super) fn message_row(line: &Line) -> Stored<MessageRow> {
    Ok(MessageRow {
        id: line.get(0)?,
        environment: line.get(1)?,
        verification_id: line.get(2)?,
        purpose: line.get(3)?,
        locale: line.get(4)?,
        to_masked: line.get(5)?,
        country: line.get(6)?,
        status: line.word(7)?,
        used: line.get(8)?,
        created_at: line.get(9)?,
        expires_at: line.get(10)?,
        source: line.get(11)?,
        subject: line.get(12)?,
        kept_back: line.word_if_any(13)?,
    })
}
