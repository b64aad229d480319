//! Reviewer numbers.

use async_trait::async_trait;

use super::{ReviewerRow, Stored};
use crate::clock::Timestamp;

/// Reviewer numbers.
#[async_trait]
pub trait ReviewerStore: Send + Sync {
    /// Write a reviewer number, and keep its count of uses; false if as many others as `living_max` live already.
    async fn put_reviewer(&self, reviewer: ReviewerRow, living_max: u32, now: Timestamp) -> Stored<bool>;
    /// Reviewer numbers of an environment, oldest first, also those whose day has passed.
    async fn reviewers(&self, environment: &str) -> Stored<Vec<ReviewerRow>>;
    /// Delete one; false if there is none.
    async fn delete_reviewer(&self, environment: &str, number_index: &[u8; 32]) -> Stored<bool>;
}
