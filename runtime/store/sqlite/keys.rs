//! Small values, API keys, environments and their documents.

use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde_json::Value;

use super::{Sqlite, at, json, ms, text};
use crate::clock::Timestamp;
use crate::store::{EnvironmentRow, KeyRow, Setting, Stored};

pub(super) async fn meta(store: &Sqlite, name: &str) -> Stored<Option<Vec<u8>>> {
    let name = name.to_owned();
    store
        .read(move |c| c.query_row("SELECT value FROM meta WHERE name = ?1", [name], |row| row.get(0)).optional())
        .await
}

pub(super) async fn put_meta(store: &Sqlite, name: &str, value: &[u8]) -> Stored<()> {
    let (name, value) = (name.to_owned(), value.to_vec());
    let sql = "INSERT INTO meta (name, value) VALUES (?1, ?2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    store.write(move |c| c.execute(sql, params![name, value]).map(|_| ())).await
}

pub(super) async fn meta_once(store: &Sqlite, name: &str, value: &[u8]) -> Stored<Vec<u8>> {
    let (name, value) = (name.to_owned(), value.to_vec());
    let once = move |c: &Connection| {
        c.execute("INSERT INTO meta (name, value) VALUES (?1, ?2) ON CONFLICT DO NOTHING", params![name, value])?;
        c.query_row("SELECT value FROM meta WHERE name = ?1", [&name], |row| row.get(0))
    };
    store.write(once).await
}

pub(super) async fn ping(store: &Sqlite) -> Stored<()> {
    store.read(|c| c.query_row("SELECT 1", [], |_| Ok(()))).await
}

const KEY: &str =
    "SELECT id, name, roles, environment, hash, created_at, revoked_at, last_used_at, prefix FROM api_keys";

fn key(row: &Row<'_>) -> rusqlite::Result<KeyRow> {
    Ok(KeyRow {
        id: row.get(0)?,
        name: row.get(1)?,
        roles: json(row.get(2)?)?,
        environment: row.get(3)?,
        hash: row.get(4)?,
        created_at: at(row.get(5)?),
        revoked_at: row.get::<_, Option<i64>>(6)?.map(at),
        last_used_at: row.get::<_, Option<i64>>(7)?.map(at),
        prefix: row.get(8)?,
    })
}

pub(super) async fn insert_key(store: &Sqlite, key: KeyRow) -> Stored<()> {
    let sql = "INSERT INTO api_keys (id, name, roles, environment, hash, created_at, revoked_at, prefix)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
    let insert = move |c: &rusqlite::Connection| {
        let row = params![
            key.id,
            key.name,
            text(&key.roles),
            key.environment,
            key.hash,
            ms(key.created_at),
            key.revoked_at.map(ms),
            key.prefix
        ];
        c.execute(sql, row).map(|_| ())
    };
    store.write(insert).await
}

pub(super) async fn keys(store: &Sqlite) -> Stored<Vec<KeyRow>> {
    store.read(|c| c.prepare_cached(&format!("{KEY} ORDER BY created_at, id"))?.query_map([], key)?.collect()).await
}

pub(super) async fn key_by_hash(store: &Sqlite, hash: &[u8; 32]) -> Stored<Option<KeyRow>> {
    let hash = *hash;
    let sql = format!("{KEY} WHERE hash = ?1 AND revoked_at IS NULL");
    store.read(move |c| c.prepare_cached(&sql)?.query_row([hash], key).optional()).await
}

pub(super) async fn revoke_key(store: &Sqlite, id: &str, now: Timestamp) -> Stored<bool> {
    let id = id.to_owned();
    let sql = "UPDATE api_keys SET revoked_at = ?2 WHERE id = ?1 AND revoked_at IS NULL";
    store.write(move |c| Ok(c.execute(sql, params![id, ms(now)])? == 1)).await
}

pub(super) async fn key_used(store: &Sqlite, id: &str, since: Timestamp, now: Timestamp) -> Stored<()> {
    let id = id.to_owned();
    // Many requests may come at once when the time for a note has come: the first one's serves them all.
    let sql = "UPDATE api_keys SET last_used_at = ?3 WHERE id = ?1 AND (last_used_at IS NULL OR last_used_at <= ?2)";
    store.write(move |c| c.prepare_cached(sql)?.execute(params![id, ms(since), ms(now)]).map(|_| ())).await
}

