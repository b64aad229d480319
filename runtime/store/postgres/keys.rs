//! STUB
use std::collections::BTreeMap;
use std::time::Duration;
use serde_json::Value;
use super::*;
use crate::actor::Actor;
use crate::clock::Timestamp;
use crate::store::rows::*;

pub(super) async fn insert_key(_: &Postgres, _key: KeyRow) -> Stored<()> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn keys(_: &Postgres) -> Stored<Vec<KeyRow>> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn key_by_hash(_: &Postgres, _hash: &[u8; 32]) -> Stored<Option<KeyRow>> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn revoke_key(_: &Postgres, _id: &str, _now: Timestamp) -> Stored<bool> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn key_used(_: &Postgres, _id: &str, _since: Timestamp, _now: Timestamp) -> Stored<()> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn admin_key_exists(_: &Postgres) -> Stored<bool> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn environments(_: &Postgres) -> Stored<Vec<EnvironmentRow>> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn environment(_: &Postgres, _name: &str) -> Stored<Option<EnvironmentRow>> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn create_environment(_: &Postgres, _environment: EnvironmentRow) -> Stored<bool> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn rename_environment(_: &Postgres, _name: &str, _display_name: &str) -> Stored<bool> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn delete_environment(_: &Postgres, _name: &str, _force: bool) -> Stored<Vec<String>> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn setting(_: &Postgres, _environment: &str, _kind: &str) -> Stored<Option<Setting>> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn put_setting(_: &Postgres, _environment: &str, _kind: &str, _document: Value) -> Stored<u64> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn meta(_: &Postgres, _name: &str) -> Stored<Option<Vec<u8>>> { Err(StoreError::Closed) }
pub(super) async fn put_meta(_: &Postgres, _name: &str, _v: &[u8]) -> Stored<()> { Err(StoreError::Closed) }
pub(super) async fn ping(_: &Postgres) -> Stored<()> { Err(StoreError::Closed) }
