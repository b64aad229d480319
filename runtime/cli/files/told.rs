//! A plan as the service tells it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// What an environment's files would come to.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Told {
    pub(super) environment: String,
    #[serde(skip_serializing)]
    pub(super) needs: Vec<Need>,
    pub(super) warnings: Vec<Need>,
    pub(super) settings: Part,
    pub(super) templates: Option<Part>,
    pub(super) connectors: Vec<ConnectorPart>,
    #[serde(default)]
    pub(super) prices: BTreeMap<String, Part>,
    #[serde(default)]
    pub(super) webhooks: Vec<WebhookPart>,
    #[serde(default)]
    pub(super) other_webhooks: Vec<String>,
    pub(super) policy: Option<Part>,
    pub(super) channel: Option<Part>,
    pub(super) sign_in_experience: Option<Part>,
    pub(super) others: Vec<String>,
    /// Connectors that can be judged once their component was uploaded.
    #[serde(default)]
    pub(super) pending: Vec<String>,
}

/// What is in the way, or worth knowing.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Need {
    pub(super) code: String,
    pub(super) pointer: Option<String>,
    pub(super) text: String,
}

/// What becomes of one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum Step {
    Create,
    Change,
    Unchanged,
    Delete,
}

/// A document.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Part {
    pub(super) action: Step,
    pub(super) changes: Vec<Change>,
}

/// One difference.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Change {
    pub(super) at: String,
    pub(super) before: Option<Value>,
    pub(super) after: Option<Value>,
}

/// A connector.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct ConnectorPart {
    pub(super) name: String,
    pub(super) action: Step,
    pub(super) component: String,
    pub(super) revision: u64,
    pub(super) changes: Vec<Change>,
    pub(super) secrets: BTreeMap<String, String>,
    pub(super) asks: Vec<String>,
    pub(super) approve: Option<String>,
    /// Whether the command line has approved it.
    #[serde(default)]
    pub(super) approved: bool,
}

/// A webhook.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct WebhookPart {
    pub(super) id: Option<String>,
    pub(super) url: String,
    #[serde(flatten)]
    pub(super) part: Part,
}

impl Told {
    /// The documents in the order in which they are shown, by the name of their file.
    pub(super) fn documents(&self) -> impl Iterator<Item = (&'static str, &Part)> {
        use super::layout::{POLICY, SIGN_IN, TEMPLATES};
        let all = [
            (TEMPLATES, &self.templates),
            (POLICY, &self.policy),
            ("channels/sms.json", &self.channel),
            (SIGN_IN, &self.sign_in_experience),
        ];
        all.into_iter().filter_map(|(file, part)| Some((file, part.as_ref()?)))
    }

    /// What becomes of everything.
    pub(super) fn steps(&self) -> impl Iterator<Item = Step> {
        let parts = [&self.settings].into_iter().chain(self.documents().map(|(_, part)| part));
        let parts = parts.map(|part| part.action).chain(self.connectors.iter().map(|connector| connector.action));
        let parts = parts.chain(self.prices.values().map(|part| part.action));
        let parts = parts.chain(self.webhooks.iter().map(|webhook| webhook.part.action));
        parts.chain(self.pending.iter().map(|_| Step::Create))
    }
}
