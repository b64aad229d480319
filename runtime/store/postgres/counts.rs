//! What was sent to a country, by the hour: a day's cap is read from 25 rows, however many messages there are.
//!
//! A message is counted in the transaction that makes it, and taken off when it certainly was not sent.

use super::flight::{Answers, Flight, Seat};
use super::given::given;
use super::ms;
use crate::clock::Timestamp;
use crate::store::{NewMessage, Stored};

pub(super) const HOUR_MS: i64 = 3600 * 1000;
const DAY_MS: i64 = 24 * HOUR_MS;

fn hour(at: Timestamp) -> i64 {
    ms(at).div_euclid(HOUR_MS).saturating_mul(HOUR_MS)
}

/// Ask how many messages went to a message's country in the last day, and the first hour in which any did.
pub(super) fn ask_last_day(flight: &mut Flight, new: &NewMessage) -> Seat {
    let sql = "SELECT coalesce(sum(sent), 0)::bigint, min(hour) FROM country_counts
               WHERE environment = $1 AND country = $2 AND hour >= $3 AND sent > 0";
    flight.ask(sql, given![&new.environment, &new.country, hour(new.created_at).saturating_sub(DAY_MS)])
}

/// What was found.
pub(super) fn last_day(answers: &Answers, seat: Seat) -> Stored<(u32, Option<Timestamp>)> {
    answers.line(seat).map_or(Ok((0, None)), |line| Ok((line.get(0)?, line.get(1)?)))
}

/// One more message, or one less.
pub(super) fn sent(flight: &mut Flight, environment: &str, country: Option<&str>, at: Timestamp, by: i64) {
    let Some(country) = country else { return };
    let sql = "INSERT INTO country_counts (environment, country, hour, sent)
                 VALUES ($1, $2, $3, greatest($4::bigint, 0)) ON CONFLICT (environment, country, hour)
               DO UPDATE SET sent = greatest(country_counts.sent + $4::bigint, 0)";
    flight.ask(sql, given![environment, country, hour(at), by]);
}

/// What no day reaches any more goes.
pub(super) fn forget(flight: &mut Flight, now: i64) {
    flight.ask("DELETE FROM country_counts WHERE hour < $1", given![now.saturating_sub(2 * DAY_MS)]);
}
