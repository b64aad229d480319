//! A connection of the pool, and transactions on it.

use std::collections::HashMap;
use std::future::Future;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Waker};
use std::time::{Duration, Instant};

use deadpool_postgres::Object;
use tokio_postgres::types::Type;
use tokio_postgres::{Client, Statement};

use super::flight::{Answers, Bounds, Flight, fly, too_late};
use super::given::Given;
use super::line::Line;
use super::trouble;
use crate::metrics::StoreFigures;
use crate::store::Stored;

/// How a statement is asked.
pub(super) enum Asked {
    /// As the connection has it prepared.
    Prepared(Statement),
    /// Through a pooler, whose next transaction has another connection: unnamed, with the types of what it is given.
    Typed(Arc<[Type]>),
}

/// What all connections of a store share.
pub(super) struct Shared {
    /// Whether a pooler in transaction mode stands between, such as PgBouncer.
    pub(super) pooled: bool,
    /// What begins a transaction.
    pub(super) begin: String,
    /// How long a flight may take, all in all.
    pub(super) patience: Duration,
    /// The types of statements' parameters, learned once each.
    types: Mutex<HashMap<String, Arc<[Type]>>>,
    /// How many flights there were.
    pub(super) flights: AtomicU64,
    pub(super) figures: StoreFigures,
}

impl Shared {
    pub(super) fn new(pooled: bool, begin: String, patience: Duration) -> Self {
        let (types, flights, figures) = Default::default();
        Self { pooled, begin, patience, types, flights, figures }
    }
}

/// A connection of the pool.
pub(super) struct Link {
    /// None once it is given up.
    object: Option<Object>,
    shared: Arc<Shared>,
    /// Whether something is under way on it. What ends meanwhile leaves a connection that nobody else should wait for.
    busy: AtomicBool,
    is_in_transaction: AtomicBool,
}

impl Link {
    pub(super) fn new(object: Object, shared: Arc<Shared>) -> Self {
        Self { object: Some(object), shared, busy: AtomicBool::new(false), is_in_transaction: AtomicBool::new(false) }
    }

    #[expect(clippy::expect_used, reason = "taken in `drop` alone")]
    fn object(&self) -> &Object {
        self.object.as_ref().expect("a link has its connection until it is dropped")
    }

    pub(super) fn client(&self) -> &Client {
        self.object()
    }

    /// How to ask a statement.
    pub(super) async fn asked(&self, sql: &str) -> Stored<Asked> {
        if !self.shared.pooled {
            let prepared = self.object().prepare_cached(sql).await;
            return prepared.map(Asked::Prepared).map_err(|error| trouble::stored(&error));
        }
        if let Some(types) = self.shared.types.lock().ok().and_then(|types| types.get(sql).cloned()) {
            return Ok(Asked::Typed(types));
        }
        let types = self.learn(sql).await.map_err(|error| trouble::stored(&error))?;
        if let Ok(mut known) = self.shared.types.lock() {
            known.insert(sql.to_owned(), Arc::clone(&types));
        }
        Ok(Asked::Typed(types))
    }

    /// Have it prepared once, and let go of that in the same transaction: the name would be in another client's way.
    async fn learn(&self, sql: &str) -> Result<Arc<[Type]>, tokio_postgres::Error> {
        let client = self.client();
        let is_inside = self.is_in_transaction.load(Ordering::Relaxed);
        if !is_inside {
            client.batch_execute("BEGIN").await?;
        }
        let statement = client.prepare(sql).await;
        let types = statement.map(|statement| statement.params().into());
        if !is_inside {
            client.batch_execute("COMMIT").await?;
        }
        types
    }

    /// Send a flight and wait for it, not longer than is bearable.
    pub(super) async fn send(&self, flight: Flight, bounds: Bounds<'_>) -> Stored<Answers> {
        self.shared.flights.fetch_add(1, Ordering::Relaxed);
        self.busy.store(true, Ordering::Relaxed);
        let begins = bounds.begin.is_some();
        let answers = tokio::time::timeout(self.shared.patience, fly(self, flight, bounds)).await;
        let Ok(answers) = answers else { return Err(too_late()) };
        if begins {
            self.is_in_transaction.store(true, Ordering::Relaxed);
        }
        self.busy.store(false, Ordering::Relaxed);
        answers
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        if self.busy.load(Ordering::Relaxed)
            && let Some(object) = self.object.take()
        {
            // What was sent is done nevertheless; the connection ends after it.
            drop(Object::take(object));
        }
    }
}

/// A transaction: begun with its first flight, undone unless it is committed.
pub(super) struct Work {
    link: Link,
    begun: AtomicBool,
    done: bool,
    since: Instant,
}

impl Work {
    pub(super) fn new(link: Link) -> Self {
        link.shared.figures.waiting.inc();
        Self { link, begun: AtomicBool::new(false), done: false, since: Instant::now() }
    }

    fn bounds(&self, commit: bool) -> Bounds<'_> {
        let begin = (!self.begun.swap(true, Ordering::Relaxed)).then_some(&*self.link.shared.begin);
        Bounds { begin, commit }
    }

    /// Send a flight.
    pub(super) async fn send(&self, flight: Flight) -> Stored<Answers> {
        self.link.send(flight, self.bounds(false)).await
    }

    /// Send a flight, and commit with it. If any of it fails, nothing of the transaction stays.
    pub(super) async fn commit(mut self, flight: Flight) -> Stored<Answers> {
        let answers = self.link.send(flight, self.bounds(true)).await;
        // A transaction that failed is rolled back by its COMMIT.
        self.done = true;
        if answers.is_ok() {
            self.link.shared.figures.write_seconds.observe(self.since.elapsed().as_secs_f64());
        }
        answers
    }

    /// Several statements without parameters, of ours: a step of the schema.
    pub(super) async fn batch(&self, sql: &str) -> Stored<()> {
        self.link.client().batch_execute(sql).await.map_err(|error| trouble::stored(&error))
    }

    /// The rows of one statement: a flight of its own.
    pub(super) async fn lines(&self, sql: impl Into<String>, given: Vec<Given>) -> Stored<Vec<Line>> {
        let mut flight = Flight::new();
        flight.ask(sql, given);
        Ok(self.send(flight).await?.into_lines())
    }

    /// The first row of one statement.
    pub(super) async fn line(&self, sql: impl Into<String>, given: Vec<Given>) -> Stored<Option<Line>> {
        Ok(self.lines(sql, given).await?.into_iter().next())
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        self.link.shared.figures.waiting.dec();
        if !self.done && self.begun.load(Ordering::Relaxed) {
            // Polled once it is sent; nobody needs its answer.
            let undo = std::pin::pin!(self.link.client().batch_execute("ROLLBACK"));
            let _ = undo.poll(&mut Context::from_waker(Waker::noop()));
        }
    }
}
