//! "Change connector": who is active for a channel, and who is asked after it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Setup, SetupError};
use crate::connector::reason::Reason;
use crate::store::ChannelRow;

/// A channel as the API shows it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Channel {
    /// The active connector.
    pub active: Option<String>,
    /// Who is asked after it when it certainly did not send, in order.
    pub fallback: Vec<String>,
}

/// `PUT /v1/environments/{env}/channels/sms`
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutChannel {
    /// The active connector.
    pub active: String,
    /// Who is asked after it.
    #[serde(default)]
    pub fallback: Vec<String>,
}

impl Setup {
    /// Who is active.
    pub async fn channel(&self, environment: &str) -> Result<Channel, SetupError> {
        let environment = self.environment(environment).await?;
        let row = self.store.channel(&environment.name, "sms").await?;
        Ok(Channel { active: row.active, fallback: row.fallback })
    }

    /// Change who is active. The next send uses it.
    pub async fn put_channel(&self, environment: &str, put: PutChannel) -> Result<Channel, SetupError> {
        let environment = self.environment(environment).await?;
        let _turn = self.turn.lock().await;
        let serving: Vec<String> = self
            .store
            .connectors(&environment.name)
            .await?
            .into_iter()
            .filter(|c| c.serving.is_some())
            .map(|c| c.name)
            .collect();
        let mut reasons = Vec::new();
        let mut seen = vec![&put.active];
        if !serving.contains(&put.active) {
            let text = format!("no connector `{}` serves in `{}`", put.active, environment.name);
            reasons.push(Reason::at("unknown-connector", "/active", &text));
        }
        for (index, name) in put.fallback.iter().enumerate() {
            let pointer = format!("/fallback/{index}");
            if !serving.contains(name) {
                reasons.push(Reason::at(
                    "unknown-connector",
                    &pointer,
                    &format!("no connector `{name}` serves in `{}`", environment.name),
                ));
            } else if seen.contains(&name) {
                reasons.push(Reason::at("twice", &pointer, &format!("`{name}` is named twice")));
            }
            seen.push(name);
        }
        if !reasons.is_empty() {
            return Err(SetupError::Refused { what: "the channel", reasons });
        }
        let row = ChannelRow { active: Some(put.active), fallback: put.fallback };
        self.store.put_channel(&environment.name, "sms", row.clone()).await?;
        self.refresh(&environment.name).await?;
        Ok(Channel { active: row.active, fallback: row.fallback })
    }
}
