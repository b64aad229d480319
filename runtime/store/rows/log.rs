//! Reading the log: which messages, and from which place of it on.

use std::fmt;
use std::str::FromStr;

use super::guard::DecisionRow;
use super::message::{AttemptRow, MessageRow, MessageStatus};
use super::report::ReportRow;
use super::verification::{Failures, Verification};
use super::webhook::KeptEvent;
use crate::clock::Timestamp;

/// A place in the log: that of a message. It stays one when the message goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// When the message was made.
    pub at: Timestamp,
    /// Its id: tells those of one millisecond apart.
    pub id: String,
}

impl Cursor {
    /// The place of a message.
    pub fn of(row: &MessageRow) -> Self {
        Self { at: row.created_at, id: row.id.clone() }
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.at.as_millis(), self.id)
    }
}

/// What is no place in the log.
#[derive(Debug, thiserror::Error)]
#[error("is `next` or `prev` of another page, as it was given")]
pub struct NoCursor;

impl FromStr for Cursor {
    type Err = NoCursor;

    fn from_str(text: &str) -> Result<Self, NoCursor> {
        let (at, id) = text.split_once('-').ok_or(NoCursor)?;
        let is_id = !id.is_empty() && id.len() <= 64 && id.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
        let at = at.parse().map_err(|_| NoCursor)?;
        if is_id { Ok(Self { at: Timestamp::from_millis(at), id: id.to_owned() }) } else { Err(NoCursor) }
    }
}

/// From where on a page of the log is read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Start {
    /// The newest message.
    #[default]
    Newest,
    /// The newest one that is older than this place.
    Before(Cursor),
    /// As many as there may be that are next newer than this place.
    After(Cursor),
}

/// Which messages.
#[derive(Clone, Debug, Default)]
#[expect(missing_docs, reason = "the names say it")]
pub struct MessageFilter {
    pub environment: String,
    pub start: Start,
    pub limit: u32,
    pub verification_id: Option<String>,
    pub connector: Option<String>,
    /// Any of these; all if there is none.
    pub statuses: Vec<MessageStatus>,
    pub source: Option<String>,
    pub country: Option<String>,
    pub purpose: Option<String>,
    /// Made at this time or later.
    pub from: Option<Timestamp>,
    /// Made before.
    pub to: Option<Timestamp>,
}

/// What is kept of a number in one environment.
#[derive(Clone, Debug)]
pub struct KeptOfNumber {
    /// Its messages, each with what happened to it.
    pub messages: Vec<(MessageRow, History)>,
    /// Its verifications.
    pub verifications: Vec<Verification>,
    /// What the guard noted of it.
    pub decisions: Vec<DecisionRow>,
    /// What webhooks were told of it, or are to be told.
    pub events: Vec<KeptEvent>,
    /// Its wrong codes.
    pub failures: Failures,
}

/// What happened to a message.
#[derive(Clone, Debug, Default)]
pub struct History {
    /// Every call of a connector for it, in order.
    pub attempts: Vec<AttemptRow>,
    /// What providers reported of it, in the order of coming.
    pub reports: Vec<ReportRow>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_in_the_log_reads_back_as_it_was_written_and_nothing_else_does() {
        let cursor = Cursor { at: Timestamp::from_millis(5), id: "msg_1".into() };
        assert_eq!(cursor.to_string().parse::<Cursor>().unwrap(), cursor);
        for bad in ["", "-", "5-", "-msg_1", "x-msg_1", "5-msg 1", "5-msg_1-2", "5-é", "99999999999999999999-m"] {
            assert!(bad.parse::<Cursor>().is_err(), "{bad}");
        }
    }
}
