//! Sessions: how they begin, who holds one, and how they end.

use std::time::Duration;

use subtle::ConstantTimeEq as _;

use super::{People, browser, hash, token};
use crate::actor::{Actor, ActorKind, Visitor};
use crate::clock::Timestamp;
use crate::keys::Role;
use crate::random;
use crate::secret::Secret;
use crate::store::{SessionRow, SignedInBy, StoreError};

/// A session ends when nothing was asked for so long.
const IDLE: Duration = Duration::from_secs(12 * 3600);
/// How exactly it is known when a session was used last: each note is a write.
const SEEN_EVERY: Duration = Duration::from_secs(60);

/// A session that just began: the only time that its token is in clear.
#[derive(Debug)]
pub struct NewSession {
    /// What the browser is to hold.
    pub token: Secret<String>,
    /// The session.
    pub session: SessionRow,
}

impl NewSession {
    /// How long the browser is to hold it.
    pub fn life(&self) -> Duration {
        self.session.expires_at.since(self.session.created_at)
    }
}

impl People {
    /// Begin one; `life`: it ends then in any case.
    pub(super) async fn begin(
        &self,
        actor: Actor,
        how: SignedInBy,
        life: Duration,
        browser: &str,
    ) -> Result<NewSession, StoreError> {
        let (token, now) = (token(), self.clock.now());
        let session = SessionRow {
            id: format!("ses_{}", random::hex::<8>()),
            token: hash(token.expose()),
            actor,
            how,
            browser: browser::told(browser),
            created_at: now,
            last_seen: now,
            expires_at: now.plus(life),
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
}
