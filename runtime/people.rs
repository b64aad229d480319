//! People: who may use the console, and their sessions.

use crate::actor::{Actor, ActorKind, Visitor};
use crate::clock::Timestamp;
use crate::keys::Role;
use crate::store::StoreError;

/// Who may use the console.
pub struct People;

impl People {
    /// Whoever holds this session, if it is valid now.
    pub async fn visitor(&self, _token: &str, _now: Timestamp) -> Result<Option<Visitor>, StoreError> {
        let actor = Actor { kind: ActorKind::User, id: "user_0".into(), name: "Nobody yet".into() };
        Ok(Some(Visitor { actor, roles: Role::ALL.to_vec(), session: "s".into() }))
    }
}
