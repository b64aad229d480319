//! What making a message came to, and what its caller tells of it.

use super::message::MessageRow;
use super::verification::Limited;
use crate::clock::Timestamp;

/// What making a message came to.
#[derive(Clone, Debug)]
pub enum Made {
    /// It is there.
    Done,
    /// A limit.
    Limited(Limited),
    /// The same request made this message before, and nobody refused it.
    Before(Box<MessageRow>),
}

/// What telling an outcome came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OutcomeTold {
    /// There is no such message.
    Missing,
    /// It belongs to a verification, whose check tells.
    OfVerification,
    /// It is written down.
    Written {
        /// What asked for the message.
        source: String,
        /// Who most likely delivered it, the first time that it is told to be used; then there is somebody to thank.
        used: Option<Thanked>,
    },
}

/// Whoever most likely delivered a message.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "as in MessageRow and AttemptRow")]
pub struct Thanked {
    pub connector: String,
    pub revision: u64,
    pub country: Option<String>,
    pub area: String,
    pub network: Option<String>,
    /// When the provider had its say, or was asked.
    pub sent_at: Timestamp,
}
