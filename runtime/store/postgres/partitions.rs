//! Partitions of what grows with the messages: one a day, by the time in the ids (UTC). They are made ahead, by the
//! database's clock, so that nodes whose clocks differ agree on which are due; what none is made for goes into the default
//! one. How they go is in `aged`.
//!
//! Making one or dropping one locks its parent for a moment, and whoever comes later waits behind it. So nothing is locked
//! before a look has said that there is something to do, and nobody waits for such a lock for long: the next round tries again.

mod aged;
mod day;
mod past;

use std::collections::BTreeSet;

use super::locking::Lock;
use super::*;
pub(super) use aged::{Kept, drop_aged};
use day::Day;
pub(in crate::store) use past::cut;
pub(super) use past::prepare_days;

/// A table that has them.
struct Table {
    name: &'static str,
    /// The column by whose time it is cut.
    id: &'static str,
    /// How its ids begin. What follows is a UUID of version 7, whose first 12 digits are milliseconds since 1970.
    prefix: &'static str,
    /// How its partitions are made, as its default one is.
    with: &'static str,
}

const ROOMY: &str = " WITH (fillfactor = 80)";

const VERIFICATIONS: Table = Table { name: "verifications", id: "id", prefix: "vrf_", with: ROOMY };
const MESSAGES: Table = Table { name: "messages", id: "id", prefix: "msg_", with: ROOMY };
const ATTEMPTS: Table = Table { name: "attempts", id: "message_id", prefix: "msg_", with: ROOMY };
const RECEIPTS: Table = Table { name: "guard_receipts", id: "message_id", prefix: "msg_", with: "" };
const DECISIONS: Table = Table { name: "guard_decisions", id: "id", prefix: "dec_", with: "" };
const TABLES: [&Table; 5] = [&VERIFICATIONS, &MESSAGES, &ATTEMPTS, &RECEIPTS, &DECISIONS];

/// Days ahead for which there are partitions: so long may every node be down, or in others' way, before anything goes into
/// the default one.
const AHEAD: usize = 7;

/// How long anybody may wait for what locks a table: all that wants the table meanwhile waits too.
const PATIENCE: &str = "SET LOCAL lock_timeout = '500ms'";

impl Table {
    fn partition(&self, day: Day) -> String {
        format!("{}_y{}", self.name, day.written())
    }

    /// The first id of a day.
    fn first_of(&self, day: Day) -> String {
        format!("{}{:012x}", self.prefix, day.begins())
    }

    fn created(&self, day: Day) -> String {
        let (partition, from, to) = (self.partition(day), self.first_of(day), self.first_of(day.next()));
        let Self { name, with, .. } = self;
        format!(
            "CREATE TABLE IF NOT EXISTS {partition} PARTITION OF {name} FOR VALUES FROM ('{from}') TO ('{to}'){with}"
        )
    }
}

/// Which partitions there are.
struct Found {
    /// The day that the database is in.
    today: Day,
    partitions: BTreeSet<String>,
}

async fn look(store: &Postgres) -> Stored<Found> {
    let sql = "SELECT (extract(epoch FROM now()) * 1000)::bigint, c.relname::text
               FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
               WHERE i.inhparent IN ('verifications'::regclass, 'messages'::regclass, 'attempts'::regclass,
                 'guard_receipts'::regclass, 'guard_decisions'::regclass)";
    let lines = store.lines(sql, given![]).await?;
    let today = Day::of(lines.first().map_or(Ok(0), |line| line.get(0))?);
    let partitions = lines.iter().map(|line| line.get(1)).collect::<Stored<_>>()?;
    Ok(Found { today, partitions })
}

/// Make those of yesterday, of today, and of the days ahead.
pub(super) async fn prepare(store: &Postgres) -> Stored<()> {
    let found = look(store).await?;
    let days = || std::iter::successors(Some(found.today.before()), |day| Some(day.next())).take(2 + AHEAD);
    for table in TABLES {
        let missing = days().filter(|day| !found.partitions.contains(&table.partition(*day))).collect::<Vec<_>>();
        let possible = without_rows(store, table, missing).await?;
        if possible.is_empty() {
            continue;
        }
        match create(store, table, &possible).await {
            Ok(()) => {}
            Err(error) if is_for_later(&error) => {
                tracing::debug!(table = table.name, %error, "partitions could not be made; trying again later");
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// A day of which the default partition has rows can't get one of its own: it stays where it is.
async fn without_rows(store: &Postgres, table: &Table, days: Vec<Day>) -> Stored<Vec<Day>> {
    if days.is_empty() {
        return Ok(days);
    }
    let (name, id) = (table.name, table.id);
    let sql = format!(
        "SELECT EXISTS (SELECT 1 FROM {name}_default d WHERE d.{id} >= n.low AND d.{id} < n.high)
         FROM unnest($1::text[], $2::text[]) WITH ORDINALITY AS n (low, high, nth) ORDER BY n.nth"
    );
    let low: Vec<String> = days.iter().map(|day| table.first_of(*day)).collect();
    let high: Vec<String> = days.iter().map(|day| table.first_of(day.next())).collect();
    let mut free = Vec::new();
    for (day, line) in days.into_iter().zip(store.lines(sql, given![low, high]).await?) {
        if !line.get::<bool>(0)? {
            free.push(day);
        }
    }
    Ok(free)
}

/// One transaction. Nodes that do so at once do it one after the other, and whoever comes later finds it done.
async fn create(store: &Postgres, table: &Table, days: &[Day]) -> Stored<()> {
    let work = store.begin().await?;
    let mut first = Flight::new();
    locking::take(&mut first, &[Lock::Service("partitions")]);
    first.ask(PATIENCE, given![]);
    work.send(first).await?;
    let made: Vec<String> = days.iter().map(|day| table.created(*day)).collect();
    work.batch(&made.join("; ")).await?;
    work.commit(Flight::new()).await.map(|_| ())
}

/// Somebody was in the way, or wrote a row of such a day meanwhile (`check_violation`).
fn is_for_later(error: &StoreError) -> bool {
    let is_taken = matches!(error, StoreError::Database(words) if words.ends_with("(23514)"));
    is_taken || matches!(error, StoreError::Overloaded) || trouble::is_in_the_way(error)
}
