//! STUB
use std::collections::BTreeMap;
use std::time::Duration;
use serde_json::Value;
use super::*;
use crate::actor::Actor;
use crate::clock::Timestamp;
use crate::store::rows::*;

pub(super) async fn switches(_: &Postgres, _environment: &str, _connector: &str) -> Stored<Vec<Switch>> {
    Err(StoreError::Closed) // STUB
}
