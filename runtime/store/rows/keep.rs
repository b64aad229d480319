//! How long things are kept, and what is erased before.

use std::time::Duration;

use crate::actor::Actor;
use crate::clock::Timestamp;

/// How long what has ended is kept. Nothing that is pending goes, whatever is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// A verification, from the end of its code.
    pub verifications: Duration,
    /// A message with its attempts and reports, from its making.
    pub messages: Duration,
    /// What a deleted connector leaves, so that its numbering goes on if the name comes back.
    pub tombstones: Duration,
    /// What webhooks were told, from when it happened.
    pub webhooks: Duration,
    /// What people did.
    pub audit: Duration,
    /// What was sent and what it cost, by day and country.
    pub bills: Duration,
}

impl Default for Retention {
    fn default() -> Self {
        let days = |days: u64| Duration::from_secs(days * 24 * 3600);
        let (messages, webhooks) = (days(30), days(30));
        let (audit, bills) = (days(400), days(400));
        Self { verifications: days(1), messages, tombstones: days(90), webhooks, audit, bills }
    }
}

/// A number that is to be erased.
#[derive(Clone, Debug)]
pub struct NewErasure {
    /// Keyed index of the number.
    pub number_index: [u8; 32],
    /// Where; everywhere unless one is named.
    pub environment: Option<String>,
    /// Until when what limits count is kept at least.
    pub forget_at: Timestamp,
    /// Id of the entry in the audit.
    pub id: String,
    /// Who asked.
    pub actor: Actor,
    /// Now.
    pub now: Timestamp,
}

/// What erasing a number came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Erased {
    /// Verifications that went.
    pub verifications: usize,
    /// Messages that went.
    pub messages: usize,
    /// Their attempts.
    pub attempts: usize,
    /// Reports of them.
    pub reports: usize,
    /// Events that webhooks were told of it, or were to be told.
    pub events: usize,
    /// Counters that stay for a while, under a keyed index.
    pub counters: usize,
}

/// An answer that is kept for whoever asks again.
#[derive(Clone, Debug)]
pub struct KeptAnswer {
    /// What it is found by.
    pub scope: [u8; 32],
    /// The answer, sealed.
    pub sealed: Vec<u8>,
}
