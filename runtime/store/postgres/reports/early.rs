//! Reports that came before the ids of their attempt were known.

use super::super::attempts::Standing;
use super::super::flight::{Answers, Flight, Seat};
use super::super::given::given;
use super::super::line::Line;
use super::super::success;
use super::moving;
use crate::connector::contract::Money;
use crate::store::{AttemptEnd, Moved, NewReport, Stored, Subject};

/// A report that waited.
pub(in crate::store::postgres) struct Early(NewReport);

/// Those that wait for the ids that an attempt got, under the locks of these.
pub(in crate::store::postgres) fn ask_waiting(flight: &mut Flight, end: &AttemptEnd) -> Option<Seat> {
    if end.provider_ids.is_empty() {
        return None;
    }
    let sql = "SELECT r.digest, r.environment, r.connector, r.provider_id, r.status, r.kind, r.provider_code, r.text,
                 r.network, r.segments, r.price, r.currency, r.received_at, r.verified
               FROM messages m, attempts a, reports r WHERE m.id = $1 AND a.message_id = $1 AND a.number = $2
                 AND r.environment = m.environment AND r.connector = a.connector AND r.provider_id = ANY($3)
                 AND r.message_id IS NULL
               ORDER BY array_position($3, r.provider_id), r.received_at";
    Some(flight.ask(sql, given![&end.message_id, end.number, end.provider_ids.as_slice()]))
}

/// What was found.
pub(in crate::store::postgres) fn waiting(answers: &Answers, seat: Option<Seat>) -> Stored<Vec<Early>> {
    seat.map_or(&[][..], |seat| answers.lines(seat)).iter().map(early).collect()
}

fn early(line: &Line) -> Stored<Early> {
    let price: (Option<String>, Option<String>) = (line.get(10)?, line.get(11)?);
    Ok(Early(NewReport {
        digest: line.get(0)?,
        environment: line.get(1)?,
        connector: line.get(2)?,
        subject: Subject::ProviderIds(vec![line.get(3)?]),
        status: line.word(4)?,
        kind: line.word_if_any(5)?,
        provider_code: line.get(6)?,
        text: line.get(7)?,
        network: line.get(8)?,
        segments: line.get(9)?,
        price: price.0.zip(price.1).map(|(amount, currency)| Money { amount, currency }),
        at: None,
        received_at: line.get(12)?,
        verified: line.get(13)?,
    }))
}

impl Early {
    /// It is of this attempt, and moves it if it may.
    pub(in crate::store::postgres) fn applied(
        &self,
        flight: &mut Flight,
        standing: &mut Standing,
        successes: &mut success::Noted,
        number: u32,
    ) -> Option<Moved> {
        let Self(report) = self;
        let moved = report.verified.then(|| moving::move_attempt(standing, successes, report, number)).flatten();
        let sql = "UPDATE reports SET message_id = $2, attempt = $3, provider_id = NULL, moved = moved OR $4
                   WHERE digest = $1";
        flight.ask(sql, given![&report.digest, &standing.message, number, moved.is_some()]);
        moved
    }
}
