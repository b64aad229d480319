//! STUB
use std::collections::BTreeMap;
use std::time::Duration;
use serde_json::Value;
use super::*;
use crate::actor::Actor;
use crate::clock::Timestamp;
use crate::store::rows::*;

pub(super) async fn purge(_: &Postgres, _now: Timestamp, _keep: Retention) -> Stored<()> { Err(StoreError::Closed) }
