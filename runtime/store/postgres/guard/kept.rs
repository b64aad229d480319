//! Receipts: where a message was counted, so that what becomes of it counts there, and once.

use serde_json::json;

use super::super::flight::{Answers, Flight, Seat};
use super::super::given::given;
use super::super::line::Line;
use super::super::messages::messages_since;
use super::{adding, recorded};
use crate::clock::Timestamp;
use crate::store::counters::Receipt;
use crate::store::words::{ms, text};
use crate::store::{NewMessage, Stored};

/// After its life a code is used no more; a caller may tell of his own a while later.
const TOLD_LATE_MS: i64 = 24 * 3600 * 1000;

/// A receipt, and which fates of its message were counted.
pub(in crate::store::postgres) struct Kept {
    /// Where the message counted.
    pub(in crate::store::postgres) receipt: Receipt,
    /// Its code was used.
    pub(in crate::store::postgres) used: bool,
    /// It certainly was not sent.
    pub(in crate::store::postgres) refused: bool,
}

/// Ask for the receipt of a message, and hold it: whoever counts a fate has read that nobody did.
pub(in crate::store::postgres) fn ask_receipt(flight: &mut Flight, message: &str) -> Seat {
    let sql = "SELECT receipt, used, refused FROM guard_receipts WHERE message_id = $1 FOR UPDATE";
    flight.ask(sql, given![message])
}

/// What was found, if it is kept still.
pub(in crate::store::postgres) fn kept(answers: &Answers, seat: Seat) -> Stored<Option<Kept>> {
    answers.line(seat).map(read).transpose()
}

fn read(line: &Line) -> Stored<Kept> {
    Ok(Kept { receipt: line.json(0)?, used: line.get(1)?, refused: line.get(2)? })
}

/// Ask for the receipts of a verification's messages, under the lock of its codes. Only under that are they counted as
/// used, so nothing else of them has to be held.
pub(in crate::store::postgres) fn ask_receipts_of(flight: &mut Flight, verification: &str) -> Seat {
    let sql =
        "SELECT r.receipt, r.used, r.refused, r.message_id FROM messages m JOIN guard_receipts r ON r.message_id = m.id
               WHERE m.verification_id = $1 AND NOT r.used AND m.id >= $2 AND r.message_id >= $2 ORDER BY m.id";
    flight.ask(sql, given![verification, messages_since(verification, 0)])
}

/// Each with its message.
pub(in crate::store::postgres) fn kept_of(answers: &Answers, seat: Seat) -> Stored<Vec<(String, Kept)>> {
    answers.lines(seat).iter().map(|line| Ok((line.get(3)?, read(line)?))).collect()
}

/// After the message was written: keep where it counted.
pub(in crate::store::postgres) fn keep(flight: &mut Flight, m: &NewMessage, receipt: Option<&Receipt>) {
    let Some(receipt) = receipt else { return };
    let sql = "INSERT INTO guard_receipts (message_id, until, receipt) VALUES ($1, $2, $3)";
    let until = ms(m.expires_at).saturating_add(TOLD_LATE_MS);
    flight.ask(sql, given![&m.id, until, text(&json!(receipt))]);
}

/// The code of this message was used: that counts once.
pub(in crate::store::postgres) fn write_used(
    flight: &mut Flight,
    environment: &str,
    message: &str,
    kept: &Kept,
    now: Timestamp,
) {
    if !kept.used {
        note_used(flight, vec![message.to_owned()]);
        count_used(flight, environment, [&kept.receipt], now);
    }
}

/// Note that the codes of these messages were used. They come by id: the first and the last spare all other partitions.
pub(in crate::store::postgres) fn note_used(flight: &mut Flight, messages: Vec<String>) {
    let (Some(first), Some(last)) = (messages.first().cloned(), messages.last().cloned()) else { return };
    let sql = "UPDATE guard_receipts SET used = TRUE
               WHERE message_id = ANY($1) AND NOT used AND message_id BETWEEN $2 AND $3";
    flight.ask(sql, given![messages, first, last]);
}

/// Count it.
pub(in crate::store::postgres) fn count_used<'a>(
    flight: &mut Flight,
    environment: &str,
    receipts: impl IntoIterator<Item = &'a Receipt>,
    now: Timestamp,
) {
    let (mut writes, mut lines) = (Vec::new(), Vec::new());
    for receipt in receipts {
        writes.extend(receipt.used());
        lines.extend(receipt.line);
    }
    adding::add(flight, environment, &writes);
    recorded::used(flight, lines, now);
}

/// It turned out that the message certainly was not sent, or that it was after all.
pub(in crate::store::postgres) fn write_moved(
    flight: &mut Flight,
    environment: &str,
    message: &str,
    kept: &Kept,
    is_refused: bool,
) {
    if kept.refused == is_refused {
        return;
    }
    flight.ask("UPDATE guard_receipts SET refused = $2 WHERE message_id = $1", given![message, is_refused]);
    match is_refused {
        true => adding::take(flight, environment, &kept.receipt.refused()),
        false => adding::add(flight, environment, &kept.receipt.refused()),
    }
    recorded::moved(flight, kept.receipt.line, is_refused);
}
