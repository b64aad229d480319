//! What became of messages, counted where they lie: nothing is kept twice that could differ.

use super::*;
use crate::store::{Conversion, ConversionQuery, Dimension, JudgedBy};

/// Calls of connectors, each with the rank that says which of a message's calls its code most likely came from.
const ASKED: &str = "WITH asked AS (
    SELECT a.connector, a.revision, m.country, nullif(m.area, '') AS area, a.network,
           a.status IN ('accepted', 'delivered', 'undelivered') AS taken, a.status, m.used, m.expires_at,
           row_number() OVER (PARTITION BY a.message_id ORDER BY CASE a.status WHEN 'delivered' THEN 0
             WHEN 'accepted' THEN 1 WHEN 'unknown' THEN 2 WHEN 'sending' THEN 3 WHEN 'undelivered' THEN 4 ELSE 5 END,
             a.number DESC) = 1 AND coalesce(m.used, FALSE) AS used_here,
           -- Silence means something only of a source that speaks.
           m.used IS NULL AND m.verification_id IS NULL AND NOT EXISTS (SELECT 1 FROM told_sources t
             WHERE t.environment = m.environment AND t.source = m.source) AS untold
    FROM messages m JOIN attempts a ON a.message_id = m.id
    WHERE m.environment = $1 AND m.created_at >= $2 AND m.created_at < $3)";

const COUNTS: &str = "count(*), count(*) FILTER (WHERE taken), count(*) FILTER (WHERE status = 'delivered'),
    count(*) FILTER (WHERE status = 'undelivered'), count(*) FILTER (WHERE status = 'refused'),
    count(*) FILTER (WHERE status = 'unknown'), count(*) FILTER (WHERE used_here),
    count(*) FILTER (WHERE taken AND used IS NULL AND NOT untold AND expires_at > $4),
    count(*) FILTER (WHERE (taken OR used_here) AND NOT untold AND NOT (used IS NULL AND expires_at > $4)),
    count(*) FILTER (WHERE taken AND untold)";

pub(super) async fn conversion(store: &Postgres, q: ConversionQuery) -> Stored<Vec<Conversion>> {
    let column = |dimension, name, none| if q.by.contains(&dimension) { name } else { none };
    let columns = [
        column(Dimension::Connector, "connector", "NULL::text"),
        column(Dimension::Revision, "revision", "NULL::bigint"),
        column(Dimension::Country, "country", "NULL::text"),
        column(Dimension::Area, "area", "NULL::text"),
        column(Dimension::Network, "network", "NULL::text"),
    ]
    .join(", ");
    let sql = format!(
        "{ASKED} SELECT {columns}, {COUNTS} FROM asked GROUP BY 1, 2, 3, 4, 5
         ORDER BY 6 DESC, 1 NULLS FIRST, 2 NULLS FIRST, 3 NULLS FIRST, 4 NULLS FIRST, 5 NULLS FIRST LIMIT $5"
    );
    store.lines(sql, given![q.environment, q.from, q.to, q.now, q.limit]).await?.iter().map(row).collect()
}

fn row(line: &Line) -> Stored<Conversion> {
    let (used, living, ended, untold): (u64, u64, u64, u64) =
        (line.get(11)?, line.get(12)?, line.get(13)?, line.get(14)?);
    Ok(Conversion {
        connector: line.get(0)?,
        revision: line.get(1)?,
        country: line.get(2)?,
        area: line.get(3)?,
        network: line.get(4)?,
        messages: line.get(5)?,
        accepted: line.get(6)?,
        delivered: line.get(7)?,
        undelivered: line.get(8)?,
        refused: line.get(9)?,
        unknown: line.get(10)?,
        used,
        living,
        untold,
        judged_by: JudgedBy::of(living + ended, untold, false),
        ratio: (ended > 0).then(|| used as f64 / ended as f64),
    })
}
