//! What webhooks are still to be told, and what came of telling it.

use std::collections::HashMap;
use std::time::Instant;

use super::super::flight::Flight;
use super::super::given::{Given, given};
use super::super::line::Line;
use super::super::{Postgres, text, word};
use super::hands::{self, CLAIM};
use super::{COLUMNS, webhook_row};
use crate::clock::Timestamp;
use crate::store::{AfterTry, DeliveryFilter, DeliveryRow, DeliveryStatus, DueEvent, Retold, Stored, Try, TryEnd};

/// Tries that are kept of a delivery: a schedule has ten, and an operator may ask for more.
const TRIES_MAX: usize = 30;

/// Of each webhook a few: the backlog of one hides no other's.
pub(in crate::store::postgres) async fn due_events(
    store: &Postgres,
    now: Timestamp,
    of_each: u32,
) -> Stored<Vec<DueEvent>> {
    let (hands, sent) = (hands::of(store), Instant::now());
    let held = hands.events.held();
    let sql = format!(
        "SELECT {COLUMNS}, d.id, d.round, e.type, e.body, e.traceparent FROM webhooks w CROSS JOIN LATERAL (
           SELECT d.id, d.round, d.event, d.due_at FROM webhook_deliveries d
           WHERE d.webhook = w.id AND d.status = 'pending' AND d.due_at <= $1
             AND (d.claimed_until IS NULL OR d.claimed_until < clock_timestamp() OR d.id = ANY($3))
           ORDER BY d.due_at, d.id LIMIT $2) d
         JOIN webhook_events e ON e.id = d.event WHERE w.enabled ORDER BY w.created_at, w.id, d.due_at, d.id"
    );
    let lines = store.lines(sql, given![now, of_each, held.clone()]).await?;
    let mut due = lines.iter().map(due_event).collect::<Stored<Vec<_>>>()?;
    let free: Vec<String> = due.iter().map(|due| due.delivery.clone()).filter(|id| !hands.events.has(id)).collect();
    if free.is_empty() {
        return Ok(due);
    }
    let claimed = claim(store, now, free, held).await?;
    hands.events.take(claimed.keys().cloned(), sent);
    due.retain_mut(|due| {
        // Another node may have told it since it was read, and may have to tell it again by now.
        due.round = claimed.get(&due.delivery).copied().unwrap_or(due.round);
        hands.events.has(&due.delivery)
    });
    Ok(due)
}

fn due_event(line: &Line) -> Stored<DueEvent> {
    Ok(DueEvent {
        webhook: webhook_row(line)?,
        delivery: line.get(16)?,
        round: line.get(17)?,
        kind: line.get(18)?,
        body: line.get(19)?,
        traceparent: line.get(20)?,
    })
}

/// Those that no other node was faster to claim, each with its round.
async fn claim(store: &Postgres, now: Timestamp, free: Vec<String>, held: Vec<String>) -> Stored<HashMap<String, u32>> {
    let mut flight = Flight::new();
    let sql = format!(
        "UPDATE webhook_deliveries SET claimed_until = {CLAIM} WHERE id IN (
           SELECT d.id FROM webhook_deliveries d WHERE d.id = ANY($1) AND d.status = 'pending' AND d.due_at <= $2
             AND (d.claimed_until IS NULL OR d.claimed_until < clock_timestamp() OR d.id = ANY($3))
           ORDER BY d.id FOR NO KEY UPDATE SKIP LOCKED)
         RETURNING id, round"
    );
    let seat = flight.ask(sql, given![free, now, held]);
    let answers = store.begin().await?.commit(flight).await?;
    answers.lines(seat).iter().map(|line| Ok((line.get(0)?, line.get(1)?))).collect()
}

/// What is gone meanwhile, with its webhook or its number, is not missed. Answers whether this disabled the webhook.
pub(in crate::store::postgres) async fn end_try(store: &Postgres, end: TryEnd) -> Stored<bool> {
    let work = store.begin().await?;
    let mut flight = Flight::new();
    // Whoever deletes a webhook has its row before its deliveries: so has this.
    flight.ask("SELECT 1 FROM webhooks WHERE id = $1 FOR KEY SHARE", given![&end.webhook]);
    let sql = "SELECT tries FROM webhook_deliveries WHERE id = $1 FOR NO KEY UPDATE";
    let kept = flight.ask(sql, given![&end.delivery]);
    let kept: Option<Vec<Try>> = work.send(flight).await?.line(kept).map(|line| line.json(0)).transpose()?;
    let mut flight = Flight::new();
    if let Some(mut tries) = kept {
        tries.push(end.tried.clone());
        write_end(&mut flight, &end, &tries.split_off(tries.len().saturating_sub(TRIES_MAX)));
    }
    let disabled = note(&mut flight, &end);
    let answers = work.commit(flight).await?;
    hands::of(store).events.let_go(&end.delivery);
    Ok(disabled.is_some_and(|seat| answers.written(seat) == 1))
}

