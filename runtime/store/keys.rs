//! API keys.

use async_trait::async_trait;

use super::{KeyRow, Stored};
use crate::clock::Timestamp;

/// API keys.
#[async_trait]
pub trait KeyStore: Send + Sync {
    /// Add a key.
    async fn insert_key(&self, key: KeyRow) -> Stored<()>;
    /// Every key, oldest first.
    async fn keys(&self) -> Stored<Vec<KeyRow>>;
    /// The valid key of that hash.
    async fn key_by_hash(&self, hash: &[u8; 32]) -> Stored<Option<KeyRow>>;
    /// Revoke a key; false if there is none of that id that is valid.
    async fn revoke_key(&self, id: &str, now: Timestamp) -> Stored<bool>;
    /// A key was used now. Where it is noted that it was since then, nothing is written.
    async fn key_used(&self, id: &str, since: Timestamp, now: Timestamp) -> Stored<()>;
    /// Whether an admin key that is not revoked exists.
    async fn admin_key_exists(&self) -> Stored<bool>;
}
