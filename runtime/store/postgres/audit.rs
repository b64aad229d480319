//! STUB
use std::collections::BTreeMap;
use std::time::Duration;
use serde_json::Value;
use super::*;
use crate::actor::Actor;
use crate::clock::Timestamp;
use crate::store::rows::*;

pub(super) async fn note(_: &Postgres, _row: AuditRow) -> Stored<()> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn audit(_: &Postgres, _filter: AuditFilter) -> Stored<Vec<AuditRow>> {
    Err(StoreError::Closed) // STUB
}
