//! People, their sessions and links.

use async_trait::async_trait;

use super::{LinkRow, SessionRow, StandingSession, Stored, UserChange, UserRow};
use crate::actor::Actor;
use crate::clock::Timestamp;

/// People, their sessions and links.
#[async_trait]
pub trait PeopleStore: Send + Sync {
    /// Add a user; false if somebody has the address already.
    async fn insert_user(&self, user: UserRow) -> Stored<bool>;
    /// Every user, by name.
    async fn users(&self) -> Stored<Vec<UserRow>>;
    /// One user.
    async fn user(&self, id: &str) -> Stored<Option<UserRow>>;
    /// The user of this address, in lower case.
    async fn user_by_email(&self, email: &str) -> Stored<Option<UserRow>>;
    /// The user whom this identity provider calls so.
    async fn user_by_subject(&self, issuer: &str, subject: &str) -> Stored<Option<UserRow>>;
    /// Change a user. One who is disabled is signed out everywhere, and his links work no more.
    async fn update_user(&self, user: UserRow, now: Timestamp) -> Stored<UserChange>;
    /// Bind a user to what an identity provider calls him; false if he is bound already, or another one is to that.
    async fn bind_user(&self, id: &str, issuer: &str, subject: &str) -> Stored<bool>;
    /// Delete a user with his sessions and links; false if there is none.
    async fn delete_user(&self, id: &str) -> Stored<bool>;
    /// Add a session.
    async fn insert_session(&self, session: SessionRow) -> Stored<()>;
    /// The session whose token has this hash, ended or not.
    async fn session(&self, token: &[u8; 32]) -> Stored<Option<StandingSession>>;
    /// A request of it came.
    async fn session_seen(&self, id: &str, now: Timestamp) -> Stored<()>;
    /// Sessions that neither ended nor expired and were seen since, the last seen first.
    async fn sessions(&self, now: Timestamp, seen_since: Timestamp) -> Stored<Vec<SessionRow>>;
    /// End one; false if there is none that lives.
    async fn end_session(&self, id: &str, now: Timestamp) -> Stored<bool>;
    /// End all of an actor but one; answers how many.
    async fn end_sessions(&self, of: &Actor, but: Option<&str>, now: Timestamp) -> Stored<u64>;
    /// Add a link.
    async fn insert_link(&self, link: LinkRow) -> Stored<()>;
    /// Whether a link would work now.
    async fn link_works(&self, token: &[u8; 32], now: Timestamp) -> Stored<bool>;
    /// Use a link up: of two that try at once, one gets it.
    async fn use_link(&self, token: &[u8; 32], now: Timestamp) -> Stored<Option<LinkRow>>;
}
