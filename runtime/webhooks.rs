//! Webhooks: the application is told what happened, as Standard Webhooks says (standardwebhooks.com).
//!
//! Promise: what happened is written down in the transaction of what it tells, and told at least once to everybody who
//! wanted it then; a receiver that fails is asked again for three days, with the same id and the same bytes. Whoever is
//! slow holds up nobody else. The order is not promised. What nobody takes is kept up to a number, and the oldest of it is
//! dropped then, and counted: a receiver that is down does not fill the disk.
//!
//! `event` says what is told, `signature` how it is signed, `schedule` what follows from an answer: all three pure.
//! `saving` keeps webhooks, `log` shows what was told, `telling` makes a call, `worker` makes those that are due,
//! `backlog` drops what is too much, `plan` compares with files.

mod backlog;
pub mod event;
mod log;
mod plan;
mod request;
mod saving;
mod schedule;
pub(crate) mod signature;
mod telling;
pub mod worker;

use std::sync::Arc;

use crate::clock::Clock;
use crate::credentials::{Vault, VaultError};
use crate::egress::Origins;
use crate::metrics::Metrics;
use crate::store::{Store, StoreError};

pub use event::EventType;
pub use log::{DeliveryPage, DeliveryView};
pub use plan::{PlanWebhook, WebhooksPlan};
pub use request::PutWebhook;
pub use saving::{DisabledView, DroppedView, WebhookView};

/// Webhooks of an environment.
pub const WEBHOOKS_MAX: u32 = 10;

/// Why a webhook did not do it.
#[derive(Debug, thiserror::Error)]
pub enum WebhookError {
    /// No such environment.
    #[error("there is no environment `{0}`")]
    UnknownEnvironment(String),
    /// No webhook of that id.
    #[error("there is no webhook of this id in this environment")]
    NotFound,
    /// No delivery of that id.
    #[error("there is no delivery of this id for this webhook; they are kept for `retention.webhooks_days`")]
    NoDelivery,
    /// A field of what was to be saved.
    #[error("{pointer}: {detail}")]
    Field {
        /// JSON Pointer of the field.
        pointer: String,
        /// What is wrong with it.
        detail: String,
    },
    /// There are as many as there may be.
    #[error("this environment has {WEBHOOKS_MAX} webhooks, and takes no more")]
    Full,
    /// It tells nobody anything.
    #[error("this webhook is disabled: enable it first")]
    Disabled,
    /// The store.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Sealed data that does not open.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

/// The use cases.
pub struct Webhooks {
    store: Arc<dyn Store>,
    vault: Arc<Vault>,
    origins: Arc<Origins>,
    clock: Clock,
    metrics: Arc<Metrics>,
}

impl Webhooks {
    /// Over these parts.
    pub fn new(
        store: Arc<dyn Store>,
        vault: Arc<Vault>,
        origins: Arc<Origins>,
        clock: Clock,
        metrics: Arc<Metrics>,
    ) -> Self {
        Self { store, vault, origins, clock, metrics }
    }

    /// Whether it is one of kind development.
    async fn is_development(&self, environment: &str) -> Result<bool, WebhookError> {
        let found = self.store.environment(environment).await?;
        let found = found.ok_or_else(|| WebhookError::UnknownEnvironment(environment.to_owned()))?;
        Ok(found.is_development())
    }
}
