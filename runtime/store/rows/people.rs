//! People, their sessions, and links that sign in.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::actor::Actor;
use crate::clock::Timestamp;

/// A person who may use the console.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserRow {
    /// Its id.
    pub id: String,
    /// For people.
    pub name: String,
    /// In lower case; no two people have the same.
    pub email: String,
    /// What he may do.
    pub roles: Vec<String>,
    /// The identity provider that he is bound to, and what it calls him.
    pub subject: Option<(String, String)>,
    /// When he was added.
    pub created_at: Timestamp,
    /// Since when he may not sign in.
    pub disabled_at: Option<Timestamp>,
}

/// What became of a change of a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserChange {
    /// It is written.
    Done,
    /// There is no such user.
    Missing,
    /// Another one has the address.
    Taken,
}

/// How somebody signed in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SignedInBy {
    /// With an admin key.
    Key,
    /// With a link that worked once.
    Link,
    /// At an identity provider.
    Oidc,
}

/// A browser that is signed in.
#[derive(Clone, Debug)]
pub struct SessionRow {
    /// For ending it; not what the browser holds.
    pub id: String,
    /// SHA-256 of what the browser holds.
    pub token: [u8; 32],
    /// Who it is.
    pub actor: Actor,
    /// How he signed in.
    pub how: SignedInBy,
    /// What the browser says of itself.
    pub browser: String,
    /// When he signed in.
    pub created_at: Timestamp,
    /// When a request came last, to the minute.
    pub last_seen: Timestamp,
    /// It is over then, however much it is used.
    pub expires_at: Timestamp,
    /// When it was ended before that.
    pub ended_at: Option<Timestamp>,
}

/// A session with what its actor may do now.
#[derive(Clone, Debug)]
pub struct StandingSession {
    /// The session.
    pub session: SessionRow,
    /// Roles of its key or user as they are now; none if that is revoked, disabled or gone, or if it never had any.
    pub roles: Option<Vec<String>>,
}

/// A link that signs somebody in once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LinkRow {
    /// SHA-256 of its token.
    pub token: [u8; 32],
    /// Whom; without one, whoever can run the command line of this machine.
    pub user: Option<String>,
    /// It works no more from then on.
    pub expires_at: Timestamp,
}
