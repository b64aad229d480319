//! One thread writes. It takes whatever waits, puts it into one transaction and answers after the commit, so that the
//! cost of a durable commit is shared by all who wait for it (group commit). Each job has a savepoint of its own: one
//! that fails undoes nothing of its neighbours.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Instant;

use rusqlite::Connection;
use tokio::sync::oneshot;

use crate::metrics::StoreFigures;
use crate::store::{StoreError, Stored};
use crate::traces;

/// Jobs that may wait. More would only wait longer than their callers do.
const WAITING_MAX: usize = 4096;
/// Jobs in one transaction: bounds how long the first of them waits for the last.
const GROUP_MAX: usize = 256;

type Answer = Box<dyn FnOnce(Stored<()>)>;
/// Without a connection a job does nothing, and its answer carries the reason.
type Job = Box<dyn FnOnce(Option<&Connection>) -> Answer + Send>;

pub(super) struct Writer {
    /// None once it is closed.
    jobs: Mutex<Option<SyncSender<Job>>>,
    thread: Mutex<Option<JoinHandle<()>>>,
    commits: Arc<AtomicU64>,
    figures: StoreFigures,
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.close();
    }
}

impl Writer {
    /// Start the thread; it ends when the writer is dropped.
    pub(super) fn start(connection: Connection) -> Stored<Self> {
        let (jobs, waiting) = sync_channel(WAITING_MAX);
        let commits = Arc::new(AtomicU64::new(0));
        let counted = Arc::clone(&commits);
        let thread = std::thread::Builder::new().name("store-writer".into());
        let thread = thread.spawn(move || write(&connection, &waiting, &counted))?;
        Ok(Self {
            jobs: Mutex::new(Some(jobs)),
            thread: Mutex::new(Some(thread)),
            commits,
            figures: StoreFigures::default(),
        })
    }

    /// Take nothing more, and wait until what was taken is written.
    pub(super) fn close(&self) {
        if let Ok(mut jobs) = self.jobs.lock() {
            drop(jobs.take());
        }
        let thread = self.thread.lock().ok().and_then(|mut thread| thread.take());
        if let Some(thread) = thread {
            let _ = thread.join();
        }
    }

    fn jobs(&self) -> Stored<SyncSender<Job>> {
        let jobs = self.jobs.lock().map_err(|_| StoreError::Closed)?;
        jobs.clone().ok_or(StoreError::Closed)
    }

    pub(super) fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }

    pub(super) fn figures(&self) -> &StoreFigures {
        &self.figures
    }

    /// Do `work` in a transaction; answers when it is on disk.
    pub(super) async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Stored<T> {
        let started = Instant::now();
        let (tell, told) = oneshot::channel();
        let waits = Waiting::begin(&self.figures);
        let asker = traces::taken();
        let job: Job = Box::new(move |connection| {
            drop(waits);
            let _in_its_trace = asker.enter();
            let result = connection.map_or(Err(StoreError::Closed), |connection| guarded(connection, work));
            Box::new(move |committed| {
                // Nobody listens any more if the caller hung up: what was written stays written.
                let _ = tell.send(committed.and(result));
            })
        });
        self.jobs()?.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => StoreError::Overloaded,
            TrySendError::Disconnected(_) => StoreError::Closed,
        })?;
        let written = told.await.unwrap_or(Err(StoreError::Closed));
        self.figures.write_seconds.observe(started.elapsed().as_secs_f64());
        written
    }
}

/// A job that waits for its turn, however its wait ends.
struct Waiting(StoreFigures);

impl Waiting {
    fn begin(figures: &StoreFigures) -> Self {
        figures.waiting.inc();
        Self(figures.clone())
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.waiting.dec();
    }
}

/// A job in its savepoint. A panic in it is its own failure, not the end of the thread.
fn guarded<T>(connection: &Connection, work: impl FnOnce(&Connection) -> rusqlite::Result<T>) -> Stored<T> {
    connection.execute_batch("SAVEPOINT job")?;
    let result = match catch_unwind(AssertUnwindSafe(|| work(connection))) {
        Ok(Ok(value)) => connection.execute_batch("RELEASE job").map(|()| value).map_err(StoreError::from),
        Ok(Err(error)) => Err(error.into()),
        Err(_) => Err(StoreError::Database("a write panicked; it was undone".into())),
    };
    if result.is_err() && connection.execute_batch("ROLLBACK TO job; RELEASE job").is_err() {
        // It can't be undone alone, so nothing of its group may stay: COMMIT then fails, and everyone is told.
        let _ = connection.execute_batch("ROLLBACK");
    }
    result
}

fn write(connection: &Connection, waiting: &Receiver<Job>, commits: &AtomicU64) {
    while let Ok(first) = waiting.recv() {
        let mut answers = Vec::new();
        let begun = connection.execute_batch("BEGIN IMMEDIATE").map_err(StoreError::from);
        if let Err(error) = begun {
            first(None)(Err(error));
            continue;
        }
        answers.push(first(Some(connection)));
        // A full disk or an I/O fault ends the transaction under us: then nobody else may join, and COMMIT fails for all.
        while answers.len() < GROUP_MAX && !connection.is_autocommit() {
            match waiting.try_recv() {
                Ok(job) => answers.push(job(Some(connection))),
                Err(_) => break,
            }
        }
        let committed = connection.execute_batch("COMMIT").map_err(|error| error.to_string());
        commits.fetch_add(1, Ordering::Relaxed);
        if committed.is_err() {
            // Whatever made the commit fail, the next group starts clean.
            let _ = connection.execute_batch("ROLLBACK");
        }
        for answer in answers {
            answer(committed.clone().map_err(StoreError::Database));
        }
    }
}
