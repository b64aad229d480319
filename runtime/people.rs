//! People: who may use the console, and their sessions.
//!
//! The threat: a session that somebody steals, guesses, or keeps after he should have gone. A token has 256 bits, is kept
//! as a hash, and ends after 12 hours without use or 7 days at most. What its holder may do is read at each request from
//! his key or his user, so that whoever is revoked, disabled or given other roles notices at once. A link signs in once.

pub mod browser;
pub mod oidc;
mod users;

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

pub use self::users::{UserInput, roles as roles_of};
use crate::actor::{Actor, ActorKind, Visitor};
use crate::clock::{Clock, Timestamp};
use crate::keys::{self, Grant, Role};
use crate::random;
use crate::secret::Secret;
use crate::store::{LinkRow, SessionRow, SignedInBy, Store, StoreError};

/// A session ends when nothing was asked for so long.
const IDLE: Duration = Duration::from_secs(12 * 3600);
/// It ends then in any case.
pub const LIFE: Duration = Duration::from_secs(7 * 24 * 3600);
/// How exactly it is known when a session was used last: each note is a write.
const SEEN_EVERY: Duration = Duration::from_secs(60);
/// How long a link works that is used by whoever made it.
pub const LINK_LIFE: Duration = Duration::from_secs(15 * 60);
/// And one that is sent to somebody.
pub const INVITATION_LIFE: Duration = Duration::from_secs(24 * 3600);

