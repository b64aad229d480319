//! Hooks.

use rusqlite::{Connection, OptionalExtension as _, Row, params};

use super::{Sqlite, at, json, ms, text};
use crate::store::{HookRow, Stored};

const HOOK: &str = "SELECT environment, name, sender, document, sealed, version, created_at, changed_at FROM hooks WHERE environment = ?1";

fn row(row: &Row<'_>) -> rusqlite::Result<HookRow> {
    Ok(HookRow {
        environment: row.get(0)?,
        name: row.get(1)?,
        sender: row.get(2)?,
        document: json(row.get(3)?)?,
        sealed: row.get(4)?,
        version: row.get(5)?,
        created_at: at(row.get(6)?),
        changed_at: at(row.get(7)?),
    })
}

pub(super) async fn hooks(store: &Sqlite, environment: &str) -> Stored<Vec<HookRow>> {
    let (environment, sql) = (environment.to_owned(), format!("{HOOK} ORDER BY name"));
    store.read(move |c| c.prepare_cached(&sql)?.query_map([environment], row)?.collect()).await
}

pub(super) async fn hook(store: &Sqlite, environment: &str, name: &str) -> Stored<Option<HookRow>> {
    let (environment, name) = (environment.to_owned(), name.to_owned());
    let sql = format!("{HOOK} AND name = ?2");
    store.read(move |c| c.prepare_cached(&sql)?.query_row([environment, name], row).optional()).await
}

pub(super) async fn put_hook(store: &Sqlite, hook: HookRow) -> Stored<bool> {
    // A first version makes the row, a later one follows the version that its writer had seen.
    let sql = "INSERT INTO hooks (environment, name, sender, document, sealed, version, created_at, changed_at)
               SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8 WHERE ?6 = 1
                 OR EXISTS (SELECT 1 FROM hooks WHERE environment = ?1 AND name = ?2)
               ON CONFLICT (environment, name) DO UPDATE SET sender = excluded.sender, document = excluded.document,
                 sealed = excluded.sealed, version = excluded.version, changed_at = excluded.changed_at
               WHERE hooks.version = excluded.version - 1";
    let put = move |c: &Connection| {
        let row = params![
            hook.environment,
            hook.name,
            hook.sender,
            text(&hook.document),
            hook.sealed,
            hook.version,
            ms(hook.created_at),
            ms(hook.changed_at)
        ];
        Ok(c.prepare_cached(sql)?.execute(row)? == 1)
    };
    store.write(put).await
}

pub(super) async fn delete_hook(store: &Sqlite, environment: &str, name: &str) -> Stored<bool> {
    let (environment, name) = (environment.to_owned(), name.to_owned());
    let sql = "DELETE FROM hooks WHERE environment = ?1 AND name = ?2";
    store.write(move |c| Ok(c.execute(sql, [environment, name])? == 1)).await
}
