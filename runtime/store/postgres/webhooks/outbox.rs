//! What happened is written down for whoever is to be told, in the transaction in which it happens. Who wants to know
//! is asked in the flight that reads all else, so that what is written travels with the commit.

mod judged;
mod moving;

use serde::Serialize;
use uuid::Uuid;

use super::super::flight::{Answers, Seat};
use super::super::*;
use crate::clock::Timestamp;
use crate::store::{AfterTry, DeliveryStatus, TestTold};
use crate::traces;
use crate::webhooks::event::{Event, EventType};

pub(in crate::store::postgres) use judged::{AboutTo, ask_about, checked, decided, expired};
pub(in crate::store::postgres) use moving::{Move, OfMessage, ask_moved, moved};

/// How long bad news of a message waits: the next connector may have it in hand a moment later.
const BAD_NEWS_WAIT_MS: i64 = 2_000;

/// The enabled webhooks of an environment, for [`Wanted::read`].
pub(in crate::store::postgres) fn ask(flight: &mut Flight, environment: &str) -> Seat {
    let sql = "SELECT id, events FROM webhooks WHERE environment = $1 AND enabled ORDER BY id";
    flight.ask(sql, given![environment])
}

/// The same of the environment of a message.
pub(in crate::store::postgres) fn ask_of(flight: &mut Flight, message: &str) -> Seat {
    let sql = "SELECT id, events FROM webhooks WHERE enabled
               AND environment = (SELECT m.environment FROM messages m WHERE m.id = $1) ORDER BY id";
    flight.ask(sql, given![message])
}

/// Who wants what.
pub(in crate::store::postgres) struct Wanted(Vec<(String, Option<Vec<String>>)>);

impl Wanted {
    pub(in crate::store::postgres) fn read(answers: &Answers, seat: Seat) -> Stored<Self> {
        let row = |line: &Line| Ok((line.get(0)?, line.json_if_any(1)?));
        answers.lines(seat).iter().map(row).collect::<Stored<_>>().map(Self)
    }

    /// The webhooks that want it.
    pub(in crate::store::postgres) fn of(&self, kind: EventType) -> Vec<String> {
        let wants = |events: &Option<Vec<String>>| match events {
            Some(events) => events.iter().any(|event| event == kind.as_str()),
            None => true,
        };
        self.0.iter().filter(|(_, events)| wants(events)).map(|(id, _)| id.clone()).collect()
    }
}

/// An event of a number, or of none.
struct News<'a> {
    environment: &'a str,
    kind: EventType,
    at: Timestamp,
    message: Option<&'a str>,
    number_index: Option<&'a [u8; 32]>,
}

/// What is known already is not told again: an event of this number and type, as old as that or younger, that ends so.
struct Unless<'a> {
    since: Timestamp,
    ends_so: &'a str,
}

impl News<'_> {
    fn body<D: Serialize>(&self, data: &D) -> Stored<String> {
        let body = Event { kind: self.kind, timestamp: self.at, data }.body();
        body.map_err(|_| StoreError::Database("an event can't be written".into()))
    }

    fn due_at(&self) -> i64 {
        let wait = if self.kind == EventType::MessageFailed { BAD_NEWS_WAIT_MS } else { 0 };
        ms(self.at).saturating_add(wait)
    }
}

/// A webhook that is deleted meanwhile is told nothing; it must not fail what the event is of. Hence the lock, which
/// the foreign key would take in any case.
const NOTE: &str = "WITH event AS (
      INSERT INTO webhook_events (id, environment, type, at, message_id, number_index, body, traceparent)
      SELECT $1, $2, $3, $4, $5, $6, $7, $8 WHERE $12::text IS NULL OR NOT EXISTS (
        SELECT 1 FROM webhook_events e WHERE e.environment = $2 AND e.number_index = $6 AND e.type = $3
          AND e.at >= $13 AND right(e.body, length($12)) = $12)
      RETURNING id)
    INSERT INTO webhook_deliveries (id, webhook, event, status, due_at)
    SELECT n.id, w.id, event.id, 'pending', $9
    FROM event CROSS JOIN unnest($10::text[], $11::text[]) AS n (id, webhook) JOIN webhooks w ON w.id = n.webhook
    FOR KEY SHARE OF w";

/// Write it down, once, and for each of these webhooks that it is to be told.
fn note<D: Serialize>(flight: &mut Flight, webhooks: Vec<String>, news: &News<'_>, data: &D) -> Stored<()> {
    note_unless(flight, webhooks, news, data, None)
}

fn note_unless<D: Serialize>(
    flight: &mut Flight,
    webhooks: Vec<String>,
    news: &News<'_>,
    data: &D,
    unless: Option<Unless<'_>>,
) -> Stored<()> {
    let (body, kind, cause) = (news.body(data)?, news.kind.as_str(), traces::here());
    let deliveries: Vec<String> = webhooks.iter().map(|_| fresh("whm")).collect();
    let (ends_so, since) = unless.map(|unless| (unless.ends_so, unless.since)).unzip();
    flight.ask(
        NOTE,
        given![
            fresh("evt"),
            news.environment,
            kind,
            news.at,
            news.message,
            news.number_index,
            body,
            cause,
            news.due_at(),
            deliveries,
            webhooks,
            ends_so,
            since
        ],
    );
    Ok(())
}

fn fresh(what: &str) -> String {
    format!("{what}_{}", Uuid::now_v7().simple())
}

/// What somebody told by hand, after he did.
pub(in crate::store::postgres) async fn note_test(store: &Postgres, test: TestTold) -> Stored<()> {
    let TestTold { environment, event, body, end } = test;
    let (kind, at, cause) = (EventType::WebhookTest.as_str(), end.tried.at, traces::here());
    let status = match end.after {
        AfterTry::Delivered => DeliveryStatus::Delivered,
        AfterTry::Again(_) | AfterTry::GivenUp => DeliveryStatus::Failed,
    };
    let sql = "WITH event AS (INSERT INTO webhook_events (id, environment, type, at, body, traceparent)
                 VALUES ($1, $2, $3, $4, $5, $6))
               INSERT INTO webhook_deliveries (id, webhook, event, status, due_at, round, tries)
               VALUES ($7, $8, $1, $9, $4, 1, $10)";
    let tries = text(&[end.tried]);
    let row = given![event, environment, kind, at, body, cause, end.delivery, end.webhook, word(&status), tries];
    store.write(sql, row).await.map(|_| ())
}
