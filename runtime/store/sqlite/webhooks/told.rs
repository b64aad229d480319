//! What webhooks were told of a number.

use rusqlite::{Connection, Row, params};

use super::super::{at, json, unword};
use crate::store::{KeptEvent, ToldTo};

const OF_NUMBER: &str = "SELECT id, at, body FROM webhook_events WHERE environment = ?1 AND number_index = ?2
    ORDER BY id DESC LIMIT ?3";

const TOLD_TO: &str = "SELECT w.url, d.status FROM webhook_deliveries d JOIN webhooks w ON w.id = d.webhook
    WHERE d.event = ?1 ORDER BY d.id";

/// The newest first, each with who was told.
pub(in crate::store::sqlite) fn events_of_number(
    c: &Connection,
    environment: &str,
    number: &[u8; 32],
    most: u32,
) -> rusqlite::Result<Vec<KeptEvent>> {
    let event = |row: &Row<'_>| {
        Ok(KeptEvent { id: row.get(0)?, at: at(row.get(1)?), body: json(row.get(2)?)?, told_to: Vec::new() })
    };
    let mut newest = c.prepare_cached(OF_NUMBER)?;
    let events = newest.query_map(params![environment, number, most], event)?;
    let mut events = events.collect::<rusqlite::Result<Vec<_>>>()?;
    let mut told_to = c.prepare_cached(TOLD_TO)?;
    for event in &mut events {
        let told = |row: &Row<'_>| Ok(ToldTo { url: row.get(0)?, status: unword(row.get(1)?)? });
        event.told_to = told_to.query_map([&event.id], told)?.collect::<rusqlite::Result<_>>()?;
    }
    Ok(events)
}

#[cfg(test)]
mod tests {
    use rusqlite::types::Value as Column;

    use super::super::super::log::plans::{assert_indexed, filled};
    use super::*;

    #[tokio::test]
    async fn what_was_told_of_a_number_is_found_by_an_index() {
        let (_dir, store) = filled(0).await;
        let given = vec![Column::Text("production".into()), Column::Blob(vec![0; 32]), Column::Integer(9)];
        assert_indexed(&store, OF_NUMBER.to_owned(), given).await;
        assert_indexed(&store, TOLD_TO.to_owned(), vec![Column::Text("evt".into())]).await;
    }
}
