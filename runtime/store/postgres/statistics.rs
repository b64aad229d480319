//! How connectors' calls ended and how long they took, counted where they lie, as conversion is. A span's messages are
//! found by their time, and their calls beside them. The database counts and sorts; what it answers has a row for each part
//! of a span, however many messages there are.

mod bounded;

use std::collections::BTreeMap;

use super::asking::Asking;
use super::*;
use crate::clock::Timestamp;
use crate::store::{Bucket, Figures, RevisionFigures, SentOf, Statistics, StatisticsQuery, Step};

pub(super) use bounded::{messages_up_to, sent_of_newest};

const ENDLESS: Timestamp = Timestamp::from_millis(u64::MAX);

/// Calls for an environment's messages of a span.
const CALLS: &str = "FROM messages m JOIN attempts a ON a.message_id = m.id
    WHERE m.environment = $1 AND m.created_at >= $2 AND m.created_at < $3";

/// What [`figures`] reads. `percentile_disc` is the nearest rank, and knows no call that has not ended.
const FIGURES: &str = "count(*), count(*) FILTER (WHERE a.status = 'accepted'),
    count(*) FILTER (WHERE a.status = 'delivered'), count(*) FILTER (WHERE a.status = 'undelivered'),
    count(*) FILTER (WHERE a.status = 'refused'), count(*) FILTER (WHERE a.status = 'unknown'),
    count(*) FILTER (WHERE a.status = 'sending'), percentile_disc(0.5) WITHIN GROUP (ORDER BY a.elapsed_ms),
    percentile_disc(0.95) WITHIN GROUP (ORDER BY a.elapsed_ms),
    percentile_disc(0.99) WITHIN GROUP (ORDER BY a.elapsed_ms)";

/// Its ten columns, from `first` on.
fn figures(line: &Line, first: usize) -> Stored<Figures> {
    Ok(Figures {
        attempts: line.get(first)?,
        accepted: line.get(first + 1)?,
        delivered: line.get(first + 2)?,
        undelivered: line.get(first + 3)?,
        refused: line.get(first + 4)?,
        unknown: line.get(first + 5)?,
        sending: line.get(first + 6)?,
        p50_ms: line.get(first + 7)?,
        p95_ms: line.get(first + 8)?,
        p99_ms: line.get(first + 9)?,
    })
}

/// Each part of the span in which there was any call, by when it began, and all of it, which has no beginning.
fn series_of(q: &StatisticsQuery) -> Asking {
    let length = i64::try_from(q.step.length().as_millis()).unwrap_or(i64::MAX);
    let begin = "m.created_at - m.created_at % $4";
    let mut asking =
        Asking::new(format!("SELECT {begin}, {FIGURES} {CALLS}"), given![&q.environment, q.from, q.to, length]);
    for (condition, value) in
        [("a.connector = ?", &q.connector), ("m.country = ?", &q.country), ("m.purpose = ?", &q.purpose)]
    {
        if let Some(value) = value {
            asking.and(condition, given![value]);
        }
    }
    asking.add(&format!(" GROUP BY GROUPING SETS (({begin}), ())"), given![]);
    asking
}

pub(super) async fn statistics(store: &Postgres, query: StatisticsQuery) -> Stored<Statistics> {
    let Asking { sql, given } = series_of(&query);
    let (mut parts, mut totals) = (BTreeMap::new(), Figures::default());
    for line in store.lines(sql, given).await? {
        match line.get::<Option<Timestamp>>(0)? {
            Some(start) => {
                parts.insert(start, figures(&line, 1)?);
            }
            None => totals = figures(&line, 1)?,
        }
    }
    Ok(Statistics { series: series(query.step, query.from, query.to, parts), totals })
}

/// Also where nothing was sent: a gap is something to see.
fn series(step: Step, from: Timestamp, to: Timestamp, mut parts: BTreeMap<Timestamp, Figures>) -> Vec<Bucket> {
    let starts = std::iter::successors(Some(step.start(from)), |start| Some(start.plus(step.length())));
    let part = |start: Timestamp| Bucket { at: start, figures: parts.remove(&start).unwrap_or_default() };
    starts.take_while(|start| *start < to).map(part).collect()
}

pub(super) async fn revision_figures(
    store: &Postgres,
    environment: &str,
    connector: &str,
    since: Timestamp,
) -> Stored<Vec<RevisionFigures>> {
    let sql = format!(
        "SELECT a.revision, min(a.started_at), max(a.started_at), {FIGURES} {CALLS} AND a.connector = $4
         GROUP BY a.revision ORDER BY a.revision DESC"
    );
    store.lines(sql, given![environment, since, ENDLESS, connector]).await?.iter().map(revision).collect()
}

fn revision(line: &Line) -> Stored<RevisionFigures> {
    let figures = figures(line, 3)?;
    let success_rate = figures.success_rate();
    Ok(RevisionFigures { revision: line.get(0)?, figures, success_rate, first_at: line.get(1)?, last_at: line.get(2)? })
}

/// Some are sent in two calls, to one connector in two revisions: the message is one.
pub(super) async fn sent_since(
    store: &Postgres,
    environment: &str,
    connector: &str,
    since: Timestamp,
) -> Stored<Vec<SentOf>> {
    let sql = format!(
        "SELECT m.purpose, count(DISTINCT m.id) {CALLS} AND a.connector = $4 AND a.status NOT IN ('sending', 'refused')
         GROUP BY m.purpose ORDER BY 2 DESC, 1"
    );
    let row = |line: &Line| Ok(SentOf { purpose: line.get(0)?, sent: line.get(1)? });
    store.lines(sql, given![environment, since, ENDLESS, connector]).await?.iter().map(row).collect()
}
