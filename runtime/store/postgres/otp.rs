//! Verifications: made, resent, checked, each in one transaction that reads, judges and writes.

mod check;
mod create;
mod ended;
mod failures;
mod row;
mod settle;

use super::Postgres;
use super::given::given;
use crate::store::{Stored, Verification};

pub(super) use check::check;
pub(super) use create::{create_verification, resend};
pub(super) use ended::{cancel, end_unnoticed};
pub(super) use failures::{ask_failures, failures};
pub(super) use row::{ask_verifications_of_number, verification_row};
pub(super) use settle::settle_delivery;

pub(super) async fn verification(store: &Postgres, environment: &str, id: &str) -> Stored<Option<Verification>> {
    store.line(row::select("id = $2"), given![environment, id]).await?.as_ref().map(verification_row).transpose()
}

pub(super) async fn newest_of_service(
    store: &Postgres,
    environment: &str,
    service: &str,
    number: &[u8; 32],
) -> Stored<Option<Verification>> {
    let sql = row::select("service = $2 AND number_index = $3 ORDER BY id DESC LIMIT 1");
    store.line(sql, given![environment, service, number]).await?.as_ref().map(verification_row).transpose()
}
