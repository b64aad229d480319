//! STUB
use std::collections::BTreeMap;
use std::time::Duration;
use serde_json::Value;
use super::*;
use crate::actor::Actor;
use crate::clock::Timestamp;
use crate::store::rows::*;

pub(super) async fn queued(_: &Postgres, _now: Timestamp, _too_late: Timestamp, _made_before: Timestamp, _limit: u32) -> Stored<Vec<QueuedMessage>> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn sealed_message(_: &Postgres, _environment: &str, _id: &str) -> Stored<Option<QueuedMessage>> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn asked(_: &Postgres, _verification_id: Option<&str>, _message_id: &str) -> Stored<Vec<String>> {
    Err(StoreError::Closed) // STUB
}
