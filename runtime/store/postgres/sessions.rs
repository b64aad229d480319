//! STUB
use std::collections::BTreeMap;
use std::time::Duration;
use serde_json::Value;
use super::*;
use crate::actor::Actor;
use crate::clock::Timestamp;
use crate::store::rows::*;

pub(super) async fn insert_session(_: &Postgres, _session: SessionRow) -> Stored<()> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn session(_: &Postgres, _token: &[u8; 32]) -> Stored<Option<StandingSession>> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn session_seen(_: &Postgres, _id: &str, _now: Timestamp) -> Stored<()> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn sessions(_: &Postgres, _now: Timestamp, _seen_since: Timestamp) -> Stored<Vec<SessionRow>> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn end_session(_: &Postgres, _id: &str, _now: Timestamp) -> Stored<bool> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn end_sessions(_: &Postgres, _of: &Actor, _but: Option<&str>, _now: Timestamp) -> Stored<u64> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn insert_link(_: &Postgres, _link: LinkRow) -> Stored<()> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn link_works(_: &Postgres, _token: &[u8; 32], _now: Timestamp) -> Stored<bool> {
    Err(StoreError::Closed) // STUB
}
pub(super) async fn use_link(_: &Postgres, _token: &[u8; 32], _now: Timestamp) -> Stored<Option<LinkRow>> {
    Err(StoreError::Closed) // STUB
}
