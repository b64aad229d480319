//! STUB
pub(super) mod outbox;
use std::collections::BTreeMap;
use std::time::Duration;
use serde_json::Value;
use super::*;
use crate::actor::Actor;
use crate::clock::Timestamp;
use crate::store::rows::*;

pub(super) async fn insert_webhook(_: &Postgres, _row: WebhookRow, _most: u32) -> Stored<bool> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn webhooks(_: &Postgres, _environment: &str) -> Stored<Vec<WebhookRow>> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn webhook(_: &Postgres, _environment: &str, _id: &str) -> Stored<Option<WebhookRow>> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn update_webhook(_: &Postgres, _row: WebhookRow) -> Stored<Option<WebhookRow>> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn rotate_webhook(_: &Postgres, _environment: &str, _id: &str, _secret: Vec<u8>, _old_until: Timestamp, _now: Timestamp) -> Stored<Option<WebhookRow>> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn delete_webhook(_: &Postgres, _environment: &str, _id: &str) -> Stored<bool> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn drop_backlog(_: &Postgres, _of_webhook_max: u32, _now: Timestamp) -> Stored<Vec<Dropped>> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn due_events(_: &Postgres, _now: Timestamp, _of_each: u32) -> Stored<Vec<DueEvent>> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn end_try(_: &Postgres, _end: TryEnd) -> Stored<bool> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn note_test(_: &Postgres, _test: TestTold) -> Stored<()> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn webhook_deliveries(_: &Postgres, _filter: DeliveryFilter) -> Stored<Vec<DeliveryRow>> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn retell(_: &Postgres, _webhook: &str, _delivery: &str, _now: Timestamp) -> Stored<Retold> {
    Err(StoreError::Closed) // STUB
}
