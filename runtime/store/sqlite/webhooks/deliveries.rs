//! What webhooks are still to be told, and what came of telling it.

use rusqlite::types::Value as Column;
use rusqlite::{Connection, OptionalExtension as _, Row, params, params_from_iter};

use super::super::{Sqlite, at, json, ms, text, unword, word};
use super::{WEBHOOK, webhook_row};
use crate::clock::Timestamp;
use crate::store::{
    AfterTry, DeliveryFilter, DeliveryRow, DeliveryStatus, DueEvent, Retold, Stored, Try, TryEnd, WebhookRow,
};

/// Tries that are kept of a delivery: a schedule has ten, and an operator may ask for more.
const TRIES_MAX: usize = 30;

const DUE: &str = "SELECT d.id, d.round, e.type, e.body, e.traceparent FROM webhook_deliveries d JOIN webhook_events e ON e.id = d.event
    WHERE d.webhook = ?1 AND d.status = 'pending' AND d.due_at <= ?2 ORDER BY d.due_at, d.id LIMIT ?3";

/// Of each webhook a few: the backlog of one hides no other's.
pub(in crate::store::sqlite) async fn due_events(
    store: &Sqlite,
    now: Timestamp,
    of_each: u32,
) -> Stored<Vec<DueEvent>> {
    let now = ms(now);
    let read = move |c: &Connection| {
        let waiting = format!(
            "{WEBHOOK} enabled AND EXISTS (SELECT 1 FROM webhook_deliveries d
             WHERE d.webhook = w.id AND d.status = 'pending' AND d.due_at <= ?1)"
        );
        let webhooks: Vec<WebhookRow> =
            c.prepare_cached(&waiting)?.query_map([now], webhook_row)?.collect::<rusqlite::Result<_>>()?;
        let mut all = Vec::new();
        for webhook in webhooks {
            let due = |row: &Row<'_>| {
                let (delivery, round, kind) = (row.get(0)?, row.get(1)?, row.get(2)?);
                let (body, traceparent) = (row.get(3)?, row.get(4)?);
                Ok(DueEvent { delivery, round, kind, body, traceparent, webhook: webhook.clone() })
            };
            for due in c.prepare_cached(DUE)?.query_map(params![webhook.id, now, of_each], due)? {
                all.push(due?);
            }
        }
        Ok(all)
    };
    store.read(read).await
}

/// What is gone meanwhile, with its webhook or its number, is not missed. Answers whether this disabled the webhook.
pub(in crate::store::sqlite) async fn end_try(store: &Sqlite, end: TryEnd) -> Stored<bool> {
    store.write(move |c| ended(c, &end)).await
}

fn ended(c: &Connection, end: &TryEnd) -> rusqlite::Result<bool> {
    let sql = "SELECT tries FROM webhook_deliveries WHERE id = ?1";
    let kept: Option<String> = c.prepare_cached(sql)?.query_row([&end.delivery], |row| row.get(0)).optional()?;
    if let Some(kept) = kept {
        let mut tries: Vec<Try> = json(kept)?;
        tries.push(end.tried.clone());
        let tries = tries.split_off(tries.len().saturating_sub(TRIES_MAX));
        let (status, due) = match end.after {
            AfterTry::Delivered => (DeliveryStatus::Delivered, None),
            AfterTry::GivenUp => (DeliveryStatus::Failed, None),
            AfterTry::Again(due) => (DeliveryStatus::Pending, Some(ms(due))),
        };
        let sql =
            "UPDATE webhook_deliveries SET status = ?2, due_at = coalesce(?3, due_at), round = round + 1, tries = ?4
                   WHERE id = ?1";
        c.prepare_cached(sql)?.execute(params![end.delivery, word(&status), due, text(&tries)])?;
    }
    note(c, end)
}

