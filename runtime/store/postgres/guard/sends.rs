//! What was sent to a message's number, and for its client, lately: what the limits and the guard's rules look at.

use super::super::counts::{self, HOUR_MS};
use super::super::flight::{Answers, Flight, Seat};
use super::super::given::given;
use super::super::line::Line;
use super::super::messages::messages_since;
use super::super::otp::{ask_failures, failures};
use super::tally;
use crate::clock::Timestamp;
use crate::store::words::ms;
use crate::store::{NewMessage, Sends, Stored};

/// Where the answers are.
pub(super) struct Asked {
    number: Seat,
    client: Option<Seat>,
    country: Option<Seat>,
    failures: Seat,
    counts: Option<Seat>,
}

/// Ask for it, under the lock of the environment's sends.
pub(super) fn ask(flight: &mut Flight, new: &NewMessage) -> Asked {
    let number = lately(flight, new, "number_index", &new.number_index);
    let client = new.client_index.as_ref().map(|index| lately(flight, new, "client_index", index));
    let country = new.country.is_some().then(|| counts::ask_last_day(flight, new));
    let failures = ask_failures(flight, &new.environment, &new.number_index, &[]);
    let counts = (!new.reads.is_empty()).then(|| tally::ask_counts(flight, &new.environment, &new.reads));
    Asked { number, client, country, failures, counts }
}

/// What certainly was not sent does not count. The bound of the id spares the partitions of older messages.
fn lately(flight: &mut Flight, new: &NewMessage, column: &str, index: &[u8; 32]) -> Seat {
    let sql = format!(
        "SELECT max(created_at), count(*), min(created_at) FROM (
           SELECT created_at FROM messages
           WHERE environment = $1 AND {column} = $2 AND created_at > $3 AND status <> 'refused' AND id >= $4
           UNION ALL SELECT created_at FROM erased_sends
           WHERE environment = $1 AND {column} = $2 AND created_at > $3) lately"
    );
    let from = ms(new.created_at).saturating_sub(HOUR_MS);
    flight.ask(sql, given![&new.environment, index, from, messages_since(&new.id, HOUR_MS)])
}

type Lately = (Option<Timestamp>, u32, Option<Timestamp>);

fn found(answers: &Answers, seat: Seat) -> Stored<Lately> {
    let read = |line: &Line| Ok((line.get(0)?, line.get(1)?, line.get(2)?));
    answers.line(seat).map_or(Ok(Lately::default()), read)
}

impl Asked {
    /// What was found.
    pub(super) fn read(&self, answers: &Answers, new: &NewMessage) -> Stored<Sends> {
        let (last, in_last_hour, oldest_in_last_hour) = found(answers, self.number)?;
        let (_, of_client, oldest_of_client) =
            self.client.map(|seat| found(answers, seat)).transpose()?.unwrap_or_default();
        let (to_country, oldest_to_country) =
            self.country.map(|seat| counts::last_day(answers, seat)).transpose()?.unwrap_or_default();
        let counts = self.counts.map(|seat| tally::counts(answers, seat, &new.reads)).transpose()?;
        Ok(Sends {
            last,
            in_last_hour,
            oldest_in_last_hour,
            of_client,
            oldest_of_client,
            to_country,
            oldest_to_country,
            failures: failures(answers, self.failures)?,
            counts: counts.unwrap_or_default(),
        })
    }
}
