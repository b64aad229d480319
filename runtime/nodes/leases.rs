//! Work that one node at a time does. A node that has it keeps it by asking again; of one that died it is free after
//! [`SPAN`].
//!
//! Each kind of work was looked at:
//!
//! - what was kept long enough is deleted, attempts that nobody ended are settled, partitions are made and dropped
//!   ([`Work::Upkeep`]): twice would do no harm, and would be twice the load;
//! - a webhook's backlog is counted and cut ([`Work::Upkeep`]);
//! - a trial is judged by each node, by what it has seen of it: the first that finds the revision worse ends the trial, in
//!   its turn, and the others find it ended;
//! - messages that wait, events for webhooks and states for callbacks are claimed one by one instead, in the store.

use std::time::Duration;

/// How long a lease lasts.
pub const SPAN: Duration = Duration::from_secs(75);

/// A kind of work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// What has to be done now and then.
    Upkeep,
}

impl Work {
    /// As the database has it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Upkeep => "upkeep",
        }
    }
}
