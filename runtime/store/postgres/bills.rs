//! Price lists, and bills. Triggers write the bills: whatever changes an attempt changes the bill of its day in the same
//! transaction.

use std::collections::BTreeMap;

use serde_json::Value;

use super::flight::Bounds;
use super::keys::under;
use super::locking::Lock;
use super::{Flight, Line, Postgres, given};
use crate::store::{BillQuery, BillRow, BillSums, CostSums, PricesRow, Setting, StoreError, Stored, Usage};

pub(super) async fn prices(store: &Postgres, environment: &str) -> Stored<Vec<PricesRow>> {
    let sql = "SELECT connector, currency, version FROM prices WHERE environment = $1 ORDER BY connector";
    let row = |line: &Line| Ok(PricesRow { connector: line.get(0)?, currency: line.get(1)?, version: line.get(2)? });
    store.lines(sql, given![environment]).await?.iter().map(row).collect()
}

pub(super) async fn price_list(store: &Postgres, environment: &str, connector: &str) -> Stored<Option<Setting>> {
    let sql = "SELECT document, version FROM prices WHERE environment = $1 AND connector = $2";
    let row = |line: Line| Ok(Setting { document: line.json(0)?, version: line.get(1)? });
    store.line(sql, given![environment, connector]).await?.map(row).transpose()
}

pub(super) async fn put_prices(
    store: &Postgres,
    environment: &str,
    connector: &str,
    currency: &str,
    document: Value,
) -> Stored<u64> {
    let sql = "INSERT INTO prices (environment, connector, currency, document, version) VALUES ($1, $2, $3, $4, 1)
               ON CONFLICT (environment, connector) DO UPDATE SET currency = excluded.currency,
                 document = excluded.document, version = prices.version + 1 RETURNING version";
    let given = given![environment, connector, currency, &document];
    let (answers, seat) = under(store, Lock::Setup(environment), sql, given).await?;
    let line = answers.line(seat).ok_or_else(|| StoreError::Database("prices were not written".into()))?;
    line.get(0)
}

const FORGET: &str = "DELETE FROM prices WHERE environment = $1 AND connector = $2";

pub(super) async fn delete_prices(store: &Postgres, environment: &str, connector: &str) -> Stored<bool> {
    let (answers, seat) = under(store, Lock::Setup(environment), FORGET, given![environment, connector]).await?;
    Ok(answers.written(seat) == 1)
}

/// A connector has no prices any more.
pub(super) fn forget(flight: &mut Flight, environment: &str, connector: &str) {
    flight.ask(FORGET, given![environment, connector]);
}

const SPAN: &str = "environment = $1 AND ($2::text IS NULL OR connector = $2) AND day BETWEEN $3 AND $4";

/// What adds up to more than a number can be stops there. Days that fell below nothing count as nothing.
fn sum(column: &str) -> String {
    format!("least(sum(greatest({column}, 0)), {})::bigint", i64::MAX)
}

pub(super) async fn bills(store: &Postgres, query: BillQuery) -> Stored<Vec<BillRow>> {
    let given = || given![&query.environment, &query.connector, query.since, query.until];
    let counted = ["accepted", "delivered", "undelivered", "unknown", "refused", "segments", "unpriced", "verified"];
    let taken = ["bytes_out", "bytes_in", "cpu_us"];
    let sums: Vec<String> = counted.into_iter().chain(taken).map(sum).collect();
    let mut flight = Flight::new();
    let sql = format!(
        "SELECT connector, country, {}, greatest(max(memory_bytes), 0) FROM bills WHERE {SPAN}
         GROUP BY connector, country",
        sums.join(", ")
    );
    let counted = flight.ask(sql, given());
    let sql = format!(
        "SELECT connector, country, currency, told_by = 'provider', {} FROM bill_costs WHERE {SPAN} AND sends > 0
         GROUP BY connector, country, currency, told_by = 'provider'",
        sum("micros")
    );
    let costs = flight.ask(sql, given());
    let answers = store.link().await?.send(flight, Bounds::default()).await?;
    let mut found: BTreeMap<(String, String), BillSums> = BTreeMap::new();
    for line in answers.lines(counted) {
        found.insert((line.get(0)?, line.get(1)?), sums_of(line)?);
    }
    for line in answers.lines(costs) {
        let micros = line.get(4)?;
        let cost = if line.get(3)? {
            CostSums { provider_micros: micros, ..CostSums::default() }
        } else {
            CostSums { list_micros: micros, ..CostSums::default() }
        };
        let sums = found.entry((line.get(0)?, line.get(1)?)).or_default();
        sums.costs.entry(line.get(2)?).or_default().add(cost);
    }
    let row = |((connector, country), sums): ((String, String), BillSums)| BillRow {
        connector,
        country: (!country.is_empty()).then_some(country),
        sums,
    };
    Ok(found.into_iter().map(row).collect())
}

fn sums_of(line: &Line) -> Stored<BillSums> {
    Ok(BillSums {
        accepted: line.get(2)?,
        delivered: line.get(3)?,
        undelivered: line.get(4)?,
        unknown: line.get(5)?,
        refused: line.get(6)?,
        segments: line.get(7)?,
        unpriced: line.get(8)?,
        verified: line.get(9)?,
        usage: Usage {
            bytes_out: line.get(10)?,
            bytes_in: line.get(11)?,
            cpu_us: line.get(12)?,
            memory_bytes: line.get(13)?,
        },
        costs: BTreeMap::new(),
    })
}
