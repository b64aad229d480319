//! Webhooks: made, changed, disabled. What they are told is in `outbox`, that it was told in `deliveries`.

mod backlog;
mod deliveries;
pub(super) mod hands;
pub(super) mod outbox;
mod told;

use super::flight::{Flight, Seat};
use super::given::given;
use super::line::Line;
use super::locking::{self, Lock};
use super::{Postgres, text};
use crate::clock::Timestamp;
use crate::store::{Stored, WebhookRow};

pub(super) use backlog::drop_backlog;
pub(super) use deliveries::{due_events, end_try, retell, webhook_deliveries};
pub(super) use outbox::note_test;
pub(super) use told::{ask_events_of_number, events_of_number};

/// What [`webhook_row`] reads, of webhooks `w`.
const COLUMNS: &str =
    "w.id, w.environment, w.url, w.events, w.description, w.secret, w.old_secret, w.old_until, w.enabled,
    w.disabled_at, w.disabled_why, w.failing_since, w.created_at, w.changed_at, w.dropped, w.dropped_at";

fn webhook_row(line: &Line) -> Stored<WebhookRow> {
    let old: (Option<Vec<u8>>, Option<Timestamp>) = (line.get(6)?, line.get(7)?);
    let disabled: (Option<Timestamp>, Option<String>) = (line.get(9)?, line.get(10)?);
    let (dropped, last_dropped): (u64, Option<Timestamp>) = (line.get(14)?, line.get(15)?);
    Ok(WebhookRow {
        id: line.get(0)?,
        environment: line.get(1)?,
        url: line.get(2)?,
        events: line.json_if_any(3)?,
        description: line.get(4)?,
        secret: line.get(5)?,
        old_secret: old.0.zip(old.1),
        enabled: line.get(8)?,
        disabled: disabled.0.zip(disabled.1),
        failing_since: line.get(11)?,
        dropped: last_dropped.map(|last| (dropped, last)),
        created_at: line.get(12)?,
        changed_at: line.get(13)?,
    })
}

/// Two that add one at the same time count each other.
pub(super) async fn insert_webhook(store: &Postgres, row: WebhookRow, most: u32) -> Stored<bool> {
    let mut flight = Flight::new();
    locking::take(&mut flight, &[Lock::Setup(&row.environment)]);
    let sql =
        "INSERT INTO webhooks (id, environment, url, events, description, secret, enabled, created_at, changed_at)
               SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9
               WHERE (SELECT count(*) FROM webhooks WHERE environment = $2) < $10";
    let inserted = flight.ask(
        sql,
        given![
            row.id,
            row.environment,
            row.url,
            row.events.as_ref().map(text),
            row.description,
            row.secret,
            row.enabled,
            row.created_at,
            row.changed_at,
            most
        ],
    );
    Ok(store.begin().await?.commit(flight).await?.written(inserted) == 1)
}

pub(super) async fn webhooks(store: &Postgres, environment: &str) -> Stored<Vec<WebhookRow>> {
    let sql = format!("SELECT {COLUMNS} FROM webhooks w WHERE w.environment = $1 ORDER BY w.created_at, w.id");
    store.lines(sql, given![environment]).await?.iter().map(webhook_row).collect()
}

pub(super) async fn webhook(store: &Postgres, environment: &str, id: &str) -> Stored<Option<WebhookRow>> {
    let sql = format!("SELECT {COLUMNS} FROM webhooks w WHERE w.environment = $1 AND w.id = $2");
    store.line(sql, given![environment, id]).await?.as_ref().map(webhook_row).transpose()
}

/// Only what its owner says: the worker writes the other columns meanwhile. Enabled again, it begins anew.
pub(super) async fn update_webhook(store: &Postgres, row: WebhookRow) -> Stored<Option<WebhookRow>> {
    let sql = format!(
        "UPDATE webhooks w SET url = $3, events = $4, description = $5, changed_at = $6, enabled = $7,
           failing_since = CASE WHEN $7 AND w.enabled THEN w.failing_since END,
           disabled_at = CASE WHEN NOT $7 THEN w.disabled_at END,
           disabled_why = CASE WHEN NOT $7 THEN w.disabled_why END
         WHERE w.environment = $1 AND w.id = $2 RETURNING {COLUMNS}"
    );
    let events = row.events.as_ref().map(text);
    let values = given![row.environment, row.id, row.url, events, row.description, row.changed_at, row.enabled];
    changed(store, sql, values).await
}

/// The secret that was in use signs until then, too; the one before it no more.
pub(super) async fn rotate_webhook(
    store: &Postgres,
    environment: &str,
    id: &str,
    secret: Vec<u8>,
    old_until: Timestamp,
    now: Timestamp,
) -> Stored<Option<WebhookRow>> {
    let sql = format!(
        "UPDATE webhooks w SET old_secret = w.secret, old_until = $4, secret = $3, changed_at = $5
         WHERE w.environment = $1 AND w.id = $2 RETURNING {COLUMNS}"
    );
    changed(store, sql, given![environment, id, secret, old_until, now]).await
}

async fn changed(store: &Postgres, sql: String, values: Vec<super::Given>) -> Stored<Option<WebhookRow>> {
    let mut flight = Flight::new();
    let seat = flight.ask(sql, values);
    store.begin().await?.commit(flight).await?.line(seat).map(webhook_row).transpose()
}

pub(super) async fn delete_webhook(store: &Postgres, environment: &str, id: &str) -> Stored<bool> {
    let sql = "DELETE FROM webhooks WHERE environment = $1 AND id = $2";
    Ok(store.write(sql, given![environment, id]).await? == 1)
}

/// A secret whose time is over signs nothing any more, and is not kept.
pub(super) fn forget_old_secrets(flight: &mut Flight, now: Timestamp) -> Seat {
    let sql = "UPDATE webhooks SET old_secret = NULL, old_until = NULL WHERE id IN (
                 SELECT id FROM webhooks WHERE old_until <= $1 ORDER BY id FOR NO KEY UPDATE)";
    flight.ask(sql, given![now])
}
