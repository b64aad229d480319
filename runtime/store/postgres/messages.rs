//! STUB
use std::collections::BTreeMap;
use std::time::Duration;
use serde_json::Value;
use super::*;
use crate::actor::Actor;
use crate::clock::Timestamp;
use crate::store::rows::*;

pub(super) async fn create_message(_: &Postgres, _message: NewMessage, _attempt: Option<NewAttempt>, _judge: SendJudge) -> Stored<Made> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn start_attempt(_: &Postgres, _attempt: NewAttempt) -> Stored<()> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn finish_attempt(_: &Postgres, _end: AttemptEnd) -> Stored<Vec<Moved>> {
    Err(StoreError::Closed) // STUB
}
