//! When revisions served. Written by whatever makes another one serve, in the same transaction.

use super::{Flight, Line, Postgres, given, ms, text, word};
use crate::store::{Occasion, Stored, Switch, Why};

/// It serves, or is on trial, from now on.
pub(super) fn begin(flight: &mut Flight, place: [&str; 2], revision: u64, why: Why, by: &Occasion) {
    let [environment, connector] = place;
    let sql = "INSERT INTO switches (environment, connector, revision, from_at, why, begun_by)
               VALUES ($1, $2, $3, $4, $5, $6)";
    let actor = by.by.as_ref().map(text);
    flight.ask(sql, given![environment, connector, revision, ms(by.at), word(&why), actor]);
}

/// What of a connector is to end.
pub(super) enum Ending {
    /// Whatever serves: another revision does.
    Serving,
    /// The trial of this revision.
    Trial(u64),
    /// This revision, however it serves.
    Revision(u64),
    /// All of it.
    Everything,
}

/// It serves no more, or is no more on trial.
pub(super) fn end(flight: &mut Flight, place: [&str; 2], what: &Ending, by: &Occasion) {
    let [environment, connector] = place;
    let (trial, revision) = match what {
        Ending::Serving => (Some(false), None),
        Ending::Trial(revision) => (Some(true), Some(*revision)),
        Ending::Revision(revision) => (None, Some(*revision)),
        Ending::Everything => (None, None),
    };
    let sql = "UPDATE switches SET until_at = greatest($3, from_at), ended = $4, ended_by = $5
               WHERE environment = $1 AND connector = $2 AND until_at IS NULL
                 AND ($6::boolean IS NULL OR (why = 'trial') = $6) AND ($7::bigint IS NULL OR revision = $7)";
    let actor = by.by.as_ref().map(text);
    flight.ask(sql, given![environment, connector, ms(by.at), word(&by.why), actor, trial, revision]);
}

fn switch(line: &Line) -> Stored<Switch> {
    Ok(Switch {
        revision: line.get(0)?,
        from: line.get(1)?,
        until: line.get(2)?,
        why: line.word(3)?,
        by: line.json_if_any(4)?,
        ended: line.word_if_any(5)?,
        ended_by: line.json_if_any(6)?,
    })
}

pub(super) async fn switches(store: &Postgres, environment: &str, connector: &str) -> Stored<Vec<Switch>> {
    let sql = "SELECT revision, from_at, until_at, why, begun_by, ended, ended_by FROM switches
               WHERE environment = $1 AND connector = $2 ORDER BY from_at DESC, line DESC";
    store.lines(sql, given![environment, connector]).await?.iter().map(switch).collect()
}
