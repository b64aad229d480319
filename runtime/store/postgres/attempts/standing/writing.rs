//! What has changed of messages, written table after table, so that nobody waits for another in a circle.

use super::super::super::flight::Flight;
use super::super::super::given::given;
use super::super::super::webhooks::outbox::{self, Move, Wanted};
use super::super::super::{counts, guard, ms, word};
use super::Standing;
use crate::store::{MessageStatus, Stored};

const DAY_MS: i64 = 24 * counts::HOUR_MS;

/// Write what has changed; `wanted` answers what an environment's webhooks want. Bills are met in the order of their
/// keys.
pub(in crate::store::postgres) fn write(
    flight: &mut Flight,
    mut standings: Vec<Standing>,
    wanted: impl Fn(&str) -> Stored<Wanted>,
) -> Stored<()> {
    let mut changes = Vec::new();
    for standing in &mut standings {
        for (number, sql, row) in std::mem::take(&mut standing.changes) {
            changes.push((standing.bill(number), sql, row));
        }
    }
    changes.sort_by(|(one, ..), (other, ..)| one.cmp(other));
    standings.iter_mut().for_each(|standing| standing.write_message(flight));
    for (_, sql, row) in changes {
        flight.ask(sql, row);
    }
    standings.iter().for_each(|standing| standing.write_shown(flight));
    standings.iter().for_each(|standing| standing.write_counts(flight));
    for Standing { message, environment, moves, .. } in standings {
        if moves.is_empty() {
            continue;
        }
        let wanted = wanted(&environment)?;
        for (from, to, at, of) in moves {
            let moved = Move { environment: &environment, message: &message, from, to, at };
            outbox::moved(flight, &wanted, moved, of)?;
        }
    }
    Ok(())
}

impl Standing {
    /// What an attempt is billed by.
    fn bill(&self, number: u32) -> (String, String, i64, String) {
        let (connector, day) = self.attempt(number).map_or((String::new(), 0), |attempt| {
            (attempt.connector.clone(), ms(attempt.started_at).div_euclid(DAY_MS))
        });
        (self.environment.clone(), connector, day, self.country.clone().unwrap_or_default())
    }

    fn write_message(&mut self, flight: &mut Flight) {
        for (_, to, ..) in &self.moves {
            flight.ask("UPDATE messages SET status = $2 WHERE id = $1", given![&self.message, word(to)]);
        }
        if self.erased {
            flight.ask("UPDATE messages SET content = NULL WHERE id = $1", given![&self.message]);
        }
    }

    fn write_shown(&self, flight: &mut Flight) {
        let sql = "UPDATE verifications SET delivery = (jsonb_set(jsonb_set(delivery::jsonb, '{status}',
                     to_jsonb($3::text)), '{failure}', $4::text::jsonb))::text
                   WHERE id = $1 AND delivery::jsonb ->> 'message' = $2";
        for (status, failure) in &self.shown {
            flight.ask(sql, given![&self.verification, &self.message, word(status), failure]);
        }
    }

    /// One that turns out not to have been sent is taken off what was counted, and put back if it was sent after all,
    /// by another connector.
    fn write_counts(&self, flight: &mut Flight) {
        let is_refused = self.status == MessageStatus::Refused;
        if is_refused == (self.before == MessageStatus::Refused) {
            return;
        }
        let by = if is_refused { -1 } else { 1 };
        counts::sent(flight, &self.environment, self.country.as_deref(), self.created_at, by);
        if let Some(kept) = &self.kept {
            guard::write_moved(flight, &self.environment, &self.message, kept, is_refused);
        }
    }
}
