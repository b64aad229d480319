//! A promotion as the API shows it, done or only previewed. It names secrets and never shows one.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value, json};
use utoipa::ToSchema;

use crate::connector::reason::Reason;
use crate::setup::changes::Change;
use crate::store::{ChannelRow, Prefer, Rule};

/// What a promotion comes to.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Promotion {
    /// The environment that it is taken from.
    pub from: String,
    /// The environment that gets it.
    pub to: String,
    /// Whether this is a preview: nothing was stored.
    pub dry_run: bool,
    /// Whether nothing is in its way.
    pub ready: bool,
    /// What is in its way, each by JSON Pointer into the request; empty once it was done.
    pub needs: Vec<Reason>,
    /// What works, and an operator should know.
    pub warnings: Vec<Reason>,
    /// Its connectors.
    pub connectors: Vec<PromotedConnector>,
    /// Who sends.
    pub channel: PromotedChannel,
    /// The environment's documents: `templates`, `policy`, `sign-in-experience`.
    pub documents: BTreeMap<&'static str, PromotedDocument>,
}

impl Promotion {
    /// As the audit log tells it.
    pub fn told(&self) -> Value {
        let connectors = self.connectors.iter().map(|one| (one.name.clone(), json!(one.revision)));
        json!({"from": self.from, "to": self.to, "connectors": connectors.collect::<Map<_, _>>()})
    }
}

/// What becomes of one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// It was not there.
    Created,
    /// It becomes what the other environment has.
    Changed,
    /// It is there already as the other environment has it.
    Unchanged,
    /// It stays as it is, although the other environment has another; a warning says why.
    Kept,
}

/// A connector, and what becomes of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PromotedConnector {
    /// Its name, the same in both environments.
    pub name: String,
    /// What becomes of it.
    pub action: Action,
    /// `id@version` of its component.
    pub component: String,
    /// The component's digest.
    pub digest: String,
    /// The revision that is promoted: the one that serves in the environment that it is taken from.
    pub from_revision: u64,
    /// The revision that serves in the other one: before, in a preview.
    pub revision: Option<u64>,
    /// Component, configuration without secrets, templates and senders, as far as they differ.
    pub changes: Vec<Change>,
    /// What it asks for there, in words.
    pub asks: Vec<String>,
    /// The digest to approve it by, if nobody has granted it there yet.
    pub approve: Option<String>,
    /// What becomes of its secrets, by field.
    pub secrets: BTreeMap<String, Fate>,
}

/// What becomes of a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Fate {
    /// The environment's own stays.
    Kept,
    /// The request brings it.
    Given,
    /// It is copied from the other environment, as the request asks.
    Copied,
    /// The request takes it away.
    Removed,
    /// The request has to bring it: the environment has none.
    Needed,
    /// The request has to bring it again: the one that is there would go where it was not approved to go.
    Rebound,
}

/// Who sends, and what becomes of it. A trial is never promoted.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PromotedChannel {
    /// What becomes of it.
    pub action: Action,
    /// As it is.
    pub before: Way,
    /// As it is then.
    pub after: Way,
}

/// Who sends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Way {
    /// The active connector.
    pub active: Option<String>,
    /// Who is asked after it.
    pub fallback: Vec<String>,
    /// Who sends what differs.
    pub routes: Vec<Rule>,
    /// What decides who is asked first of them.
    pub prefer: Prefer,
}

impl From<&ChannelRow> for Way {
    fn from(row: &ChannelRow) -> Self {
        Self {
            active: row.active.clone(),
            fallback: row.fallback.clone(),
            routes: row.routes.clone(),
            prefer: row.prefer,
        }
    }
}

/// A document, and what becomes of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PromotedDocument {
    /// What becomes of it.
    pub action: Action,
    /// Where it differs.
    pub changes: Vec<Change>,
}
