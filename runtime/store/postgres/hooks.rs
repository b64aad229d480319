//! Hooks.

use super::keys::under;
use super::locking::Lock;
use super::{Line, Postgres, given};
use crate::store::{HookRow, Stored};

const HOOK: &str = "SELECT environment, name, sender, document, sealed, version, created_at, changed_at FROM hooks WHERE environment = $1";

fn row(line: &Line) -> Stored<HookRow> {
    Ok(HookRow {
        environment: line.get(0)?,
        name: line.get(1)?,
        sender: line.get(2)?,
        document: line.json(3)?,
        sealed: line.get(4)?,
        version: line.get(5)?,
        created_at: line.get(6)?,
        changed_at: line.get(7)?,
    })
}

pub(super) async fn hooks(store: &Postgres, environment: &str) -> Stored<Vec<HookRow>> {
    store.lines(format!("{HOOK} ORDER BY name"), given![environment]).await?.iter().map(row).collect()
}

pub(super) async fn hook(store: &Postgres, environment: &str, name: &str) -> Stored<Option<HookRow>> {
    let sql = format!("{HOOK} AND name = $2");
    store.line(sql, given![environment, name]).await?.as_ref().map(row).transpose()
}

pub(super) async fn put_hook(store: &Postgres, hook: HookRow) -> Stored<bool> {
    // A first version makes the row, a later one follows the version that its writer had seen.
    let sql = "INSERT INTO hooks (environment, name, sender, document, sealed, version, created_at, changed_at)
               SELECT $1::text, $2::text, $3::text, $4::text, $5::bytea, $6::bigint, $7::bigint, $8::bigint
               WHERE $6 = 1::bigint OR EXISTS (SELECT 1 FROM hooks WHERE environment = $1 AND name = $2)
               ON CONFLICT (environment, name) DO UPDATE SET sender = excluded.sender, document = excluded.document,
                 sealed = excluded.sealed, version = excluded.version, changed_at = excluded.changed_at
               WHERE hooks.version = excluded.version - 1";
    let given = given![
        &hook.environment,
        &hook.name,
        &hook.sender,
        &hook.document,
        &hook.sealed,
        hook.version,
        hook.created_at,
        hook.changed_at
    ];
    let (answers, seat) = under(store, Lock::Setup(&hook.environment), sql, given).await?;
    Ok(answers.written(seat) == 1)
}

pub(super) async fn delete_hook(store: &Postgres, environment: &str, name: &str) -> Stored<bool> {
    let sql = "DELETE FROM hooks WHERE environment = $1 AND name = $2";
    let (answers, seat) = under(store, Lock::Setup(environment), sql, given![environment, name]).await?;
    Ok(answers.written(seat) == 1)
}