/// What a try says of its webhook.
fn note(c: &Connection, end: &TryEnd) -> rusqlite::Result<bool> {
    let at = ms(end.tried.at);
    if end.after == AfterTry::Delivered {
        let sql = "UPDATE webhooks SET failing_since = NULL WHERE id = ?1 AND failing_since IS NOT NULL";
        c.prepare_cached(sql)?.execute([&end.webhook])?;
        return Ok(false);
    }
    let sql = "UPDATE webhooks SET failing_since = coalesce(failing_since, ?2) WHERE id = ?1 AND failing_since IS NULL";
    c.prepare_cached(sql)?.execute(params![end.webhook, at])?;
    let Some(why) = &end.disable else { return Ok(false) };
    let sql = "UPDATE webhooks SET enabled = 0, disabled_at = ?2, disabled_why = ?3 WHERE id = ?1 AND enabled";
    Ok(c.prepare_cached(sql)?.execute(params![end.webhook, at, why])? == 1)
}

pub(in crate::store::sqlite) async fn webhook_deliveries(
    store: &Sqlite,
    filter: DeliveryFilter,
) -> Stored<Vec<DeliveryRow>> {
    store
        .read(move |c| {
            let (sql, values) = select(&filter);
            c.prepare_cached(&sql)?.query_map(params_from_iter(values), delivery_row)?.collect()
        })
        .await
}

/// Conditions are written out only where they are asked for, so that each finds its index.
fn select(filter: &DeliveryFilter) -> (String, Vec<Column>) {
    let mut sql = "SELECT d.id, e.id, e.type, e.at, d.status, d.due_at, d.tries
                   FROM webhook_deliveries d JOIN webhook_events e ON e.id = d.event WHERE d.webhook = ?"
        .to_owned();
    let mut values = vec![Column::Text(filter.webhook.clone())];
    let status = filter.status.as_ref().map(word);
    for (condition, value) in
        [(" AND d.status = ?", &status), (" AND d.id = ?", &filter.id), (" AND d.id < ?", &filter.before)]
    {
        if let Some(value) = value {
            sql.push_str(condition);
            values.push(Column::Text(value.clone()));
        }
    }
    sql.push_str(" ORDER BY d.id DESC LIMIT ?");
    values.push(Column::Integer(filter.limit.into()));
    (sql, values)
}

fn delivery_row(row: &Row<'_>) -> rusqlite::Result<DeliveryRow> {
    Ok(DeliveryRow {
        id: row.get(0)?,
        event: row.get(1)?,
        kind: row.get(2)?,
        happened_at: at(row.get(3)?),
        status: unword(row.get(4)?)?,
        due_at: at(row.get(5)?),
        tries: json(row.get(6)?)?,
    })
}

/// Its schedule begins anew.
pub(in crate::store::sqlite) async fn retell(
    store: &Sqlite,
    webhook: &str,
    delivery: &str,
    now: Timestamp,
) -> Stored<Retold> {
    let (webhook, delivery) = (webhook.to_owned(), delivery.to_owned());
    let retell = move |c: &Connection| {
        let enabled: Option<bool> =
            c.query_row("SELECT enabled FROM webhooks WHERE id = ?1", [&webhook], |row| row.get(0)).optional()?;
        if enabled == Some(false) {
            return Ok(Retold::Disabled);
        }
        let sql = "UPDATE webhook_deliveries SET status = 'pending', round = 0, due_at = ?3
                   WHERE webhook = ?1 AND id = ?2";
        let found = c.prepare_cached(sql)?.execute(params![webhook, delivery, ms(now)])? == 1;
        Ok(if found { Retold::Due } else { Retold::Missing })
    };
    store.write(retell).await
}

#[cfg(test)]
mod tests {
    use super::super::super::log::plans::{assert_indexed, filled};
    use super::*;

    #[tokio::test]
    async fn what_is_due_and_what_was_told_is_found_by_an_index() {
        let (_dir, store) = filled(0).await;
        let given = vec![Column::Text("whk".into()), Column::Integer(0), Column::Integer(9)];
        assert_indexed(&store, DUE.to_owned(), given).await;
        for status in [None, Some(DeliveryStatus::Failed)] {
            let filter = DeliveryFilter { status, before: Some("whm".into()), limit: 9, ..DeliveryFilter::default() };
            let (sql, values) = select(&filter);
            assert_indexed(&store, sql, values).await;
        }
    }
}
