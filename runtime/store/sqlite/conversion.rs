//! What became of messages, counted where they lie: nothing is kept twice that could differ.

use rusqlite::{Connection, Row, params};

use super::{Sqlite, ms};
use crate::store::{Conversion, ConversionQuery, Dimension, Stored};

/// Calls of connectors, each with the rank that says which of a message's calls its code most likely came from.
const ASKED: &str = "WITH asked AS (
    SELECT a.connector, a.revision, m.country, nullif(m.area, '') AS area, a.network,
           a.status IN ('accepted', 'delivered', 'undelivered') AS taken, a.status, m.used, m.expires_at,
           row_number() OVER (PARTITION BY a.message_id ORDER BY CASE a.status WHEN 'delivered' THEN 0
             WHEN 'accepted' THEN 1 WHEN 'unknown' THEN 2 WHEN 'sending' THEN 3 WHEN 'undelivered' THEN 4 ELSE 5 END,
             a.number DESC) = 1 AND coalesce(m.used, 0) AS used_here
    FROM messages m JOIN attempts a ON a.message_id = m.id
    WHERE m.environment = ?1 AND m.created_at >= ?2 AND m.created_at < ?3)";

const COUNTS: &str = "count(*), sum(taken), sum(status = 'delivered'), sum(status = 'undelivered'),
    sum(status = 'refused'), sum(status = 'unknown'), sum(used_here),
    sum(taken AND used IS NULL AND expires_at > ?4),
    sum((taken OR used_here) AND NOT (used IS NULL AND expires_at > ?4))";

pub(super) async fn conversion(store: &Sqlite, q: ConversionQuery) -> Stored<Vec<Conversion>> {
    let column = |dimension, name: &'static str| if q.by.contains(&dimension) { name } else { "NULL" };
    let columns = [
        column(Dimension::Connector, "connector"),
        column(Dimension::Revision, "revision"),
        column(Dimension::Country, "country"),
        column(Dimension::Area, "area"),
        column(Dimension::Network, "network"),
    ]
    .join(", ");
    let sql = format!(
        "{ASKED} SELECT {columns}, {COUNTS} FROM asked GROUP BY 1, 2, 3, 4, 5 ORDER BY 6 DESC, 1, 2, 3, 4, 5 LIMIT ?5"
    );
    let row = |row: &Row<'_>| {
        let (used, ended): (u64, u64) = (row.get(11)?, row.get(13)?);
        Ok(Conversion {
            connector: row.get(0)?,
            revision: row.get(1)?,
            country: row.get(2)?,
            area: row.get(3)?,
            network: row.get(4)?,
            messages: row.get(5)?,
            accepted: row.get(6)?,
            delivered: row.get(7)?,
            undelivered: row.get(8)?,
            refused: row.get(9)?,
            unknown: row.get(10)?,
            used,
            living: row.get(12)?,
            ratio: (ended > 0).then(|| used as f64 / ended as f64),
        })
    };
    let read = move |c: &Connection| {
        let given = params![q.environment, ms(q.from), ms(q.to), ms(q.now), q.limit];
        c.prepare_cached(&sql)?.query_map(given, row)?.collect()
    };
    store.read(read).await
}
