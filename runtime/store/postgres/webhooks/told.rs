//! What webhooks were told of a number.

use super::super::flight::{Answers, Flight, Seat};
use super::super::given::given;
use super::super::line::{Line, unword};
use crate::store::{KeptEvent, Stored, ToldTo};

/// Ask for the newest first, each with who was told.
pub(in crate::store::postgres) fn ask_events_of_number(
    flight: &mut Flight,
    environment: &str,
    number: &[u8; 32],
    most: u32,
) -> Seat {
    let sql = "SELECT e.id, e.at, e.body, t.urls, t.states FROM webhook_events e CROSS JOIN LATERAL (
                 SELECT coalesce(array_agg(w.url ORDER BY d.id), '{}') AS urls,
                   coalesce(array_agg(d.status ORDER BY d.id), '{}') AS states
                 FROM webhook_deliveries d JOIN webhooks w ON w.id = d.webhook WHERE d.event = e.id) t
               WHERE e.environment = $1 AND e.number_index = $2 ORDER BY e.id DESC LIMIT $3";
    flight.ask(sql, given![environment, number, most])
}

/// What was found.
pub(in crate::store::postgres) fn events_of_number(answers: &Answers, seat: Seat) -> Stored<Vec<KeptEvent>> {
    answers.lines(seat).iter().map(event).collect()
}

fn event(line: &Line) -> Stored<KeptEvent> {
    let (urls, states): (Vec<String>, Vec<String>) = (line.get(3)?, line.get(4)?);
    let told = |(url, state)| Ok(ToldTo { url, status: unword(state)? });
    let told_to = urls.into_iter().zip(states).map(told);
    Ok(KeptEvent { id: line.get(0)?, at: line.get(1)?, body: line.json(2)?, told_to: told_to.collect::<Stored<_>>()? })
}
