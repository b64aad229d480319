//! What the guard decided, and numbers that are locked.

use async_trait::async_trait;

use super::{DecisionFilter, DecisionRow, GuardRow, LockRow, Stored};
use crate::clock::Timestamp;

/// What the guard decided, and numbers that are locked.
#[async_trait]
pub trait GuardStore: Send + Sync {
    /// What the guard decided, newest first.
    async fn decisions(&self, filter: DecisionFilter) -> Stored<Vec<DecisionRow>>;
    /// What an environment sent in the day that `now` is in, and its decisions since a time: the newest, at most so many.
    async fn guard_row(&self, environment: &str, now: Timestamp, since: Timestamp, most: u32) -> Stored<GuardRow>;
    /// Numbers that are locked at `now`, the one that is free first in front.
    async fn locks(&self, environment: &str, now: Timestamp, limit: u32) -> Stored<Vec<LockRow>>;
    /// Forget a number's wrong codes and its lock; false if it had none.
    async fn release_lock(&self, environment: &str, number_index: &[u8; 32]) -> Stored<bool>;
}
