//! A message with its attempts, read under its lock, and what it becomes by what becomes of them. What changes is
//! gathered here and written at once (`writing`).

mod writing;

use super::super::flight::{Answers, Flight, Seat};
use super::super::given::{Given, given};
use super::super::guard::{self, Kept};
use super::super::line::Line;
use super::super::webhooks::outbox::{self, OfMessage};
use crate::clock::Timestamp;
use crate::store::{AttemptStatus, MessageStatus, NewAttempt, Stored};

pub(in crate::store::postgres) use writing::write;

/// An attempt as it stands.
pub(in crate::store::postgres) struct Attempt {
    pub(in crate::store::postgres) number: u32,
    pub(in crate::store::postgres) connector: String,
    pub(in crate::store::postgres) revision: u64,
    pub(in crate::store::postgres) status: AttemptStatus,
    pub(in crate::store::postgres) kind: Option<String>,
    pub(in crate::store::postgres) certainty: Option<String>,
    pub(in crate::store::postgres) network: Option<String>,
    pub(in crate::store::postgres) started_at: Timestamp,
    /// None before its end was written down.
    pub(in crate::store::postgres) elapsed_ms: Option<u64>,
}

/// A message as it stands.
pub(in crate::store::postgres) struct Standing {
    pub(in crate::store::postgres) message: String,
    pub(in crate::store::postgres) environment: String,
    pub(in crate::store::postgres) verification: Option<String>,
    pub(in crate::store::postgres) country: Option<String>,
    pub(in crate::store::postgres) area: String,
    pub(in crate::store::postgres) traceparent: Option<String>,
    pub(in crate::store::postgres) status: MessageStatus,
    pub(in crate::store::postgres) attempts: Vec<Attempt>,
    /// As it was read.
    before: MessageStatus,
    created_at: Timestamp,
    kept: Option<Kept>,
    of: OfMessage,
    changes: Vec<(u32, &'static str, Vec<Given>)>,
    moves: Vec<(MessageStatus, MessageStatus, Timestamp, OfMessage)>,
    shown: Vec<(MessageStatus, String)>,
    erased: bool,
}

/// What [`Standing::read`] reads.
pub(in crate::store::postgres) struct Asked {
    message: Seat,
    attempts: Seat,
    receipt: Seat,
    of: Seat,
}

/// Take the lock of a message, and read how it stands. Attempts change under it alone.
pub(in crate::store::postgres) fn ask(flight: &mut Flight, message: &str) -> Asked {
    let of_message = "SELECT environment, verification_id, country, area, traceparent, status, created_at FROM messages
                      WHERE id = $1 FOR UPDATE";
    let of_attempts = "SELECT number, connector, revision, status, kind, certainty, network, started_at, elapsed_ms
                       FROM attempts WHERE message_id = $1 ORDER BY number";
    Asked {
        message: flight.ask(of_message, given![message]),
        attempts: flight.ask(of_attempts, given![message]),
        receipt: guard::ask_receipt(flight, message),
        of: outbox::ask_moved(flight, message, None),
    }
}

/// Newer messages of the same verification.
pub(in crate::store::postgres) fn ask_newer(flight: &mut Flight, message: &str) -> Seat {
    let sql = "SELECT n.id, n.status FROM messages m JOIN messages n ON n.verification_id = m.verification_id
               WHERE m.id = $1 AND n.id > $1";
    flight.ask(sql, given![message])
}

/// What was found.
pub(in crate::store::postgres) fn newer(answers: &Answers, seat: Seat) -> Stored<Vec<(String, MessageStatus)>> {
    answers.lines(seat).iter().map(|line| Ok((line.get(0)?, line.word(1)?))).collect()
}

/// Whether it is on its way, or arrived.
pub(in crate::store::postgres) fn arrives((_, status): &(String, MessageStatus)) -> bool {
    !matches!(status, MessageStatus::Refused | MessageStatus::Undelivered)
}

impl Attempt {
    pub(super) fn begun(a: &NewAttempt) -> Self {
        Self {
            number: a.number,
            connector: a.connector.clone(),
            revision: a.revision,
            status: AttemptStatus::Sending,
            kind: None,
            certainty: None,
            network: None,
            started_at: a.started_at,
            elapsed_ms: None,
        }
    }

    fn read(line: &Line) -> Stored<Self> {
        Ok(Self {
            number: line.get(0)?,
            connector: line.get(1)?,
            revision: line.get(2)?,
            status: line.word(3)?,
            kind: line.get(4)?,
            certainty: line.get(5)?,
            network: line.get(6)?,
            started_at: line.get(7)?,
            elapsed_ms: line.get(8)?,
        })
    }

    /// When its provider had its say.
    pub(super) fn ended_at(&self) -> Timestamp {
        self.started_at.plus(std::time::Duration::from_millis(self.elapsed_ms.unwrap_or(0)))
    }
}

impl Standing {
    /// None if the message is gone.
    pub(in crate::store::postgres) fn read(answers: &Answers, asked: &Asked, message: &str) -> Stored<Option<Self>> {
        let (Some(line), Some(of)) = (answers.line(asked.message), OfMessage::read(answers, asked.of)?) else {
            return Ok(None);
        };
        let status = line.word(5)?;
        Ok(Some(Self {
            message: message.to_owned(),
            environment: line.get(0)?,
            verification: line.get(1)?,
            country: line.get(2)?,
            area: line.get(3)?,
            traceparent: line.get(4)?,
            status,
            attempts: answers.lines(asked.attempts).iter().map(Attempt::read).collect::<Stored<_>>()?,
            before: status,
            created_at: line.get(6)?,
            kept: guard::kept(answers, asked.receipt)?,
            of,
            changes: Vec::new(),
            moves: Vec::new(),
            shown: Vec::new(),
            erased: false,
        }))
    }

    pub(in crate::store::postgres) fn attempt(&self, number: u32) -> Option<&Attempt> {
        self.attempts.iter().find(|attempt| attempt.number == number)
    }

    pub(in crate::store::postgres) fn attempt_mut(&mut self, number: u32) -> Option<&mut Attempt> {
        self.attempts.iter_mut().find(|attempt| attempt.number == number)
    }

    /// An attempt's row is to be changed so.
    pub(in crate::store::postgres) fn change(&mut self, number: u32, sql: &'static str, row: Vec<Given>) {
        self.changes.push((number, sql, row));
    }

    /// The message moves to where its attempts have it by now, because of one of them.
    pub(in crate::store::postgres) fn derive(&mut self, cause: Option<u32>, at: Timestamp) {
        let to = MessageStatus::derive(self.attempts.iter().map(|attempt| attempt.status));
        let from = std::mem::replace(&mut self.status, to);
        if from == to {
            return;
        }
        let mut of = self.of.clone();
        if let Some(attempt) = cause.and_then(|number| self.attempt(number)) {
            of.connector = Some(attempt.connector.clone());
            of.kind.clone_from(&attempt.kind);
            of.certainty.clone_from(&attempt.certainty);
        }
        self.moves.push((from, to, at, of));
    }

    /// The verification whose last message it is shows where it stands, and why it did not arrive: a document, or
    /// `null`.
    pub(in crate::store::postgres) fn show(&mut self, failure: String) {
        self.shown.push((self.status, failure));
    }

    /// Nobody needs its content any more.
    pub(in crate::store::postgres) fn erase(&mut self) {
        self.erased = true;
    }
}
