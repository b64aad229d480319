//! STUB
use std::collections::BTreeMap;
use std::time::Duration;
use serde_json::Value;
use super::*;
use crate::actor::Actor;
use crate::clock::Timestamp;
use crate::store::rows::*;

pub(super) async fn promote(_: &Postgres, _promotion: NewPromotion) -> Stored<Option<Vec<u64>>> {
    Err(StoreError::Closed) // STUB
}
