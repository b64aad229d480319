//! The store in one SQLite file: WAL, `synchronous = FULL`, one writer thread that groups commits, a pool of readers.

mod areas;
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
mod follow;
mod guard;
mod hooks;
mod idempotency;
mod kept;
mod keys;
mod locks;
mod log;
mod looking;
mod messages;
mod migrations;
mod nodes;
mod otp;
mod outcomes;
mod people;
mod promotion;
mod queue;
mod readers;
pub mod renounce;
mod reports;
mod reviewers;
mod sessions;
pub mod snapshot;
mod source;
mod statistics;
mod success;
mod suppressed;
mod switches;
mod traffic;
mod twilio;
mod upkeep;
mod webhooks;
mod words;
mod writer;

use std::fs::File;
use std::path::Path;
use std::sync::Mutex;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags};

use super::words::{at, ms, text, word};
use super::{StoreError, Stored};
use crate::durable;
use crate::metrics::StoreFigures;
use readers::Readers;
pub(in crate::store) use source::Source;
use words::{json, unword};
use writer::Writer;

/// The store of one data folder.
pub struct Sqlite {
    writer: Writer,
    readers: Readers,
    /// For what reads for seconds: nobody else waits behind it.
    counting: Readers,
    /// Held while the service has the folder; the system lets it go with the process, however it ends.
    lock: Mutex<Option<File>>,
}

const FILE: &str = "countersign.db";
/// The sealed root: everything that must survive a rotation of the master key derives from it.
pub const META_ROOT: &str = "vault_root";
/// Tells which master key it is sealed under, and nothing of the key.
pub const META_KEY_CHECK: &str = "master_key_check";
const READERS: usize = 4;
/// Pages that a connection keeps, in KiB: SQLite's own default (sqlite.org/pragma.html#pragma_cache_size).
const PAGE_CACHE_KIB: u32 = 2000;

impl Sqlite {
    /// Open a data folder for a service: one at a time. Makes it if it is missing, with mode 0700.
    pub fn open(dir: &Path) -> Stored<Self> {
        Self::open_sized(dir, READERS, PAGE_CACHE_KIB)
    }

    /// As [`Self::open`], with so many connections that read, each connection keeping so many KiB of pages.
    pub fn open_sized(dir: &Path, readers: usize, page_cache_kib: u32) -> Stored<Self> {
        // SQLite syncs this folder for the names of its files; that the folder itself has one is for us to see to.
        durable::folder(dir)?;
        let lock = snapshot::hold(dir)?;
        Self::connect(dir, Some(lock), readers, page_cache_kib)
    }

    /// Open a data folder beside a running service, for a short command.
    pub fn open_beside(dir: &Path) -> Stored<Self> {
        if !dir.join(FILE).is_file() {
            return Err(StoreError::Io(std::io::Error::new(
                std::io::ErrorKind::NotFound,
                "no service has been started with it",
            )));
        }
        Self::connect(dir, None, 1, PAGE_CACHE_KIB)
    }

    fn connect(dir: &Path, lock: Option<File>, readers: usize, page_cache_kib: u32) -> Stored<Self> {
        let path = dir.join(FILE);
        let mut connection = connection(&path, page_cache_kib)?;
        snapshot::before_upgrade(&connection, dir)?;
        migrations::run(&mut connection, migrations::STEPS)?;
        if lock.is_some() {
            upkeep::settle_after_crash(&mut connection)?;
        }
        let readers = (0..readers).map(|_| self::connection(&path, page_cache_kib)).collect::<Stored<Vec<_>>>()?;
        let counting = self::connection(&path, page_cache_kib)?;
        Ok(Self {
            writer: Writer::start(connection)?,
            readers: Readers::new(readers),
            counting: Readers::new(vec![counting]),
            lock: Mutex::new(lock),
        })
    }

    /// What it counts of itself.
    pub fn figures(&self) -> &StoreFigures {
        self.writer.figures()
    }

    async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Stored<T> {
        self.writer.run(work).await
    }

    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Stored<T> {
        self.readers.run(work).await
    }

    /// Let the folder go: what was taken is written first, what comes later is refused.
    fn close(&self) {
        self.writer.close();
        if let Some(lock) = self.lock.lock().ok().and_then(|mut lock| lock.take()) {
            // Not by closing it alone: a child that is between fork and exec has it open too, and would hold it.
            let _ = lock.unlock();
        }
    }

    /// Transactions committed so far: fewer than writes, since commits are grouped.
    pub fn commits(&self) -> u64 {
        self.writer.commits()
    }
}

fn connection(path: &Path, page_cache_kib: u32) -> Stored<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_CREATE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.busy_timeout(Duration::from_secs(10))?;
    // A negative number is KiB, a positive one would be pages.
    connection.pragma_update(None, "cache_size", -i64::from(page_cache_kib))?;
    connection.set_prepared_statement_cache_capacity(128);
    // FULL: a commit that was answered is on disk, also after a power loss (sqlite.org/pragma.html#pragma_synchronous).
    connection.execute_batch(
        "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA trusted_schema = OFF; PRAGMA secure_delete = ON;",
    )?;
    Ok(connection)
}

impl From<rusqlite::Error> for StoreError {
    /// The database's message names tables and columns, never values: statements here are always prepared.
    fn from(error: rusqlite::Error) -> Self {
        Self::Database(error.to_string())
    }
}

#[cfg(test)]
mod tests;
