//! STUB
use std::collections::BTreeMap;
use std::time::Duration;
use serde_json::Value;
use super::*;
use crate::actor::Actor;
use crate::clock::Timestamp;
use crate::store::rows::*;

pub(super) async fn messages(_: &Postgres, _filter: MessageFilter) -> Stored<Vec<MessageRow>> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn message(_: &Postgres, _environment: &str, _id: &str) -> Stored<Option<MessageRow>> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn attempts(_: &Postgres, _message_id: &str) -> Stored<Vec<AttemptRow>> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn reports(_: &Postgres, _message_id: &str) -> Stored<Vec<ReportRow>> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn histories(_: &Postgres, _message_ids: Vec<String>) -> Stored<BTreeMap<String, History>> {
    Err(StoreError::Closed) // STUB
}
