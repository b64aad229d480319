//! STUB
use std::collections::BTreeMap;
use std::time::Duration;
use serde_json::Value;
use super::*;
use crate::actor::Actor;
use crate::clock::Timestamp;
use crate::store::rows::*;

pub(super) async fn decisions(_: &Postgres, _filter: DecisionFilter) -> Stored<Vec<DecisionRow>> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn guard_row(_: &Postgres, _environment: &str, _now: Timestamp, _since: Timestamp, _most: u32) -> Stored<GuardRow> {
    Err(StoreError::Closed) // STUB
}
