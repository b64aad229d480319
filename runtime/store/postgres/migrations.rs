//! The schema, as an ordered list of steps. A released step never changes; a change is a new step. As with SQLite, a step
//! only adds, so that nodes of one version and of the next work over the same database while one after the other is
//! exchanged.

use super::flight::Flight;
use super::given::given;
use super::{Postgres, locking};
use crate::store::{StoreError, Stored};

/// One change of the schema.
pub(super) struct Step {
    sql: &'static str,
    /// Whether who does not know it can work with the data all the same.
    additive: bool,
}

const fn additive(sql: &'static str) -> Step {
    Step { sql, additive: true }
}

pub(super) const STEPS: &[Step] =
    &[additive(include_str!("migrations/001_start.sql")), additive(include_str!("migrations/002_nodes.sql"))];

const VERSIONS: &str = "CREATE TABLE IF NOT EXISTS schema_versions (
    version BIGINT PRIMARY KEY, additive BOOLEAN NOT NULL, applied_at TIMESTAMPTZ NOT NULL DEFAULT now())";

/// What stands there: the newest, and the newest of those that whoever opens the database has to know.
const FOUND: &str = "SELECT coalesce(max(version), 0), coalesce(max(version) FILTER (WHERE NOT additive), 0)
    FROM schema_versions";

/// Bring the database to the newest schema. Nodes that start at once do it one after the other, each step in a transaction
/// of its own: whoever is killed leaves whole steps. A newer one is left as it is, if it can be worked with.
pub(super) async fn run(store: &Postgres, steps: &[Step]) -> Stored<()> {
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
        let line = work.line(FOUND, given![]).await?;
        let (found, needed): (u32, u32) = match line {
            Some(line) => (line.get(0)?, line.get(1)?),
            None => (0, 0),
        };
        if needed > known {
            return Err(StoreError::Newer { found, known });
        }
        if found >= number {
            continue;
        }
        work.batch(step.sql).await?;
        let mut last = Flight::new();
        last.ask("INSERT INTO schema_versions (version, additive) VALUES ($1, $2)", given![number, step.additive]);
        work.commit(last).await?;
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
