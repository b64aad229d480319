//! `Idempotency-Key`: a request that is sent twice is done once, and its second caller gets the first one's answer.
//!
//! What is kept of a body is a keyed hash, never the text; the answer is sealed. A request that a crash cut short may
//! be done again after a while: who retries is never locked out for ever.

use std::sync::Arc;
use std::time::Duration;

use crate::clock::Clock;
use crate::credentials::Vault;
use crate::store::{IdempotencyEntry, IdempotencyState, Store, StoreError};

/// After this a request that never finished may be done again: longer than any call may take.
const ABANDONED: Duration = Duration::from_secs(60);

/// What is known of a request.
pub enum Begun {
    /// Nothing: do it, and finish the ticket.
    Fresh(Ticket),
    /// It was answered like this.
    Replay {
        /// Status.
        status: u16,
        /// Body.
        body: Vec<u8>,
    },
    /// The key was used for another request.
    OtherBody,
    /// The same request is running.
    InFlight,
}

/// A request that is being done.
pub struct Ticket {
    scope: [u8; 32],
}

/// Keeps requests apart.
#[derive(Clone)]
pub struct Idempotency {
    store: Arc<dyn Store>,
    vault: Arc<Vault>,
    clock: Clock,
    /// How long an answer is kept.
    kept: Duration,
}

impl Idempotency {
    /// Over these parts.
    pub fn new(store: Arc<dyn Store>, vault: Arc<Vault>, clock: Clock, kept: Duration) -> Self {
        Self { store, vault, clock, kept }
    }

    /// Begin a request: `scope` is its environment, caller, route and key.
    pub async fn begin(&self, scope: &[&str], body: &[u8]) -> Result<Begun, StoreError> {
        let scope: Vec<u8> =
            scope.iter().flat_map(|part| [&(part.len() as u64).to_be_bytes(), part.as_bytes()].concat()).collect();
        let scope = self.vault.index("idempotency/scope", &scope);
        let now = self.clock.now();
        let entry = IdempotencyEntry {
            scope,
            body: self.vault.index("idempotency/body", body),
            now,
            expires_at: now.plus(self.kept),
            abandoned_at: now.plus(ABANDONED),
        };
        Ok(match self.store.idempotency_begin(entry).await? {
            IdempotencyState::Fresh => Begun::Fresh(Ticket { scope }),
            IdempotencyState::InFlight => Begun::InFlight,
            IdempotencyState::OtherBody => Begun::OtherBody,
            IdempotencyState::Answered { status, sealed } => match self.vault.open(&aad(&scope), &sealed) {
                Ok(body) => Begun::Replay { status, body: body.expose().clone() },
                Err(_) => Begun::Fresh(Ticket { scope }),
            },
        })
    }

    /// Keep the answer.
    pub async fn finish(&self, ticket: &Ticket, status: u16, body: &[u8]) -> Result<(), StoreError> {
        self.store.idempotency_finish(&ticket.scope, status, self.vault.seal(&aad(&ticket.scope), body)).await
    }

    /// It failed before it did anything: the next one with this key is fresh.
    pub async fn forget(&self, ticket: &Ticket) -> Result<(), StoreError> {
        self.store.idempotency_forget(&ticket.scope).await
    }
}

/// What an answer is sealed for.
pub(super) fn aad(scope: &[u8; 32]) -> String {
    format!("idempotency/{}", hex::encode(scope))
}
