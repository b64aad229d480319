//! Environments and their documents.

use async_trait::async_trait;
use serde_json::Value;

use super::{EnvironmentRow, Setting, Stored};

/// Environments and their documents.
#[async_trait]
pub trait EnvironmentStore: Send + Sync {
    /// Every environment, by name.
    async fn environments(&self) -> Stored<Vec<EnvironmentRow>>;
    /// One environment.
    async fn environment(&self, name: &str) -> Stored<Option<EnvironmentRow>>;
    /// Make one; false if the name is taken.
    async fn create_environment(&self, environment: EnvironmentRow) -> Stored<bool>;
    /// Give one another name for people; false if there is none.
    async fn rename_environment(&self, name: &str, display_name: &str) -> Stored<bool>;
    /// Delete one with everything in it; answers the connectors that prevent it (none with `force`).
    async fn delete_environment(&self, name: &str, force: bool) -> Stored<Vec<String>>;
    /// A document of an environment: `templates`, `policy`, `sign-in-experience`.
    async fn setting(&self, environment: &str, kind: &str) -> Stored<Option<Setting>>;
    /// Write one; answers its new version.
    async fn put_setting(&self, environment: &str, kind: &str, document: Value) -> Stored<u64>;
}
