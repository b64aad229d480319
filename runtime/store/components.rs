//! Components and their bytes.

use async_trait::async_trait;

use super::{ComponentRow, Inserted, NewComponent, Stored};

/// Components and their bytes.
#[async_trait]
pub trait ComponentStore: Send + Sync {
    /// Add a component with its bytes.
    async fn insert_component(&self, component: NewComponent, wasm: Vec<u8>) -> Stored<Inserted>;
    /// What compiling a component told, once it was compiled.
    async fn measured(&self, digest: &str, exports: Vec<String>, compile_ms: u64, instantiate_us: u64) -> Stored<()>;
    /// Components by id, newest version first.
    async fn components(&self) -> Stored<Vec<ComponentRow>>;
    /// One component; its newest version (by semver) unless one is named.
    async fn component(&self, id: &str, version: Option<&str>) -> Stored<Option<ComponentRow>>;
    /// The component of that digest.
    async fn component_by_digest(&self, digest: &str) -> Stored<Option<ComponentRow>>;
    /// Its bytes.
    async fn wasm(&self, digest: &str) -> Stored<Option<Vec<u8>>>;
    /// The connectors (`environment/name`) whose revisions use it.
    async fn component_users(&self, digest: &str) -> Stored<Vec<String>>;
    /// Delete it; answers the connectors whose revisions use it, and then deletes nothing.
    async fn delete_component(&self, digest: &str) -> Stored<Vec<String>>;
}
