//! Why a move was not begun, or did not come to its end; and what can be done.

use std::path::PathBuf;

use super::Sum;
use crate::store::StoreError;

/// Why it was not moved, or not to its end.
#[derive(Debug, thiserror::Error)]
pub enum MoveError {
    /// A service has the folder.
    #[error("a service runs with `{}`: stop it first. Nothing was done", .0.display())]
    Runs(PathBuf),
    /// There is nothing to move.
    #[error("no service has been started with `{}`: there is nothing to move", .0.display())]
    Nothing(PathBuf),
    /// The folder has what this version does not know.
    #[error("the data folder has `{0}`, which this version does not know and would leave behind. Nothing was done")]
    Unknown(String),
    /// The database is not empty.
    #[error(
        "the database has data already, in the table `{0}`, and a move goes into an empty one. Nothing was done\n\
         hint: CREATE DATABASE makes another, and is all that it takes"
    )]
    HasData(String),
    /// Another move goes there, or went there.
    #[error(
        "another data folder is being moved to this database, or was: this one is not put on top. Nothing was done\n\
         hint: CREATE DATABASE makes another, and is all that it takes"
    )]
    OfOthers,
    /// A node serves from the database.
    #[error("the node `{0}` serves from this database: stop it, and try again")]
    Serves(String),
    /// It is not the same on both sides.
    #[error(
        "`{table}` is not the same on both sides: {} rows with checksum {source_sum} in the data folder, \
         {} rows with checksum {target_sum} in the database. No service starts over it\n\
         hint: something has written to one of them since the move began; begin anew with an empty database",
        source_sum.rows, target_sum.rows
    )]
    Differs {
        /// Which table.
        table: &'static str,
        /// What is in the data folder.
        source_sum: Sum,
        /// What is in the database.
        target_sum: Sum,
    },
    /// The data folder.
    #[error("the data folder: {0}")]
    Source(StoreError),
    /// The database.
    #[error(transparent)]
    Target(#[from] StoreError),
}
