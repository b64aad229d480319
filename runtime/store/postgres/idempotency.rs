//! STUB
use std::collections::BTreeMap;
use std::time::Duration;
use serde_json::Value;
use super::*;
use crate::actor::Actor;
use crate::clock::Timestamp;
use crate::store::rows::*;

pub(super) async fn idempotency_answers(_: &Postgres, _after: Option<[u8; 32]>, _limit: u32) -> Stored<Vec<KeptAnswer>> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn idempotency_begin(_: &Postgres, _entry: IdempotencyEntry) -> Stored<IdempotencyState> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn idempotency_finish(_: &Postgres, _scope: &[u8; 32], _status: u16, _sealed: Vec<u8>) -> Stored<()> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn idempotency_forget(_: &Postgres, _scope: &[u8; 32]) -> Stored<()> {
    Err(StoreError::Closed) // STUB
}
