//! What is kept of a number and how it is erased; the audit log.

use async_trait::async_trait;

use super::{AuditFilter, AuditRow, Erased, KeptOfNumber, NewErasure, Stored};

/// What is kept of a number and how it is erased; the audit log.
#[async_trait]
pub trait ErasureStore: Send + Sync {
    /// Erase whatever is of a number, but for what limits count for a while; one transaction with its entry in the audit.
    async fn erase_number(&self, erasure: NewErasure) -> Stored<Erased>;
    /// What an environment keeps of a number: of everything the newest, at most so many.
    async fn kept_of_number(&self, environment: &str, number: &[u8; 32], most: u32) -> Stored<KeptOfNumber>;
    /// Note in the audit log what somebody did.
    async fn note(&self, row: AuditRow) -> Stored<()>;
    /// What was done, newest first.
    async fn audit(&self, filter: AuditFilter) -> Stored<Vec<AuditRow>>;
}
