//! Connectors, their revisions and secrets.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::channels::{channel_row, set_serving, write_channel};
use super::switches::{self, Ending};
use super::{Sqlite, at, bills, json, ms, text};
use crate::actor::Actor;
use crate::clock::Timestamp;
use crate::store::{ConnectorRow, ErasedSecret, NewRevision, Occasion, RevisionRow, Saved, SecretRow, Stored, Why};

const CONNECTOR: &str = "SELECT c.name, c.serving, c.newest, m.id, c.last_success_at FROM connectors c
    LEFT JOIN revisions r ON r.environment = c.environment AND r.connector = c.name AND r.number = c.newest
    LEFT JOIN components m ON m.digest = r.component_digest WHERE c.environment = ?1 AND NOT c.deleted";

fn connector_row(row: &Row<'_>) -> rusqlite::Result<ConnectorRow> {
    Ok(ConnectorRow {
        name: row.get(0)?,
        serving: row.get(1)?,
        newest: row.get(2)?,
        component_id: row.get(3)?,
        last_success_at: row.get::<_, Option<i64>>(4)?.map(at),
    })
}

pub(super) async fn connectors(store: &Sqlite, environment: &str) -> Stored<Vec<ConnectorRow>> {
    let environment = environment.to_owned();
    let sql = format!("{CONNECTOR} ORDER BY c.name");
    store.read(move |c| c.prepare_cached(&sql)?.query_map([environment], connector_row)?.collect()).await
}

pub(super) async fn connector(store: &Sqlite, environment: &str, name: &str) -> Stored<Option<ConnectorRow>> {
    let (environment, name) = (environment.to_owned(), name.to_owned());
    let sql = format!("{CONNECTOR} AND c.name = ?2");
    store.read(move |c| c.prepare_cached(&sql)?.query_row([environment, name], connector_row).optional()).await
}

pub(super) async fn save_revision(store: &Sqlite, revision: NewRevision) -> Stored<Saved> {
    store.write(move |c| save(c, revision, Why::Save)).await
}

pub(super) fn save(c: &Connection, new: NewRevision, why: Why) -> rusqlite::Result<Saved> {
    let newest: Option<(u64, bool)> = c
        .query_row(
            "SELECT newest, deleted FROM connectors WHERE environment = ?1 AND name = ?2",
            params![new.environment, new.name],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    let current = newest.filter(|(_, deleted)| !deleted).map_or(0, |(number, _)| number);
    if new.if_match.is_some_and(|seen| seen != current) {
        return Ok(Saved::Stale { current });
    }
    let number = newest.map_or(0, |(number, _)| number) + 1;
    c.execute(
        "INSERT INTO connectors (environment, name, newest) VALUES (?1, ?2, ?3)
         ON CONFLICT (environment, name) DO UPDATE SET newest = excluded.newest, deleted = 0, deleted_at = NULL",
        params![new.environment, new.name, number],
    )?;
    let mut versions = new.kept;
    for given in new.given {
        let next = "SELECT 1 + coalesce(max(version), 0) FROM secrets WHERE environment = ?1 AND connector = ?2 AND field = ?3";
        let version: u32 = c.query_row(next, params![new.environment, new.name, given.field], |row| row.get(0))?;
        c.execute(
            "INSERT INTO secrets (environment, connector, field, version, sealed, bindings, created_at)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                new.environment,
                new.name,
                given.field,
                version,
                (given.seal)(version),
                text(&given.bindings),
                ms(new.now)
            ],
        )?;
        versions.insert(given.field, version);
    }
    c.execute(
        "INSERT INTO revisions (environment, connector, number, component_digest, config, templates, senders, approved,
         secret_versions, created_at, saved_by) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
        params![
            new.environment,
            new.name,
            number,
            new.component_digest,
            text(&new.config),
            text(&new.templates),
            text(&new.senders),
            text(&new.approved),
            text(&versions),
            ms(new.now),
            new.by.as_ref().map(text)
        ],
    )?;
    if new.serve {
        let by = Occasion { at: new.now, by: new.by, why };
        set_serving(c, &new.environment, &new.name, number, &by)?;
        let channel = channel_row(c, &new.environment, "sms")?;
        let then = channel.clone().with(&new.name, new.activate, new.replaces.as_deref());
        if then != channel {
            write_channel(c, &new.environment, "sms", &then, &by)?;
        }
    }
    let active = channel_row(c, &new.environment, "sms")?.active.as_deref() == Some(&new.name);
    Ok(Saved::Revision { number, active })
}

