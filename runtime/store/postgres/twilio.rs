//! STUB
use std::collections::BTreeMap;
use std::time::Duration;
use serde_json::Value;
use super::*;
use crate::actor::Actor;
use crate::clock::Timestamp;
use crate::store::rows::*;

pub(super) async fn insert_twilio_credential(_: &Postgres, _row: TwilioCredential, _service: Option<TwilioService>) -> Stored<()> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn twilio_credentials(_: &Postgres, _environment: &str) -> Stored<Vec<TwilioCredential>> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn twilio_credential(_: &Postgres, _account_sid: &str) -> Stored<Option<TwilioCredential>> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn delete_twilio_credential(_: &Postgres, _environment: &str, _account_sid: &str) -> Stored<bool> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn insert_twilio_service(_: &Postgres, _row: TwilioService, _most: u32) -> Stored<bool> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn twilio_services(_: &Postgres, _environment: &str) -> Stored<Vec<TwilioService>> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn twilio_service(_: &Postgres, _environment: &str, _sid: &str) -> Stored<Option<TwilioService>> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn update_twilio_service(_: &Postgres, _row: TwilioService) -> Stored<bool> {
    Err(StoreError::Closed) // STUB
}
