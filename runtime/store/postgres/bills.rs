//! STUB
use std::collections::BTreeMap;
use std::time::Duration;
use serde_json::Value;
use super::*;
use crate::actor::Actor;
use crate::clock::Timestamp;
use crate::store::rows::*;

pub(super) async fn prices(_: &Postgres, _environment: &str) -> Stored<Vec<PricesRow>> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn price_list(_: &Postgres, _environment: &str, _connector: &str) -> Stored<Option<Setting>> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn put_prices(_: &Postgres, _environment: &str, _connector: &str, _currency: &str, _document: Value) -> Stored<u64> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn delete_prices(_: &Postgres, _environment: &str, _connector: &str) -> Stored<bool> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn bills(_: &Postgres, _query: BillQuery) -> Stored<Vec<BillRow>> {
    Err(StoreError::Closed) // STUB
}
