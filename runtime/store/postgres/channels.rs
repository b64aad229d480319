//! STUB
use std::collections::BTreeMap;
use std::time::Duration;
use serde_json::Value;
use super::*;
use crate::actor::Actor;
use crate::clock::Timestamp;
use crate::store::rows::*;

pub(super) async fn channel(_: &Postgres, _environment: &str, _channel: &str) -> Stored<ChannelRow> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn put_channel(_: &Postgres, _environment: &str, _channel: &str, _row: ChannelRow, _by: Occasion) -> Stored<()> {
    Err(StoreError::Closed) // STUB
}
