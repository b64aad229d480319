//! STUB
use std::collections::BTreeMap;
use std::time::Duration;
use serde_json::Value;
use super::*;
use crate::actor::Actor;
use crate::clock::Timestamp;
use crate::store::rows::*;

pub(super) async fn followed(_: &Postgres, _filter: FollowedFilter) -> Stored<Vec<Followed>> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn unfollow(_: &Postgres, _environment: &str, _id: &str) -> Stored<bool> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn due_callbacks(_: &Postgres, _now: Timestamp, _negative_wait_ms: u64, _limit: u32) -> Stored<Vec<DueCallback>> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn settle_callback(_: &Postgres, _id: i64, _again_at: Option<Timestamp>) -> Stored<()> {
    Err(StoreError::Closed) // STUB
}
