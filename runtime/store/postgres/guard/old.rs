//! What no rule looks back to any more.

use super::super::Postgres;
use super::super::flight::Flight;
use super::super::given::given;
use super::recorded;
use crate::clock::Timestamp;
use crate::store::Stored;
use crate::store::counters::{DAYS, HOURS, NUMBER_DAYS, Scope, Span};

/// It goes, at most so many rows of each kind at once; answers whether there may be more.
pub(in crate::store::postgres) async fn forget(
    store: &Postgres,
    now: Timestamp,
    kept_from: i64,
    most: usize,
) -> Stored<bool> {
    let mut flight = Flight::new();
    // A fate that is told late may count in one of these just now: it is not waited for.
    // The order is that of an index, so that where nothing is old nothing else is read.
    let old = "DELETE FROM guard_counts WHERE ctid = ANY (ARRAY(
                 SELECT ctid FROM guard_counts WHERE span = $1 AND bucket < $2 AND ($3 = '' OR scope <> $3)
                 ORDER BY bucket LIMIT $4 FOR UPDATE SKIP LOCKED))";
    let (hour, day) = (Span::Hour.bucket(now), Span::Day.bucket(now));
    let mut seats = Vec::new();
    // A number is remembered longer than all else.
    for (span, before, but) in [
        (Span::Hour, hour.saturating_sub(HOURS + 1), ""),
        (Span::Day, day.saturating_sub(DAYS + 1), Scope::Number.as_str()),
        (Span::Day, day.saturating_sub(NUMBER_DAYS + 1), ""),
    ] {
        seats.push(flight.ask(old, given![span.as_str(), before, but, most]));
    }
    let receipts = "DELETE FROM guard_receipts WHERE message_id IN (
                    SELECT message_id FROM guard_receipts WHERE until < $1 ORDER BY until LIMIT $2)";
    seats.push(flight.ask(receipts, given![now, most]));
    let decisions = "DELETE FROM guard_decisions WHERE id IN (
                     SELECT id FROM guard_decisions WHERE at < $1 ORDER BY at LIMIT $2)";
    seats.push(flight.ask(decisions, given![kept_from, most]));
    seats.push(recorded::forget(&mut flight, kept_from, most));
    let answers = store.begin().await?.commit(flight).await?;
    let most = u64::try_from(most).unwrap_or(u64::MAX);
    Ok(seats.into_iter().any(|seat| answers.written(seat) >= most))
}
