//! A copy of the database as it is at one moment, taken beside whoever writes to it; and a restored one in its place.
//!
//! One read transaction holds the moment while the pages are copied in small steps: writers go on, and what they write
//! meanwhile is not in the copy. The log can't begin anew until the copy is done, so it grows by what is written.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::backup::Backup;
use rusqlite::{Connection, OpenFlags, OptionalExtension as _};

use super::{FILE, META_KEY_CHECK, META_ROOT, migrations};
use crate::durable;
use crate::store::{StoreError, Stored};

/// 1 MiB a step, and a pause after it: the disk belongs to the service.
const PAGES_PER_STEP: i32 = 256;
const PAUSE: Duration = Duration::from_millis(4);

/// What a copy is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// Its schema.
    pub schema: u32,
    /// The lowest schema whose program can read it.
    pub opens_from: u32,
    /// Check value of the master key that it is sealed under, if it was noted.
    pub key_check: Option<String>,
    /// The root of everything sealed, itself sealed under that key; none before a first start has come to it.
    pub sealed_root: Option<Vec<u8>>,
}

/// Copy the database of a data folder into the empty file `to`, and prove the copy sound. Changes nothing in the folder,
/// and no schema.
pub fn take(dir: &Path, to: &Path) -> Stored<About> {
    let database = dir.join(FILE);
    if !database.is_file() {
        let nothing = format!("no service has been started with `{}`", dir.display());
        return Err(StoreError::Io(std::io::Error::new(std::io::ErrorKind::NotFound, nothing)));
    }
    let source = plain(&database)?;
    copy(&source, to, PAUSE)?;
    judge(to)
}

/// Whether a copied database is sound and one of ours that this version can read.
pub fn judge(database: &Path) -> Stored<About> {
    let copy = plain(database)?;
    sound(&copy)?;
    let about = about(&copy)?;
    migrations::readable(about.schema, about.opens_from)?;
    Ok(about)
}

fn about(copy: &Connection) -> Stored<About> {
    let schema = migrations::found(copy)?;
    if schema == 0 {
        return Err(StoreError::Database("it holds no data of this service".into()));
    }
    let meta = |name: &str| {
        copy.query_row("SELECT value FROM meta WHERE name = ?1", [name], |row| row.get::<_, Vec<u8>>(0)).optional()
    };
    let key_check = meta(META_KEY_CHECK)?.and_then(|check| String::from_utf8(check).ok());
    Ok(About { schema, opens_from: migrations::opens_from(copy, schema)?, key_check, sealed_root: meta(META_ROOT)? })
}

/// Every page is where it belongs, and nothing acts by itself but what our own steps have made: a database with another
/// trigger, a view or a virtual table was made by somebody else.
fn sound(copy: &Connection) -> Stored<()> {
    let verdict: String = copy.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0))?;
    if verdict != "ok" {
        return Err(StoreError::Database(format!("the copy is damaged: {verdict}")));
    }
    let ours = migrations::acting(&migrations::fresh()?)?;
    match migrations::acting(copy)?.difference(&ours).next() {
        None => Ok(()),
        Some(_) => Err(StoreError::Database(
            "it has triggers, views or virtual tables that this version of the service does not make".into(),
        )),
    }
}

/// A connection that makes nothing, migrates nothing and runs nothing that a schema brings along.
pub(super) fn plain(database: &Path) -> Stored<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(database, flags)?;
    connection.busy_timeout(Duration::from_secs(10))?;
    connection.execute_batch("PRAGMA trusted_schema = OFF; PRAGMA secure_delete = ON;")?;
    Ok(connection)
}

fn copy(source: &Connection, to: &Path, pause: Duration) -> Stored<()> {
    // From here to the end it is this moment, whoever commits meanwhile: the steps of the copy are not begun again.
    source.execute_batch("BEGIN")?;
    source.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()))?;
    let copied = copy_pages(source, to, pause);
    source.execute_batch("COMMIT")?;
    copied?;
    // The copy says of itself that it has a log beside it. It is one file.
    plain(to)?.query_row("PRAGMA journal_mode = DELETE", [], |_| Ok(()))?;
    Ok(())
}

