//! The store in a PostgreSQL database, which any number of nodes share.
//!
//! Each method is one transaction. What it reads in order to judge is read under the lock of what it judges about
//! (`locking`), in one flight; what it writes goes with the commit in another.

mod areas;
mod asking;
mod attempts;
mod audit;
mod bills;
mod channels;
mod code_source;
mod components;
mod connectors;
mod conversion;
mod counts;
mod decisions;
mod erasure;
mod expiries;
mod filling;
mod flight;
mod follow;
mod given;
mod guard;
mod hooks;
mod idempotency;
mod kept;
mod keys;
mod line;
mod link;
mod listener;
mod locking;
mod locks;
mod log;
mod looking;
mod messages;
mod migrations;
mod nodes;
mod otp;
mod outcomes;
mod partitions;
mod people;
mod pool;
mod promotion;
mod queue;
mod reports;
mod reviewers;
mod sessions;
mod statistics;
mod success;
mod suppressed;
mod switches;
mod traffic;
mod trouble;
mod twilio;
mod upkeep;
mod webhooks;

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tokio::sync::Semaphore;

use super::words::{ms, text, word};
use super::{StoreError, Stored};
use crate::metrics::StoreFigures;
pub(in crate::store) use filling::{Standing, Target};
use flight::Flight;
use given::{Given, given};
use line::Line;
use link::{Link, Shared, Work};
use listener::Listener;
pub use looking::Seen;
pub(in crate::store) use partitions::cut as cut_into_days;
pub use pool::Options;
use pool::Pool;

/// The store of one database.
pub struct Postgres {
    pool: Pool,
    shared: Arc<Shared>,
    listener: Listener,
    /// How many of the connections may be held at once while others are waited for.
    holds: Arc<Semaphore>,
}

impl Postgres {
    /// Connect, and bring the schema to the newest that this version knows.
    pub async fn open(options: &Options) -> Stored<Self> {
        let (pool, shared) = pool::open(options)?;
        let holds = Arc::new(Semaphore::new((options.connections / 2).max(1)));
        let store = Self { pool, shared, listener: Listener::start(options), holds };
        migrations::run(&store, migrations::STEPS).await?;
        filling::refuse_half(&store).await?;
        partitions::prepare(&store).await?;
        Ok(store)
    }

    /// What it counts of itself.
    pub fn figures(&self) -> &StoreFigures {
        &self.shared.figures
    }

    /// How many round trips to the database there were so far.
    pub fn flights(&self) -> u64 {
        self.shared.flights.load(Ordering::Relaxed)
    }

    async fn link(&self) -> Stored<Link> {
        Ok(Link::new(self.pool.take().await?, Arc::clone(&self.shared)))
    }

    /// A transaction. `BEGIN` travels with its first flight.
    async fn begin(&self) -> Stored<Work> {
        Ok(Work::new(self.link().await?))
    }

    /// The rows of one statement.
    async fn lines(&self, sql: impl Into<String>, given: Vec<Given>) -> Stored<Vec<Line>> {
        let mut flight = Flight::new();
        flight.ask(sql, given);
        Ok(self.link().await?.send(flight, flight::Bounds::default()).await?.into_lines())
    }

    /// The first row of one statement.
    async fn line(&self, sql: impl Into<String>, given: Vec<Given>) -> Stored<Option<Line>> {
        Ok(self.lines(sql, given).await?.into_iter().next())
    }

    /// One statement that writes, a transaction of its own; answers how many rows.
    async fn write(&self, sql: impl Into<String>, given: Vec<Given>) -> Stored<u64> {
        let mut flight = Flight::new();
        flight.ask(sql, given);
        Ok(self.begin().await?.commit(flight).await?.into_written())
    }
}
