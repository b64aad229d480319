//! Deleting an environment: first itself with its set-up, so that nothing works any more, then what its messages left.
//!
//! That can be far more than one statement has time for, so it goes in pieces, each a transaction of its own. A note in
//! `meta` says that pieces are left: whoever deletes the next environment, or makes one of the same name, goes on with
//! them. What none of it finds goes by its age.

use super::super::erasure::ask_delete;
use super::super::locking::{self, Lock};
use super::super::{Flight, Line, Postgres, given};
use super::under;
use crate::store::Stored;

/// How the name of the note begins; the environment's follows.
pub(in crate::store::postgres) const NOTE: &str = "removed-environment:";

/// How many rows a piece has.
const PIECE: usize = 1000;

/// What stands in the way of deleting it.
const USED: &str = "SELECT name FROM connectors WHERE environment = $1 AND NOT deleted ORDER BY name";

pub(in crate::store::postgres) async fn delete_environment(
    store: &Postgres,
    name: &str,
    force: bool,
) -> Stored<Vec<String>> {
    let used = names(&store.lines(USED, given![name]).await?)?;
    if !used.is_empty() && !force {
        return Ok(used);
    }
    forget_deliveries(store, name).await?;
    let work = store.begin().await?;
    let mut first = Flight::new();
    locking::take(&mut first, &[Lock::Setup(name)]);
    let used = first.ask(USED, given![name]);
    let used = names(work.send(first).await?.lines(used))?;
    if !used.is_empty() && !force {
        return Ok(used);
    }
    let mut last = Flight::new();
    let delete = "WITH gone AS (DELETE FROM environments WHERE name = $1 RETURNING name)
                  INSERT INTO meta (name, value) SELECT $2::text || name, ''::bytea FROM gone ON CONFLICT DO NOTHING";
    last.ask(delete, given![name, NOTE]);
    last.ask("DELETE FROM api_keys WHERE environment = $1", given![name]);
    work.commit(last).await?;
    if let Err(error) = finish_all(store).await {
        // It is deleted; what is left is noted.
        tracing::warn!(%error, "what a deleted environment left is not all deleted yet");
    }
    Ok(Vec::new())
}

fn names(lines: &[Line]) -> Stored<Vec<String>> {
    lines.iter().map(|line| line.get(0)).collect()
}

/// What its webhooks were told goes before: it would go with them, all of it in one statement. What they are still to be
/// told is never much, and stays until the environment goes.
async fn forget_deliveries(store: &Postgres, name: &str) -> Stored<()> {
    let sql = format!(
        "DELETE FROM webhook_deliveries WHERE id = ANY(ARRAY(
           SELECT d.id FROM webhooks w JOIN webhook_deliveries d ON d.webhook = w.id
           WHERE w.environment = $1 AND d.status <> 'pending' LIMIT {PIECE}))"
    );
    while store.write(sql.clone(), given![name]).await? > 0 {}
    Ok(())
}

/// Delete what is left of all environments that were deleted.
async fn finish_all(store: &Postgres) -> Stored<()> {
    let left = "SELECT substr(name, length($1::text) + 1) FROM meta WHERE starts_with(name, $1) ORDER BY name";
    for name in names(&store.lines(left, given![NOTE]).await?)? {
        finish(store, &name).await?;
    }
    Ok(())
}

/// Delete what is left of an environment that was deleted.
pub(super) async fn finish(store: &Postgres, name: &str) -> Stored<()> {
    while messages(store, name).await? > 0 {}
    for (table, key, of) in TABLES {
        let sql = format!(
            "DELETE FROM {table} WHERE {key} = ANY(ARRAY(SELECT {key} FROM {table}
               WHERE environment = $1{of} AND NOT EXISTS (SELECT 1 FROM environments WHERE name = $1) LIMIT {PIECE}))"
        );
        while piece(store, name, &sql).await? > 0 {}
    }
    let done = "DELETE FROM meta WHERE name = $1";
    under(store, Lock::Setup(name), done, given![format!("{NOTE}{name}")]).await.map(|_| ())
}

/// By which rows of a table are found and named. Reports and events that are left out are of messages, or of no number:
/// those go with the messages, these by their age, as they are shown to nobody.
const TABLES: [(&str, &str, &str); 10] = [
    ("number_failures", "ctid", ""),
    ("country_counts", "ctid", ""),
    ("guard_counts", "ctid", ""),
    ("guard_decisions", "id", ""),
    ("guard_traffic", "ctid", ""),
    ("webhook_events", "id", " AND number_index IS NOT NULL"),
    ("reports", "ctid", " AND message_id IS NULL"),
    ("erased_sends", "ctid", ""),
    ("bills", "ctid", ""),
    ("bill_costs", "ctid", ""),
];

/// Nobody makes an environment of that name meanwhile, and none of its messages is being judged.
fn locks(name: &str) -> [Lock<'_>; 2] {
    [Lock::Setup(name), Lock::Sends(name)]
}

async fn piece(store: &Postgres, name: &str, sql: &str) -> Stored<u64> {
    let mut flight = Flight::new();
    locking::take(&mut flight, &locks(name));
    let seat = flight.ask(sql, given![name]);
    Ok(store.begin().await?.commit(flight).await?.written(seat))
}

/// A piece of its messages, with all that belongs to them.
async fn messages(store: &Postgres, name: &str) -> Stored<u64> {
    let work = store.begin().await?;
    let mut first = Flight::new();
    locking::take(&mut first, &locks(name));
    let find = format!(
        "SELECT id, verification_id FROM messages WHERE id IN (SELECT id FROM messages WHERE environment = $1
           AND NOT EXISTS (SELECT 1 FROM environments WHERE name = $1) ORDER BY created_at LIMIT {PIECE})
         ORDER BY id FOR UPDATE"
    );
    let found = first.ask(find, given![name]);
    let answers = work.send(first).await?;
    let mut last = Flight::new();
    let gone = ask_delete(&mut last, answers.lines(found))?;
    Ok(work.commit(last).await?.written(gone.messages))
}
