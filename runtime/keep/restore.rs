//! Bringing a backup back into a data folder.
//!
//! The promise: at any moment, also one at which the process is killed, the folder has the database that was there or
//! the one of the backup, whole. The new one is made beside it and proved first; the old one's log is brought into it, so
//! that nothing lies beside the name that changes hands; then one rename does it. The old one stays under another name.

use std::fs::File;
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use super::{Archive, KeepError, io};
use crate::clock::Timestamp;
use crate::credentials::{MasterKey, Vault, VaultError};
use crate::durable;
use crate::store::sqlite::renounce::{Renounced, renounce};
use crate::store::sqlite::snapshot;

const PREFIX: &str = "restoring-";

/// The master key, and what it is good for.
#[derive(Debug)]
pub enum Key {
    /// It has to open the backup.
    Opens(MasterKey),
    /// The one that opened it is lost: what does not depend on it is restored, and sealed under this one.
    New(MasterKey),
}

/// What a restore did.
#[derive(Debug, Default)]
pub struct Restored {
    /// Where the database that was there before lies now.
    pub before: Option<PathBuf>,
    /// What is gone with a lost master key.
    pub gone: Option<Renounced>,
}

/// Bring `archive` into the folder `dir`. With `force` also where there is something already.
pub fn restore(archive: &Archive, dir: &Path, force: bool, key: &Key, now: Timestamp) -> Result<Restored, KeepError> {
    if !force && holds_something(dir).map_err(io("look into", dir))? {
        return Err(KeepError::NotEmpty(dir.into()));
    }
    let folder = Folder::hold(dir)?;
    let staged = stage(archive, dir)?;
    let about = snapshot::judge(staged.path()).map_err(|error| match error {
        crate::store::StoreError::Database(detail) => archive.refuse(detail),
        other => other.into(),
    })?;
    let root = about.sealed_root.as_deref();
    let gone = match key {
        Key::Opens(key) => root.map_or(Ok(()), |root| opens(archive, key, root)).map(|()| None)?,
        Key::New(key) => Some(give_up(staged.path(), key, root)?),
    };
    let before = make_room(dir, now)?;
    let database = snapshot::database(dir);
    durable::replace(staged, &database).map_err(io("put the restored database at", &database))?;
    folder.stays();
    Ok(Restored { before, gone })
}

/// Whether there is more than what a service makes anew.
fn holds_something(dir: &Path) -> std::io::Result<bool> {
    let entries = match std::fs::read_dir(dir) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(false),
        entries => entries?,
    };
    for entry in entries {
        let name = entry?.file_name();
        let name = name.to_string_lossy();
        if !matches!(name.as_ref(), "lock" | "cache" | "lost+found") && !name.starts_with(PREFIX) {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The data folder, held as a service holds it. One that was made for this goes again, unless the restore comes to its
/// end.
struct Folder {
    lock: File,
    made: Option<PathBuf>,
}

impl Folder {
    fn hold(dir: &Path) -> Result<Self, KeepError> {
        let made = (!dir.exists()).then(|| dir.to_path_buf());
        durable::folder(dir).map_err(io("make the data folder", dir))?;
        Ok(Self { lock: snapshot::hold(dir)?, made })
    }

    fn stays(mut self) {
        self.made = None;
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = self.lock.unlock();
        if let Some(made) = &self.made {
            let _ = std::fs::remove_file(made.join("lock"));
            let _ = std::fs::remove_dir(made);
        }
    }
}

/// The backup's database as a file of the folder, under a name that nobody reads.
fn stage(archive: &Archive, dir: &Path) -> Result<NamedTempFile, KeepError> {
    // What a restore left that was killed; nobody else is here.
    for entry in std::fs::read_dir(dir).map_err(io("look into", dir))?.flatten() {
        if entry.file_name().to_string_lossy().starts_with(PREFIX) {
            std::fs::remove_file(entry.path()).map_err(io("remove", &entry.path()))?;
        }
    }
    let mut staged = durable::aside(&dir.join(PREFIX), ".part").map_err(io("write into", dir))?;
    archive.copy_database(staged.as_file_mut())?;
    Ok(staged)
}

fn opens(archive: &Archive, key: &MasterKey, root: &[u8]) -> Result<(), KeepError> {
    match Vault::from_sealed_root(key, root) {
        Ok(_) => Ok(()),
        Err(VaultError::Closed) => {
            Err(KeepError::OtherKey { made_with: archive.manifest().key().to_owned(), given: key.check_value() })
        }
        Err(error) => Err(error.into()),
    }
}

fn give_up(staged: &Path, key: &MasterKey, root: Option<&[u8]>) -> Result<Renounced, KeepError> {
    if root.is_some_and(|root| Vault::from_sealed_root(key, root).is_ok()) {
        return Err(KeepError::KeyOpens);
    }
    let (_, sealed_root) = Vault::with_new_root(key);
    Ok(renounce(staged, &sealed_root, &key.check_value())?)
}

/// A link; where the file system has none, a copy.
fn second_name(database: &Path, before: &Path) -> std::io::Result<()> {
    match std::fs::hard_link(database, before) {
        Ok(()) => durable::name(before),
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Err(error),
        Err(_) => {
            let mut from = File::open(database)?;
            durable::new_file_with(before, |copy| std::io::copy(&mut from, copy).map(|_| ()))
        }
    }
}

/// Let the database that is there be one file, and give it a second name.
fn make_room(dir: &Path, now: Timestamp) -> Result<Option<PathBuf>, KeepError> {
    let database = snapshot::database(dir);
    if !database.exists() {
        return Ok(None);
    }
    let before = dir.join(format!("before-restore-{}.db", now.to_string().replace(':', "")));
    let log = |of: &Path, end: &str| {
        let mut name = of.as_os_str().to_owned();
        name.push(end);
        PathBuf::from(name)
    };
    match snapshot::settle_log(dir) {
        Ok(true) => {}
        Ok(false) => return Err(KeepError::InUse(dir.into())),
        // It can't be read, which may be why somebody restores. Then its log goes along as it is.
        Err(_) => match std::fs::rename(log(&database, "-wal"), log(&before, "-wal")) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(io("put aside the log of", &database)(error));
            }
            _ => {}
        },
    }
    for end in ["-wal", "-shm"] {
        match std::fs::remove_file(log(&database, end)) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(io("remove the empty log of", &database)(error));
            }
            _ => {}
        }
    }
    second_name(&database, &before).map_err(io("keep what was there as", &before))?;
    Ok(Some(before))
}
