//! Secrets of connectors: reading versions of them, and erasing.

use std::collections::BTreeMap;

use super::super::locking::{self, Lock};
use super::super::{Flight, Line, Postgres, given};
use crate::store::{ErasedSecret, SecretRow, Stored};

pub(in crate::store::postgres) async fn secrets(
    store: &Postgres,
    environment: &str,
    name: &str,
    versions: &BTreeMap<String, u32>,
) -> Stored<Vec<SecretRow>> {
    let fields: Vec<String> = versions.keys().cloned().collect();
    let versions: Vec<i64> = versions.values().copied().map(i64::from).collect();
    let sql = "SELECT field, version, sealed, bindings FROM secrets WHERE environment = $1 AND connector = $2
                 AND (field, version) IN (SELECT * FROM unnest($3::text[], $4::bigint[])) ORDER BY field";
    let secret = |line: &Line| {
        Ok(SecretRow { field: line.get(0)?, version: line.get(1)?, sealed: line.get(2)?, bindings: line.json(3)? })
    };
    store.lines(sql, given![environment, name, fields, versions]).await?.iter().map(secret).collect()
}

/// What the revision that serves was saved with, and what one on trial beside it was.
const USED: &str = "SELECT secret_versions FROM revisions r
      JOIN connectors c ON c.environment = r.environment AND c.name = r.connector
      LEFT JOIN channels n ON n.environment = r.environment AND n.canary::json ->> 'connector' = r.connector
    WHERE c.environment = $1 AND c.name = $2
      AND (r.number = c.serving OR r.number = (n.canary::json ->> 'revision')::bigint)";

pub(in crate::store::postgres) async fn erase_secret(
    store: &Postgres,
    environment: &str,
    name: &str,
    field: &str,
    version: Option<u32>,
) -> Stored<Option<ErasedSecret>> {
    let work = store.begin().await?;
    let mut first = Flight::new();
    locking::take(&mut first, &[Lock::Setup(environment)]);
    let used = first.ask(USED, given![environment, name]);
    let wanted = "SELECT version FROM secrets WHERE environment = $1 AND connector = $2 AND field = $3
                    AND ($4::bigint IS NULL OR version = $4) ORDER BY version";
    let wanted = first.ask(wanted, given![environment, name, field, version]);
    let answers = work.send(first).await?;
    let used = answers.lines(used).iter().map(|line| line.json::<BTreeMap<String, u32>>(0));
    let used = used.collect::<Stored<Vec<_>>>()?;
    let wanted = answers.lines(wanted).iter().map(|line| line.get(0)).collect::<Stored<Vec<u32>>>()?;
    if wanted.is_empty() {
        return Ok(None);
    }
    let mut came = ErasedSecret::default();
    for version in wanted {
        if used.iter().any(|used| used.get(field) == Some(&version)) {
            came.in_use = Some(version);
        } else {
            came.erased.push(version);
        }
    }
    let mut last = Flight::new();
    let erase =
        "DELETE FROM secrets WHERE environment = $1 AND connector = $2 AND field = $3 AND version = ANY($4::bigint[])";
    let erased: Vec<i64> = came.erased.iter().copied().map(i64::from).collect();
    last.ask(erase, given![environment, name, field, erased]);
    work.commit(last).await?;
    Ok(Some(came))
}
