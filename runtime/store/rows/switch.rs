//! When a revision served, and who saw to that.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::actor::Actor;
use crate::clock::Timestamp;

/// Why a revision began to serve, or ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Why {
    /// A revision was saved.
    Save,
    /// Somebody rolled back or forward.
    Activate,
    /// It came from another environment.
    Promote,
    /// A trial began or ended: a revision on trial gets a share of the messages.
    Trial,
    /// The connector was deleted.
    Delete,
    /// It gave out a secret.
    Quarantine,
    /// It served before such things were noted: at that time it was saved.
    Earlier,
}

/// What makes other revisions serve: when, by whom, why.
#[derive(Clone, Debug)]
pub struct Occasion {
    /// When.
    pub at: Timestamp,
    /// By whom, where that is known.
    pub by: Option<Actor>,
    /// Why.
    pub why: Why,
}

/// A span in which a revision served or was on trial.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Switch {
    /// The revision.
    #[serde(skip)]
    pub revision: u64,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    pub from: Timestamp,
    /// Until when; none while it goes on.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
    /// Why it began; `trial`: it got a share of the messages beside the one that served.
    pub why: Why,
    /// Who began it.
    pub by: Option<Actor>,
    /// Why it ended.
    pub ended: Option<Why>,
    /// Who ended it.
    pub ended_by: Option<Actor>,
}
