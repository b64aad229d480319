//! What messages cost.

use async_trait::async_trait;
use serde_json::Value;

use super::{BillQuery, BillRow, PricesRow, Setting, Stored};

/// What messages cost.
#[async_trait]
pub trait PriceStore: Send + Sync {
    /// Price lists of an environment, without their rows, by connector.
    async fn prices(&self, environment: &str) -> Stored<Vec<PricesRow>>;
    /// A connector's price list.
    async fn price_list(&self, environment: &str, connector: &str) -> Stored<Option<Setting>>;
    /// Write one; answers its new version.
    async fn put_prices(&self, environment: &str, connector: &str, currency: &str, document: Value) -> Stored<u64>;
    /// Delete one; false if there is none.
    async fn delete_prices(&self, environment: &str, connector: &str) -> Stored<bool>;
    /// What connectors sent and what that cost, by connector and country.
    async fn bills(&self, query: BillQuery) -> Stored<Vec<BillRow>>;
}
