//! Recorded traffic, read back: what the guard judged, in its order, and what became of it.

use super::*;
use crate::store::TrafficRow;

/// The lines of an environment that follow one.
pub(super) async fn traffic(store: &Postgres, environment: &str, after: i64, most: u32) -> Stored<Vec<TrafficRow>> {
    let sql = "SELECT line, at, country, area, block, number_index, client_index, cost_micros, told, purpose, source,
                 outcome, fired, allowed, used_at, used_after, unsent_after
               FROM guard_traffic WHERE environment = $1 AND line > $2 ORDER BY line LIMIT $3";
    store.lines(sql, given![environment, after, most]).await?.iter().map(recorded).collect()
}

fn recorded(line: &Line) -> Stored<TrafficRow> {
    Ok(TrafficRow {
        line: line.get(0)?,
        at: line.get(1)?,
        country: line.get(2)?,
        area: line.get(3)?,
        block: line.get(4)?,
        number_index: line.get(5)?,
        client_index: line.get(6)?,
        cost_micros: line.get(7)?,
        told: line.get(8)?,
        purpose: line.get(9)?,
        source: line.get(10)?,
        outcome: line.get(11)?,
        fired: line.json_if_any(12)?.unwrap_or_default(),
        allowed: line.get(13)?,
        used_at: line.get(14)?,
        used_after: line.get(15)?,
        unsent_after: line.get(16)?,
    })
}
