//! STUB
use std::collections::BTreeMap;
use std::time::Duration;
use serde_json::Value;
use super::*;
use crate::actor::Actor;
use crate::clock::Timestamp;
use crate::store::rows::*;

pub(super) async fn conversion(_: &Postgres, _query: ConversionQuery) -> Stored<Vec<Conversion>> {
    Err(StoreError::Closed) // STUB
}
