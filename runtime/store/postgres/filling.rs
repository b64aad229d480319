//! A database that gets what another store has. What was begun is noted in `meta`, with the identity of what comes and
//! how far each table is, in the very transaction that brings rows: whoever is killed leaves whole batches, and the next
//! goes on.

mod rows;
mod standing;

use serde::{Deserialize, Serialize};
use tokio::sync::Semaphore;

use super::given::given;
use super::locking::{self, Lock};
use super::*;
use crate::store::moving::{Note, Row, Table};
pub(in crate::store) use standing::Standing;

/// The name in `meta`.
const MOVING: &str = "moving";
const PUT: &str =
    "INSERT INTO meta (name, value) VALUES ($1, $2) ON CONFLICT (name) DO UPDATE SET value = excluded.value";

/// What is known of a move.
#[derive(Deserialize, Serialize)]
struct Mark {
    /// Whose data it is.
    from: String,
    is_done: bool,
}

/// A database to be filled.
pub(in crate::store) struct Target(Postgres);

/// A database that has a part of what it is to have is no store.
pub(super) async fn refuse_half(store: &Postgres) -> Stored<()> {
    match mark(store).await? {
        Some(mark) if !mark.is_done => Err(StoreError::HalfMoved),
        _ => Ok(()),
    }
}

async fn mark(store: &Postgres) -> Stored<Option<Mark>> {
    noted(store, MOVING).await
}

async fn noted<T: serde::de::DeserializeOwned>(store: &Postgres, name: &str) -> Stored<Option<T>> {
    let Some(noted) = keys::meta(store, name).await? else { return Ok(None) };
    let unreadable = |_| StoreError::Database("what an earlier move noted can't be read".into());
    serde_json::from_slice(&noted).map(Some).map_err(unreadable)
}

fn of_table(table: &Table) -> String {
    format!("{MOVING} {}", table.name)
}

impl Target {
    /// Read the options; nothing is made.
    pub(in crate::store) fn connect(options: &Options) -> Stored<Self> {
        let (pool, shared) = pool::open(options)?;
        // As behind a pooler, it hears of nothing: there is no news for it.
        let listener = Listener::start(&Options { pooled: true, ..options.clone() });
        Ok(Self(Postgres { pool, shared, listener, holds: Arc::new(Semaphore::new(1)) }))
    }

    /// Bring it to the newest schema.
    pub(in crate::store) async fn prepare(&self) -> Stored<()> {
        migrations::run(&self.0, migrations::STEPS).await?;
        partitions::prepare(&self.0).await
    }

    /// Note that a move begins. The environments that a fresh schema has make room for those that come.
    pub(in crate::store) async fn begin(&self, from: &str) -> Stored<()> {
        let mut flight = Flight::new();
        locking::take(&mut flight, &[Lock::Service(MOVING)]);
        flight.ask("DELETE FROM environments", given![]);
        let mark = text(&Mark { from: from.to_owned(), is_done: false });
        // Of two that begin at once, the other fails here.
        flight.ask("INSERT INTO meta (name, value) VALUES ($1, $2)", given![MOVING, mark.into_bytes()]);
        self.0.begin().await?.commit(flight).await.map(|_| ())
    }

    /// Partitions for the days on which ids of a table were made.
    pub(in crate::store) async fn prepare_days(&self, table: &str, times: &[i64]) -> Stored<()> {
        partitions::prepare_days(&self.0, table, times).await
    }

    /// How far a table is.
    pub(in crate::store) async fn how_far(&self, table: &Table) -> Stored<Note> {
        Ok(noted(&self.0, &of_table(table)).await?.unwrap_or_default())
    }

    /// What is not in a table of the data folder, and follows from what is.
    pub(in crate::store) async fn complete(&self, tables: &[Table], told: Vec<(String, String)>) -> Stored<()> {
        let mut flight = Flight::new();
        let (environments, sources): (Vec<String>, Vec<String>) = told.into_iter().unzip();
        let sql = "INSERT INTO told_sources (environment, source) SELECT * FROM unnest($1::text[], $2::text[])
                   ON CONFLICT DO NOTHING";
        flight.ask(sql, given![environments, sources]);
        for table in tables {
            let Some(column) = table.sequence else { continue };
            let name = table.name;
            let sql = format!(
                "SELECT setval(pg_get_serial_sequence('{name}', '{column}'), coalesce(max({column}), 1), count(*) > 0)
                 FROM {name}"
            );
            flight.ask(sql, given![]);
        }
        self.0.begin().await?.commit(flight).await.map(|_| ())
    }

    /// Let the server look at what came: its plans would be those for empty tables.
    pub(in crate::store) async fn analyze(&self, table: &Table) -> Stored<()> {
        let work = self.0.begin().await?;
        work.send(Flight::new()).await?;
        work.batch(&format!("SET LOCAL statement_timeout = 0; ANALYZE {}", table.name)).await?;
        work.commit(Flight::new()).await.map(|_| ())
    }

    /// All is there and was compared: from now on a service may start.
    pub(in crate::store) async fn finish(&self, from: &str) -> Stored<()> {
        let mut flight = Flight::new();
        flight.ask("DELETE FROM meta WHERE starts_with(name, $1)", given![format!("{MOVING} ")]);
        let mark = text(&Mark { from: from.to_owned(), is_done: true });
        flight.ask(PUT, given![MOVING, mark.into_bytes()]);
        self.0.begin().await?.commit(flight).await.map(|_| ())
    }
}
