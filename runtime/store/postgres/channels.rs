//! Who sends on a channel.
//!
//! What changes it reads it under the lock of the environment's set-up, and carries it along as it would stand: several
//! changes of one transaction build on one another without asking the database in between.

use super::flight::Seat;
use super::locking::{self, Lock};
use super::switches::{self, Ending};
use super::{Flight, Line, Postgres, given, text};
use crate::store::{ChannelRow, Occasion, Stored, Why};

const CHANNEL: &str = "SELECT active, fallback, routes, canary, canary_ended, prefer FROM channels
    WHERE environment = $1 AND channel = $2";

pub(super) fn ask_channel(flight: &mut Flight, environment: &str, channel: &str) -> Seat {
    flight.ask(CHANNEL, given![environment, channel])
}

/// Of one that is not there: nobody sends.
pub(super) fn channel_row(line: Option<&Line>) -> Stored<ChannelRow> {
    let Some(line) = line else { return Ok(ChannelRow::default()) };
    Ok(ChannelRow {
        active: line.get(0)?,
        fallback: line.json(1)?,
        routes: line.json(2)?,
        canary: line.json_if_any(3)?,
        canary_ended: line.json_if_any(4)?,
        prefer: line.json(5)?,
    })
}

/// A channel that is changed: as it stands, with all changes of the flight so far.
pub(super) struct Changing<'a> {
    pub(super) environment: &'a str,
    pub(super) channel: &'a str,
    pub(super) row: ChannelRow,
}

impl Changing<'_> {
    pub(super) fn write(&mut self, flight: &mut Flight, row: ChannelRow, by: &Occasion) {
        self.note_trial(flight, &row, by);
        let sql = "INSERT INTO channels (environment, channel, active, fallback, routes, canary, canary_ended, prefer)
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (environment, channel)
                   DO UPDATE SET active = excluded.active, fallback = excluded.fallback, routes = excluded.routes,
                                 canary = excluded.canary, canary_ended = excluded.canary_ended,
                                 prefer = excluded.prefer";
        let given = given![
            self.environment,
            self.channel,
            &row.active,
            text(&row.fallback),
            text(&row.routes),
            row.canary.as_ref().map(text),
            row.canary_ended.as_ref().map(text),
            text(&row.prefer)
        ];
        flight.ask(sql, given);
        self.row = row;
    }

    /// A trial begins or ends with the channel that names it; another share of the messages is the same trial.
    fn note_trial(&self, flight: &mut Flight, after: &ChannelRow, by: &Occasion) {
        let tried = |row: &ChannelRow| row.canary.as_ref().map(|canary| (canary.connector.clone(), canary.revision));
        let (before, after) = (tried(&self.row), tried(after));
        if before == after {
            return;
        }
        if let Some((connector, revision)) = before {
            switches::end(flight, [self.environment, &connector], &Ending::Trial(revision), by);
        }
        if let Some((connector, revision)) = after {
            switches::begin(flight, [self.environment, &connector], revision, Why::Trial, by);
        }
    }

    /// A revision serves from now on, where `served` did. If it was on trial, the trial is over: it serves everything now.
    pub(super) fn set_serving(
        &mut self,
        flight: &mut Flight,
        name: &str,
        served: Option<u64>,
        number: u64,
        by: &Occasion,
    ) {
        if served != Some(number) {
            switches::end(flight, [self.environment, name], &Ending::Serving, by);
            switches::begin(flight, [self.environment, name], number, by.why, by);
        }
        let sql = "UPDATE connectors SET serving = $3 WHERE environment = $1 AND name = $2";
        flight.ask(sql, given![self.environment, name, number]);
        if self.row.canary.as_ref().is_some_and(|canary| canary.connector == name && canary.revision == number) {
            let row = ChannelRow { canary: None, ..self.row.clone() };
            self.write(flight, row, by);
        }
    }
}

pub(super) async fn channel(store: &Postgres, environment: &str, channel: &str) -> Stored<ChannelRow> {
    channel_row(store.line(CHANNEL, given![environment, channel]).await?.as_ref())
}

pub(super) async fn put_channel(
    store: &Postgres,
    environment: &str,
    channel: &str,
    row: ChannelRow,
    by: Occasion,
) -> Stored<()> {
    let work = store.begin().await?;
    let mut first = Flight::new();
    locking::take(&mut first, &[Lock::Setup(environment)]);
    let seat = ask_channel(&mut first, environment, channel);
    let stands = channel_row(work.send(first).await?.line(seat))?;
    let mut last = Flight::new();
    Changing { environment, channel, row: stands }.write(&mut last, row, &by);
    work.commit(last).await.map(|_| ())
}
