//! Wrong codes against a number, or a pair of number and subject or address.

use super::super::flight::{Answers, Flight, Seat};
use super::super::given::given;
use super::super::line::Line;
use crate::store::{Failures, Stored};

/// Ask for those of a number (`pair` empty) or a pair.
pub(in crate::store::postgres) fn ask_failures(
    flight: &mut Flight,
    environment: &str,
    number: &[u8; 32],
    pair: &[u8],
) -> Seat {
    let sql = "SELECT consecutive, blocked_until FROM number_failures
               WHERE environment = $1 AND number_index = $2 AND pair_index = $3";
    flight.ask(sql, given![environment, number, pair])
}

/// What was found; none is none.
pub(in crate::store::postgres) fn failures(answers: &Answers, seat: Seat) -> Stored<Failures> {
    answers.line(seat).map_or(Ok(Failures::default()), read)
}

fn read(line: &Line) -> Stored<Failures> {
    Ok(Failures { consecutive: line.get(0)?, blocked_until: line.get(1)? })
}

/// Ask for those of a verification's number and pair, by the verification.
pub(super) fn ask_of(flight: &mut Flight, environment: &str, verification: &str) -> Seat {
    let sql = "SELECT f.consecutive, f.blocked_until, f.pair_index = '\\x'::bytea
               FROM verifications v JOIN number_failures f ON f.environment = v.environment
                 AND f.number_index = v.number_index AND f.pair_index IN ('\\x'::bytea, v.pair_index)
               WHERE v.environment = $1 AND v.id = $2";
    flight.ask(sql, given![environment, verification])
}

/// The number's, and the pair's.
pub(super) fn of(answers: &Answers, seat: Seat) -> Stored<(Failures, Failures)> {
    let (mut number, mut pair) = (Failures::default(), Failures::default());
    for line in answers.lines(seat) {
        let of = if line.get(2)? { &mut number } else { &mut pair };
        *of = read(line)?;
    }
    Ok((number, pair))
}

pub(super) fn write(flight: &mut Flight, environment: &str, number: &[u8; 32], pair: &[u8], state: Failures) {
    let sql = "INSERT INTO number_failures (environment, number_index, pair_index, consecutive, blocked_until)
               VALUES ($1, $2, $3, $4, $5) ON CONFLICT (environment, number_index, pair_index) DO UPDATE
               SET consecutive = excluded.consecutive, blocked_until = excluded.blocked_until, forget_at = NULL";
    flight.ask(sql, given![environment, number, pair, state.consecutive, state.blocked_until]);
}
