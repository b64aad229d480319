//! Numbers with a fixed code, to which nothing is sent.

use crate::clock::Timestamp;

/// A reviewer number.
#[derive(Clone, Debug)]
pub struct ReviewerRow {
    /// The environment.
    pub environment: String,
    /// Keyed index of the number, by which it is found; the number itself is not kept.
    pub number_index: [u8; 32],
    /// Country code and the last two digits, for people.
    pub to_masked: String,
    /// The fixed code, sealed.
    pub code: Vec<u8>,
    /// From then on it is a number as any other.
    pub ends_at: Timestamp,
    /// What it is for, in the operator's words.
    pub note: Option<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// Verifications that were made for it.
    pub uses: u64,
    /// The newest of them.
    pub last_used: Option<Timestamp>,
}