pub(super) async fn admin_key_exists(store: &Sqlite) -> Stored<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM api_keys WHERE environment IS NULL AND revoked_at IS NULL)";
    store.read(move |c| c.query_row(sql, [], |row| row.get(0))).await
}

const ENVIRONMENT: &str = "SELECT name, kind, display_name, created_at FROM environments";

fn environment_row(row: &Row<'_>) -> rusqlite::Result<EnvironmentRow> {
    Ok(EnvironmentRow { name: row.get(0)?, kind: row.get(1)?, display_name: row.get(2)?, created_at: at(row.get(3)?) })
}

pub(super) async fn environments(store: &Sqlite) -> Stored<Vec<EnvironmentRow>> {
    store
        .read(|c| c.prepare_cached(&format!("{ENVIRONMENT} ORDER BY name"))?.query_map([], environment_row)?.collect())
        .await
}

pub(super) async fn environment(store: &Sqlite, name: &str) -> Stored<Option<EnvironmentRow>> {
    let name = name.to_owned();
    let sql = format!("{ENVIRONMENT} WHERE name = ?1");
    store.read(move |c| c.prepare_cached(&sql)?.query_row([name], environment_row).optional()).await
}

pub(super) async fn create_environment(store: &Sqlite, e: EnvironmentRow) -> Stored<bool> {
    let sql = "INSERT INTO environments (name, kind, display_name, created_at) VALUES (?1, ?2, ?3, ?4)
               ON CONFLICT DO NOTHING";
    store.write(move |c| Ok(c.execute(sql, params![e.name, e.kind, e.display_name, ms(e.created_at)])? == 1)).await
}

pub(super) async fn rename_environment(store: &Sqlite, name: &str, display_name: &str) -> Stored<bool> {
    let (name, display_name) = (name.to_owned(), display_name.to_owned());
    let sql = "UPDATE environments SET display_name = ?2 WHERE name = ?1";
    store.write(move |c| Ok(c.execute(sql, params![name, display_name])? == 1)).await
}

pub(super) async fn delete_environment(store: &Sqlite, name: &str, force: bool) -> Stored<Vec<String>> {
    let name = name.to_owned();
    let delete = move |c: &rusqlite::Connection| {
        let sql = "SELECT name FROM connectors WHERE environment = ?1 AND NOT deleted ORDER BY name";
        let used: Vec<String> =
            c.prepare_cached(sql)?.query_map([&name], |row| row.get(0))?.collect::<Result<_, _>>()?;
        if !used.is_empty() && !force {
            return Ok(used);
        }
        c.execute("DELETE FROM environments WHERE name = ?1", [&name])?;
        c.execute("DELETE FROM api_keys WHERE environment = ?1", [&name])?;
        Ok(Vec::new())
    };
    store.write(delete).await
}

pub(super) async fn setting(store: &Sqlite, environment: &str, kind: &str) -> Stored<Option<Setting>> {
    let (environment, kind) = (environment.to_owned(), kind.to_owned());
    let sql = "SELECT document, version FROM settings WHERE environment = ?1 AND kind = ?2";
    let read = move |row: &Row<'_>| Ok(Setting { document: json(row.get(0)?)?, version: row.get(1)? });
    store.read(move |c| c.prepare_cached(sql)?.query_row([environment, kind], read).optional()).await
}

pub(super) async fn put_setting(store: &Sqlite, environment: &str, kind: &str, document: Value) -> Stored<u64> {
    let (environment, kind) = (environment.to_owned(), kind.to_owned());
    store.write(move |c| write_setting(c, &environment, &kind, &document)).await
}

pub(super) fn write_setting(c: &Connection, environment: &str, kind: &str, document: &Value) -> rusqlite::Result<u64> {
    let sql = "INSERT INTO settings (environment, kind, document, version) VALUES (?1, ?2, ?3, 1) ON CONFLICT (environment, kind)
               DO UPDATE SET document = excluded.document, version = version + 1 RETURNING version";
    c.query_row(sql, params![environment, kind, text(document)], |row| row.get(0))
}
