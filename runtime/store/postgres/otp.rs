//! STUB
use std::collections::BTreeMap;
use std::time::Duration;
use serde_json::Value;
use super::*;
use crate::actor::Actor;
use crate::clock::Timestamp;
use crate::store::rows::*;

pub(super) async fn create_verification(_: &Postgres, _new: NewVerification, _judge: SendJudge) -> Stored<Created> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn resend(_: &Postgres, _resend: NewResend, _judge: SendJudge) -> Stored<Resent> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn verification(_: &Postgres, _environment: &str, _id: &str) -> Stored<Option<Verification>> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn newest_of_service(_: &Postgres, _environment: &str, _service: &str, _number: &[u8; 32]) -> Stored<Option<Verification>> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn check(_: &Postgres, _environment: &str, _id: &str, _now: Timestamp, _judge: CheckJudge) -> Stored<Option<CheckOutcome>> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn cancel(_: &Postgres, _environment: &str, _id: &str, _now: Timestamp) -> Stored<Option<Verification>> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn settle_delivery(_: &Postgres, _settled: SettledDelivery) -> Stored<()> {
    Err(StoreError::Closed) // STUB
}
