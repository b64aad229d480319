//! Who did something: a person or a key, as logs and revisions name them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::keys::Role;

/// What kind of actor it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ActorKind {
    /// Whoever holds an admin key.
    Key,
    /// A person of this service's own list.
    User,
    /// This machine itself: whoever can run its command line, and what the service does of its own accord.
    Host,
}

/// Who did something. Kept by name too, so that it is told after the key or the person is gone.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub struct Actor {
    /// What kind.
    pub kind: ActorKind,
    /// Id of the key or the user; of the host, what it was doing: `first-start`, `watch`, `trial`, `quarantine`.
    pub id: String,
    /// For people.
    pub name: String,
}

impl Actor {
    /// The service itself, doing this.
    pub fn host(doing: &str) -> Self {
        Self { kind: ActorKind::Host, id: doing.to_owned(), name: format!("countersign ({doing})") }
    }
}

/// Whoever is signed in to the console.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visitor {
    /// Who it is.
    pub actor: Actor,
    /// What he may do: the roles of his key or of himself.
    pub roles: Vec<Role>,
    /// Id of his session, for ending it; not what his browser holds.
    pub session: String,
}

impl Visitor {
    /// Whether he may do what this role may.
    pub fn may(&self, role: Role) -> bool {
        self.roles.contains(&role)
    }
}
