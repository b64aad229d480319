//! STUB
use std::collections::BTreeMap;
use std::time::Duration;
use serde_json::Value;
use super::*;
use crate::actor::Actor;
use crate::clock::Timestamp;
use crate::store::rows::*;

pub(super) async fn locks(_: &Postgres, _environment: &str, _now: Timestamp, _limit: u32) -> Stored<Vec<LockRow>> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn release_lock(_: &Postgres, _environment: &str, _number_index: &[u8; 32]) -> Stored<bool> {
    Err(StoreError::Closed) // STUB
}
