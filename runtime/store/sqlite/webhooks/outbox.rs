//! What happened is written down for whoever is to be told, in the transaction in which it happens. Where nobody wants to
//! know, that is one look into an index.

mod judged;

use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde::Serialize;
use uuid::Uuid;

use super::super::{Sqlite, json, ms, text, word};
use crate::clock::Timestamp;
use crate::store::{AfterTry, DeliveryStatus, MessageStatus, Stored, TestTold};
use crate::traces;
use crate::webhooks::event::{About, Event, EventType, MessageData, WhyFailed};

pub(in crate::store::sqlite) use judged::{checked, decided, expired};

/// How long bad news of a message waits: the next connector may have it in hand a moment later.
const BAD_NEWS_WAIT_MS: i64 = 2_000;

/// Why a message moved.
#[derive(Clone, Copy)]
pub(in crate::store::sqlite) struct Cause {
    /// The attempt; none if nobody was asked.
    pub(in crate::store::sqlite) attempt: Option<u32>,
    /// When.
    pub(in crate::store::sqlite) at: Timestamp,
}

/// The enabled webhooks that want it.
fn wanted(c: &Connection, environment: &str, kind: EventType) -> rusqlite::Result<Vec<String>> {
    let sql = "SELECT id FROM webhooks WHERE environment = ?1 AND enabled
               AND (events IS NULL OR EXISTS (SELECT 1 FROM json_each(events) WHERE value = ?2))";
    let mut of = c.prepare_cached(sql)?;
    of.query_map([environment, kind.as_str()], |row| row.get(0))?.collect()
}

/// An event of a number, or of none.
struct News<'a> {
    environment: &'a str,
    kind: EventType,
    at: Timestamp,
    message: Option<&'a str>,
    number_index: Option<&'a [u8; 32]>,
}

/// Write it down, once, and for each of these webhooks that it is to be told.
fn note<D: Serialize>(c: &Connection, webhooks: &[String], news: &News<'_>, data: &D) -> rusqlite::Result<()> {
    let body = Event { kind: news.kind, timestamp: news.at, data }.body();
    let body = body.map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
    let event = fresh("evt");
    insert_event(c, &event, news, &body)?;
    let wait = if news.kind == EventType::MessageFailed { BAD_NEWS_WAIT_MS } else { 0 };
    let sql = "INSERT INTO webhook_deliveries (id, webhook, event, status, due_at) VALUES (?1, ?2, ?3, ?4, ?5)";
    for webhook in webhooks {
        let (status, due) = (word(&DeliveryStatus::Pending), ms(news.at).saturating_add(wait));
        c.prepare_cached(sql)?.execute(params![fresh("whm"), webhook, event, status, due])?;
    }
    Ok(())
}

fn insert_event(c: &Connection, id: &str, news: &News<'_>, body: &str) -> rusqlite::Result<()> {
    let sql = "INSERT INTO webhook_events (id, environment, type, at, message_id, number_index, body, traceparent)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    let (kind, at, cause) = (news.kind.as_str(), ms(news.at), traces::here());
    let row = params![id, news.environment, kind, at, news.message, news.number_index, body, cause];
    c.prepare_cached(sql)?.execute(row).map(|_| ())
}

fn fresh(what: &str) -> String {
    format!("{what}_{}", Uuid::now_v7().simple())
}

/// What somebody told by hand, after he did.
pub(in crate::store::sqlite) async fn note_test(store: &Sqlite, test: TestTold) -> Stored<()> {
    let write = move |c: &Connection| {
        let TestTold { environment, event, body, end } = test;
        let (kind, at) = (EventType::WebhookTest, end.tried.at);
        let news = News { environment: &environment, kind, at, message: None, number_index: None };
        insert_event(c, &event, &news, &body)?;
        let status = match end.after {
            AfterTry::Delivered => DeliveryStatus::Delivered,
            AfterTry::Again(_) | AfterTry::GivenUp => DeliveryStatus::Failed,
        };
        let sql = "INSERT INTO webhook_deliveries (id, webhook, event, status, due_at, round, tries)
                   VALUES (?1, ?2, ?3, ?4, ?5, 1, ?6)";
        let row = params![end.delivery, end.webhook, event, word(&status), ms(at), text(&[end.tried])];
        c.execute(sql, row).map(|_| ())
    };
    store.write(write).await
}

/// A message has moved from one status to another.
pub(in crate::store::sqlite) fn moved(
    c: &Connection,
    environment: &str,
    message: &str,
    from: MessageStatus,
    to: MessageStatus,
    cause: Cause,
) -> rusqlite::Result<()> {
    if matches!(from, MessageStatus::Refused | MessageStatus::Undelivered) && from != to {
        take_back(c, message, cause.at)?;
    }
    let Some(kind) = EventType::of_message(from, to) else { return Ok(()) };
    let webhooks = wanted(c, environment, kind)?;
    if webhooks.is_empty() {
        return Ok(());
    }
    let sql =
        "SELECT m.purpose, m.to_masked, m.country, m.verification_id, m.subject, v.metadata, m.source, a.connector,
                 a.kind, a.certainty, m.number_index
               FROM messages m LEFT JOIN verifications v ON v.id = m.verification_id
               LEFT JOIN attempts a ON a.message_id = m.id AND a.number = ?2 WHERE m.id = ?1";
    let row = |row: &Row<'_>| {
        let about = About {
            environment: environment.to_owned(),
            purpose: row.get(0)?,
            to: row.get(1)?,
            country: row.get(2)?,
            verification: row.get(3)?,
            subject: row.get(4)?,
            metadata: row.get::<_, Option<String>>(5)?.map(json).transpose()?,
        };
        let failure = WhyFailed { kind: row.get(8)?, certainty: row.get(9)? };
        let failure = (kind == EventType::MessageFailed).then_some(failure);
        let (message, source, connector) = (message.to_owned(), row.get(6)?, row.get(7)?);
        Ok((MessageData { about, message, source, status: to, connector, failure }, row.get::<_, [u8; 32]>(10)?))
    };
    let found = c.prepare_cached(sql)?.query_row(params![message, cause.attempt], row).optional()?;
    let Some((data, number)) = found else { return Ok(()) };
    let news = News { environment, kind, at: cause.at, message: Some(message), number_index: Some(&number) };
    note(c, &webhooks, &news, &data)
}

const TAKE_BACK: &str = "DELETE FROM webhook_events WHERE type = 'message.failed' AND message_id = ?1 AND NOT EXISTS (
      SELECT 1 FROM webhook_deliveries d WHERE d.event = webhook_events.id
      AND (d.due_at <= ?2 OR d.status <> 'pending' OR d.tries <> '[]'))";

/// Bad news that is overtaken before anybody was told is no news.
fn take_back(c: &Connection, message: &str, now: Timestamp) -> rusqlite::Result<()> {
    c.prepare_cached(TAKE_BACK)?.execute(params![message, ms(now)]).map(|_| ())
}

#[cfg(test)]
mod tests {
    use super::super::super::log::plans::{assert_indexed, filled};
    use super::*;
    use rusqlite::types::Value as Column;

    #[tokio::test]
    async fn bad_news_is_found_by_its_message() {
        let (_dir, store) = filled(0).await;
        assert_indexed(&store, TAKE_BACK.to_owned(), vec![Column::Text("msg".into()), Column::Integer(0)]).await;
    }
}
