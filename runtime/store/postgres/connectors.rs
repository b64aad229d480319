//! Connectors and their revisions: reading them, and ending what serves. Saving and serving are in files of their own, and
//! so are secrets.

mod save;
mod secrets;
mod serve;

pub(super) use save::{Before, save, save_revision};
pub(super) use secrets::{erase_secret, secrets};
pub(super) use serve::serve_revision;

use super::channels::{Changing, ask_channel, channel_row};
use super::locking::{self, Lock};
use super::switches::{self, Ending};
use super::{Flight, Line, Postgres, bills, given};
use crate::actor::Actor;
use crate::clock::Timestamp;
use crate::store::{ChannelRow, ConnectorRow, Occasion, RevisionRow, Stored, Why};

const CONNECTOR: &str = "SELECT c.name, c.serving, c.newest, m.id, c.last_success_at FROM connectors c
    LEFT JOIN revisions r ON r.environment = c.environment AND r.connector = c.name AND r.number = c.newest
    LEFT JOIN components m ON m.digest = r.component_digest WHERE c.environment = $1 AND NOT c.deleted";

fn connector_row(line: &Line) -> Stored<ConnectorRow> {
    Ok(ConnectorRow {
        name: line.get(0)?,
        serving: line.get(1)?,
        newest: line.get(2)?,
        component_id: line.get(3)?,
        last_success_at: line.get(4)?,
    })
}

pub(super) async fn connectors(store: &Postgres, environment: &str) -> Stored<Vec<ConnectorRow>> {
    let sql = format!("{CONNECTOR} ORDER BY c.name");
    store.lines(sql, given![environment]).await?.iter().map(connector_row).collect()
}

pub(super) async fn connector(store: &Postgres, environment: &str, name: &str) -> Stored<Option<ConnectorRow>> {
    let sql = format!("{CONNECTOR} AND c.name = $2");
    store.line(sql, given![environment, name]).await?.as_ref().map(connector_row).transpose()
}

const REVISION: &str =
    "SELECT number, component_digest, config, templates, senders, approved, secret_versions, created_at, quarantined,
            saved_by
    FROM revisions WHERE environment = $1 AND connector = $2";

fn revision_row(line: &Line) -> Stored<RevisionRow> {
    Ok(RevisionRow {
        number: line.get(0)?,
        component_digest: line.get(1)?,
        config: line.json(2)?,
        templates: line.json(3)?,
        senders: line.json(4)?,
        approved: line.json(5)?,
        secret_versions: line.json(6)?,
        created_at: line.get(7)?,
        quarantined: line.get(8)?,
        by: line.json_if_any(9)?,
    })
}

pub(super) async fn revisions(store: &Postgres, environment: &str, name: &str) -> Stored<Vec<RevisionRow>> {
    let sql = format!("{REVISION} ORDER BY number DESC");
    store.lines(sql, given![environment, name]).await?.iter().map(revision_row).collect()
}

pub(super) async fn revision(
    store: &Postgres,
    environment: &str,
    name: &str,
    number: u64,
) -> Stored<Option<RevisionRow>> {
    let sql = format!("{REVISION} AND number = $3");
    store.line(sql, given![environment, name, number]).await?.as_ref().map(revision_row).transpose()
}

pub(super) async fn quarantine_revision(
    store: &Postgres,
    environment: &str,
    name: &str,
    number: u64,
    why: &str,
    now: Timestamp,
) -> Stored<()> {
    // The first reason stays.
    let sql = "UPDATE revisions SET quarantined = $4
               WHERE environment = $1 AND connector = $2 AND number = $3 AND quarantined IS NULL";
    let by = Occasion { at: now, by: Some(Actor::host("quarantine")), why: Why::Quarantine };
    let work = store.begin().await?;
    let mut first = Flight::new();
    locking::take(&mut first, &[Lock::Setup(environment)]);
    let seat = first.ask(sql, given![environment, name, number, why]);
    let is_new = work.send(first).await?.written(seat) > 0;
    let mut last = Flight::new();
    if is_new {
        switches::end(&mut last, [environment, name], &Ending::Revision(number), &by);
    }
    work.commit(last).await.map(|_| ())
}

pub(super) async fn delete_connector(store: &Postgres, environment: &str, name: &str, by: Occasion) -> Stored<bool> {
    let work = store.begin().await?;
    let mut first = Flight::new();
    locking::take(&mut first, &[Lock::Setup(environment)]);
    let delete = "UPDATE connectors SET deleted = TRUE, serving = NULL, last_success_at = NULL
                  WHERE environment = $1 AND name = $2 AND NOT deleted";
    let delete = first.ask(delete, given![environment, name]);
    let stands = ask_channel(&mut first, environment, "sms");
    let answers = work.send(first).await?;
    if answers.written(delete) == 0 {
        return Ok(false);
    }
    let stands = channel_row(answers.line(stands))?;
    let mut last = Flight::new();
    switches::end(&mut last, [environment, name], &Ending::Everything, &by);
    last.ask("DELETE FROM revisions WHERE environment = $1 AND connector = $2", given![environment, name]);
    last.ask("DELETE FROM secrets WHERE environment = $1 AND connector = $2", given![environment, name]);
    bills::forget(&mut last, environment, name);
    let without = without(stands.clone(), name);
    Changing { environment, channel: "sms", row: stands }.write(&mut last, without, &by);
    work.commit(last).await?;
    Ok(true)
}

/// A channel that names this connector nowhere.
fn without(mut channel: ChannelRow, name: &str) -> ChannelRow {
    channel.fallback.retain(|other| other != name);
    channel.active = channel.active.filter(|active| active != name);
    channel.routes.iter_mut().for_each(|rule| rule.forget(name));
    channel.canary = channel.canary.filter(|canary| canary.connector != name);
    channel
}
