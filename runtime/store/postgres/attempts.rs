//! Attempts: begun, ended, and what their messages become by that.

mod standing;

use super::flight::Flight;
use super::given::{Given, given};
use super::link::Work;
use super::locking;
use super::messages::insert_attempt;
use super::reports::{ask_waiting, waiting};
use super::webhooks::outbox::{self, Wanted};
use super::{Postgres, success, text, trouble, word};
use crate::clock::Timestamp;
use crate::store::{AttemptEnd, AttemptStatus, Moved, NewAttempt, StoreError, Stored};

pub(super) use standing::{Asked, Attempt, Standing, arrives, ask, ask_newer, newer, write};

/// How often a transaction that was in another's way is begun anew.
pub(super) const ANEW_MAX: u32 = 3;

/// Two that race for the same attempt can't both store it: its key is there once, and who comes second is told an error
/// and does not send. That is what keeps two nodes from sending the same message twice.
pub(super) async fn start_attempt(store: &Postgres, attempt: NewAttempt) -> Stored<()> {
    if begin(store, &attempt).await? {
        return Ok(());
    }
    // It was bad news before: whoever was told so, and whatever was counted, is judged under the message's lock.
    let work = store.begin().await?;
    let mut flight = Flight::new();
    let asked = ask(&mut flight, &attempt.message_id);
    let wanted = outbox::ask_of(&mut flight, &attempt.message_id);
    let answers = work.send(flight).await?;
    let Some(mut standing) = Standing::read(&answers, &asked, &attempt.message_id)? else {
        return Err(StoreError::Database("an attempt has no message".into()));
    };
    standing.attempts.push(Attempt::begun(&attempt));
    standing.derive(Some(attempt.number), attempt.started_at);
    let mut flight = Flight::new();
    insert_attempt(&mut flight, &attempt);
    write(&mut flight, vec![standing], |_| Wanted::read(&answers, wanted))?;
    work.commit(flight).await.map(|_| ())
}

/// Most are begun in one flight: a message that waits is being sent from then on, and one that somebody has in hand
/// stays as it is. Answers whether it was such a message.
async fn begin(store: &Postgres, a: &NewAttempt) -> Stored<bool> {
    let sql = "INSERT INTO attempts (message_id, number, connector, revision, reference, status, started_at,
                 code_by_provider, list_micros, list_currency)
               SELECT m.id, $2, $3, $4, $5, 'sending', $6, $7, $8, $9 FROM messages m
               WHERE m.id = $1 AND m.status IN ('queued', 'sending', 'accepted', 'unknown', 'delivered') FOR UPDATE";
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
    let mut flight = Flight::new();
    let begun = flight.ask(sql, row);
    flight.ask("UPDATE messages SET status = 'sending' WHERE id = $1 AND status = 'queued'", given![&a.message_id]);
    Ok(store.begin().await?.commit(flight).await?.written(begun) == 1)
}

pub(super) async fn finish_attempt(store: &Postgres, end: AttemptEnd) -> Stored<Vec<Moved>> {
    for _ in 1..ANEW_MAX {
        match finish(store, &end).await {
            Err(error) if trouble::is_in_the_way(&error) => {}
            other => return other,
        }
    }
    finish(store, &end).await
}

