//! Who asks: API keys.
//!
//! The threat: guessing keys, and a key of one environment used in another. A key has 256 bits and is kept as a hash;
//! who fails too often from one address waits. No cookie counts here, so no web page can act for a person.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use subtle::ConstantTimeEq as _;

use super::AppState;
use super::audit::Noting;
use super::error::ApiError;
use super::server::Client;
use crate::actor::{Actor, ActorKind};
use crate::keys::{self, Grant, Role};

/// Whoever holds the key of a request.
#[derive(Clone)]
pub(super) struct Caller {
    /// Id of the key.
    pub key_id: String,
    /// The key's name.
    name: String,
    /// Where a handler tells what it did.
    pub noting: Noting,
    grant: Grant,
    /// What the header `Countersign-Environment` names.
    asked: Option<String>,
}

impl Caller {
    /// Who it is, as logs and revisions name him.
    pub(super) fn actor(&self) -> Actor {
        Actor { kind: ActorKind::Key, id: self.key_id.clone(), name: self.name.clone() }
    }

    /// The environment of a call to the OTP API: a key's own; for an admin key the header's, or `development`.
    pub(super) fn environment(&self) -> Result<String, ApiError> {
        match &self.grant {
            Grant::Environment(own) => match &self.asked {
                Some(asked) if asked != own => {
                    Err(ApiError::forbidden(format!("this key belongs to `{own}`, not to `{asked}`")))
                }
                _ => Ok(own.clone()),
            },
            Grant::Admin(_) => {
                self.require(Role::Operate)?;
                Ok(self.asked.clone().unwrap_or_else(|| "development".to_owned()))
            }
        }
    }

    /// The environment of an environment's key.
    pub(super) fn own_environment(&self) -> Option<&str> {
        match &self.grant {
            Grant::Environment(own) => Some(own),
            Grant::Admin(_) => None,
        }
    }

    /// An admin key with this role.
    pub(super) fn require(&self, role: Role) -> Result<(), ApiError> {
        match &self.grant {
            Grant::Admin(roles) if roles.contains(&role) => Ok(()),
            Grant::Admin(_) => Err(ApiError::forbidden(format!("this key lacks the role `{role}`"))),
            Grant::Environment(_) => Err(ApiError::forbidden("this needs an admin key")),
        }
    }

    /// The roles of an admin key.
    pub(super) fn roles(&self) -> &[Role] {
        match &self.grant {
            Grant::Admin(roles) => roles,
            Grant::Environment(_) => &[],
        }
    }

    /// Any admin key: all of them may read.
    pub(super) fn require_admin(&self) -> Result<(), ApiError> {
        match &self.grant {
            Grant::Admin(_) => Ok(()),
            Grant::Environment(_) => Err(ApiError::forbidden("this needs an admin key")),
        }
    }
}

impl FromRequestParts<AppState> for Caller {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &AppState) -> Result<Self, ApiError> {
        let peer = parts.extensions.get::<Client>().map(|client| client.address);
        if let Some(seconds) = peer.and_then(|peer| state.parts.failures.blocked(peer)) {
            return Err(ApiError::throttled("too many requests with a wrong key from this address", seconds));
        }
        let key = bearer(&parts.headers)?;
        let hash = keys::hash(key);
        // Found by the hash of what was sent; compared once more in constant time, so that nothing hangs on the look-up.
        let found = state.parts.store.key_by_hash(&hash).await?.filter(|row| bool::from(row.hash.ct_eq(&hash)));
        let Some(row) = found else {
            if let Some(peer) = peer {
                state.parts.failures.count(peer);
            }
            return Err(ApiError::unauthorized("this key is not known, or was revoked"));
        };
        keys::used(&*state.parts.store, &row, state.parts.clock.now()).await;
        let asked = match parts.headers.get("countersign-environment").map(|value| value.to_str()) {
            Some(Ok(asked)) => Some(asked.to_owned()),
            Some(Err(_)) => return Err(ApiError::bad_request("the header Countersign-Environment is not a name")),
            None => None,
        };
        let noting = parts.extensions.get::<Noting>().cloned().unwrap_or_default();
        let caller = Self { key_id: row.id.clone(), name: row.name.clone(), noting, grant: keys::grant(&row), asked };
        caller.noting.actor(caller.actor());
        Ok(caller)
    }
}

