//! What a backup says of itself.

use serde::{Deserialize, Serialize};

use crate::clock::Timestamp;

/// The layout of the archive; another one gets another number.
pub(super) const FORMAT: u32 = 1;

/// The first file of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Layout of the archive.
    pub format: u32,
    /// Version of Countersign that wrote it.
    pub countersign: String,
    /// Schema of the database.
    pub schema: u32,
    /// The lowest schema whose program can read the database.
    pub opens_from: u32,
    /// When the snapshot was taken.
    pub created_at: Timestamp,
    /// Check value of the master key that opens it; none if no service has noted it yet. Never the key.
    pub master_key: Option<String>,
    /// The files that follow.
    pub parts: Vec<Part>,
}

/// One file of a backup.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Its name.
    pub name: String,
    /// Its size.
    pub bytes: u64,
    /// SHA-256 of its content, in hexadecimal.
    pub sha256: String,
}

impl Manifest {
    /// The master key's check value, for people.
    pub fn key(&self) -> &str {
        self.master_key.as_deref().unwrap_or("not noted")
    }
}
