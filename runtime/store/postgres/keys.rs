//! Small values, and API keys. Environments and their documents are beside them, and what becomes of a deleted one.

mod environments;
mod removal;

pub(super) use environments::{
    create_environment, environment, environments, put_setting, rename_environment, setting, write_setting,
};
pub(super) use removal::{NOTE, delete_environment};

use super::flight::{Answers, Seat};
use super::locking::{self, Lock};
use super::{Flight, Given, Line, Postgres, given, text};
use crate::clock::Timestamp;
use crate::store::{KeyRow, Stored};

/// One statement under a lock: a transaction of one flight.
pub(super) async fn under(
    store: &Postgres,
    lock: Lock<'_>,
    sql: impl Into<String>,
    given: Vec<Given>,
) -> Stored<(Answers, Seat)> {
    let mut flight = Flight::new();
    locking::take(&mut flight, &[lock]);
    let seat = flight.ask(sql, given);
    Ok((store.begin().await?.commit(flight).await?, seat))
}

pub(super) async fn meta(store: &Postgres, name: &str) -> Stored<Option<Vec<u8>>> {
    let line = store.line("SELECT value FROM meta WHERE name = $1", given![name]).await?;
    line.map(|line| line.get(0)).transpose()
}

pub(super) async fn put_meta(store: &Postgres, name: &str, value: &[u8]) -> Stored<()> {
    let sql = "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";
    store.write(sql, given![name, value]).await.map(|_| ())
}

pub(super) async fn meta_once(store: &Postgres, name: &str, value: &[u8]) -> Stored<Vec<u8>> {
    let mut flight = Flight::new();
    // Whoever comes second waits here for the first, and reads what that one wrote.
    flight.ask("INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING", given![name, value]);
    let standing = flight.ask("SELECT value FROM meta WHERE name = $1", given![name]);
    let answers = store.begin().await?.commit(flight).await?;
    answers.line(standing).map_or_else(|| Ok(value.to_vec()), |line| line.get(0))
}

pub(super) async fn ping(store: &Postgres) -> Stored<()> {
    store.line("SELECT 1", given![]).await.map(|_| ())
}

const KEY: &str =
    "SELECT id, name, roles, environment, hash, created_at, revoked_at, last_used_at, prefix FROM api_keys";

fn key(line: &Line) -> Stored<KeyRow> {
    Ok(KeyRow {
        id: line.get(0)?,
        name: line.get(1)?,
        roles: line.json(2)?,
        environment: line.get(3)?,
        hash: line.get(4)?,
        created_at: line.get(5)?,
        revoked_at: line.get(6)?,
        last_used_at: line.get(7)?,
        prefix: line.get(8)?,
    })
}

pub(super) async fn insert_key(store: &Postgres, key: KeyRow) -> Stored<()> {
    let sql = "INSERT INTO api_keys (id, name, roles, environment, hash, created_at, revoked_at, prefix)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let roles = text(&key.roles);
    let given = given![key.id, key.name, roles, key.environment, key.hash, key.created_at, key.revoked_at, key.prefix];
    store.write(sql, given).await.map(|_| ())
}

pub(super) async fn keys(store: &Postgres) -> Stored<Vec<KeyRow>> {
    store.lines(format!("{KEY} ORDER BY created_at, id"), given![]).await?.iter().map(key).collect()
}

pub(super) async fn key_by_hash(store: &Postgres, hash: &[u8; 32]) -> Stored<Option<KeyRow>> {
    let sql = format!("{KEY} WHERE hash = $1 AND revoked_at IS NULL");
    store.line(sql, given![hash]).await?.as_ref().map(key).transpose()
}

pub(super) async fn revoke_key(store: &Postgres, id: &str, now: Timestamp) -> Stored<bool> {
    let sql = "UPDATE api_keys SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL";
    Ok(store.write(sql, given![id, now]).await? == 1)
}

pub(super) async fn key_used(store: &Postgres, id: &str, since: Timestamp, now: Timestamp) -> Stored<()> {
    // Many requests may come at once when the time for a note has come: the first one's serves them all.
    let sql = "UPDATE api_keys SET last_used_at = $3 WHERE id = $1 AND (last_used_at IS NULL OR last_used_at <= $2)";
    store.write(sql, given![id, since, now]).await.map(|_| ())
}

pub(super) async fn admin_key_exists(store: &Postgres) -> Stored<bool> {
    let sql = "SELECT EXISTS (SELECT 1 FROM api_keys WHERE environment IS NULL AND revoked_at IS NULL)";
    let line = store.line(sql, given![]).await?;
    line.map_or(Ok(false), |line| line.get(0))
}
