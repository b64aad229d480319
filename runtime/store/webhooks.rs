//! Webhooks, and what they are to be told.

use async_trait::async_trait;

use super::{DeliveryFilter, DeliveryRow, Dropped, DueEvent, Retold, Stored, TestTold, TryEnd, WebhookRow};
use crate::clock::Timestamp;

/// Webhooks, and what they are to be told.
#[async_trait]
pub trait WebhookStore: Send + Sync {
    /// Add a webhook; false if the environment has `most` of them already.
    async fn insert_webhook(&self, row: WebhookRow, most: u32) -> Stored<bool>;
    /// Webhooks of an environment, oldest first.
    async fn webhooks(&self, environment: &str) -> Stored<Vec<WebhookRow>>;
    /// One webhook.
    async fn webhook(&self, environment: &str, id: &str) -> Stored<Option<WebhookRow>>;
    /// Change what its owner says of one; answers it as it is then. What was noted of its failing goes once it is
    /// enabled again.
    async fn update_webhook(&self, row: WebhookRow) -> Stored<Option<WebhookRow>>;
    /// Give one another secret, and let the one before sign until then; answers it as it is then.
    async fn rotate_webhook(
        &self,
        environment: &str,
        id: &str,
        secret: Vec<u8>,
        old_until: Timestamp,
        now: Timestamp,
    ) -> Stored<Option<WebhookRow>>;
    /// Delete one, with what it is still to be told; false if there is none.
    async fn delete_webhook(&self, environment: &str, id: &str) -> Stored<bool>;
    /// What enabled webhooks are to be told now, of each at most `of_each`, the oldest first.
    async fn due_events(&self, now: Timestamp, of_each: u32) -> Stored<Vec<DueEvent>>;
    /// Drop what is too much of what a webhook did not take, the oldest first; answers where that was so.
    async fn drop_backlog(&self, of_webhook_max: u32, now: Timestamp) -> Stored<Vec<Dropped>>;
    /// Write down what came of a try; answers whether the webhook was disabled by it.
    async fn end_try(&self, end: TryEnd) -> Stored<bool>;
    /// Write down an event that was told by hand.
    async fn note_test(&self, test: TestTold) -> Stored<()>;
    /// What a webhook was told, and is to be told, newest first.
    async fn webhook_deliveries(&self, filter: DeliveryFilter) -> Stored<Vec<DeliveryRow>>;
    /// Tell it once more, from now on and by the schedule from its beginning.
    async fn retell(&self, webhook: &str, delivery: &str, now: Timestamp) -> Stored<Retold>;
}
