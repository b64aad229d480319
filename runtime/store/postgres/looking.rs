//! A database that is only looked at: nothing is made, written or brought to a newer schema.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Semaphore;

use super::given::given;
use super::{Listener, Options, Postgres, migrations, pool};
use crate::clock::{Clock, Timestamp};
use crate::store::{Schema, StoreError, Stored};

/// What a database says of itself.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The server's version, for people.
    pub version: String,
    /// The same for programs: 150004 is 15.4.
    pub version_number: u32,
    /// The version of what we keep in it.
    pub schema: Schema,
    /// By how much the clock of this machine is ahead of the database's, in milliseconds.
    pub ahead_ms: i64,
    /// By how much that may be wrong, since the answer was under way.
    pub give_or_take_ms: u64,
    /// Whether a commit waits for the disk: `synchronous_commit` of our sessions.
    pub synchronous_commit: String,
    /// Whether the server writes through to the disk at all.
    pub fsync: bool,
    /// Whether what goes to the server is encrypted; with a pooler, what goes from there to the database.
    pub encrypted: bool,
    /// Whether the server is on this machine.
    pub is_here: bool,
    /// So many connections all nodes can have together.
    pub connections_max: u32,
}

const ASKED: &str = "SELECT current_setting('server_version'), current_setting('server_version_num')::bigint,
    current_setting('synchronous_commit'), current_setting('fsync')::boolean,
    coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), FALSE),
    least(
      current_setting('max_connections')::bigint - current_setting('superuser_reserved_connections')::bigint
        - coalesce(current_setting('reserved_connections', TRUE)::bigint, 0),
      (SELECT nullif(datconnlimit, -1)::bigint FROM pg_database WHERE datname = current_database()),
      (SELECT nullif(rolconnlimit, -1)::bigint FROM pg_roles WHERE rolname = current_user))";

impl Postgres {
    /// Open a database only to look, and say what is seen. Whoever reads from it needs a schema that he can work with.
    pub async fn look(options: &Options, clock: &Clock) -> Stored<(Self, Seen)> {
        let (pool, shared) = pool::open(options)?;
        // As behind a pooler, it hears of nothing: it is gone before there is news.
        let listener = Listener::start(&Options { pooled: true, ..options.clone() });
        let store = Self { pool, shared, listener, holds: Arc::new(Semaphore::new(1)) };
        let found = migrations::found(&store).await?;
        let known = u32::try_from(migrations::STEPS.len()).unwrap_or(u32::MAX);
        let (ahead_ms, give_or_take_ms) = store.clocks(clock).await?;
        let told = store.line(ASKED, given![]).await?;
        let told = told.ok_or_else(|| StoreError::Database("it says nothing of itself".into()))?;
        let seen = Seen {
            version: told.get(0)?,
            version_number: told.get(1)?,
            schema: Schema { found, known, readable: found <= known },
            ahead_ms,
            give_or_take_ms,
            synchronous_commit: told.get(2)?,
            fsync: told.get(3)?,
            encrypted: told.get(4)?,
            is_here: pool::config(options)?.get_hosts().iter().all(pool::is_here),
            connections_max: told.get(5)?,
        };
        Ok((store, seen))
    }

    /// By how much our clock is ahead of the database's, and by how much that may be wrong: both in milliseconds.
    async fn clocks(&self, clock: &Clock) -> Stored<(i64, u64)> {
        const NOW: &str = "SELECT (extract(epoch FROM clock_timestamp()) * 1000)::bigint";
        // Once before: the connection stands then, and the statement is prepared.
        self.line(NOW, given![]).await?;
        let before = clock.now();
        let told = self.line(NOW, given![]).await?;
        let took = clock.now().since(before);
        let told: Timestamp = told.ok_or_else(|| StoreError::Database("it says no time".into()))?.get(0)?;
        let here = before.plus(took / 2);
        let millis = |span: Duration| i64::try_from(span.as_millis()).unwrap_or(i64::MAX);
        let ahead = millis(here.since(told)).saturating_sub(millis(told.since(here)));
        Ok((ahead, u64::try_from(took.as_millis() / 2).unwrap_or(u64::MAX).saturating_add(1)))
    }
}
