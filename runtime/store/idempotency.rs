//! Requests that are done once.

use async_trait::async_trait;

use super::{IdempotencyEntry, IdempotencyState, KeptAnswer, Stored};

/// Requests that are done once.
#[async_trait]
pub trait IdempotencyStore: Send + Sync {
    /// Answers that are kept for whoever asks again, after this scope, in the order of scopes.
    async fn idempotency_answers(&self, after: Option<[u8; 32]>, limit: u32) -> Stored<Vec<KeptAnswer>>;
    /// Begin a request under an idempotency key.
    async fn idempotency_begin(&self, entry: IdempotencyEntry) -> Stored<IdempotencyState>;
    /// Keep its answer.
    async fn idempotency_finish(&self, scope: &[u8; 32], status: u16, sealed: Vec<u8>) -> Stored<()>;
    /// Forget it: the request failed before it did anything.
    async fn idempotency_forget(&self, scope: &[u8; 32]) -> Stored<()>;
}
