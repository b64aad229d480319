//! Keeping: a backup of what a service must not lose, and its way back.
//!
//! The threat: a disk that dies, a hand that slips, an upgrade that goes wrong; and a backup that can't be read on the
//! day it is needed, or that opens to whoever finds it. So a backup is taken while the service runs, is read back before
//! it counts, and never has the master key in it: without that key its secrets, numbers and codes open to nobody.

mod archive;
mod backup;
mod manifest;
mod restore;

use std::path::{Path, PathBuf};

use crate::credentials::VaultError;
use crate::store::StoreError;

pub use archive::Archive;
pub use backup::backup;
pub use manifest::{Manifest, Part};
pub use restore::{Key, Restored, restore};

/// Why nothing was backed up or restored. Says what to do where something can be done.
#[derive(Debug, thiserror::Error)]
pub enum KeepError {
    /// A backup never replaces another one.
    #[error("`{}` exists already, and a backup replaces nothing: give another name", .0.display())]
    Exists(PathBuf),
    /// What was written does not read back.
    #[error("what was written does not read back as it should, and was removed: {0}")]
    Unreadable(Box<KeepError>),
    /// Not one of our files, or one that somebody changed or cut.
    #[error("`{}` can't be restored: {detail}", path.display())]
    Archive {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        detail: String,
    },
    /// There is something in the folder.
    #[error("`{}` is not empty: with --force its database stays beside the restored one", .0.display())]
    NotEmpty(PathBuf),
    /// A command has the database open.
    #[error("another command has the database in `{}` open: wait for its end and try again", .0.display())]
    InUse(PathBuf),
    /// Another master key.
    #[error(
        "this backup opens only with the master key of check value {made_with}; the one given has {given}\n\
         hint: give that key (COUNTERSIGN_MASTER_KEY or `[master_key] file`); if it is lost for good, --new-master-key \
         restores what does not depend on it"
    )]
    OtherKey {
        /// Check value of the key that opens it, as far as the backup knows it.
        made_with: String,
        /// Check value of the key that was given.
        given: String,
    },
    /// There is nothing to give up.
    #[error("the master key that is given opens this backup: leave --new-master-key out, and nothing is lost")]
    KeyOpens,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Sealed data of a version that this one does not know.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// A file or folder.
    #[error("can't {doing} `{}`: {source}", path.display())]
    Io {
        /// What was to be done.
        doing: &'static str,
        /// With which file.
        path: PathBuf,
        /// The system's words.
        source: std::io::Error,
    },
}

/// Says what was done with which file when it failed.
fn io<'a>(doing: &'static str, path: &'a Path) -> impl FnOnce(std::io::Error) -> KeepError + 'a {
    move |source| KeepError::Io { doing, path: path.into(), source }
}
