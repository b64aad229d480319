//! A plan as the API shows it. It names secrets and never shows one.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::connector::reason::Reason;
use crate::setup::changes::{Change, changes};
use crate::webhooks::PlanWebhook;

/// What a wanted set-up would come to.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Plan {
    /// The environment.
    pub environment: String,
    /// Whether nothing is in its way. An approval that is missing is told with its connector.
    pub ready: bool,
    /// What is in its way, each by JSON Pointer into the request.
    pub needs: Vec<Reason>,
    /// What works, and an operator should know.
    pub warnings: Vec<Reason>,
    /// The environment itself: its kind and its name for people.
    pub settings: Planned,
    /// Texts that connectors share, if the request names them.
    pub templates: Option<Planned>,
    /// The connectors that the request names and those that would be deleted. One that is refused is told in `needs`.
    pub connectors: Vec<PlanConnector>,
    /// Connectors that are there, are not named and stay.
    pub others: Vec<String>,
    /// The price lists that the request names, by connector.
    pub prices: BTreeMap<String, Planned>,
    /// The webhooks that the request names and those that would be deleted, if it names any.
    pub webhooks: Vec<PlanWebhook>,
    /// Webhooks that are there, are not named and stay, by their URL.
    pub other_webhooks: Vec<String>,
    /// Rules of codes, if the request names them.
    pub policy: Option<Planned>,
    /// Who sends, if the request names it.
    pub channel: Option<Planned>,
    /// By what people sign in, if the request names it.
    pub sign_in_experience: Option<Planned>,
}

/// What becomes of one thing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Step {
    /// It is not there yet.
    Create,
    /// It is there, and differs.
    Change,
    /// It is there as it should be.
    Unchanged,
    /// It is there and should not be.
    Delete,
}

/// A document, and what becomes of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Planned {
    /// What becomes of it.
    pub action: Step,
    /// Where it differs.
    pub changes: Vec<Change>,
}

impl Planned {
    /// From what is there, if anything is, to what is wanted.
    pub(crate) fn between(there: Option<&Value>, wanted: &Value) -> Self {
        let found = changes(there.unwrap_or(&json!({})), wanted);
        let action = match there {
            None => Step::Create,
            Some(_) if found.is_empty() => Step::Unchanged,
            Some(_) => Step::Change,
        };
        let (news, empty): (Vec<_>, Vec<_>) = found.into_iter().partition(says_something);
        // Of something that is there every difference counts, also if it is one of nothing.
        let changes = if news.is_empty() && there.is_some() { empty } else { news };
        Self { action, changes }
    }
}

/// That something new has an empty part is no news.
fn says_something(change: &Change) -> bool {
    let empty = |value: &Option<Value>| match value {
        None | Some(Value::Null) => true,
        Some(Value::Object(map)) => map.is_empty(),
        Some(Value::Array(list)) => list.is_empty(),
        Some(_) => false,
    };
    !(change.before.is_none() && empty(&change.after))
}

/// A connector, and what becomes of it.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PlanConnector {
    /// Its name.
    pub name: String,
    /// What becomes of it.
    pub action: Step,
    /// `id@version` of its component.
    pub component: String,
    /// The component's digest.
    pub digest: String,
    /// Its newest revision, for `If-Match`; 0 if there is none.
    pub revision: u64,
    /// The revision that serves.
    pub serving: Option<u64>,
    /// Component, configuration without secrets, templates and senders, as far as they differ.
    pub changes: Vec<Change>,
    /// What becomes of its secrets, by field.
    pub secrets: BTreeMap<String, SecretStep>,
    /// What it asks for, in words.
    pub asks: Vec<String>,
    /// The digest to approve it by, if nobody has granted it yet.
    pub approve: Option<String>,
    /// What works, and an operator should know.
    pub warnings: Vec<String>,
}

/// What becomes of a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SecretStep {
    /// There was none.
    Given,
    /// Another one takes its place.
    Changed,
    /// It stays.
    Kept,
    /// It is taken away.
    Removed,
}
