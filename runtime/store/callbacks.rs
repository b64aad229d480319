//! Messages that their callers follow.

use async_trait::async_trait;

use super::{DueCallback, Followed, FollowedFilter, Stored};
use crate::clock::Timestamp;

/// Messages that their callers follow.
#[async_trait]
pub trait CallbackStore: Send + Sync {
    /// Followed messages of an environment, newest first.
    async fn followed(&self, filter: FollowedFilter) -> Stored<Vec<Followed>>;
    /// Follow a message no more and erase its content; false if nobody followed it. The log keeps it.
    async fn unfollow(&self, environment: &str, id: &str) -> Stored<bool>;
    /// What is to be told now, in order, at most one of a message. What says that a message did not arrive waits
    /// `negative_wait_ms` from when it is first seen: the next connector may have it in hand.
    async fn due_callbacks(&self, now: Timestamp, negative_wait_ms: u64, limit: u32) -> Stored<Vec<DueCallback>>;
    /// It was told, or given up; or it is to be tried again then.
    async fn settle_callback(&self, id: i64, again_at: Option<Timestamp>) -> Stored<()>;
}
