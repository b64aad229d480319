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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Timestamp;
    use crate::store::FigureStore as _;

    /// Area, whether its code was used, and its attempts: connector, status, network.
    type Sent = (&'static str, Option<bool>, &'static [(&'static str, &'static str, Option<&'static str>)]);

    async fn counted(sent: &'static [Sent], by: &[Dimension]) -> Vec<Conversion> {
        let folder = tempfile::tempdir().unwrap();
        let store = Sqlite::open(folder.path()).unwrap();
        let insert = move |c: &Connection| {
            for (n, (area, used, attempts)) in sent.iter().enumerate() {
                c.execute(
                    "INSERT INTO messages (id, environment, purpose, locale, to_masked, number_index, status, used,
                     created_at, expires_at, area) VALUES (?1, 'production', 'x', 'en', '', x'00', 'sending', ?2, 50, 60, ?3)",
                    params![format!("msg_{n}"), used, area],
                )?;
                for (number, (connector, status, network)) in attempts.iter().enumerate() {
                    c.execute(
                        "INSERT INTO attempts (message_id, number, connector, revision, reference, status, started_at,
                         network) VALUES (?1, ?2, ?3, 1, '', ?4, 50, ?5)",
                        params![format!("msg_{n}"), number + 1, connector, status, network],
                    )?;
                }
            }
            Ok(())
        };
        store.write(insert).await.unwrap();
        let at = Timestamp::from_millis;
        let query = ConversionQuery {
            environment: "production".into(),
            from: at(50),
            to: at(51),
            by: by.to_vec(),
            now: at(100),
            limit: 10,
        };
        store.conversion(query).await.unwrap()
    }

    #[tokio::test]
    async fn a_used_code_counts_for_the_connector_that_most_likely_delivered_it() {
        let found = counted(
            &[
                ("", Some(true), &[("a", "unknown", None), ("b", "accepted", None)]),
                ("", Some(true), &[("a", "delivered", None), ("b", "accepted", None)]),
                ("", Some(true), &[("a", "undelivered", None), ("b", "unknown", None)]),
                ("", None, &[("a", "refused", None), ("b", "accepted", None)]),
            ],
            &[Dimension::Connector],
        )
        .await;
        let used = found.iter().map(|group| (group.connector.as_deref().unwrap(), group.used, group.ratio));
        assert_eq!(used.collect::<Vec<_>>(), [("a", 1, Some(0.5)), ("b", 2, Some(0.5))]);
    }

    #[tokio::test]
    async fn silence_is_no_failure_of_a_source_that_never_tells() {
        let sent: &[Sent] = &[("", None, &[("a", "accepted", None)]), ("", None, &[("a", "delivered", None)])];
        let found = counted(sent, &[Dimension::Connector]).await.remove(0);
        assert_eq!((found.untold, found.judged_by, found.ratio), (2, JudgedBy::Reports, None));
        let told: &[Sent] = &[("", None, &[("a", "accepted", None)]), ("", Some(false), &[("a", "delivered", None)])];
        let found = counted(told, &[Dimension::Connector]).await.remove(0);
        assert_eq!((found.untold, found.judged_by, found.ratio), (0, JudgedBy::Conversion, Some(0.0)));
    }

    #[tokio::test]
    async fn groups_are_what_was_asked_for_and_the_largest_comes_first() {
        let sent: &[Sent] = &[
            ("+49151", Some(true), &[("a", "delivered", Some("Telekom"))]),
            ("+49151", None, &[("a", "undelivered", Some("Telekom"))]),
            ("+49176", None, &[("a", "accepted", None)]),
        ];
        let areas = counted(sent, &[Dimension::Area]).await;
        let shown = areas.iter().map(|group| (group.area.as_deref(), group.accepted, group.ratio));
        assert_eq!(shown.collect::<Vec<_>>(), [(Some("+49151"), 2, Some(0.5)), (Some("+49176"), 1, Some(0.0))]);
        let networks = counted(sent, &[Dimension::Network]).await;
        let shown = networks.iter().map(|group| (group.network.as_deref(), group.delivered, group.undelivered));
        assert_eq!(shown.collect::<Vec<_>>(), [(Some("Telekom"), 1, 1), (None, 0, 0)]);
    }
}
