//! What became of messages, counted where they lie: nothing is kept twice that could differ.

use rusqlite::{Connection, Row, params};

use super::{Sqlite, ms, statistics};
use crate::store::{Conversion, ConversionQuery, Dimension, JudgedBy, Stored};

/// Calls of connectors, each with the rank that says which of a message's calls its code most likely came from.
const ASKED: &str = "WITH asked AS (
    SELECT a.connector, a.revision, m.country, nullif(m.area, '') AS area, a.network,
           a.status IN ('accepted', 'delivered', 'undelivered') AS taken, a.status, m.used, m.expires_at,
           row_number() OVER (PARTITION BY a.message_id ORDER BY CASE a.status WHEN 'delivered' THEN 0
             WHEN 'accepted' THEN 1 WHEN 'unknown' THEN 2 WHEN 'sending' THEN 3 WHEN 'undelivered' THEN 4 ELSE 5 END,
             a.number DESC) = 1 AND coalesce(m.used, 0) AS used_here,
           -- Silence means something only of a source that speaks.
           m.used IS NULL AND m.verification_id IS NULL AND NOT EXISTS (SELECT 1 FROM messages t
             WHERE t.environment = m.environment AND t.source = m.source AND t.used IS NOT NULL
             AND t.verification_id IS NULL) AS untold
    FROM messages m JOIN attempts a ON a.message_id = m.id
    WHERE m.environment = ?1 AND m.created_at >= ?2 AND m.created_at < ?3)";

const COUNTS: &str = "count(*), sum(taken), sum(status = 'delivered'), sum(status = 'undelivered'),
    sum(status = 'refused'), sum(status = 'unknown'), sum(used_here),
    sum(taken AND used IS NULL AND NOT untold AND expires_at > ?4),
    sum((taken OR used_here) AND NOT untold AND NOT (used IS NULL AND expires_at > ?4)), sum(taken AND untold)";

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
        let (used, living, ended, untold): (u64, u64, u64, u64) =
            (row.get(11)?, row.get(12)?, row.get(13)?, row.get(14)?);
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
            living,
            untold,
            judged_by: JudgedBy::of(living + ended, untold, false),
            ratio: (ended > 0).then(|| used as f64 / ended as f64),
        })
    };
    let (environment, span) = (q.environment.clone(), (q.from, q.to));
    let read = move |c: &Connection| {
        let given = params![q.environment, ms(q.from), ms(q.to), ms(q.now), q.limit];
        c.prepare_cached(&sql)?.query_map(given, row)?.collect()
    };
    statistics::counted(store, &environment, span, read).await
}
