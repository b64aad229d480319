//! STUB
use std::collections::BTreeMap;
use std::time::Duration;
use serde_json::Value;
use super::*;
use crate::actor::Actor;
use crate::clock::Timestamp;
use crate::store::rows::*;

pub(super) async fn seemingly_queued(_: &Postgres, _before: Timestamp, _limit: u32) -> Stored<Vec<(String, String)>> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn send_times(_: &Postgres, _environment: &str, _limit: u32) -> Stored<Vec<Duration>> {
    Err(StoreError::Closed) // STUB
}
