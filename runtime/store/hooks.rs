//! Hooks.

use async_trait::async_trait;

use super::{HookRow, Stored};

/// Hooks.
#[async_trait]
pub trait HookStore: Send + Sync {
    /// Hooks of an environment, by name.
    async fn hooks(&self, environment: &str) -> Stored<Vec<HookRow>>;
    /// One hook.
    async fn hook(&self, environment: &str, name: &str) -> Stored<Option<HookRow>>;
    /// Write one; false if it is not of the version before this one any more.
    async fn put_hook(&self, hook: HookRow) -> Stored<bool>;
    /// Delete one; false if there is none of that name.
    async fn delete_hook(&self, environment: &str, name: &str) -> Stored<bool>;
}