fn copy_pages(source: &Connection, to: &Path, pause: Duration) -> rusqlite::Result<()> {
    let mut copy =
        Connection::open_with_flags(to, OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    // A copy that fails is thrown away, and one that does not is synced when it is whole.
    copy.execute_batch("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF")?;
    Backup::new(source, &mut copy)?.run_to_completion(PAGES_PER_STEP, pause, None)
}

/// Before the first step that changes an existing database: `before-upgrade-N.db` beside it, in place of an earlier
/// one. A copy that can't be made is said, and does not stop an upgrade.
pub(super) fn before_upgrade(connection: &Connection, dir: &Path) -> Stored<()> {
    let found = migrations::found(connection)?;
    if found == 0 || found >= migrations::known() {
        return Ok(());
    }
    let kept = dir.join(format!("before-upgrade-{found}.db"));
    match keep_copy(connection, dir, &kept) {
        Ok(()) => tracing::info!(
            from = found,
            to = migrations::known(),
            "upgrading the data folder; a copy as it was: {}",
            kept.display()
        ),
        Err(error) => tracing::warn!(
            from = found,
            to = migrations::known(),
            %error,
            "upgrading the data folder without a copy of it as it was"
        ),
    }
    Ok(())
}

fn keep_copy(connection: &Connection, dir: &Path, kept: &Path) -> Stored<()> {
    let pages: u64 = connection.query_row("PRAGMA page_count", [], |row| row.get(0))?;
    let page: u64 = connection.query_row("PRAGMA page_size", [], |row| row.get(0))?;
    let space = rustix::fs::statvfs(dir).map_err(std::io::Error::from)?;
    // The service needs room too: as much again stays free.
    if space.f_bavail.saturating_mul(space.f_frsize) < pages.saturating_mul(page).saturating_mul(2) {
        return Err(StoreError::Io(std::io::ErrorKind::StorageFull.into()));
    }
    let aside = durable::aside(kept, ".part")?;
    copy(connection, aside.path(), Duration::ZERO)?;
    durable::replace(aside, kept)?;
    for earlier in copies(dir)?.iter().filter(|copy| copy.as_path() != kept) {
        std::fs::remove_file(earlier)?;
    }
    Ok(())
}

fn copies(dir: &Path) -> std::io::Result<Vec<PathBuf>> {
    let entries = std::fs::read_dir(dir)?.collect::<std::io::Result<Vec<_>>>()?;
    let is_copy = |name: &str| name.starts_with("before-upgrade-") && name.ends_with(".db");
    Ok(entries.iter().map(std::fs::DirEntry::path).filter(|path| named(path, is_copy)).collect())
}

fn named(path: &Path, fits: impl Fn(&str) -> bool) -> bool {
    path.file_name().and_then(|name| name.to_str()).is_some_and(fits)
}

/// Hold a data folder, as a service does: one process at a time.
pub fn hold(dir: &Path) -> Stored<File> {
    let lock = File::create(dir.join("lock"))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(std::fs::TryLockError::WouldBlock) => Err(StoreError::Locked),
        Err(std::fs::TryLockError::Error(error)) => Err(error.into()),
    }
}

/// The database of a data folder.
pub fn database(dir: &Path) -> PathBuf {
    dir.join(FILE)
}

/// Bring what lies in the log into the database, so that one file is all of it. False if another process has it open.
/// A log that would stay would be read into whatever database lies beside it next.
pub fn settle_log(dir: &Path) -> Stored<bool> {
    let log = dir.join(format!("{FILE}-wal"));
    {
        let connection = plain(&dir.join(FILE))?;
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))?;
        // The last one to leave takes log and index along.
    }
    Ok(std::fs::metadata(log).map_or(true, |log| log.len() == 0))
}
