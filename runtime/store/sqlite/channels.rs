//! Who sends on a channel.

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::{Sqlite, json, text};
use crate::store::{ChannelRow, Stored};

pub(super) fn channel_row(c: &Connection, environment: &str, channel: &str) -> rusqlite::Result<ChannelRow> {
    let sql = "SELECT active, fallback, routes, canary, canary_ended FROM channels
               WHERE environment = ?1 AND channel = ?2";
    let row = |row: &Row<'_>| {
        Ok(ChannelRow {
            active: row.get(0)?,
            fallback: json(row.get(1)?)?,
            routes: json(row.get(2)?)?,
            canary: row.get::<_, Option<String>>(3)?.map(json).transpose()?,
            canary_ended: row.get::<_, Option<String>>(4)?.map(json).transpose()?,
        })
    };
    Ok(c.prepare_cached(sql)?.query_row([environment, channel], row).optional()?.unwrap_or_default())
}

pub(super) fn write_channel(
    c: &Connection,
    environment: &str,
    channel: &str,
    row: &ChannelRow,
) -> rusqlite::Result<()> {
    let sql = "INSERT INTO channels (environment, channel, active, fallback, routes, canary, canary_ended)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) ON CONFLICT (environment, channel)
               DO UPDATE SET active = excluded.active, fallback = excluded.fallback, routes = excluded.routes,
                             canary = excluded.canary, canary_ended = excluded.canary_ended";
    c.execute(
        sql,
        params![
            environment,
            channel,
            row.active,
            text(&row.fallback),
            text(&row.routes),
            row.canary.as_ref().map(text),
            row.canary_ended.as_ref().map(text)
        ],
    )
    .map(|_| ())
}

/// Let a revision serve. If it was on trial, the trial is over: it serves everything now.
pub(super) fn set_serving(c: &Connection, environment: &str, name: &str, number: u64) -> rusqlite::Result<()> {
    let sql = "UPDATE connectors SET serving = ?3 WHERE environment = ?1 AND name = ?2";
    c.execute(sql, params![environment, name, number])?;
    let mut channel = channel_row(c, environment, "sms")?;
    if channel.canary.as_ref().is_some_and(|canary| canary.connector == name && canary.revision == number) {
        channel.canary = None;
        write_channel(c, environment, "sms", &channel)?;
    }
    Ok(())
}

pub(super) async fn channel(store: &Sqlite, environment: &str, channel: &str) -> Stored<ChannelRow> {
    let (environment, channel) = (environment.to_owned(), channel.to_owned());
    store.read(move |c| channel_row(c, &environment, &channel)).await
}

pub(super) async fn put_channel(store: &Sqlite, environment: &str, channel: &str, row: ChannelRow) -> Stored<()> {
    let (environment, channel) = (environment.to_owned(), channel.to_owned());
    store.write(move |c| write_channel(c, &environment, &channel, &row)).await
}
