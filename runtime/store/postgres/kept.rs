//! STUB
use std::collections::BTreeMap;
use std::time::Duration;
use serde_json::Value;
use super::*;
use crate::actor::Actor;
use crate::clock::Timestamp;
use crate::store::rows::*;

pub(super) async fn kept_of_number(_: &Postgres, _environment: &str, _number: &[u8; 32], _most: u32) -> Stored<KeptOfNumber> {
    Err(StoreError::Closed) // STUB
}
