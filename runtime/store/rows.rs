//! What the store takes and gives.

mod audit;
mod bill;
mod channel;
mod conversion;
pub mod counters;
mod follow;
mod guard;
mod hook;
mod keep;
mod log;
mod message;
mod nodes;
mod outcome;
mod people;
mod promotion;
mod report;
mod reviewer;
mod route;
mod schema;
mod setup;
mod statistics;
mod switch;
mod twilio;
mod verification;
mod webhook;

use crate::clock::Timestamp;

pub use audit::*;
pub use bill::*;
pub use channel::*;
pub use conversion::*;
pub use follow::*;
pub use guard::*;
pub use hook::*;
pub use keep::*;
pub use log::*;
pub use message::*;
pub use nodes::*;
pub use outcome::*;
pub use people::*;
pub use promotion::*;
pub use report::*;
pub use reviewer::*;
pub use route::*;
pub use schema::*;
pub use setup::*;
pub use statistics::*;
pub use switch::*;
pub use twilio::*;
pub use verification::*;
pub use webhook::*;

/// An API key, as its hash.
#[derive(Clone, Debug)]
#[expect(missing_docs, reason = "the names say it; keys.rs explains them")]
pub struct KeyRow {
    pub id: String,
    pub name: String,
    pub roles: Vec<String>,
    pub environment: Option<String>,
    pub hash: [u8; 32],
    pub prefix: Option<String>,
    pub created_at: Timestamp,
    pub revoked_at: Option<Timestamp>,
    pub last_used_at: Option<Timestamp>,
}

/// A request under an idempotency key.
#[derive(Clone, Debug)]
pub struct IdempotencyEntry {
    /// Keyed hash of environment, key, route and idempotency key.
    pub scope: [u8; 32],
    /// Keyed hash of the body.
    pub body: [u8; 32],
    /// Now.
    pub now: Timestamp,
    /// Until when the answer is kept.
    pub expires_at: Timestamp,
    /// After this, a request that never finished (a crash) may be done again.
    pub abandoned_at: Timestamp,
}

/// What is known under an idempotency key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum IdempotencyState {
    /// Nothing: go on.
    Fresh,
    /// The same request is running.
    InFlight,
    /// Another request had this key.
    OtherBody,
    /// It was answered.
    Answered {
        /// Its status.
        status: u16,
        /// Its answer, sealed.
        sealed: Vec<u8>,
    },
}

#[cfg(test)]
mod tests {
    use super::{AttemptStatus as A, MessageStatus as M};

    #[test]
    fn a_messages_status_is_the_best_of_its_attempts() {
        assert_eq!(M::derive([]), M::Queued);
        assert_eq!(M::derive([A::Refused, A::Sending]), M::Sending);
        assert_eq!(M::derive([A::Unknown, A::Refused]), M::Unknown);
        assert_eq!(M::derive([A::Unknown, A::Accepted]), M::Accepted);
        assert_eq!(M::derive([A::Delivered, A::Undelivered, A::Accepted]), M::Delivered);
        assert_eq!(M::derive([A::Refused, A::Undelivered]), M::Undelivered);
    }
}
