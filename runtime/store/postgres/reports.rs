//! STUB
use std::collections::BTreeMap;
use std::time::Duration;
use serde_json::Value;
use super::*;
use crate::actor::Actor;
use crate::clock::Timestamp;
use crate::store::rows::*;

pub(super) async fn apply_reports(_: &Postgres, _reports: Vec<NewReport>) -> Stored<Vec<Moved>> {
    Err(StoreError::Closed) // STUB
}
