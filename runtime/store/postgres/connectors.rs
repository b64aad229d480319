//! STUB
use std::collections::BTreeMap;
use std::time::Duration;
use serde_json::Value;
use super::*;
use crate::actor::Actor;
use crate::clock::Timestamp;
use crate::store::rows::*;

pub(super) async fn connectors(_: &Postgres, _environment: &str) -> Stored<Vec<ConnectorRow>> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn connector(_: &Postgres, _environment: &str, _name: &str) -> Stored<Option<ConnectorRow>> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn save_revision(_: &Postgres, _revision: NewRevision) -> Stored<Saved> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn revisions(_: &Postgres, _environment: &str, _name: &str) -> Stored<Vec<RevisionRow>> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn revision(_: &Postgres, _environment: &str, _name: &str, _number: u64) -> Stored<Option<RevisionRow>> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn serve_revision(_: &Postgres, _environment: &str, _name: &str, _number: u64, _if_match: Option<u64>, _by: Occasion) -> Stored<Saved> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn erase_secret(_: &Postgres, _environment: &str, _name: &str, _field: &str, _version: Option<u32>) -> Stored<Option<ErasedSecret>> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn quarantine_revision(_: &Postgres, _environment: &str, _name: &str, _number: u64, _why: &str, _now: Timestamp) -> Stored<()> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn delete_connector(_: &Postgres, _environment: &str, _name: &str, _by: Occasion) -> Stored<bool> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn secrets(_: &Postgres, _environment: &str, _name: &str, _versions: &BTreeMap<String, u32>) -> Stored<Vec<SecretRow>> {
    Err(StoreError::Closed) // STUB
}
