//! Price lists, and bills. Triggers write the bills (`migrations/020_prices.sql`): whatever changes an attempt changes the
//! bill of its day in the same transaction.

use std::collections::BTreeMap;

use rusqlite::{Connection, OptionalExtension as _, Row, params};
use serde_json::Value;

use super::{Sqlite, json, text};
use crate::store::{BillQuery, BillRow, BillSums, CostSums, PricesRow, Setting, Stored, Usage};

pub(super) async fn prices(store: &Sqlite, environment: &str) -> Stored<Vec<PricesRow>> {
    let environment = environment.to_owned();
    let sql = "SELECT connector, currency, version FROM prices WHERE environment = ?1 ORDER BY connector";
    let row = |row: &Row<'_>| Ok(PricesRow { connector: row.get(0)?, currency: row.get(1)?, version: row.get(2)? });
    store.read(move |c| c.prepare_cached(sql)?.query_map([environment], row)?.collect()).await
}

pub(super) async fn price_list(store: &Sqlite, environment: &str, connector: &str) -> Stored<Option<Setting>> {
    let place = [environment, connector].map(str::to_owned);
    let sql = "SELECT document, version FROM prices WHERE environment = ?1 AND connector = ?2";
    let row = |row: &Row<'_>| Ok(Setting { document: json(row.get(0)?)?, version: row.get(1)? });
    store.read(move |c| c.prepare_cached(sql)?.query_row(place, row).optional()).await
}

pub(super) async fn put_prices(
    store: &Sqlite,
    environment: &str,
    connector: &str,
    currency: &str,
    document: Value,
) -> Stored<u64> {
    let place = [environment, connector, currency].map(str::to_owned);
    let put = move |c: &Connection| {
        let [environment, connector, currency] = &place;
        let sql = "INSERT INTO prices (environment, connector, currency, document, version) VALUES (?1, ?2, ?3, ?4, 1)
                   ON CONFLICT (environment, connector) DO UPDATE SET currency = excluded.currency,
                     document = excluded.document, version = version + 1 RETURNING version";
        let row = params![environment, connector, currency, text(&document)];
        c.prepare_cached(sql)?.query_row(row, |row| row.get(0))
    };
    store.write(put).await
}

pub(super) async fn delete_prices(store: &Sqlite, environment: &str, connector: &str) -> Stored<bool> {
    let place = [environment, connector].map(str::to_owned);
    store.write(move |c| forget(c, &place[0], &place[1])).await
}

/// A connector has no prices any more; false if it had none.
pub(super) fn forget(c: &Connection, environment: &str, connector: &str) -> rusqlite::Result<bool> {
    let sql = "DELETE FROM prices WHERE environment = ?1 AND connector = ?2";
    Ok(c.prepare_cached(sql)?.execute([environment, connector])? == 1)
}

const SPAN: &str = "WHERE environment = ?1 AND (?2 IS NULL OR connector = ?2) AND day BETWEEN ?3 AND ?4";

/// Added up here, not by SQLite: sums of its own would fail rather than stop at the largest number there is.
pub(super) async fn bills(store: &Sqlite, query: BillQuery) -> Stored<Vec<BillRow>> {
    store.counting.run(move |c| add_up(c, &query)).await
}

fn add_up(c: &Connection, query: &BillQuery) -> rusqlite::Result<Vec<BillRow>> {
    let mut found: BTreeMap<(String, String), BillSums> = BTreeMap::new();
    let given = params![query.environment, query.connector, query.since, query.until];
    let sql = format!(
        "SELECT connector, country, accepted, delivered, undelivered, unknown, refused, segments, unpriced, verified, cpu_us,
         memory_bytes, bytes_out, bytes_in FROM bills {SPAN}"
    );
    let mut statement = c.prepare_cached(&sql)?;
    let mut rows = statement.query(given)?;
    while let Some(row) = rows.next()? {
        found.entry((row.get(0)?, row.get(1)?)).or_default().add(&sums(row)?);
    }
    let sql = format!("SELECT connector, country, currency, told_by, micros FROM bill_costs {SPAN} AND sends > 0");
    let mut statement = c.prepare_cached(&sql)?;
    let mut rows = statement.query(given)?;
    while let Some(row) = rows.next()? {
        let micros = count(row, 4)?;
        let cost = match row.get::<_, String>(3)?.as_str() {
            "provider" => CostSums { provider_micros: micros, ..CostSums::default() },
            _ => CostSums { list_micros: micros, ..CostSums::default() },
        };
        let sums = found.entry((row.get(0)?, row.get(1)?)).or_default();
        sums.costs.entry(row.get(2)?).or_default().add(cost);
    }
    let row = |((connector, country), sums): ((String, String), BillSums)| BillRow {
        connector,
        country: (!country.is_empty()).then_some(country),
        sums,
    };
    Ok(found.into_iter().map(row).collect())
}

fn sums(row: &Row<'_>) -> rusqlite::Result<BillSums> {
    Ok(BillSums {
        accepted: count(row, 2)?,
        delivered: count(row, 3)?,
        undelivered: count(row, 4)?,
        unknown: count(row, 5)?,
        refused: count(row, 6)?,
        segments: count(row, 7)?,
        unpriced: count(row, 8)?,
        verified: count(row, 9)?,
        usage: Usage {
            cpu_us: count(row, 10)?,
            memory_bytes: count(row, 11)?,
            bytes_out: count(row, 12)?,
            bytes_in: count(row, 13)?,
        },
        costs: BTreeMap::new(),
    })
}

fn count(row: &Row<'_>, column: usize) -> rusqlite::Result<u64> {
    Ok(u64::try_from(row.get::<_, i64>(column)?).unwrap_or(0))
}
