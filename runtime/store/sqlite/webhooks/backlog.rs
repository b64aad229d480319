//! A webhook that takes nothing: what it is still to be told, and what it was given up to be told, is kept up to a number.

use rusqlite::{Connection, Row, params};

use super::super::{Sqlite, ms};
use crate::clock::Timestamp;
use crate::store::{Dropped, Stored};

/// Rows that go at once.
const BATCH: u64 = 200;

const UNDELIVERED: &str = "SELECT w.environment, w.id, (SELECT count(*) FROM webhook_deliveries d
      WHERE d.webhook = w.id AND d.status IN ('pending', 'failed')) AS undelivered FROM webhooks w
    WHERE undelivered > ?1";

/// The oldest: what was given up began before what is still tried.
const OLDEST: &str = "SELECT id, event FROM webhook_deliveries WHERE webhook = ?1 AND status = ?2 ORDER BY id LIMIT ?3";

pub(in crate::store::sqlite) async fn drop_backlog(
    store: &Sqlite,
    of_webhook_max: u32,
    now: Timestamp,
) -> Stored<Vec<Dropped>> {
    let most = u64::from(of_webhook_max);
    let row = move |row: &Row<'_>| {
        let undelivered: u64 = row.get(2)?;
        Ok(Dropped { environment: row.get(0)?, webhook: row.get(1)?, events: undelivered.saturating_sub(most) })
    };
    let too_many = move |c: &Connection| c.prepare_cached(UNDELIVERED)?.query_map([most], row)?.collect();
    let mut all: Vec<Dropped> = store.read(too_many).await?;
    for dropped in &mut all {
        let mut left = dropped.events;
        while left > 0 {
            // Each batch is a write of its own, and others come between.
            let (webhook, some) = (dropped.webhook.clone(), left.min(BATCH));
            let gone = store.write(move |c| drop_some(c, &webhook, some, now)).await?;
            left -= gone.min(left);
            if gone == 0 {
                break;
            }
        }
        dropped.events -= left;
    }
    all.retain(|dropped| dropped.events > 0);
    Ok(all)
}

fn drop_some(c: &Connection, webhook: &str, most: u64, now: Timestamp) -> rusqlite::Result<u64> {
    let mut gone = 0;
    for status in ["failed", "pending"] {
        let row = |row: &Row<'_>| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?));
        let mut oldest = c.prepare_cached(OLDEST)?;
        let oldest = oldest.query_map(params![webhook, status, most - gone], row)?;
        for (delivery, event) in oldest.collect::<rusqlite::Result<Vec<_>>>()? {
            c.prepare_cached("DELETE FROM webhook_deliveries WHERE id = ?1")?.execute([delivery])?;
            let sql = "DELETE FROM webhook_events WHERE id = ?1
                       AND NOT EXISTS (SELECT 1 FROM webhook_deliveries WHERE event = ?1)";
            c.prepare_cached(sql)?.execute([event])?;
            gone += 1;
        }
    }
    let sql = "UPDATE webhooks SET dropped = dropped + ?2, dropped_at = ?3 WHERE id = ?1";
    c.prepare_cached(sql)?.execute(params![webhook, gone, ms(now)])?;
    Ok(gone)
}

#[cfg(test)]
mod tests {
    use rusqlite::types::Value as Column;

    use super::super::super::log::plans::{filled, plan};
    use super::*;

    #[tokio::test]
    async fn what_waits_is_counted_by_an_index() {
        let (_dir, store) = filled(0).await;
        let steps = plan(&store, UNDELIVERED.to_owned(), vec![Column::Integer(9)]).await;
        assert!(steps.iter().all(|step| !step.contains("SCAN d")), "{steps:?}");
        assert!(steps.iter().any(|step| step.contains("COVERING INDEX webhook_deliveries_by_status")), "{steps:?}");
    }
}
