//! The schema, as an ordered list of steps. A released step never changes; a change is a new step. As with SQLite, a step
//! only adds, so that nodes of one version and of the next work over the same database while one after the other is
//! exchanged.

use super::flight::Flight;
use super::given::given;
use super::{Postgres, locking};
use crate::store::{StoreError, Stored};

pub(super) const STEPS: &[&str] = &[include_str!("migrations/001_start.sql"), include_str!("migrations/002_nodes.sql")];

const VERSIONS: &str = "CREATE TABLE IF NOT EXISTS schema_versions (
    version BIGINT PRIMARY KEY, applied_at TIMESTAMPTZ NOT NULL DEFAULT now())";

/// Bring the database to the newest schema. Nodes that start at once do it one after the other, each step in a transaction
/// of its own: whoever is killed leaves whole steps.
pub(super) async fn run(store: &Postgres, steps: &[&str]) -> Stored<()> {
    let known = u32::try_from(steps.len()).unwrap_or(u32::MAX);
    if found(store).await? == known {
        return Ok(());
    }
    for (number, step) in (1u32..).zip(steps) {
        let work = store.begin().await?;
        let mut first = Flight::new();
        locking::take(&mut first, &[locking::Lock::Service("schema")]);
        first.ask(VERSIONS, given![]);
        work.send(first).await?;
        let line = work.line("SELECT coalesce(max(version), 0) FROM schema_versions", given![]).await?;
        let found: u32 = line.map_or(Ok(0), |line| line.get(0))?;
        if found > known {
            return Err(StoreError::Newer { found, known });
        }
        if found < number {
            work.batch(step).await?;
            let mut last = Flight::new();
            last.ask("INSERT INTO schema_versions (version) VALUES ($1)", given![number]);
            work.commit(last).await?;
        }
    }
    Ok(())
}

/// The schema of a database; 0 if it is new.
pub(super) async fn found(store: &Postgres) -> Stored<u32> {
    let there = store.line("SELECT to_regclass('schema_versions') IS NOT NULL", given![]).await?;
    if !there.map_or(Ok(false), |line| line.get(0))? {
        return Ok(0);
    }
    let line = store.line("SELECT coalesce(max(version), 0) FROM schema_versions", given![]).await?;
    line.map_or(Ok(0), |line| line.get(0))
}
