//! What nobody takes does not fill the disk.

use super::{WebhookError, Webhooks};

impl Webhooks {
    /// Count from nothing, in every environment: a counter that is there from the start shows its first step, too.
    pub async fn begin_counting(&self) -> Result<(), WebhookError> {
        for environment in self.store.environments().await? {
            self.metrics.webhook_events_dropped(&environment.name, 0);
        }
        Ok(())
    }

    /// Of each webhook, keep so many events that it did not take; the oldest are dropped, and that is told.
    pub async fn drop_backlog(&self, of_webhook_max: u32) -> Result<(), WebhookError> {
        for dropped in self.store.drop_backlog(of_webhook_max, self.clock.now()).await? {
            let (environment, webhook, events) = (&dropped.environment, &dropped.webhook, dropped.events);
            tracing::warn!(
                environment,
                webhook,
                events,
                of_webhook_max,
                "a webhook has taken nothing for so long that its oldest events were dropped"
            );
            self.metrics.webhook_events_dropped(environment, events);
        }
        Ok(())
    }
}
