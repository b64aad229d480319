//! Tells what is due. What could not be told by one process the next one tells.

use std::sync::Arc;

use serde_json::json;
use tokio::task::JoinHandle;
use url::Url;

use super::Webhooks;
use crate::actor::Actor;
use crate::audit::{self, Entry, action};
use crate::lanes::{self, Lanes, Tells};
use crate::store::{DueEvent, StoreError, TryEnd};
use crate::traces::Traces;

/// Calls at once.
const AT_ONCE_MAX: usize = 256;
/// Calls at once for one webhook.
const OF_WEBHOOK_MAX: usize = 4;
/// How many of each are looked at: more than can run, since those that run are among them.
const LOOKED_AT: u32 = 32;

/// Start the task; abort the handle to end it.
pub fn start(webhooks: Arc<Webhooks>, traces: &Traces) -> JoinHandle<()> {
    lanes::start(webhooks, Lanes::new(AT_ONCE_MAX, OF_WEBHOOK_MAX), traces)
}

/// A lane for each webhook.
impl Tells for Webhooks {
    type Due = DueEvent;
    type Key = String;

    const WHAT: &'static str = "events for webhooks";

    async fn due(&self) -> Result<Vec<DueEvent>, StoreError> {
        self.store.due_events(self.clock.now(), LOOKED_AT).await
    }

    async fn lane(&self, due: &DueEvent) -> Option<(String, String)> {
        Some((due.delivery.clone(), due.webhook.id.clone()))
    }

    async fn tell(&self, due: DueEvent) -> bool {
        let end = self.told(&due).await;
        self.settle(&due, end).await
    }
}

impl Webhooks {
    async fn settle(&self, due: &DueEvent, end: TryEnd) -> bool {
        let (webhook, environment) = (&due.webhook.id, &due.webhook.environment);
        if let Some(why) = &end.tried.error {
            let host = Url::parse(&due.webhook.url).ok().and_then(|url| url.host_str().map(str::to_owned));
            tracing::warn!(
                environment,
                webhook,
                delivery = end.delivery,
                host,
                why,
                "an event was not taken by a webhook"
            );
        }
        let (at, why) = (end.tried.at, end.disable.clone());
        match self.store.end_try(end).await {
            Ok(false) => true,
            Ok(true) => {
                let why = why.unwrap_or_default();
                tracing::warn!(environment, webhook, why, "a webhook was disabled");
                let entry =
                    Entry::of(action::WEBHOOK_DISABLE).within(environment).to(webhook).with(json!({ "why": why }));
                audit::note(&*self.store, at, &Actor::host("webhooks"), entry).await;
                true
            }
            Err(error) => {
                tracing::error!(environment, webhook, %error, "what came of telling a webhook could not be noted");
                false
            }
        }
    }
}
