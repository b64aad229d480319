//! When revisions served. Written by whatever makes another one serve, in the same transaction.

use rusqlite::{Connection, Row, params};

use super::{Sqlite, at, json, ms, text, unword, word};
use crate::store::{Occasion, Stored, Switch, Why};

/// It serves, or is on trial, from now on.
pub(super) fn begin(c: &Connection, place: [&str; 2], revision: u64, why: Why, by: &Occasion) -> rusqlite::Result<()> {
    let [environment, connector] = place;
    let sql = "INSERT INTO switches (environment, connector, revision, from_at, why, begun_by)
               VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    let actor = by.by.as_ref().map(text);
    c.prepare_cached(sql)?.execute(params![environment, connector, revision, ms(by.at), word(&why), actor]).map(|_| ())
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
pub(super) fn end(c: &Connection, place: [&str; 2], what: &Ending, by: &Occasion) -> rusqlite::Result<()> {
    let [environment, connector] = place;
    let (trial, revision) = match what {
        Ending::Serving => (Some(false), None),
        Ending::Trial(revision) => (Some(true), Some(revision)),
        Ending::Revision(revision) => (None, Some(revision)),
        Ending::Everything => (None, None),
    };
    let sql = "UPDATE switches SET until_at = max(?3, from_at), ended = ?4, ended_by = ?5
               WHERE environment = ?1 AND connector = ?2 AND until_at IS NULL
                 AND (?6 IS NULL OR (why = 'trial') = ?6) AND (?7 IS NULL OR revision = ?7)";
    let actor = by.by.as_ref().map(text);
    let values = params![environment, connector, ms(by.at), word(&by.why), actor, trial, revision];
    c.prepare_cached(sql)?.execute(values).map(|_| ())
}

fn switch(row: &Row<'_>) -> rusqlite::Result<Switch> {
    let actor = |column: usize| row.get::<_, Option<String>>(column)?.map(json).transpose();
    Ok(Switch {
        revision: row.get(0)?,
        from: at(row.get(1)?),
        until: row.get::<_, Option<i64>>(2)?.map(at),
        why: unword(row.get(3)?)?,
        by: actor(4)?,
        ended: row.get::<_, Option<String>>(5)?.map(unword).transpose()?,
        ended_by: actor(6)?,
    })
}

pub(super) async fn switches(store: &Sqlite, environment: &str, connector: &str) -> Stored<Vec<Switch>> {
    let (environment, connector) = (environment.to_owned(), connector.to_owned());
    let sql = "SELECT revision, from_at, until_at, why, begun_by, ended, ended_by FROM switches
               WHERE environment = ?1 AND connector = ?2 ORDER BY from_at DESC, rowid DESC";
    store.read(move |c| c.prepare_cached(sql)?.query_map([environment, connector], switch)?.collect()).await
}
