//! Recorded traffic, as it is written: what the guard judged, in its order, and what became of it.

use super::super::flight::{Answers, Flight, Seat};
use super::super::given::given;
use crate::clock::Timestamp;
use crate::store::words::text;
use crate::store::{NewMessage, NewTraffic, StoreError, Stored};

/// Reserve the line of a message that is about to be judged, under the lock of its environment's sends: so the lines of
/// an environment are in the order of judging. One that is not recorded leaves a gap.
pub(super) fn ask_line(flight: &mut Flight) -> Seat {
    flight.ask("SELECT nextval(pg_get_serial_sequence('guard_traffic', 'line'))", given![])
}

/// Which line it is.
pub(super) fn line(answers: &Answers, seat: Seat) -> Stored<i64> {
    answers.line(seat).ok_or_else(|| StoreError::Database("a sequence answered nothing".into()))?.get(0)
}

/// Record a message in the transaction that judged it.
pub(super) fn record(flight: &mut Flight, m: &NewMessage, new: &NewTraffic, line: i64) {
    let sql = "INSERT INTO guard_traffic (line, environment, at, country, area, block, number_index, client_index,
                 cost_micros, told, purpose, source, outcome, fired, allowed)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)";
    let given = given![
        line,
        &m.environment,
        m.created_at,
        &new.country,
        &new.area,
        &new.block,
        &m.number_index,
        &m.client_index,
        new.cost_micros,
        new.told,
        &m.purpose,
        &m.source,
        new.outcome,
        (!new.fired.is_empty()).then(|| text(&new.fired)),
        new.allowed,
    ];
    flight.ask(sql, given);
}

/// The codes of these messages were used, once every line so far had been judged. Lines that others are about to write
/// are not seen: they were judged without it.
pub(super) fn used(flight: &mut Flight, lines: Vec<i64>, now: Timestamp) {
    if lines.is_empty() {
        return;
    }
    let sql = "UPDATE guard_traffic SET used_at = $2, used_after = (SELECT max(line) FROM guard_traffic)
               WHERE line = ANY($1)";
    flight.ask(sql, given![lines, now]);
}

/// Likewise: it certainly was not sent, or was after all.
pub(super) fn moved(flight: &mut Flight, line: Option<i64>, is_refused: bool) {
    let Some(line) = line else { return };
    let sql = "UPDATE guard_traffic SET unsent_after = CASE WHEN $2 THEN (SELECT max(line) FROM guard_traffic) END
               WHERE line = $1";
    flight.ask(sql, given![line, is_refused]);
}

/// The oldest lines go, as long as they are older than that.
pub(super) fn forget(flight: &mut Flight, before: i64, most: usize) -> Seat {
    let sql = "DELETE FROM guard_traffic
               WHERE line IN (SELECT line FROM guard_traffic ORDER BY line LIMIT $2) AND at < $1";
    flight.ask(sql, given![before, most])
}
