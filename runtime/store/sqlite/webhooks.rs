//! Webhooks: made, changed, disabled. What they are told is in `outbox`, that it was told in `deliveries`.

mod backlog;
mod deliveries;
pub(super) mod outbox;
mod told;

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::{Sqlite, at, json, ms, text};
use crate::clock::Timestamp;
use crate::store::{Stored, WebhookRow};

pub(super) use backlog::drop_backlog;
pub(super) use deliveries::{due_events, end_try, retell, webhook_deliveries};
pub(super) use outbox::note_test;
pub(super) use told::events_of_number;

const WEBHOOK: &str =
    "SELECT id, environment, url, events, description, secret, old_secret, old_until, enabled, disabled_at,
    disabled_why, failing_since, created_at, changed_at, dropped, dropped_at FROM webhooks w WHERE ";

fn webhook_row(row: &Row<'_>) -> rusqlite::Result<WebhookRow> {
    let old: (Option<Vec<u8>>, Option<i64>) = (row.get(6)?, row.get(7)?);
    let disabled: (Option<i64>, Option<String>) = (row.get(9)?, row.get(10)?);
    let (dropped, last_dropped): (u64, Option<i64>) = (row.get(14)?, row.get(15)?);
    Ok(WebhookRow {
        id: row.get(0)?,
        environment: row.get(1)?,
        url: row.get(2)?,
        events: row.get::<_, Option<String>>(3)?.map(json).transpose()?,
        description: row.get(4)?,
        secret: row.get(5)?,
        old_secret: old.0.zip(old.1.map(at)),
        enabled: row.get(8)?,
        disabled: disabled.0.map(at).zip(disabled.1),
        failing_since: row.get::<_, Option<i64>>(11)?.map(at),
        dropped: last_dropped.map(|last| (dropped, at(last))),
        created_at: at(row.get(12)?),
        changed_at: at(row.get(13)?),
    })
}

pub(super) async fn insert_webhook(store: &Sqlite, row: WebhookRow, most: u32) -> Stored<bool> {
    let insert = move |c: &Connection| {
        let sql = "SELECT count(*) FROM webhooks WHERE environment = ?1";
        let found: u32 = c.query_row(sql, [&row.environment], |row| row.get(0))?;
        if found >= most {
            return Ok(false);
        }
        let sql =
            "INSERT INTO webhooks (id, environment, url, events, description, secret, enabled, created_at, changed_at)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)";
        c.execute(
            sql,
            params![
                row.id,
                row.environment,
                row.url,
                row.events.as_ref().map(text),
                row.description,
                row.secret,
                row.enabled,
                ms(row.created_at),
                ms(row.changed_at)
            ],
        )?;
        Ok(true)
    };
    store.write(insert).await
}

pub(super) async fn webhooks(store: &Sqlite, environment: &str) -> Stored<Vec<WebhookRow>> {
    let (environment, sql) = (environment.to_owned(), format!("{WEBHOOK} environment = ?1 ORDER BY created_at, id"));
    store.read(move |c| c.prepare_cached(&sql)?.query_map([environment], webhook_row)?.collect()).await
}

pub(super) async fn webhook(store: &Sqlite, environment: &str, id: &str) -> Stored<Option<WebhookRow>> {
    let (environment, id) = (environment.to_owned(), id.to_owned());
    store.read(move |c| find(c, &environment, &id)).await
}

fn find(c: &Connection, environment: &str, id: &str) -> rusqlite::Result<Option<WebhookRow>> {
    let sql = format!("{WEBHOOK} environment = ?1 AND id = ?2");
    c.prepare_cached(&sql)?.query_row([environment, id], webhook_row).optional()
}

/// Only what its owner says: the worker writes the other columns meanwhile. Enabled again, it begins anew.
pub(super) async fn update_webhook(store: &Sqlite, row: WebhookRow) -> Stored<Option<WebhookRow>> {
    let sql = "UPDATE webhooks SET url = ?3, events = ?4, description = ?5, changed_at = ?6, enabled = ?7,
                 failing_since = CASE WHEN ?7 AND enabled THEN failing_since END,
                 disabled_at = CASE WHEN NOT ?7 THEN disabled_at END,
                 disabled_why = CASE WHEN NOT ?7 THEN disabled_why END
               WHERE environment = ?1 AND id = ?2";
    let update = move |c: &Connection| {
        let (events, changed) = (row.events.as_ref().map(text), ms(row.changed_at));
        let values = params![row.environment, row.id, row.url, events, row.description, changed, row.enabled];
        c.execute(sql, values)?;
        find(c, &row.environment, &row.id)
    };
    store.write(update).await
}

/// The secret that was in use signs until then, too; the one before it no more.
pub(super) async fn rotate_webhook(
    store: &Sqlite,
    environment: &str,
    id: &str,
    secret: Vec<u8>,
    old_until: Timestamp,
    now: Timestamp,
) -> Stored<Option<WebhookRow>> {
    let (environment, id) = (environment.to_owned(), id.to_owned());
    let sql = "UPDATE webhooks SET old_secret = secret, old_until = ?4, secret = ?3, changed_at = ?5
               WHERE environment = ?1 AND id = ?2";
    let rotate = move |c: &Connection| {
        c.execute(sql, params![environment, id, secret, ms(old_until), ms(now)])?;
        find(c, &environment, &id)
    };
    store.write(rotate).await
}

pub(super) async fn delete_webhook(store: &Sqlite, environment: &str, id: &str) -> Stored<bool> {
    let (environment, id) = (environment.to_owned(), id.to_owned());
    let sql = "DELETE FROM webhooks WHERE environment = ?1 AND id = ?2";
    store.write(move |c| Ok(c.execute(sql, [environment, id])? == 1)).await
}

/// A secret whose time is over signs nothing any more, and is not kept.
pub(super) fn forget_old_secrets(c: &Connection, now: i64) -> rusqlite::Result<()> {
    let sql = "UPDATE webhooks SET old_secret = NULL, old_until = NULL WHERE old_until <= ?1";
    c.prepare_cached(sql)?.execute([now]).map(|_| ())
}