fn write_end(flight: &mut Flight, end: &TryEnd, tries: &[Try]) {
    let (status, due) = match end.after {
        AfterTry::Delivered => (DeliveryStatus::Delivered, None),
        AfterTry::GivenUp => (DeliveryStatus::Failed, None),
        AfterTry::Again(due) => (DeliveryStatus::Pending, Some(due)),
    };
    let sql = "UPDATE webhook_deliveries SET status = $2, due_at = coalesce($3, due_at), round = round + 1, tries = $4,
                 claimed_until = NULL WHERE id = $1";
    flight.ask(sql, given![&end.delivery, word(&status), due, text(&tries)]);
}

/// What a try says of its webhook: what is asked tells by the rows that it writes whether the webhook was disabled.
fn note(flight: &mut Flight, end: &TryEnd) -> Option<super::Seat> {
    if end.after == AfterTry::Delivered {
        let sql = "UPDATE webhooks SET failing_since = NULL WHERE id = $1 AND failing_since IS NOT NULL";
        flight.ask(sql, given![&end.webhook]);
        return None;
    }
    let sql = "UPDATE webhooks SET failing_since = $2 WHERE id = $1 AND failing_since IS NULL";
    flight.ask(sql, given![&end.webhook, end.tried.at]);
    let why = end.disable.as_ref()?;
    let sql = "UPDATE webhooks SET enabled = FALSE, disabled_at = $2, disabled_why = $3 WHERE id = $1 AND enabled";
    Some(flight.ask(sql, given![&end.webhook, end.tried.at, why]))
}

pub(in crate::store::postgres) async fn webhook_deliveries(
    store: &Postgres,
    filter: DeliveryFilter,
) -> Stored<Vec<DeliveryRow>> {
    let (sql, values) = select(&filter);
    store.lines(sql, values).await?.iter().map(delivery_row).collect()
}

/// Conditions are written out only where they are asked for, so that each finds its index.
fn select(filter: &DeliveryFilter) -> (String, Vec<Given>) {
    let mut sql = "SELECT d.id, e.id, e.type, e.at, d.status, d.due_at, d.tries
                   FROM webhook_deliveries d JOIN webhook_events e ON e.id = d.event WHERE d.webhook = $1"
        .to_owned();
    let mut values = given![&filter.webhook, filter.limit];
    let status = filter.status.as_ref().map(word);
    for (condition, value) in [("d.status =", &status), ("d.id =", &filter.id), ("d.id <", &filter.before)] {
        if let Some(value) = value {
            values.extend(given![value]);
            sql.push_str(&format!(" AND {condition} ${}", values.len()));
        }
    }
    sql.push_str(" ORDER BY d.id DESC LIMIT $2");
    (sql, values)
}

fn delivery_row(line: &Line) -> Stored<DeliveryRow> {
    Ok(DeliveryRow {
        id: line.get(0)?,
        event: line.get(1)?,
        kind: line.get(2)?,
        happened_at: line.get(3)?,
        status: line.word(4)?,
        due_at: line.get(5)?,
        tries: line.json(6)?,
    })
}

/// Its schedule begins anew.
pub(in crate::store::postgres) async fn retell(
    store: &Postgres,
    webhook: &str,
    delivery: &str,
    now: Timestamp,
) -> Stored<Retold> {
    let mut flight = Flight::new();
    let enabled = flight.ask("SELECT enabled FROM webhooks WHERE id = $1 FOR KEY SHARE", given![webhook]);
    let sql = "UPDATE webhook_deliveries d SET status = 'pending', round = 0, due_at = $3, claimed_until = NULL
               WHERE d.webhook = $1 AND d.id = $2 AND EXISTS (SELECT 1 FROM webhooks w WHERE w.id = $1 AND w.enabled)";
    let told = flight.ask(sql, given![webhook, delivery, now]);
    let answers = store.begin().await?.commit(flight).await?;
    let enabled = answers.line(enabled).map(|line| line.get::<bool>(0)).transpose()?;
    Ok(match (enabled, answers.written(told)) {
        (_, 1) => Retold::Due,
        (Some(false), _) => Retold::Disabled,
        _ => Retold::Missing,
    })
}
