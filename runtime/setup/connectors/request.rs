//! What a set-up request says.

use serde::Deserialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::actor::Actor;
use crate::texts::{Sender, Template};

/// `PUT /v1/environments/{env}/connectors/{name}`
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct PutConnector {
    /// `id` (the newest version) or `id@version`. What it resolves to is stored; nothing floats.
    #[schema(example = "twilio")]
    pub component: String,
    /// The configuration, judged by the component's schema. Secrets are write-only: leave one out, or send
    /// `{"set": true}`, to keep it; send null to remove it.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub config: Value,
    /// Texts that beat the environment's, and registered template ids.
    #[serde(default)]
    pub templates: Vec<Template>,
    /// Who sends where.
    #[serde(default)]
    pub senders: Vec<Sender>,
    /// False saves a draft that does not serve.
    #[serde(default = "yes")]
    pub serve: bool,
    /// Also make it the channel's active connector. The first one becomes it anyway.
    #[serde(default)]
    pub activate: bool,
    /// Take another connector's place wherever the channel names it: active, fallback, rules. In one step with the
    /// saving; the other one stays saved, and its trial ends.
    #[serde(default)]
    #[schema(example = "twilio-old")]
    pub replaces: Option<String>,
    /// Digest of what the component asks for, to approve it.
    #[serde(default)]
    pub approve: Option<String>,
    /// The revision that the caller saw as the newest (`If-Match`).
    #[serde(skip)]
    pub if_match: Option<u64>,
    /// Whoever asks is the operator himself (built-in start-up, a watched folder): what is asked for is granted.
    #[serde(skip)]
    pub grant_all: bool,
    /// Who asks.
    #[serde(skip)]
    pub by: Option<Actor>,
}

fn yes() -> bool {
    true
}

impl Default for PutConnector {
    /// Of no component yet; it serves, as a request that says nothing of it does.
    fn default() -> Self {
        Self {
            component: String::new(),
            config: Value::Null,
            templates: Vec::new(),
            senders: Vec::new(),
            serve: true,
            activate: false,
            replaces: None,
            approve: None,
            if_match: None,
            grant_all: false,
            by: None,
        }
    }
}