/// Why somebody is not let in.
#[derive(Debug, thiserror::Error)]
pub enum PeopleError {
    /// No key of these words is valid.
    #[error("this key is not known, or was revoked")]
    UnknownKey,
    /// A key that is not for people.
    #[error("this key belongs to the environment `{0}`; only an admin key signs in")]
    EnvironmentKey(String),
    /// The link was used, is too old, or never was one.
    #[error("this link was used already, or its time is over")]
    SpentLink,
    /// A field of a user can't be taken.
    #[error("{0}: {1}")]
    Field(&'static str, String),
    /// There is none.
    #[error("there is no {0} of this id")]
    Missing(&'static str),
    /// Nobody gives what he has not.
    #[error("you lack the role `{0}`, so you can't give it to anybody, nor speak for who has it")]
    Lacks(Role),
    /// He may not sign in.
    #[error("this user is disabled")]
    Disabled,
    /// The store's.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A session that just began: the only time that its token is in clear.
#[derive(Debug)]
pub struct NewSession {
    /// What the browser is to hold.
    pub token: Secret<String>,
    /// The session.
    pub session: SessionRow,
}

/// Who may use the console.
pub struct People {
    store: Arc<dyn Store>,
    clock: Clock,
}

impl People {
    /// Of this store.
    pub fn new(store: Arc<dyn Store>, clock: Clock) -> Self {
        Self { store, clock }
    }

    /// Begin a session of whoever holds this admin key.
    pub async fn sign_in_with_key(&self, key: &str, browser: &str) -> Result<NewSession, PeopleError> {
        let hash = keys::hash(key.trim());
        // Found by the hash of what was sent; compared once more in constant time, so that nothing hangs on the look-up.
        let found = self.store.key_by_hash(&hash).await?.filter(|row| bool::from(row.hash.ct_eq(&hash)));
        let row = found.ok_or(PeopleError::UnknownKey)?;
        match keys::grant(&row) {
            Grant::Environment(environment) => Err(PeopleError::EnvironmentKey(environment)),
            Grant::Admin(_) => {
                keys::used(&*self.store, &row, self.clock.now()).await;
                let actor = Actor { kind: ActorKind::Key, id: row.id, name: row.name };
                Ok(self.begin(actor, SignedInBy::Key, browser).await?)
            }
        }
    }

    /// Begin a session with a link, and use the link up.
    pub async fn sign_in_with_link(&self, token: &str, browser: &str) -> Result<NewSession, PeopleError> {
        let link = self.store.use_link(&hash(token), self.clock.now()).await?.ok_or(PeopleError::SpentLink)?;
        let actor = match link.user {
            Some(id) => {
                let user = self.store.user(&id).await?.ok_or(PeopleError::SpentLink)?;
                Actor { kind: ActorKind::User, id, name: user.name }
            }
            None => Actor { kind: ActorKind::Host, id: "link".into(), name: "This machine (sign-in link)".into() },
        };
        Ok(self.begin(actor, SignedInBy::Link, browser).await?)
    }

    async fn begin(&self, actor: Actor, how: SignedInBy, browser: &str) -> Result<NewSession, StoreError> {
        let (token, now) = (token(), self.clock.now());
        let session = SessionRow {
            id: format!("ses_{}", random::hex::<8>()),
            token: hash(token.expose()),
            actor,
            how,
            browser: browser::told(browser),
            created_at: now,
            last_seen: now,
            expires_at: now.plus(LIFE),
            ended_at: None,
        };
        self.store.insert_session(session.clone()).await?;
        Ok(NewSession { token, session })
    }

    /// Whoever holds this session, if it is valid now.
    pub async fn visitor(&self, token: &str, now: Timestamp) -> Result<Option<Visitor>, StoreError> {
        let hash = hash(token);
        let found = self.store.session(&hash).await?.filter(|found| bool::from(found.session.token.ct_eq(&hash)));
        let Some(found) = found else { return Ok(None) };
        let session = found.session;
        if session.ended_at.is_some() || now >= session.expires_at || now >= session.last_seen.plus(IDLE) {
            return Ok(None);
        }
        let roles: Vec<Role> = match session.actor.kind {
            // Whoever can run the command line can make himself any key.
            ActorKind::Host => Role::ALL.to_vec(),
            _ => found.roles.unwrap_or_default().iter().filter_map(|role| role.parse().ok()).collect(),
        };
        if roles.is_empty() {
            return Ok(None);
        }
        if now.since(session.last_seen) >= SEEN_EVERY
            && let Err(error) = self.store.session_seen(&session.id, now).await
        {
            // The page can be shown all the same.
            tracing::warn!(%error, "the use of a session could not be noted");
        }
        Ok(Some(Visitor { actor: session.actor, roles, session: session.id }))
    }

    /// End the session of this token.
    pub async fn sign_out(&self, token: &str) -> Result<(), StoreError> {
        if let Some(found) = self.store.session(&hash(token)).await? {
            self.store.end_session(&found.session.id, self.clock.now()).await?;
        }
        Ok(())
    }

    /// Sessions that live, the last seen first: all, or those of one actor.
    pub async fn sessions(&self, of: Option<(ActorKind, &str)>) -> Result<Vec<SessionRow>, StoreError> {
        let now = self.clock.now();
        let mut all = self.store.sessions(now, now.minus(IDLE)).await?;
        all.retain(|row| of.is_none_or(|(kind, id)| row.actor.kind == kind && row.actor.id == id));
        Ok(all)
    }

    /// End one; false if there is none that lives.
    pub async fn end_session(&self, id: &str) -> Result<bool, StoreError> {
        self.store.end_session(id, self.clock.now()).await
    }

    /// End all of an actor, but the one named; answers how many.
    pub async fn end_all(&self, of: &Actor, but: Option<&str>) -> Result<u64, StoreError> {
        self.store.end_sessions(of, but, self.clock.now()).await
    }

    /// Make a link that signs in once: this user, or else whoever can run the command line of this machine.
    pub async fn link(&self, user: Option<&str>, life: Duration) -> Result<Secret<String>, StoreError> {
        let token = token();
        let expires_at = self.clock.now().plus(life);
        let row = LinkRow { token: hash(token.expose()), user: user.map(str::to_owned), expires_at };
        self.store.insert_link(row).await?;
        Ok(token)
    }

    /// Whether a link would work now. Uses nothing up: whoever previews links may look.
    pub async fn link_works(&self, token: &str) -> Result<bool, StoreError> {
        self.store.link_works(&hash(token), self.clock.now()).await
    }
}

/// Where a link leads, below the service's address.
pub fn link_path(token: &Secret<String>) -> String {
    format!("/console/sign-in/link?token={}", token.expose())
}

fn token() -> Secret<String> {
    Secret::new(URL_SAFE_NO_PAD.encode(random::bytes::<32>()))
}

/// What is kept of a token. A plain hash is enough: it has 256 bits of entropy.
fn hash(token: &str) -> [u8; 32] {
    Sha256::digest(token.as_bytes()).into()
}
