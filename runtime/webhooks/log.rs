//! What a webhook was told, and what it is still to be told.

use serde::Serialize;
use utoipa::ToSchema;

use super::{EventType, WebhookError, Webhooks};
use crate::clock::Timestamp;
use crate::store::{DeliveryFilter, DeliveryRow, DeliveryStatus, Retold, Try};

/// Deliveries on a page at most.
const PAGE_MAX: u32 = 200;

/// An event that a webhook was told, or is to be told.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveryView {
    /// Its id: the receiver gets it as `webhook-id`, the same at each try.
    pub id: String,
    /// The event: the same for every webhook.
    pub event: String,
    /// Its type.
    #[serde(rename = "type")]
    #[schema(value_type = EventType)]
    pub kind: String,
    /// When it happened.
    #[schema(value_type = String, format = DateTime)]
    pub happened_at: Timestamp,
    /// Where its telling stands.
    pub status: DeliveryStatus,
    /// When it is tried next; null if it is not, or if the webhook is disabled.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub next_try_at: Option<Timestamp>,
    /// The latest tries, oldest first. What the receiver answered beside its status is not kept.
    pub tries: Vec<Try>,
}

/// A page of them.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveryPage {
    /// The newest first.
    pub items: Vec<DeliveryView>,
    /// `cursor` of the next page; null if there is none.
    pub next: Option<String>,
}

fn view(row: DeliveryRow, enabled: bool) -> DeliveryView {
    let is_due = enabled && row.status == DeliveryStatus::Pending;
    DeliveryView {
        next_try_at: is_due.then_some(row.due_at),
        id: row.id,
        event: row.event,
        kind: row.kind,
        happened_at: row.happened_at,
        status: row.status,
        tries: row.tries,
    }
}

impl Webhooks {
    /// What it was told, newest first: all, or what stands so.
    pub async fn deliveries(
        &self,
        environment: &str,
        id: &str,
        status: Option<DeliveryStatus>,
        before: Option<String>,
        limit: u32,
    ) -> Result<DeliveryPage, WebhookError> {
        let webhook = self.row(environment, id).await?;
        let limit = limit.clamp(1, PAGE_MAX);
        let filter = DeliveryFilter { webhook: webhook.id, status, id: None, before, limit: limit + 1 };
        let mut rows = self.store.webhook_deliveries(filter).await?;
        let more = rows.len() > limit as usize;
        rows.truncate(limit as usize);
        let next = rows.last().filter(|_| more).map(|row| row.id.clone());
        Ok(DeliveryPage { items: rows.into_iter().map(|row| view(row, webhook.enabled)).collect(), next })
    }

    /// Tell it once more, whatever came of it: now, and then by the schedule from its beginning.
    pub async fn retell(&self, environment: &str, id: &str, delivery: &str) -> Result<DeliveryView, WebhookError> {
        let webhook = self.row(environment, id).await?;
        match self.store.retell(&webhook.id, delivery, self.clock.now()).await? {
            Retold::Missing => Err(WebhookError::NoDelivery),
            Retold::Disabled => Err(WebhookError::Disabled),
            Retold::Due => self.delivery(&webhook.id, delivery, true).await,
        }
    }

    pub(super) async fn delivery(&self, webhook: &str, id: &str, enabled: bool) -> Result<DeliveryView, WebhookError> {
        let (webhook, id) = (webhook.to_owned(), Some(id.to_owned()));
        let filter = DeliveryFilter { webhook, id, limit: 1, ..DeliveryFilter::default() };
        let found = self.store.webhook_deliveries(filter).await?.pop();
        found.map(|row| view(row, enabled)).ok_or(WebhookError::NoDelivery)
    }
}
