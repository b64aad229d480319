//! Keeping webhooks: made, read, changed and deleted by an operator.

use std::time::Duration;

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{EventType, PutWebhook, WEBHOOKS_MAX, WebhookError, Webhooks, signature};
use crate::clock::Timestamp;
use crate::random;
use crate::secret::Secret;
use crate::store::WebhookRow;

/// A secret that was replaced signs so long, too, so that the receiver can be changed without a gap.
const REPLACED: Duration = Duration::from_secs(24 * 3600);

/// A webhook.
#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookView {
    /// Its id.
    pub id: String,
    /// Who is told.
    pub url: String,
    /// Of what; null: of everything.
    #[schema(value_type = Option<Vec<EventType>>)]
    pub events: Option<Vec<String>>,
    /// What it is for.
    pub description: Option<String>,
    /// Whether it is told anything.
    pub enabled: bool,
    /// When the service disabled it, and why; null unless it did.
    pub disabled: Option<DisabledView>,
    /// Since when it has taken nothing; null while it takes what it is told. After five days it is disabled.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub failing_since: Option<Timestamp>,
    /// Events that it was not told since more than `retention.webhooks_waiting` were undelivered; null if there were none.
    pub dropped: Option<DroppedView>,
    /// What its calls are signed with, for the receiver's library; on the answer that made it and never again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")]
    pub secret: Option<String>,
    /// Until when calls are signed with the secret before, too; null if they are not.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub old_secret_until: Option<Timestamp>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When its owner changed it last.
    #[schema(value_type = String, format = DateTime)]
    pub changed_at: Timestamp,
}

/// Why the service disabled a webhook.
#[derive(Debug, Serialize, ToSchema)]
pub struct DisabledView {
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Why.
    pub why: String,
}

/// Events that a webhook was not told, since too many waited for it.
#[derive(Debug, Serialize, ToSchema)]
pub struct DroppedView {
    /// How many since it was made. The oldest were dropped first.
    pub events: u64,
    /// When the last of them were.
    #[schema(value_type = String, format = DateTime)]
    pub last_at: Timestamp,
}

fn aad(environment: &str, id: &str) -> String {
    format!("webhook/{environment}/{id}")
}

impl Webhooks {
    /// Webhooks of an environment, oldest first.
    pub async fn list(&self, environment: &str) -> Result<Vec<WebhookView>, WebhookError> {
        self.is_development(environment).await?;
        let rows = self.store.webhooks(environment).await?;
        Ok(rows.into_iter().map(|row| self.view(row, None)).collect())
    }

    /// One webhook.
    pub async fn get(&self, environment: &str, id: &str) -> Result<WebhookView, WebhookError> {
        Ok(self.view(self.row(environment, id).await?, None))
    }

    /// Make one. The answer is the only one that has its secret.
    pub async fn create(&self, environment: &str, put: PutWebhook) -> Result<WebhookView, WebhookError> {
        let put = self.judge(put, self.is_development(environment).await?)?;
        let (id, now) = (format!("whk_{}", Uuid::now_v7().simple()), self.clock.now());
        let (key, secret) = self.fresh(environment, &id);
        let row = WebhookRow {
            id,
            environment: environment.to_owned(),
            url: put.url,
            events: put.events,
            description: put.description,
            secret,
            old_secret: None,
            enabled: put.enabled,
            disabled: None,
            failing_since: None,
            dropped: None,
            created_at: now,
            changed_at: now,
        };
        if !self.store.insert_webhook(row.clone(), WEBHOOKS_MAX).await? {
            return Err(WebhookError::Full);
        }
        Ok(self.view(row, Some(&key)))
    }

    /// Change one: all of it but its secret.
    pub async fn put(&self, environment: &str, id: &str, put: PutWebhook) -> Result<WebhookView, WebhookError> {
        let put = self.judge(put, self.is_development(environment).await?)?;
        let row = WebhookRow {
            url: put.url,
            events: put.events,
            description: put.description,
            enabled: put.enabled,
            changed_at: self.clock.now(),
            ..self.row(environment, id).await?
        };
        let row = self.store.update_webhook(row).await?.ok_or(WebhookError::NotFound)?;
        Ok(self.view(row, None))
    }

    /// Give it another secret. The one before signs for another day, too.
    pub async fn rotate(&self, environment: &str, id: &str) -> Result<WebhookView, WebhookError> {
        self.row(environment, id).await?;
        let ((key, secret), now) = (self.fresh(environment, id), self.clock.now());
        let row = self.store.rotate_webhook(environment, id, secret, now.plus(REPLACED), now).await?;
        Ok(self.view(row.ok_or(WebhookError::NotFound)?, Some(&key)))
    }

    /// Delete one. What it was still to be told goes with it.
    pub async fn delete(&self, environment: &str, id: &str) -> Result<(), WebhookError> {
        if self.store.delete_webhook(environment, id).await? { Ok(()) } else { Err(WebhookError::NotFound) }
    }

    pub(super) async fn row(&self, environment: &str, id: &str) -> Result<WebhookRow, WebhookError> {
        self.is_development(environment).await?;
        self.store.webhook(environment, id).await?.ok_or(WebhookError::NotFound)
    }

    /// A new key, and the same sealed.
    fn fresh(&self, environment: &str, id: &str) -> (Secret<Vec<u8>>, Vec<u8>) {
        let key = Secret::new(random::bytes::<32>().to_vec());
        let sealed = self.vault.seal(&aad(environment, id), key.expose());
        (key, sealed)
    }

    /// What its calls are signed with at `now`, the newest first.
    pub(super) fn keys(&self, row: &WebhookRow, now: Timestamp) -> Result<Vec<Secret<Vec<u8>>>, WebhookError> {
        let old = row.old_secret.as_ref().filter(|(_, until)| now < *until).map(|(sealed, _)| sealed);
        let aad = aad(&row.environment, &row.id);
        let open = |sealed: &Vec<u8>| self.vault.open(&aad, sealed);
        Ok([Some(&row.secret), old].into_iter().flatten().map(open).collect::<Result<_, _>>()?)
    }

    fn view(&self, row: WebhookRow, key: Option<&Secret<Vec<u8>>>) -> WebhookView {
        let now = self.clock.now();
        WebhookView {
            id: row.id,
            url: row.url,
            events: row.events,
            description: row.description,
            enabled: row.enabled,
            disabled: row.disabled.map(|(at, why)| DisabledView { at, why }),
            failing_since: row.failing_since,
            dropped: row.dropped.map(|(events, last_at)| DroppedView { events, last_at }),
            secret: key.map(signature::shown),
            old_secret_until: row.old_secret.map(|(_, until)| until).filter(|until| now < *until),
            created_at: row.created_at,
            changed_at: row.changed_at,
        }
    }
}