const REVISION: &str =
    "SELECT number, component_digest, config, templates, senders, approved, secret_versions, created_at, quarantined,
            saved_by
    FROM revisions WHERE environment = ?1 AND connector = ?2";

fn revision_row(row: &Row<'_>) -> rusqlite::Result<RevisionRow> {
    Ok(RevisionRow {
        number: row.get(0)?,
        component_digest: row.get(1)?,
        config: json(row.get(2)?)?,
        templates: json(row.get(3)?)?,
        senders: json(row.get(4)?)?,
        approved: json(row.get(5)?)?,
        secret_versions: json::<BTreeMap<String, u32>>(row.get(6)?)?,
        created_at: at(row.get(7)?),
        quarantined: row.get(8)?,
        by: row.get::<_, Option<String>>(9)?.map(json).transpose()?,
    })
}

pub(super) async fn quarantine_revision(
    store: &Sqlite,
    environment: &str,
    name: &str,
    number: u64,
    why: &str,
    now: Timestamp,
) -> Stored<()> {
    let (environment, name, why) = (environment.to_owned(), name.to_owned(), why.to_owned());
    // The first reason stays.
    let sql = "UPDATE revisions SET quarantined = ?4
               WHERE environment = ?1 AND connector = ?2 AND number = ?3 AND quarantined IS NULL";
    let by = Occasion { at: now, by: Some(Actor::host("quarantine")), why: Why::Quarantine };
    let quarantine = move |c: &Connection| {
        if c.execute(sql, params![environment, name, number, why])? > 0 {
            switches::end(c, [&environment, &name], &Ending::Revision(number), &by)?;
        }
        Ok(())
    };
    store.write(quarantine).await
}

pub(super) async fn revisions(store: &Sqlite, environment: &str, name: &str) -> Stored<Vec<RevisionRow>> {
    let (environment, name) = (environment.to_owned(), name.to_owned());
    let sql = format!("{REVISION} ORDER BY number DESC");
    store.read(move |c| c.prepare_cached(&sql)?.query_map([environment, name], revision_row)?.collect()).await
}

pub(super) async fn revision(
    store: &Sqlite,
    environment: &str,
    name: &str,
    number: u64,
) -> Stored<Option<RevisionRow>> {
    let (environment, name) = (environment.to_owned(), name.to_owned());
    let sql = format!("{REVISION} AND number = ?3");
    store
        .read(move |c| c.prepare_cached(&sql)?.query_row(params![environment, name, number], revision_row).optional())
        .await
}

pub(super) async fn serve_revision(
    store: &Sqlite,
    environment: &str,
    name: &str,
    number: u64,
    if_match: Option<u64>,
    by: Occasion,
) -> Stored<Saved> {
    let (environment, name) = (environment.to_owned(), name.to_owned());
    store.write(move |c| serve(c, &environment, &name, number, if_match, &by)).await
}

fn serve(
    c: &Connection,
    environment: &str,
    name: &str,
    number: u64,
    if_match: Option<u64>,
    by: &Occasion,
) -> rusqlite::Result<Saved> {
    let sql = "SELECT newest FROM connectors WHERE environment = ?1 AND name = ?2 AND NOT deleted";
    let Some(current) = c.query_row(sql, params![environment, name], |row| row.get::<_, u64>(0)).optional()? else {
        return Ok(Saved::Missing);
    };
    if if_match.is_some_and(|seen| seen != current) {
        return Ok(Saved::Stale { current });
    }
    let exists = "SELECT EXISTS (SELECT 1 FROM revisions WHERE environment = ?1 AND connector = ?2 AND number = ?3)";
    if !c.query_row(exists, params![environment, name, number], |row| row.get::<_, bool>(0))? {
        return Ok(Saved::Missing);
    }
    set_serving(c, environment, name, number, by)?;
    let active = channel_row(c, environment, "sms")?.active.as_deref() == Some(name);
    Ok(Saved::Revision { number, active })
}

