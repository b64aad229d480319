//! Messages that their callers read back, or want to be told of.

use super::message::{MessageRow, MessageStatus};
use crate::clock::Timestamp;

/// What is kept beside a message for the caller that follows it.
#[derive(Clone, Debug)]
pub struct NewFollow {
    /// The caller, as he calls himself.
    pub account: String,
    /// The sender that he named.
    pub sender: Option<String>,
    /// The pool of senders that he named.
    pub sender_pool: Option<String>,
    /// The recipient, sealed; erased with the message's life.
    pub recipient: Vec<u8>,
    /// Where he wants to be told, sealed.
    pub callback: Option<Vec<u8>>,
}

/// A followed message.
#[derive(Clone, Debug)]
pub struct Followed {
    /// The message as the log has it.
    pub message: MessageRow,
    /// The caller.
    pub account: String,
    /// The sender that he named.
    pub sender: Option<String>,
    /// The pool of senders that he named.
    pub sender_pool: Option<String>,
    /// The recipient, sealed, while the message lives.
    pub recipient: Option<Vec<u8>>,
    /// Recipient and content, sealed, until they are erased.
    pub content: Option<Vec<u8>>,
}

/// Which followed messages.
#[derive(Clone, Debug, Default)]
pub struct FollowedFilter {
    /// The environment.
    pub environment: String,
    /// Only this one.
    pub id: Option<String>,
    /// Only messages before this id (ids sort by time).
    pub before: Option<String>,
    /// Only to this number.
    pub number_index: Option<[u8; 32]>,
    /// Only from this sender.
    pub sender: Option<String>,
    /// Only those made at this time or later.
    pub from: Option<Timestamp>,
    /// Only those made before this time.
    pub until: Option<Timestamp>,
    /// How many at most.
    pub limit: u32,
}

/// Something to tell a caller.
#[derive(Clone, Debug)]
pub struct DueCallback {
    /// Its id.
    pub id: i64,
    /// The message.
    pub message_id: String,
    /// The environment.
    pub environment: String,
    /// What became of it.
    pub status: MessageStatus,
    /// Times that it was tried already.
    pub tries: u32,
    /// The caller.
    pub account: String,
    /// Where he wants to be told, sealed.
    pub callback: Vec<u8>,
}
