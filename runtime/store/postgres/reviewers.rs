//! STUB
use std::collections::BTreeMap;
use std::time::Duration;
use serde_json::Value;
use super::*;
use crate::actor::Actor;
use crate::clock::Timestamp;
use crate::store::rows::*;

pub(super) async fn put_reviewer(_: &Postgres, _reviewer: ReviewerRow, _living_max: u32, _now: Timestamp) -> Stored<bool> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn reviewers(_: &Postgres, _environment: &str) -> Stored<Vec<ReviewerRow>> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn delete_reviewer(_: &Postgres, _environment: &str, _number_index: &[u8; 32]) -> Stored<bool> {
    Err(StoreError::Closed) // STUB
}
