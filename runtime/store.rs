//! What must survive: one interface, whole transactions in the words of the domain.
//!
//! Promise: what a method answered is on disk. An implementation never shows half of a transaction, and two calls that
//! race are as if one came after the other. SQLite is embedded (`sqlite`); the interface says nothing of SQL, so that
//! another can stand behind it. Numbers, secrets and contents come sealed: the store sees bytes.

mod areas;
mod callbacks;
mod components;
mod connectors;
mod environments;
mod erasure;
mod figures;
mod guard;
mod hooks;
mod idempotency;
mod keys;
mod messages;
pub mod moving;
mod nodes;
mod people;
pub mod postgres;
mod prices;
mod reviewers;
pub mod rows;
pub mod sqlite;
mod twilio;
mod verifications;
mod webhooks;
mod words;

use async_trait::async_trait;

use crate::clock::Timestamp;

pub use callbacks::CallbackStore;
pub use components::ComponentStore;
pub use connectors::ConnectorStore;
pub use environments::EnvironmentStore;
pub use erasure::ErasureStore;
pub use figures::FigureStore;
pub use guard::GuardStore;
pub use hooks::HookStore;
pub use idempotency::IdempotencyStore;
pub use keys::KeyStore;
pub use messages::MessageStore;
pub use nodes::NodeStore;
pub use people::PeopleStore;
pub use prices::PriceStore;
pub use reviewers::ReviewerStore;
pub use rows::*;
pub use twilio::TwilioStore;
pub use verifications::VerificationStore;
pub use webhooks::WebhookStore;

/// Why the store did not do it.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// More is waiting to be written than can be in time.
    #[error("the store is overloaded")]
    Overloaded,
    /// The store is closing.
    #[error("the store is closed")]
    Closed,
    /// Another process has the data folder open.
    #[error("another process serves from this data folder")]
    Locked,
    /// The data was written by a newer version.
    #[error(
        "the data has schema {found}, and this version reads no newer one than {known}\n\
         hint: start the version that wrote it; to go back to this one, restore the backup made before the upgrade, or, \
         with SQLite, put the data folder's before-upgrade-{known}.db in place of countersign.db"
    )]
    Newer {
        /// Schema of the data.
        found: u32,
        /// Newest schema that this version knows.
        known: u32,
    },
    /// The database is elsewhere and can't be reached, or does not answer in time. What was asked of it may have been done.
    #[error("the database can't be reached: {0}")]
    Unreachable(String),
    /// A database to which a move was begun, and not ended.
    #[error(
        "a move to this database was begun and is not finished, so nothing starts over it\n\
         hint: run `countersign migrate-store` again: it goes on where it was"
    )]
    HalfMoved,
    /// The database's own words. They hold no values.
    #[error("the database failed: {0}")]
    Database(String),
    /// The folder can't be used.
    #[error("the data folder can't be used: {0}")]
    Io(#[from] std::io::Error),
}

/// Result of a store method.
pub type Stored<T> = Result<T, StoreError>;

/// The interface: what is kept, an area each.
#[async_trait]
pub trait Store:
    KeyStore
    + PeopleStore
    + EnvironmentStore
    + ComponentStore
    + ConnectorStore
    + FigureStore
    + VerificationStore
    + MessageStore
    + PriceStore
    + GuardStore
    + ReviewerStore
    + ErasureStore
    + CallbackStore
    + TwilioStore
    + HookStore
    + WebhookStore
    + IdempotencyStore
    + NodeStore
    + 'static
{
    /// Let go of what the store holds, such as a data folder: what was taken is written first, what comes later is
    /// refused. Waits for a disk, briefly.
    fn close(&self);
    /// A small value of the service itself.
    async fn meta(&self, name: &str) -> Stored<Option<Vec<u8>>>;
    /// Write one.
    async fn put_meta(&self, name: &str, value: &[u8]) -> Stored<()>;
    /// Write one unless it is there; answers what is there then. Of several who try at once, one writes it.
    async fn meta_once(&self, name: &str, value: &[u8]) -> Stored<Vec<u8>>;
    /// Whether the store answers.
    async fn ping(&self) -> Stored<()>;
    /// Settle attempts that began before a time and have no end: nobody is making them any more.
    async fn settle(&self, begun_before: Timestamp) -> Stored<()>;
    /// Erase contents whose time is over, settle attempts that a crash left open, delete what was kept long enough: in
    /// small steps, so that nobody waits for it.
    async fn purge(&self, now: Timestamp, keep: Retention) -> Stored<()>;
}
