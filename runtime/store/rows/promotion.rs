//! What a promotion writes into an environment, at once.

use serde_json::Value;

use super::{ChannelRow, NewRevision};
use crate::actor::Actor;
use crate::clock::Timestamp;

/// Several revisions, the channel and documents, for one environment.
pub struct NewPromotion {
    /// The environment that gets them.
    pub environment: String,
    /// Revisions, each of another connector.
    pub revisions: Vec<NewRevision>,
    /// Who sends from now on; none leaves it as it is.
    pub channel: Option<ChannelRow>,
    /// Documents that change.
    pub documents: Vec<NewDocument>,
    /// Who promotes.
    pub by: Option<Actor>,
    /// Now.
    pub now: Timestamp,
}

/// A document that changes.
pub struct NewDocument {
    /// `templates`, `policy` or `sign-in-experience`.
    pub kind: &'static str,
    /// The version that the caller saw; none if there was no document.
    pub seen: Option<u64>,
    /// What it says from now on.
    pub document: Value,
}
