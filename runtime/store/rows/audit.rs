//! Who did what.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::actor::Actor;
use crate::clock::Timestamp;

/// What somebody did. It names no person's number, and holds no secret and no code.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct AuditRow {
    /// Its id.
    pub id: String,
    /// When.
    #[schema(value_type = String, format = DateTime)]
    pub at: Timestamp,
    /// Who.
    pub actor: Actor,
    /// What: `connector.save`, `key.create`, ….
    #[schema(example = "connector.save")]
    pub action: String,
    /// Where; none if it concerns no environment, or all.
    pub environment: Option<String>,
    /// To what: its name, or its id where it has none.
    pub target: Option<String>,
    /// More, by the kind of action.
    #[schema(value_type = Object)]
    pub detail: Value,
    /// `done`, or what it came to.
    pub outcome: String,
}

/// Which entries: all of what is given.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// Id of the actor.
    pub actor: Option<String>,
    /// What was done; `connector.*` is all of a kind.
    pub action: Option<String>,
    /// Where.
    pub environment: Option<String>,
    /// To what.
    pub target: Option<String>,
    /// Since then.
    pub from: Option<Timestamp>,
    /// Before then.
    pub to: Option<Timestamp>,
    /// After this entry: its time and id.
    pub after: Option<(Timestamp, String)>,
    /// How many at most.
    pub limit: u32,
}