async fn finish(store: &Postgres, end: &AttemptEnd) -> Stored<Vec<Moved>> {
    let work = store.begin().await?;
    let mut flight = Flight::new();
    if !end.provider_ids.is_empty() {
        locking::take_ids_of(&mut flight, &end.message_id, end.number, &end.provider_ids);
    }
    let asked = ask(&mut flight, &end.message_id);
    let wanted = outbox::ask_of(&mut flight, &end.message_id);
    let early = ask_waiting(&mut flight, end);
    let answers = work.send(flight).await?;
    let Some(mut standing) = Standing::read(&answers, &asked, &end.message_id)? else { return Ok(Vec::new()) };
    let Some(taken_at) = ended(&mut standing, end) else { return Ok(Vec::new()) };
    standing.derive(Some(end.number), end.ended_at);

    let mut flight = Flight::new();
    know_ids(&mut flight, &standing, end);
    // Reports were faster than their attempt's end.
    let early = waiting(&answers, early)?;
    let overtaken = !early.is_empty() && is_overtaken(&work, &standing).await?;
    let mut successes = success::Noted::default();
    let mut moved = Vec::new();
    for report in early {
        moved.extend(report.applied(&mut flight, &mut standing, &mut successes, end.number));
    }
    moved.iter_mut().for_each(|moved| moved.overtaken = overtaken);
    if end.status == AttemptStatus::Accepted
        && let Some(attempt) = standing.attempt(end.number)
    {
        successes.note(&standing.environment, &attempt.connector, taken_at);
    }
    write(&mut flight, vec![standing], |_| Wanted::read(&answers, wanted))?;
    successes.write(&mut flight);
    work.commit(flight).await?;
    Ok(moved)
}

/// Whether a newer message of the same verification is on its way, or arrived.
async fn is_overtaken(work: &Work, standing: &Standing) -> Stored<bool> {
    let mut flight = Flight::new();
    let seat = ask_newer(&mut flight, &standing.message);
    Ok(newer(&work.send(flight).await?, seat)?.iter().any(arrives))
}

/// Write down how it ended, once; answers when that was. A report may have been faster: what it said of the state
/// stays.
fn ended(standing: &mut Standing, end: &AttemptEnd) -> Option<Timestamp> {
    let attempt = standing.attempt_mut(end.number)?;
    if attempt.elapsed_ms.is_none() {
        if attempt.status == AttemptStatus::Sending {
            attempt.status = end.status;
        }
        attempt.elapsed_ms = Some(end.elapsed_ms);
        attempt.kind = end.kind.map(|kind| kind.as_str().to_owned());
        attempt.certainty = end.certainty.as_ref().map(word);
        let taken_at = attempt.ended_at();
        standing.change(end.number, END, end_row(end));
        return Some(taken_at);
    }
    Some(attempt.ended_at())
}

const END: &str = "UPDATE attempts SET status = CASE status WHEN 'sending' THEN $3 ELSE status END, kind = $4,
      certainty = $5, provider_code = $6, text = $7, provider_ids = $8, elapsed_ms = $10,
      segments = CASE segments_by WHEN 'provider' THEN segments ELSE $9 END,
      segments_by = CASE segments_by WHEN 'provider' THEN segments_by ELSE $11 END,
      told_micros = coalesce(told_micros, $12), told_currency = coalesce(told_currency, $13),
      cpu_us = $14, memory_bytes = $15, bytes_out = $16, bytes_in = $17
    WHERE message_id = $1 AND number = $2 AND elapsed_ms IS NULL";

fn end_row(end: &AttemptEnd) -> Vec<Given> {
    given![
        &end.message_id,
        end.number,
        word(&end.status),
        end.kind.map(|kind| kind.as_str()),
        end.certainty.as_ref().map(word),
        &end.provider_code,
        &end.text,
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
    ]
}

/// An attempt's ids at the provider. One that gives an id again means its newest message.
fn know_ids(flight: &mut Flight, standing: &Standing, end: &AttemptEnd) {
    let Some(attempt) = standing.attempt(end.number).filter(|_| !end.provider_ids.is_empty()) else { return };
    let sql = "INSERT INTO provider_ids (environment, connector, provider_id, message_id, attempt)
               SELECT $1, $2, i.id, $3, $4 FROM (SELECT DISTINCT id FROM unnest($5::text[]) AS u (id) ORDER BY id) i
               ON CONFLICT (environment, connector, provider_id)
               DO UPDATE SET message_id = excluded.message_id, attempt = excluded.attempt";
    let (environment, ids) = (&standing.environment, end.provider_ids.as_slice());
    flight.ask(sql, given![environment, &attempt.connector, &end.message_id, end.number, ids]);
}
