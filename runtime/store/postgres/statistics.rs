//! STUB
use std::collections::BTreeMap;
use std::time::Duration;
use serde_json::Value;
use super::*;
use crate::actor::Actor;
use crate::clock::Timestamp;
use crate::store::rows::*;

pub(super) async fn statistics(_: &Postgres, _query: StatisticsQuery) -> Stored<Statistics> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn revision_figures(_: &Postgres, _environment: &str, _connector: &str, _since: Timestamp) -> Stored<Vec<RevisionFigures>> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn sent_since(_: &Postgres, _environment: &str, _connector: &str, _since: Timestamp) -> Stored<Vec<SentOf>> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn messages_up_to(_: &Postgres, _environment: &str, _from: Timestamp, _to: Timestamp, _most: u32) -> Stored<u32> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn sent_of_newest(_: &Postgres, _environment: &str, _connector: &str, _since: Timestamp, _newest: u32) -> Stored<u64> {
    Err(StoreError::Closed) // STUB
}
