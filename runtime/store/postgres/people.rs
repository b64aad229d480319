//! STUB
use std::collections::BTreeMap;
use std::time::Duration;
use serde_json::Value;
use super::*;
use crate::actor::Actor;
use crate::clock::Timestamp;
use crate::store::rows::*;

pub(super) async fn insert_user(_: &Postgres, _user: UserRow) -> Stored<bool> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn users(_: &Postgres) -> Stored<Vec<UserRow>> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn user(_: &Postgres, _id: &str) -> Stored<Option<UserRow>> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn user_by_email(_: &Postgres, _email: &str) -> Stored<Option<UserRow>> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn user_by_subject(_: &Postgres, _issuer: &str, _subject: &str) -> Stored<Option<UserRow>> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn update_user(_: &Postgres, _user: UserRow, _now: Timestamp) -> Stored<UserChange> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn bind_user(_: &Postgres, _id: &str, _issuer: &str, _subject: &str) -> Stored<bool> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn delete_user(_: &Postgres, _id: &str) -> Stored<bool> {
    Err(StoreError::Closed) // STUB
}
