//! A webhook that takes nothing: what it is still to be told, and what it was given up to be told, is kept up to a
//! number.

use super::super::Postgres;
use super::super::flight::Flight;
use super::super::given::given;
use super::super::line::Line;
use super::super::locking::{self, Lock};
use crate::clock::Timestamp;
use crate::store::{Dropped, Stored};

/// Rows that go at once.
const BATCH: u64 = 200;

const UNDELIVERED: &str = "SELECT w.environment, w.id, d.undelivered FROM webhooks w CROSS JOIN LATERAL (
      SELECT count(*) AS undelivered FROM webhook_deliveries d
      WHERE d.webhook = w.id AND d.status IN ('pending', 'failed')) d
    WHERE d.undelivered > $1 ORDER BY w.created_at, w.id";

/// The oldest of those that are given up go first: what was given up began before what is still tried. An event goes
/// with the last of its deliveries; it is held before they are, as whoever takes back an event does. What somebody else
/// is about to change is left for the next time.
const DROP: &str = "WITH oldest AS MATERIALIZED (
      SELECT d.id, d.event FROM webhook_deliveries d WHERE d.webhook = $1 AND d.status IN ('failed', 'pending')
      ORDER BY d.status, d.id LIMIT $2),
    held AS MATERIALIZED (
      SELECT e.id FROM webhook_events e WHERE e.id IN (SELECT o.event FROM oldest o) ORDER BY e.id
      FOR UPDATE SKIP LOCKED),
    gone AS (
      DELETE FROM webhook_deliveries d USING oldest o, held h WHERE d.id = o.id AND o.event = h.id
      RETURNING d.id, d.event),
    orphaned AS (
      DELETE FROM webhook_events e USING held h WHERE e.id = h.id AND NOT EXISTS (
        SELECT 1 FROM webhook_deliveries d WHERE d.event = e.id AND d.id NOT IN (SELECT o.id FROM oldest o)))
    UPDATE webhooks w SET dropped = w.dropped + (SELECT count(*) FROM gone), dropped_at = $3
    WHERE w.id = $1 AND EXISTS (SELECT 1 FROM gone) RETURNING (SELECT count(*) FROM gone)";

/// One node at a time: two that count the same would drop it twice.
pub(in crate::store::postgres) async fn drop_backlog(
    store: &Postgres,
    of_webhook_max: u32,
    now: Timestamp,
) -> Stored<Vec<Dropped>> {
    let most = u64::from(of_webhook_max);
    let row = |line: &Line| {
        let undelivered: u64 = line.get(2)?;
        Ok(Dropped { environment: line.get(0)?, webhook: line.get(1)?, events: undelivered.saturating_sub(most) })
    };
    let lines = store.lines(UNDELIVERED, given![most]).await?;
    let mut all = lines.iter().map(row).collect::<Stored<Vec<Dropped>>>()?;
    for dropped in &mut all {
        let mut gone = 0;
        // Each batch is a transaction of its own, and others come between.
        while gone < dropped.events {
            let some = drop_some(store, &dropped.webhook, most, now).await?;
            gone += some;
            if some == 0 {
                break;
            }
        }
        dropped.events = gone;
    }
    all.retain(|dropped| dropped.events > 0);
    Ok(all)
}

/// Counted anew under the lock: another node may have dropped some meanwhile.
async fn drop_some(store: &Postgres, webhook: &str, most: u64, now: Timestamp) -> Stored<u64> {
    let work = store.begin().await?;
    let mut flight = Flight::new();
    locking::take(&mut flight, &[Lock::Service("webhook backlog")]);
    flight.ask("SELECT 1 FROM webhooks WHERE id = $1 FOR KEY SHARE", given![webhook]);
    let sql = "SELECT count(*) FROM webhook_deliveries WHERE webhook = $1 AND status IN ('pending', 'failed')";
    let undelivered = flight.ask(sql, given![webhook]);
    let answers = work.send(flight).await?;
    let undelivered: u64 = answers.line(undelivered).map_or(Ok(0), |line| line.get(0))?;
    let some = undelivered.saturating_sub(most).min(BATCH);
    if some == 0 {
        return Ok(0);
    }
    let mut flight = Flight::new();
    let gone = flight.ask(DROP, given![webhook, some, now]);
    work.commit(flight).await?.line(gone).map_or(Ok(0), |line| line.get(0))
}
