//! People: who may use the console, and their sessions.
//!
//! The threat: a session that somebody steals, guesses, or keeps after he should have gone. A token has 256 bits, is kept
//! as a hash, and ends after 12 hours without use or 7 days at most. What its holder may do is read at each request from
//! his key or his user, so that whoever is revoked, disabled or given other roles notices at once. A link signs in once.

pub mod browser;
pub mod oidc;
mod sessions;
mod users;

use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

pub use self::sessions::NewSession;
pub use self::users::{UserInput, roles as roles_of};
use crate::actor::{Actor, ActorKind};
use crate::clock::Clock;
use crate::keys::{self, Grant, Role};
use crate::random;
use crate::secret::Secret;
use crate::store::{LinkRow, SignedInBy, Store, StoreError};

/// A session ends then in any case; one that began at an identity provider may end earlier.
const LIFE: Duration = Duration::from_secs(7 * 24 * 3600);
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
                Ok(self.begin(actor, SignedInBy::Key, LIFE, browser).await?)
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
        Ok(self.begin(actor, SignedInBy::Link, LIFE, browser).await?)
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
