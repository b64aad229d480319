//! How partitions go: as soon as nothing in them has to be kept. What decides is what their rows say, not their names:
//! whose clock it is that calls something old is told by whoever purges. Those of yesterday and later never go.
//!
//! A drop has its parent for itself: it waits for whoever reads or writes through it, and whoever comes later waits for it
//! and plans without the partition. So nothing looks for a table that is gone. `DETACH … CONCURRENTLY`, which would wait for
//! readers without being in anybody's way, is not to be had where there is a default partition.

use super::day::Day;
use super::{ATTEMPTS, DECISIONS, Found, MESSAGES, PATIENCE, RECEIPTS, Table, VERIFICATIONS, is_for_later, look};
use crate::store::Stored;
use crate::store::postgres::flight::Flight;
use crate::store::postgres::given::given;
use crate::store::postgres::locking::{self, Lock};
use crate::store::postgres::{Postgres, upkeep};

/// Before which times nothing has to be kept, in milliseconds.
#[derive(Clone, Copy)]
pub(in crate::store::postgres) struct Kept {
    pub(in crate::store::postgres) now: i64,
    pub(in crate::store::postgres) verifications: i64,
    pub(in crate::store::postgres) messages: i64,
}

/// What has to be kept of a table: as long as rows say so, `$1` being a time.
struct Living {
    table: &'static Table,
    /// Whose rows; of the same ids.
    rows: &'static Table,
    is_kept: &'static str,
    since: fn(Kept) -> i64,
}

/// An attempt lives as long as its message, whatever age it has. Messages come before them.
const LIVING: [Living; 5] = [
    Living {
        table: &VERIFICATIONS,
        rows: &VERIFICATIONS,
        is_kept: "r.expires_at >= $1",
        since: |kept| kept.verifications,
    },
    Living {
        table: &MESSAGES,
        rows: &MESSAGES,
        is_kept: "(r.created_at >= $1 OR r.expires_at >= $1)",
        since: |kept| kept.messages,
    },
    Living { table: &ATTEMPTS, rows: &MESSAGES, is_kept: "$1::bigint IS NOT NULL", since: |kept| kept.messages },
    Living { table: &RECEIPTS, rows: &RECEIPTS, is_kept: "r.until >= $1", since: |kept| kept.now },
    Living { table: &DECISIONS, rows: &DECISIONS, is_kept: "r.at >= $1", since: |kept| kept.messages },
];

/// Drop those in which nothing is kept any more.
pub(in crate::store::postgres) async fn drop_aged(store: &Postgres, kept: Kept) -> Stored<()> {
    let found = look(store).await?;
    for living in &LIVING {
        let since = (living.since)(kept);
        for day in over(store, living, since, days(&found, living.table)).await? {
            if living.table.name == MESSAGES.name {
                upkeep::forget_beside(store, &MESSAGES.first_of(day), &MESSAGES.first_of(day.next())).await?;
            }
            drop_one(store, living, day, since).await?;
        }
    }
    Ok(())
}

/// The days whose partitions may go at all.
fn days(found: &Found, table: &Table) -> Vec<Day> {
    let yesterday = found.today.before();
    let day = |name: &String| Day::read(name.strip_prefix(table.name)?.strip_prefix("_y")?);
    found.partitions.iter().filter_map(day).filter(|day| *day < yesterday).collect()
}

/// Those of them in which nothing is kept, as it seems. The newest row is looked at first: of most days it is kept, and then
/// that was all.
async fn over(store: &Postgres, living: &Living, since: i64, days: Vec<Day>) -> Stored<Vec<Day>> {
    if days.is_empty() {
        return Ok(days);
    }
    let (rows, is_kept) = (rows(living, "n.low", "n.high"), living.is_kept);
    let sql = format!(
        "SELECT CASE WHEN (SELECT {is_kept} {rows} ORDER BY r.{} DESC LIMIT 1) THEN TRUE
           ELSE EXISTS (SELECT 1 {rows} AND {is_kept}) END
         FROM unnest($2::text[], $3::text[]) WITH ORDINALITY AS n (low, high, nth) ORDER BY n.nth",
        living.rows.id
    );
    let low: Vec<String> = days.iter().map(|day| living.rows.first_of(*day)).collect();
    let high: Vec<String> = days.iter().map(|day| living.rows.first_of(day.next())).collect();
    let mut over = Vec::new();
    for (day, line) in days.into_iter().zip(store.lines(sql, given![since, low, high]).await?) {
        if !line.get::<bool>(0)? {
            over.push(day);
        }
    }
    Ok(over)
}

/// The rows of a range of ids.
fn rows(living: &Living, low: &str, high: &str) -> String {
    let Table { name, id, .. } = living.rows;
    format!("FROM {name} r WHERE r.{id} >= {low} AND r.{id} < {high}")
}

/// Drop one, unless something in it has to be kept after all. Whoever is in the way makes it wait for the next round.
async fn drop_one(store: &Postgres, living: &Living, day: Day, since: i64) -> Stored<()> {
    match try_to_drop(store, living, day, since).await {
        Err(error) if is_for_later(&error) => {
            tracing::debug!(table = living.table.name, %error, "a partition could not be dropped; trying again later");
            Ok(())
        }
        done => done,
    }
}

async fn try_to_drop(store: &Postgres, living: &Living, day: Day, since: i64) -> Stored<()> {
    let (name, partition) = (living.table.name, living.table.partition(day));
    let work = store.begin().await?;
    let mut first = Flight::new();
    locking::take(&mut first, &[Lock::Service("partitions")]);
    first.ask(PATIENCE, given![]);
    first.ask(format!("LOCK TABLE ONLY {name} IN ACCESS EXCLUSIVE MODE"), given![]);
    let sql = format!("SELECT EXISTS (SELECT 1 {} AND {})", rows(living, "$2", "$3"), living.is_kept);
    let (low, high) = (living.rows.first_of(day), living.rows.first_of(day.next()));
    let is_kept = first.ask(sql, given![since, low, high]);
    let answers = work.send(first).await?;
    if answers.line(is_kept).map_or(Ok(true), |line| line.get(0))? {
        return Ok(());
    }
    work.batch(&format!("DROP TABLE IF EXISTS {partition}")).await?;
    work.commit(Flight::new()).await?;
    tracing::debug!(partition, "dropped a partition in which nothing was kept");
    Ok(())
}
