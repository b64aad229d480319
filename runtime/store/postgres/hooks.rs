//! STUB
use std::collections::BTreeMap;
use std::time::Duration;
use serde_json::Value;
use super::*;
use crate::actor::Actor;
use crate::clock::Timestamp;
use crate::store::rows::*;

pub(super) async fn hooks(_: &Postgres, _environment: &str) -> Stored<Vec<HookRow>> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn hook(_: &Postgres, _environment: &str, _name: &str) -> Stored<Option<HookRow>> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn put_hook(_: &Postgres, _hook: HookRow) -> Stored<bool> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn delete_hook(_: &Postgres, _environment: &str, _name: &str) -> Stored<bool> {
    Err(StoreError::Closed) // STUB
}
