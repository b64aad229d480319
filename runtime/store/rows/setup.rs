//! Environments, components, connectors, their revisions and secrets.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::actor::Actor;
use crate::clock::Timestamp;
use crate::texts::{Sender, Template};

/// An environment.
#[derive(Clone, Debug)]
pub struct EnvironmentRow {
    /// Its name.
    pub name: String,
    /// `development` or `production`, fixed.
    pub kind: String,
    /// `{{ app }}` in texts.
    pub display_name: String,
    /// When it was made.
    pub created_at: Timestamp,
}

impl EnvironmentRow {
    /// Whether overrides, the inbox and watched folders count here.
    pub fn is_development(&self) -> bool {
        self.kind == "development"
    }
}

/// A document of an environment.
#[derive(Clone, Debug)]
pub struct Setting {
    /// The document.
    pub document: Value,
    /// Grows with every change.
    pub version: u64,
}

/// A component that is to be added.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the names say it; setup/components.rs explains them")]
pub struct NewComponent {
    pub id: String,
    pub version: String,
    pub digest: String,
    pub package: Value,
    pub size: u64,
    pub compile_ms: u64,
    pub instantiate_us: u64,
    pub exports: Vec<String>,
    pub built_in: bool,
    pub created_at: Timestamp,
}

/// A component that is there.
pub type ComponentRow = NewComponent;

/// What adding a component came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Inserted {
    /// It is new.
    New,
    /// The same bytes were there.
    Same,
    /// The same id and version were there with other bytes.
    Conflict {
        /// Their digest.
        digest: String,
    },
}

/// A connector.
#[derive(Clone, Debug)]
pub struct ConnectorRow {
    /// Its name.
    pub name: String,
    /// Number of the revision that serves; none for a draft.
    pub serving: Option<u64>,
    /// Number of the newest revision.
    pub newest: u64,
    /// Id of the newest revision's component.
    pub component_id: Option<String>,
    /// When its provider last took a message, or reported one as delivered.
    pub last_success_at: Option<Timestamp>,
}

/// A revision that is to be saved.
pub struct NewRevision {
    /// Its environment.
    pub environment: String,
    /// The connector's name.
    pub name: String,
    /// Its component.
    pub component_digest: String,
    /// Configuration without secrets.
    pub config: Value,
    /// Its texts.
    pub templates: Vec<Template>,
    /// Who sends where.
    pub senders: Vec<Sender>,
    /// What was granted.
    pub approved: Value,
    /// Secrets that stay as they are, by field and version.
    pub kept: BTreeMap<String, u32>,
    /// Secrets that are new; sealed by the function once their version is known.
    pub given: Vec<GivenSecret>,
    /// Whether it serves at once, or stays a draft.
    pub serve: bool,
    /// Whether it becomes the channel's active connector.
    pub activate: bool,
    /// Whose place in the channel it takes.
    pub replaces: Option<String>,
    /// The revision that the caller saw as the newest.
    pub if_match: Option<u64>,
    /// Who saves it.
    pub by: Option<Actor>,
    /// Now.
    pub now: Timestamp,
}

/// A secret that a request brings.
pub struct GivenSecret {
    /// Its field.
    pub field: String,
    /// Seals it for a version.
    pub seal: Box<dyn FnOnce(u32) -> Vec<u8> + Send>,
    /// Bindings for which it was given.
    pub bindings: Value,
}

/// What saving or serving a revision came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Saved {
    /// Done.
    Revision {
        /// Its number.
        number: u64,
        /// Whether its connector is the channel's active one now.
        active: bool,
    },
    /// Somebody else was faster.
    Stale {
        /// The newest revision.
        current: u64,
    },
    /// There is no such connector or revision.
    Missing,
}

/// A saved revision.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "as in NewRevision")]
pub struct RevisionRow {
    pub number: u64,
    pub component_digest: String,
    pub config: Value,
    pub templates: Vec<Template>,
    pub senders: Vec<Sender>,
    pub approved: Value,
    pub secret_versions: BTreeMap<String, u32>,
    pub quarantined: Option<String>,
    pub by: Option<Actor>,
    pub created_at: Timestamp,
}

/// A secret, sealed.
#[derive(Clone, Debug)]
pub struct SecretRow {
    /// Its field.
    pub field: String,
    /// Its version.
    pub version: u32,
    /// Sealed value.
    pub sealed: Vec<u8>,
    /// Bindings that it was approved for.
    pub bindings: Value,
}

/// What erasing a secret came to, by version.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ErasedSecret {
    /// Gone.
    pub erased: Vec<u32>,
    /// Kept, because the serving revision uses it.
    pub in_use: Option<u32>,
}