pub(super) async fn delete_connector(store: &Sqlite, environment: &str, name: &str, by: Occasion) -> Stored<bool> {
    let (environment, name) = (environment.to_owned(), name.to_owned());
    let delete = move |c: &Connection| {
        let place = params![environment, name];
        let sql = "UPDATE connectors SET deleted = 1, serving = NULL, last_success_at = NULL
             WHERE environment = ?1 AND name = ?2 AND NOT deleted";
        if c.execute(sql, place)? == 0 {
            return Ok(false);
        }
        switches::end(c, [&environment, &name], &Ending::Everything, &by)?;
        c.execute("DELETE FROM revisions WHERE environment = ?1 AND connector = ?2", place)?;
        c.execute("DELETE FROM secrets WHERE environment = ?1 AND connector = ?2", place)?;
        bills::forget(c, &environment, &name)?;
        let mut channel = channel_row(c, &environment, "sms")?;
        channel.fallback.retain(|other| *other != name);
        channel.active = channel.active.filter(|active| *active != name);
        channel.routes.iter_mut().for_each(|rule| rule.forget(&name));
        channel.canary = channel.canary.filter(|canary| canary.connector != name);
        write_channel(c, &environment, "sms", &channel, &by)?;
        Ok(true)
    };
    store.write(delete).await
}

pub(super) async fn secrets(
    store: &Sqlite,
    environment: &str,
    name: &str,
    versions: &BTreeMap<String, u32>,
) -> Stored<Vec<SecretRow>> {
    let (environment, name, versions) = (environment.to_owned(), name.to_owned(), versions.clone());
    let sql = "SELECT field, version, sealed, bindings FROM secrets
               WHERE environment = ?1 AND connector = ?2 AND field = ?3 AND version = ?4";
    let secret = |row: &Row<'_>| {
        Ok(SecretRow { field: row.get(0)?, version: row.get(1)?, sealed: row.get(2)?, bindings: json(row.get(3)?)? })
    };
    let all = move |c: &Connection| {
        let mut one = c.prepare_cached(sql)?;
        let rows = versions
            .iter()
            .map(|(field, version)| one.query_row(params![environment, name, field, version], secret).optional());
        rows.filter_map(Result::transpose).collect()
    };
    store.read(all).await
}

pub(super) async fn erase_secret(
    store: &Sqlite,
    environment: &str,
    name: &str,
    field: &str,
    version: Option<u32>,
) -> Stored<Option<ErasedSecret>> {
    let place = [environment, name, field].map(str::to_owned);
    // The revision that serves, and one on trial beside it.
    let serving = "SELECT secret_versions FROM revisions JOIN connectors
                     ON connectors.environment = revisions.environment AND connectors.name = revisions.connector
                   LEFT JOIN channels ON channels.environment = revisions.environment
                     AND json_extract(canary, '$.connector') = revisions.connector
                   WHERE connectors.environment = ?1 AND connectors.name = ?2
                     AND (number = serving OR number = json_extract(canary, '$.revision'))";
    let versions =
        "SELECT version FROM secrets WHERE environment = ?1 AND connector = ?2 AND field = ?3 ORDER BY version";
    let erase = "DELETE FROM secrets WHERE environment = ?1 AND connector = ?2 AND field = ?3 AND version = ?4";
    let work = move |c: &Connection| {
        let [environment, name, field] = &place;
        let used = c
            .prepare(serving)?
            .query_map([environment, name], |row| json::<BTreeMap<String, u32>>(row.get(0)?))?
            .collect::<rusqlite::Result<Vec<_>>>()?;
        let found = c
            .prepare(versions)?
            .query_map([environment, name, field], |row| row.get(0))?
            .collect::<rusqlite::Result<Vec<u32>>>()?;
        let wanted: Vec<u32> =
            found.into_iter().filter(|found| version.is_none_or(|version| version == *found)).collect();
        if wanted.is_empty() {
            return Ok(None);
        }
        let mut came = ErasedSecret::default();
        for version in wanted {
            if used.iter().any(|used| used.get(field) == Some(&version)) {
                came.in_use = Some(version);
            } else {
                c.execute(erase, params![environment, name, field, version])?;
                came.erased.push(version);
            }
        }
        Ok(Some(came))
    };
    store.write(work).await
}
