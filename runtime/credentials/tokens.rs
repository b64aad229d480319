//! Tokens that the host fetches for a connector and keeps: OAuth 2.0 client credentials, and sessions.
//!
//! One fetch at a time for each credential: whoever comes meanwhile waits for it and gets the same token. A token is
//! renewed a little before it ends, and forgotten when the provider refuses it. They live in memory, with the revisions
//! that have the same bindings and secrets.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::login::{self, Answer};
use super::{Binding, Keyring};
use crate::clock::Timestamp;
use crate::egress::{Fault, Request, Response};
use crate::secret::Secret;

/// Why there is no token. Names credential and status, never a value.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The request could not be made.
    #[error("credential `{0}`: its token request needs `{1}`, which is not set")]
    NotSet(String, String),
    /// The provider said no.
    #[error("credential `{0}`: the provider refused the token request with status {1}")]
    Refused(String, u16),
    /// The provider said something else.
    #[error("credential `{0}`: {1}")]
    Answer(String, &'static str),
    /// No answer.
    #[error("credential `{0}`: no token: {1}")]
    Fault(String, Fault),
}

/// The tokens of one connector.
#[derive(Default)]
pub struct Tokens(Mutex<BTreeMap<String, Arc<Slot>>>);

type Slot = tokio::sync::Mutex<Option<Held>>;

struct Held {
    value: Secret<String>,
    until: Timestamp,
}

impl Tokens {
    /// Tokens that are there and never end, for whoever tries a component without its provider.
    pub fn held<'a>(credentials: impl Iterator<Item = &'a str>, value: &Secret<String>) -> Self {
        let held = || Some(Held { value: value.clone(), until: Timestamp::from_millis(u64::MAX) });
        let slots = credentials.map(|name| (name.to_owned(), Arc::new(Slot::new(held()))));
        Self(Mutex::new(slots.collect()))
    }

    /// The token of a credential, fetched by `send` if there is none that lives.
    pub async fn get(
        &self,
        binding: &Binding,
        keyring: &Keyring,
        now: Timestamp,
        send: impl AsyncFnOnce(Request) -> Result<Response, Fault>,
    ) -> Result<Secret<String>, TokenError> {
        let slot = self.slot(binding.name());
        let mut held = slot.lock().await;
        if let Some(token) = held.as_ref().filter(|held| now < held.until) {
            return Ok(token.value.clone());
        }
        let name = || binding.name().to_owned();
        let request = login::request(binding, keyring).map_err(|field| TokenError::NotSet(name(), field))?;
        let response = send(request).await.map_err(|fault| TokenError::Fault(name(), fault))?;
        let Answer { token, life } = login::read(binding, &response)?;
        *held = Some(Held { value: token.clone(), until: now.plus(life) });
        Ok(token)
    }

    /// The provider does not take this token any more.
    pub async fn forget(&self, credential: &str, refused: &Secret<String>) {
        let slot = self.slot(credential);
        let mut held = slot.lock().await;
        // Another call may have fetched a new one meanwhile.
        if held.as_ref().is_some_and(|held| held.value == *refused) {
            *held = None;
        }
    }

    fn slot(&self, credential: &str) -> Arc<Slot> {
        match self.0.lock() {
            Ok(mut slots) => Arc::clone(slots.entry(credential.to_owned()).or_default()),
            Err(_) => Arc::default(),
        }
    }
}

/// How long a token is used of the life that the provider gives it: a request on its way must not outlive it.
pub(super) fn usable(life: Duration) -> Duration {
    life.saturating_sub(Duration::from_secs(30).min(life / 10))
}

#[cfg(test)]
mod tests;
