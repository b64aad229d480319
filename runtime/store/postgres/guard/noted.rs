//! What the guard decided, noted in the transaction of the send.

use super::super::flight::Flight;
use super::super::given::given;
use crate::store::{NewDecision, NewMessage};

/// Note it. `sent` is whether the message goes out.
pub(super) fn note(flight: &mut Flight, m: &NewMessage, decision: &NewDecision, sent: bool) {
    let sql = "INSERT INTO guard_decisions (id, environment, at, outcome, message_id, number_index, to_masked, country,
                 purpose, source, cost_micros, fired) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)";
    let given = given![
        &decision.id,
        &m.environment,
        m.created_at,
        decision.outcome,
        sent.then_some(m.id.as_str()),
        &m.number_index,
        &m.to_masked,
        &m.country,
        &m.purpose,
        &m.source,
        decision.cost_micros,
        &decision.fired,
    ];
    flight.ask(sql, given);
}