fn bearer(headers: &HeaderMap) -> Result<&str, ApiError> {
    let missing = || ApiError::unauthorized("send a key: Authorization: Bearer KEY");
    let mut values = headers.get_all(AUTHORIZATION).iter();
    let value = values.next().and_then(|value| value.to_str().ok()).ok_or_else(missing)?;
    if values.next().is_some() {
        return Err(ApiError::unauthorized("the Authorization header is there twice"));
    }
    let (scheme, key) = value.split_once(' ').ok_or_else(missing)?;
    if scheme.eq_ignore_ascii_case("bearer") && !key.trim().is_empty() { Ok(key.trim()) } else { Err(missing()) }
}

/// Failed attempts by address, in memory and bounded.
#[derive(Default)]
pub struct FailedAttempts(Mutex<HashMap<IpAddr, (u32, Instant)>>);

const FAILURES_MAX: u32 = 30;
const WINDOW: Duration = Duration::from_secs(60);
const ADDRESSES_MAX: usize = 10_000;

impl FailedAttempts {
    /// How many seconds this address has to wait yet.
    pub(crate) fn blocked(&self, peer: IpAddr) -> Option<u64> {
        let map = self.0.lock().ok()?;
        let (count, since) = map.get(&network(peer))?;
        let left = WINDOW.checked_sub(since.elapsed())?;
        (*count >= FAILURES_MAX).then(|| left.as_secs().max(1))
    }

    /// One more of this address.
    pub(crate) fn count(&self, peer: IpAddr) {
        let Ok(mut map) = self.0.lock() else { return };
        if map.len() >= ADDRESSES_MAX {
            map.retain(|_, (_, since)| since.elapsed() < WINDOW);
        }
        let peer = network(peer);
        // Nobody guesses 256 bits: a stranger who is not counted is the lesser evil.
        if map.len() >= ADDRESSES_MAX && !map.contains_key(&peer) {
            return;
        }
        let entry = map.entry(peer).or_insert((0, Instant::now()));
        if entry.1.elapsed() >= WINDOW {
            *entry = (0, Instant::now());
        }
        entry.0 += 1;
    }
}

/// What counts as one address: of IPv6 the network of 64 bits that one customer has.
fn network(peer: IpAddr) -> IpAddr {
    match peer {
        IpAddr::V4(_) => peer,
        IpAddr::V6(address) => IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_one_bearer_key_counts() {
        let with = |values: &[&str]| {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(AUTHORIZATION, value.parse().unwrap());
            }
            bearer(&headers).map(str::to_owned).ok()
        };
        assert_eq!(with(&["Bearer abc"]).as_deref(), Some("abc"));
        assert_eq!(with(&["bearer  abc "]).as_deref(), Some("abc"));
        for values in [&[][..], &["Basic abc"], &["Bearer"], &["Bearer "], &["Bearer a", "Bearer b"]] {
            assert_eq!(with(values), None, "{values:?}");
        }
    }

    #[test]
    fn who_fails_too_often_waits_and_others_do_not() {
        let failed = FailedAttempts::default();
        let (one, other) = ("192.0.2.1".parse().unwrap(), "192.0.2.2".parse().unwrap());
        (0..FAILURES_MAX).for_each(|_| failed.count(one));
        assert!(failed.blocked(one).is_some() && failed.blocked(other).is_none());
    }

    #[test]
    fn somebody_with_a_network_of_addresses_is_one_and_many_take_bounded_memory() {
        let failed = FailedAttempts::default();
        for n in 0..FAILURES_MAX {
            failed.count(format!("2001:db8:0:1::{n:x}").parse().unwrap());
        }
        assert!(failed.blocked("2001:db8:0:1:ffff::1".parse().unwrap()).is_some());
        assert!(failed.blocked("2001:db8:0:2::1".parse().unwrap()).is_none());
        for n in 0..2 * ADDRESSES_MAX as u32 {
            failed.count(IpAddr::from(n.to_be_bytes()));
        }
        assert_eq!(failed.0.lock().unwrap().len(), ADDRESSES_MAX);
    }
}
