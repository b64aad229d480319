//! STUB
use std::collections::BTreeMap;
use std::time::Duration;
use serde_json::Value;
use super::*;
use crate::actor::Actor;
use crate::clock::Timestamp;
use crate::store::rows::*;

pub(super) async fn traffic(_: &Postgres, _environment: &str, _after: i64, _most: u32) -> Stored<Vec<TrafficRow>> {
    Err(StoreError::Closed) // STUB
}
