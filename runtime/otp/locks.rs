//! Numbers that are locked after too many wrong codes: a list for the operator, and a way out.
//!
//! A lock is also a weapon: whoever guesses at somebody's number locks its owner out. So an operator who has spoken to the
//! owner can release it before its time; where the policy says so, nobody else can.

use serde::Serialize;
use utoipa::ToSchema;

use super::{Otp, OtpError};
use crate::clock::Timestamp;
use crate::phone::PhoneNumber;
use crate::store::LockRow;

/// Locks that are listed at once.
const LOCKS_MAX: u32 = 1000;

/// A number that takes no codes and gets none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Lock {
    /// By what it is released, where its number is not at hand.
    pub id: String,
    /// The number, masked; none if the log has no message to it any more.
    pub to: Option<String>,
    /// When it ends by itself; none if only an operator ends it.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub until: Option<Timestamp>,
}

impl From<LockRow> for Lock {
    fn from(row: LockRow) -> Self {
        let id = format!("lck_{}", hex::encode(row.number_index));
        Self { id, to: row.to_masked, until: Some(row.until).filter(|until| *until < Timestamp::NEVER) }
    }
}

impl Lock {
    /// What the audit log calls a lock that somebody named: by its id, or by its number, masked.
    pub fn told(named: &str) -> String {
        match PhoneNumber::parse(named) {
            Ok(number) => number.masked(),
            Err(_) if named.starts_with("lck_") => named.chars().take(68).collect(),
            Err(_) => String::new(),
        }
    }
}

impl Otp {
    /// The environment's locked numbers, the one that is free first in front; at most 1000.
    pub async fn locks(&self, environment: &str) -> Result<Vec<Lock>, OtpError> {
        self.settings.of(environment).await?;
        let rows = self.store.locks(environment, self.clock.now(), LOCKS_MAX).await?;
        Ok(rows.into_iter().map(Lock::from).collect())
    }

    /// Release a number, named by itself or by its lock's id. Its count of wrong codes begins anew, and so does the
    /// back-off of everybody who guessed at it. One that was not locked and had no wrong codes is not found.
    pub async fn release(&self, environment: &str, number: &str) -> Result<(), OtpError> {
        self.settings.of(environment).await?;
        let index = match number.strip_prefix("lck_") {
            Some(id) => {
                hex::decode(id).ok().and_then(|bytes| bytes.try_into().ok()).ok_or(OtpError::NotFound("lock"))?
            }
            None => self.number_index(&PhoneNumber::parse(number)?),
        };
        if self.store.release_lock(environment, &index).await? { Ok(()) } else { Err(OtpError::NotFound("lock")) }
    }
}
