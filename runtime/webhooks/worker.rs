//! Tells what is due. What could not be told by one process the next one tells.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::task::JoinHandle;
use url::Url;

use super::Webhooks;
use crate::actor::Actor;
use crate::audit::{self, Entry, action};
use crate::lanes::Lanes;
use crate::store::{DueEvent, TryEnd};
use crate::traces::{self, Traces};

/// How often it is looked whether somebody is to be told something.
const EVERY: Duration = Duration::from_millis(500);
/// Calls at once.
const AT_ONCE_MAX: usize = 256;
/// Calls at once for one webhook.
const OF_WEBHOOK_MAX: usize = 4;
/// How many of each are looked at: more than can run, since those that run are among them.
const LOOKED_AT: u32 = 32;

struct Teller {
    webhooks: Arc<Webhooks>,
    /// By webhook.
    lanes: Arc<Lanes<String>>,
}

/// Start the task; abort the handle to end it.
pub fn start(webhooks: Arc<Webhooks>, traces: &Traces) -> JoinHandle<()> {
    let teller = Arc::new(Teller { webhooks, lanes: Lanes::new(AT_ONCE_MAX, OF_WEBHOOK_MAX) });
    tokio::spawn(traces.around(async move {
        loop {
            teller.sweep().await;
            teller.lanes.wait(EVERY).await;
        }
    }))
}

impl Teller {
    async fn sweep(self: &Arc<Self>) {
        self.lanes.next_round();
        let now = self.webhooks.clock.now();
        let due = match self.webhooks.store.due_events(now, LOOKED_AT).await {
            Ok(due) => due,
            Err(error) => return tracing::warn!(%error, "events for webhooks could not be read; trying again"),
        };
        for due in due {
            let Some(call) = self.lanes.begin(&due.delivery, &due.webhook.id) else { continue };
            let webhooks = Arc::clone(&self.webhooks);
            tokio::spawn(traces::carried(async move {
                let end = webhooks.tell(&due).await;
                if webhooks.settle(&due, end).await {
                    call.settled();
                }
            }));
        }
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
