//! Hooks.

use serde_json::Value;

use crate::clock::Timestamp;

/// A hook, as its owner saved it.
#[derive(Clone, Debug)]
pub struct HookRow {
    /// Its environment.
    pub environment: String,
    /// Its name there.
    pub name: String,
    /// Who calls it: a word of `hooks::Sender`.
    pub sender: String,
    /// What is not secret of it.
    pub document: Value,
    /// Signing secrets and hashes of keys, sealed.
    pub sealed: Vec<u8>,
    /// Counts its changes, from 1.
    pub version: u64,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was changed last.
    pub changed_at: Timestamp,
}
