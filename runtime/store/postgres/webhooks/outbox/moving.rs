//! A message has moved.

use serde_json::Value;

use super::super::super::flight::{Answers, Seat};
use super::super::super::*;
use super::{News, Wanted, note};
use crate::clock::Timestamp;
use crate::store::MessageStatus;
use crate::webhooks::event::{About, EventType, MessageData, WhyFailed};

/// What is told of a message, and of the attempt that moves it, as they are before: whoever writes in the same
/// transaction what they become puts that in.
#[derive(Clone)]
pub(in crate::store::postgres) struct OfMessage {
    purpose: String,
    to: Option<String>,
    country: Option<String>,
    verification: Option<String>,
    subject: Option<String>,
    metadata: Option<Value>,
    source: String,
    number_index: [u8; 32],
    /// Who was asked.
    pub(in crate::store::postgres) connector: Option<String>,
    /// The contract's kind of failure.
    pub(in crate::store::postgres) kind: Option<String>,
    /// `not-sent` or `unknown`.
    pub(in crate::store::postgres) certainty: Option<String>,
}

/// What [`OfMessage::read`] reads, of a message and one of its attempts; of none if nobody was asked.
pub(in crate::store::postgres) fn ask_moved(flight: &mut Flight, message: &str, attempt: Option<u32>) -> Seat {
    let sql =
        "SELECT m.purpose, m.to_masked, m.country, m.verification_id, m.subject, v.metadata, m.source, m.number_index,
                 a.connector, a.kind, a.certainty
               FROM messages m LEFT JOIN verifications v ON v.id = m.verification_id
               LEFT JOIN attempts a ON a.message_id = m.id AND a.message_id = $1 AND a.number = $2 WHERE m.id = $1";
    flight.ask(sql, given![message, attempt])
}

impl OfMessage {
    /// None if the message is gone.
    pub(in crate::store::postgres) fn read(answers: &Answers, seat: Seat) -> Stored<Option<Self>> {
        answers.line(seat).map(Self::of).transpose()
    }

    fn of(line: &Line) -> Stored<Self> {
        Ok(Self {
            purpose: line.get(0)?,
            to: line.get(1)?,
            country: line.get(2)?,
            verification: line.get(3)?,
            subject: line.get(4)?,
            metadata: line.json_if_any(5)?,
            source: line.get(6)?,
            number_index: line.get(7)?,
            connector: line.get(8)?,
            kind: line.get(9)?,
            certainty: line.get(10)?,
        })
    }

    fn told(self, environment: &str, message: &str, status: MessageStatus, kind: EventType) -> MessageData {
        let about = About {
            environment: environment.to_owned(),
            purpose: self.purpose,
            to: self.to,
            country: self.country,
            verification: self.verification,
            subject: self.subject,
            metadata: self.metadata,
        };
        let failure = WhyFailed { kind: self.kind, certainty: self.certainty };
        let failure = (kind == EventType::MessageFailed).then_some(failure);
        let (message, source, connector) = (message.to_owned(), self.source, self.connector);
        MessageData { about, message, source, status, connector, failure }
    }
}

/// Which message moved, and how.
#[derive(Clone, Copy)]
pub(in crate::store::postgres) struct Move<'a> {
    pub(in crate::store::postgres) environment: &'a str,
    pub(in crate::store::postgres) message: &'a str,
    pub(in crate::store::postgres) from: MessageStatus,
    pub(in crate::store::postgres) to: MessageStatus,
    pub(in crate::store::postgres) at: Timestamp,
}

/// A message has moved from one status to another.
pub(in crate::store::postgres) fn moved(
    flight: &mut Flight,
    wanted: &Wanted,
    moved: Move<'_>,
    of: OfMessage,
) -> Stored<()> {
    let Move { environment, message, from, to, at } = moved;
    if matches!(from, MessageStatus::Refused | MessageStatus::Undelivered) && from != to {
        take_back(flight, message, at);
    }
    let Some(kind) = EventType::of_message(from, to) else { return Ok(()) };
    let webhooks = wanted.of(kind);
    if webhooks.is_empty() {
        return Ok(());
    }
    let number = of.number_index;
    let news = News { environment, kind, at, message: Some(message), number_index: Some(&number) };
    note(flight, webhooks, &news, &of.told(environment, message, to, kind))
}

/// Bad news that is overtaken before anybody was told is no news. What a node has in hand may be told already, whatever
/// its clock says.
fn take_back(flight: &mut Flight, message: &str, now: Timestamp) {
    let sql = "DELETE FROM webhook_events WHERE type = 'message.failed' AND message_id = $1 AND NOT EXISTS (
                 SELECT 1 FROM webhook_deliveries d WHERE d.event = webhook_events.id
                 AND (d.due_at <= $2 OR d.status <> 'pending' OR d.tries <> '[]' OR d.claimed_until IS NOT NULL))";
    flight.ask(sql, given![message, now]);
}
