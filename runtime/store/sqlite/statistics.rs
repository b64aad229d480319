//! How connectors' calls ended and how long they took, counted where they lie, as conversion is. A span's messages are
//! found by their time, and their calls beside them.

mod bounded;

use std::collections::BTreeMap;

use rusqlite::types::Value;
use rusqlite::{Connection, Row, params_from_iter};

use super::{Sqlite, at, ms, unword};
use crate::clock::Timestamp;
use crate::store::{
    AttemptStatus, Bucket, Figures, RevisionFigures, SentOf, Statistics, StatisticsQuery, Step, Stored, Tally,
};

pub(super) use bounded::{count as counted, messages_up_to, sent_of_newest};

const ENDLESS: Timestamp = Timestamp::from_millis(u64::MAX);

/// Calls for an environment's messages of a span.
const CALLS: &str = "FROM messages m CROSS JOIN attempts a ON a.message_id = m.id
    WHERE m.environment = ?1 AND m.created_at >= ?2 AND m.created_at < ?3";

pub(super) fn series_sql(q: &StatisticsQuery) -> (String, Vec<Value>) {
    let mut sql = format!("SELECT m.created_at, a.status, a.elapsed_ms {CALLS}");
    let mut given = span(&q.environment, q.from, q.to);
    for (column, value) in [("+a.connector", &q.connector), ("m.country", &q.country), ("m.purpose", &q.purpose)] {
        if let Some(value) = value {
            given.push(Value::Text(value.clone()));
            sql.push_str(&format!(" AND {column} = ?{}", given.len()));
        }
    }
    (sql, given)
}

fn span(environment: &str, from: Timestamp, to: Timestamp) -> Vec<Value> {
    vec![Value::Text(environment.to_owned()), Value::Integer(ms(from)), Value::Integer(ms(to))]
}

/// All of a connector's calls for messages of a span.
fn of_connector(environment: &str, connector: &str, since: Timestamp) -> Vec<Value> {
    let mut given = span(environment, since, ENDLESS);
    given.push(Value::Text(connector.to_owned()));
    given
}

pub(super) fn revisions_sql() -> String {
    format!("SELECT a.revision, a.status, a.elapsed_ms, a.started_at {CALLS} AND +a.connector = ?4")
}

/// Some are sent in two calls, to one connector in two revisions: the message is one. The `+` keeps SQLite from reading
/// all there is in the order of purposes.
pub(super) fn sent_sql() -> String {
    format!(
        "SELECT m.purpose, count(DISTINCT m.id) {CALLS} AND +a.connector = ?4 AND a.status NOT IN ('sending', 'refused')
         GROUP BY +m.purpose ORDER BY 2 DESC, 1"
    )
}

pub(super) async fn statistics(store: &Sqlite, query: StatisticsQuery) -> Stored<Statistics> {
    let (environment, span) = (query.environment.clone(), (query.from, query.to));
    bounded::count(store, &environment, span, move |c| count(c, &query)).await
}

fn count(c: &Connection, query: &StatisticsQuery) -> rusqlite::Result<Statistics> {
    let (sql, given) = series_sql(query);
    let (mut parts, mut all) = (BTreeMap::<Timestamp, Tally>::new(), Tally::default());
    let mut statement = c.prepare_cached(&sql)?;
    let mut rows = statement.query(params_from_iter(given))?;
    while let Some(row) = rows.next()? {
        let (status, elapsed) = ended(row, 1)?;
        parts.entry(query.step.start(at(row.get(0)?))).or_default().add(status, elapsed);
        all.add(status, elapsed);
    }
    Ok(Statistics { series: series(query.step, query.from, query.to, parts), totals: all.figures() })
}

/// Also where nothing was sent: a gap is something to see.
fn series(step: Step, from: Timestamp, to: Timestamp, mut parts: BTreeMap<Timestamp, Tally>) -> Vec<Bucket> {
    let starts = std::iter::successors(Some(step.start(from)), |start| Some(start.plus(step.length())));
    let part = |start: Timestamp| {
        let figures = parts.remove(&start).map_or_else(Figures::default, Tally::figures);
        Bucket { at: start, figures }
    };
    starts.take_while(|start| *start < to).map(part).collect()
}

/// How a call stands and how long it took: two columns, from `first` on.
fn ended(row: &Row<'_>, first: usize) -> rusqlite::Result<(AttemptStatus, Option<u64>)> {
    Ok((unword(row.get(first)?)?, row.get(first + 1)?))
}

pub(super) async fn revision_figures(
    store: &Sqlite,
    environment: &str,
    connector: &str,
    since: Timestamp,
) -> Stored<Vec<RevisionFigures>> {
    let given = of_connector(environment, connector, since);
    let read = move |c: &Connection| {
        let mut found: BTreeMap<u64, (Tally, i64, i64)> = BTreeMap::new();
        let mut statement = c.prepare_cached(&revisions_sql())?;
        let mut rows = statement.query(params_from_iter(given))?;
        while let Some(row) = rows.next()? {
            let (status, elapsed) = ended(row, 1)?;
            let started: i64 = row.get(3)?;
            let (tally, first, last) = found.entry(row.get(0)?).or_insert((Tally::default(), started, started));
            tally.add(status, elapsed);
            (*first, *last) = ((*first).min(started), (*last).max(started));
        }
        Ok(found.into_iter().rev().map(revision).collect())
    };
    bounded::count(store, environment, (since, ENDLESS), read).await
}

fn revision((revision, (tally, first, last)): (u64, (Tally, i64, i64))) -> RevisionFigures {
    let figures = tally.figures();
    let success_rate = figures.success_rate();
    RevisionFigures { revision, figures, success_rate, first_at: at(first), last_at: at(last) }
}

pub(super) async fn sent_since(
    store: &Sqlite,
    environment: &str,
    connector: &str,
    since: Timestamp,
) -> Stored<Vec<SentOf>> {
    let given = of_connector(environment, connector, since);
    let row = |row: &Row<'_>| Ok(SentOf { purpose: row.get(0)?, sent: row.get(1)? });
    let read = move |c: &Connection| c.prepare_cached(&sent_sql())?.query_map(params_from_iter(given), row)?.collect();
    bounded::count(store, environment, (since, ENDLESS), read).await
}

#[cfg(test)]
mod tests;
