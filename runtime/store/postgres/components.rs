//! STUB
use std::collections::BTreeMap;
use std::time::Duration;
use serde_json::Value;
use super::*;
use crate::actor::Actor;
use crate::clock::Timestamp;
use crate::store::rows::*;

pub(super) async fn insert_component(_: &Postgres, _component: NewComponent, _wasm: Vec<u8>) -> Stored<Inserted> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn measured(_: &Postgres, _digest: &str, _exports: Vec<String>, _compile_ms: u64, _instantiate_us: u64) -> Stored<()> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn components(_: &Postgres) -> Stored<Vec<ComponentRow>> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn component(_: &Postgres, _id: &str, _version: Option<&str>) -> Stored<Option<ComponentRow>> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn component_by_digest(_: &Postgres, _digest: &str) -> Stored<Option<ComponentRow>> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn wasm(_: &Postgres, _digest: &str) -> Stored<Option<Vec<u8>>> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn component_users(_: &Postgres, _digest: &str) -> Stored<Vec<String>> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn delete_component(_: &Postgres, _digest: &str) -> Stored<Vec<String>> {
    Err(StoreError::Closed) // STUB
}
