//! Environments and their documents.

use serde_json::Value;

use super::super::locking::{self, Lock};
use super::super::{Flight, Line, Postgres, given};
use super::removal::{self, NOTE};
use super::under;
use crate::store::{EnvironmentRow, Setting, StoreError, Stored};

const ENVIRONMENT: &str = "SELECT name, kind, display_name, created_at FROM environments";

fn environment_row(line: &Line) -> Stored<EnvironmentRow> {
    Ok(EnvironmentRow { name: line.get(0)?, kind: line.get(1)?, display_name: line.get(2)?, created_at: line.get(3)? })
}

pub(in crate::store::postgres) async fn environments(store: &Postgres) -> Stored<Vec<EnvironmentRow>> {
    store.lines(format!("{ENVIRONMENT} ORDER BY name"), given![]).await?.iter().map(environment_row).collect()
}

pub(in crate::store::postgres) async fn environment(store: &Postgres, name: &str) -> Stored<Option<EnvironmentRow>> {
    let line = store.line(format!("{ENVIRONMENT} WHERE name = $1"), given![name]).await?;
    line.as_ref().map(environment_row).transpose()
}

pub(in crate::store::postgres) async fn create_environment(store: &Postgres, e: EnvironmentRow) -> Stored<bool> {
    let left = "SELECT EXISTS (SELECT 1 FROM meta WHERE name = $1)";
    let create = "INSERT INTO environments (name, kind, display_name, created_at)
                  SELECT $1::text, $2::text, $3::text, $4::bigint WHERE NOT EXISTS (SELECT 1 FROM meta WHERE name = $5)
                  ON CONFLICT DO NOTHING";
    let note = format!("{NOTE}{}", e.name);
    loop {
        let mut flight = Flight::new();
        locking::take(&mut flight, &[Lock::Setup(&e.name)]);
        let left = flight.ask(left, given![&note]);
        let create = flight.ask(create, given![&e.name, &e.kind, &e.display_name, e.created_at, &note]);
        let answers = store.begin().await?.commit(flight).await?;
        if !answers.line(left).map_or(Ok(false), |line| line.get(0))? {
            return Ok(answers.written(create) == 1);
        }
        // One of that name was deleted, and not all of it yet: the new one is not to begin with what is left.
        removal::finish(store, &e.name).await?;
    }
}

pub(in crate::store::postgres) async fn rename_environment(
    store: &Postgres,
    name: &str,
    display_name: &str,
) -> Stored<bool> {
    let sql = "UPDATE environments SET display_name = $2 WHERE name = $1";
    Ok(store.write(sql, given![name, display_name]).await? == 1)
}

pub(in crate::store::postgres) async fn setting(
    store: &Postgres,
    environment: &str,
    kind: &str,
) -> Stored<Option<Setting>> {
    let sql = "SELECT document, version FROM settings WHERE environment = $1 AND kind = $2";
    let read = |line: Line| Ok(Setting { document: line.json(0)?, version: line.get(1)? });
    store.line(sql, given![environment, kind]).await?.map(read).transpose()
}

const WRITE: &str = "INSERT INTO settings (environment, kind, document, version) VALUES ($1, $2, $3, 1)
    ON CONFLICT (environment, kind) DO UPDATE SET document = excluded.document, version = settings.version + 1
    RETURNING version";

pub(in crate::store::postgres) async fn put_setting(
    store: &Postgres,
    environment: &str,
    kind: &str,
    document: Value,
) -> Stored<u64> {
    // Under the lock: a promotion in between has looked at its version.
    let (answers, seat) = under(store, Lock::Setup(environment), WRITE, given![environment, kind, &document]).await?;
    let line = answers.line(seat).ok_or_else(|| StoreError::Database("a document was not written".into()))?;
    line.get(0)
}

/// As part of something greater, under the environment's lock.
pub(in crate::store::postgres) fn write_setting(flight: &mut Flight, environment: &str, kind: &str, document: &Value) {
    flight.ask(WRITE, given![environment, kind, document]);
}
