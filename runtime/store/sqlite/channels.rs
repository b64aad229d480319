//! Who sends on a channel.

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::switches::{self, Ending};
use super::{Sqlite, json, text};
use crate::store::{ChannelRow, Occasion, Stored, Why};

pub(super) fn channel_row(c: &Connection, environment: &str, channel: &str) -> rusqlite::Result<ChannelRow> {
    let sql = "SELECT active, fallback, routes, canary, canary_ended, prefer FROM channels
               WHERE environment = ?1 AND channel = ?2";
    let row = |row: &Row<'_>| {
        Ok(ChannelRow {
            active: row.get(0)?,
            fallback: json(row.get(1)?)?,
            routes: json(row.get(2)?)?,
            canary: row.get::<_, Option<String>>(3)?.map(json).transpose()?,
            canary_ended: row.get::<_, Option<String>>(4)?.map(json).transpose()?,
            prefer: json(row.get(5)?)?,
        })
    };
    Ok(c.prepare_cached(sql)?.query_row([environment, channel], row).optional()?.unwrap_or_default())
}

pub(super) fn write_channel(
    c: &Connection,
    environment: &str,
    channel: &str,
    row: &ChannelRow,
    by: &Occasion,
) -> rusqlite::Result<()> {
    note_trial(c, environment, &channel_row(c, environment, channel)?, row, by)?;
    let sql = "INSERT INTO channels (environment, channel, active, fallback, routes, canary, canary_ended, prefer)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8) ON CONFLICT (environment, channel)
               DO UPDATE SET active = excluded.active, fallback = excluded.fallback, routes = excluded.routes,
                             canary = excluded.canary, canary_ended = excluded.canary_ended,
                             prefer = excluded.prefer";
    c.execute(
        sql,
        params![
            environment,
            channel,
            row.active,
            text(&row.fallback),
            text(&row.routes),
            row.canary.as_ref().map(text),
            row.canary_ended.as_ref().map(text),
            text(&row.prefer)
        ],
    )
    .map(|_| ())
}

/// A trial begins or ends with the channel that names it; another share of the messages is the same trial.
fn note_trial(
    c: &Connection,
    environment: &str,
    before: &ChannelRow,
    after: &ChannelRow,
    by: &Occasion,
) -> rusqlite::Result<()> {
    let tried = |row: &ChannelRow| row.canary.as_ref().map(|canary| (canary.connector.clone(), canary.revision));
    let (before, after) = (tried(before), tried(after));
    if before == after {
        return Ok(());
    }
    if let Some((connector, revision)) = before {
        switches::end(c, [environment, &connector], &Ending::Trial(revision), by)?;
    }
    if let Some((connector, revision)) = after {
        switches::begin(c, [environment, &connector], revision, Why::Trial, by)?;
    }
    Ok(())
}

/// Let a revision serve. If it was on trial, the trial is over: it serves everything now.
pub(super) fn set_serving(
    c: &Connection,
    environment: &str,
    name: &str,
    number: u64,
    by: &Occasion,
) -> rusqlite::Result<()> {
    let served: Option<u64> = c.query_row(
        "SELECT serving FROM connectors WHERE environment = ?1 AND name = ?2",
        [environment, name],
        |row| row.get(0),
    )?;
    if served != Some(number) {
        switches::end(c, [environment, name], &Ending::Serving, by)?;
        switches::begin(c, [environment, name], number, by.why, by)?;
    }
    let sql = "UPDATE connectors SET serving = ?3 WHERE environment = ?1 AND name = ?2";
    c.execute(sql, params![environment, name, number])?;
    let mut channel = channel_row(c, environment, "sms")?;
    if channel.canary.as_ref().is_some_and(|canary| canary.connector == name && canary.revision == number) {
        channel.canary = None;
        write_channel(c, environment, "sms", &channel, by)?;
    }
    Ok(())
}

pub(super) async fn channel(store: &Sqlite, environment: &str, channel: &str) -> Stored<ChannelRow> {
    let (environment, channel) = (environment.to_owned(), channel.to_owned());
    store.read(move |c| channel_row(c, &environment, &channel)).await
}

pub(super) async fn put_channel(
    store: &Sqlite,
    environment: &str,
    channel: &str,
    row: ChannelRow,
    by: Occasion,
) -> Stored<()> {
    let (environment, channel) = (environment.to_owned(), channel.to_owned());
    store.write(move |c| write_channel(c, &environment, &channel, &row, &by)).await
}
