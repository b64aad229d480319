//! Webhooks as files would have them: judged, compared, and stored nowhere. One that is there is known by its URL.

use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use super::{PutWebhook, WEBHOOKS_MAX, WebhookError, Webhooks};
use crate::connector::reason::Reason;
use crate::setup::{Planned, Step};
use crate::store::WebhookRow;

/// A webhook, and what becomes of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlanWebhook {
    /// Its id; null if it is to be made.
    pub id: Option<String>,
    /// Who is told.
    pub url: String,
    /// What becomes of it.
    #[serde(flatten)]
    pub planned: Planned,
}

/// What wanted webhooks come to.
#[derive(Debug, Default)]
pub struct WebhooksPlan {
    /// Those that are named, and those that go.
    pub webhooks: Vec<PlanWebhook>,
    /// URLs of those that stay unnamed.
    pub others: Vec<String>,
    /// What is in the way, each by JSON Pointer into a plan's request.
    pub needs: Vec<Reason>,
}

impl Webhooks {
    /// Judge wanted webhooks of an environment, which is of this kind if it is not there yet. With `prune`, those that
    /// are not named go.
    pub async fn plan(
        &self,
        environment: &str,
        kind: Option<&str>,
        wanted: Vec<PutWebhook>,
        prune: bool,
    ) -> Result<WebhooksPlan, WebhookError> {
        let found = self.store.environment(environment).await?;
        let development = found.map_or(kind == Some("development"), |row| row.is_development());
        let mut there = self.store.webhooks(environment).await?;
        let (mut plan, mut urls) = (WebhooksPlan::default(), Vec::new());
        for (index, put) in wanted.into_iter().enumerate() {
            let at = format!("/webhooks/{index}");
            let put = match self.judge(put, development) {
                Ok(put) => put,
                Err(WebhookError::Field { pointer, detail }) => {
                    plan.needs.push(Reason::at("invalid-webhook", &format!("{at}{pointer}"), &detail));
                    continue;
                }
                Err(error) => return Err(error),
            };
            if urls.contains(&put.url) {
                let text = "is named twice: a webhook is known by its URL";
                plan.needs.push(Reason::at("invalid-webhook", &format!("{at}/url"), text));
                continue;
            }
            urls.push(put.url.clone());
            let row = there.iter().position(|row| row.url == put.url).map(|index| there.remove(index));
            let planned = Planned::between(row.as_ref().map(of_row).as_ref(), &of_put(&put));
            plan.webhooks.push(PlanWebhook { id: row.map(|row| row.id), url: put.url, planned });
        }
        for row in there {
            if prune {
                let planned = Planned { action: Step::Delete, changes: Vec::new() };
                plan.webhooks.push(PlanWebhook { id: Some(row.id), url: row.url, planned });
            } else {
                plan.others.push(row.url);
            }
        }
        // Those that go are there until the others were made.
        if plan.webhooks.len() + plan.others.len() > WEBHOOKS_MAX as usize {
            let text =
                format!("an environment has at most {WEBHOOKS_MAX}, with those that stay or are deleted afterwards");
            plan.needs.push(Reason::at("invalid-webhook", "/webhooks", &text));
        }
        Ok(plan)
    }
}

fn of_row(row: &WebhookRow) -> Value {
    json!({"url": row.url, "events": row.events, "description": row.description, "enabled": row.enabled})
}

fn of_put(put: &PutWebhook) -> Value {
    json!({"url": put.url, "events": put.events, "description": put.description, "enabled": put.enabled})
}
