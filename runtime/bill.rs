//! Bills: what connectors sent, what that took of this machine, and what it cost.
//!
//! Promise: counted as things happen, in the transaction that notes them, so that a bill outlives the log and no erased number
//! takes money off it. What a provider told beats what a price list says; what neither tells is told as unpriced, not guessed.

mod span;
mod table;
mod view;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use utoipa::IntoParams;

use crate::clock::Clock;
use crate::store::{BillQuery, BillRow, BillSums, Store, StoreError};

pub use span::{BillSpan, SpanFault};
pub use table::table_of;
pub use view::{Bill, Charges, ConnectorBill, Cost, CountryBill, EnvironmentBill};

/// Why there is no bill.
#[derive(Debug, thiserror::Error)]
pub enum BillError {
    /// There is no such environment.
    #[error("there is no environment `{0}`")]
    UnknownEnvironment(String),
    /// There is no such connector, and none was there within the span.
    #[error("there is no connector `{0}` in this environment")]
    UnknownConnector(String),
    /// The days can't be taken.
    #[error(transparent)]
    Span(#[from] SpanFault),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Of which days, as a caller asks.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields, default)]
pub struct BillParams {
    /// Its first day in UTC, such as `2026-11-01`; the first of the month of `until` unless given.
    #[param(value_type = Option<String>, format = Date)]
    pub since: Option<String>,
    /// Its last day, itself included; today unless given. At most 366 days.
    #[param(value_type = Option<String>, format = Date)]
    pub until: Option<String>,
}

/// The use cases.
#[derive(Clone)]
pub struct Bills {
    store: Arc<dyn Store>,
    clock: Clock,
}

impl Bills {
    /// Over this store.
    pub fn new(store: Arc<dyn Store>, clock: Clock) -> Self {
        Self { store, clock }
    }

    /// The bills of every connector of an environment, by name.
    pub async fn environment(&self, environment: &str, asked: BillParams) -> Result<EnvironmentBill, BillError> {
        let span = self.span(environment, &asked).await?;
        let connectors = by_connector(self.rows(environment, None, span).await?);
        let mut all = BillSums::default();
        connectors.values().flatten().for_each(|row| all.add(&row.sums));
        let connectors = connectors.into_iter().map(|(name, rows)| ConnectorBill::of(name, rows)).collect();
        Ok(EnvironmentBill { span, totals: Charges::of(&all), connectors })
    }

    /// The bill of one connector.
    pub async fn connector(&self, environment: &str, name: &str, asked: BillParams) -> Result<Bill, BillError> {
        let span = self.span(environment, &asked).await?;
        let rows = self.rows(environment, Some(name.to_owned()), span).await?;
        if rows.is_empty() && self.store.connector(environment, name).await?.is_none() {
            return Err(BillError::UnknownConnector(name.to_owned()));
        }
        Ok(Bill { span, of: ConnectorBill::of(name.to_owned(), rows) })
    }

    async fn span(&self, environment: &str, asked: &BillParams) -> Result<BillSpan, BillError> {
        let unknown = || BillError::UnknownEnvironment(environment.to_owned());
        self.store.environment(environment).await?.ok_or_else(unknown)?;
        Ok(BillSpan::of(asked.since.as_deref(), asked.until.as_deref(), self.clock.now())?)
    }

    async fn rows(
        &self,
        environment: &str,
        connector: Option<String>,
        span: BillSpan,
    ) -> Result<Vec<BillRow>, StoreError> {
        let query = BillQuery {
            environment: environment.to_owned(),
            connector,
            since: span.since.number(),
            until: span.until.number(),
        };
        self.store.bills(query).await
    }
}

fn by_connector(rows: Vec<BillRow>) -> BTreeMap<String, Vec<BillRow>> {
    let mut all: BTreeMap<String, Vec<BillRow>> = BTreeMap::new();
    for row in rows {
        all.entry(row.connector.clone()).or_default().push(row);
    }
    all
}
