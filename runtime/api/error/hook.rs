//! Refusals of hooks.

use axum::http::StatusCode;

use super::ApiError;
use crate::hooks::{Fault, HookError};

impl ApiError {
    /// What a sender is told of it, in its own shape.
    pub(in crate::api) fn fault_of_hook(&self) -> Fault<'_> {
        let passing = self.0.status == StatusCode::SERVICE_UNAVAILABLE.as_u16();
        Fault { status: self.0.status, detail: &self.0.detail, passing }
    }

    /// Its status.
    pub(in crate::api) fn status(&self) -> StatusCode {
        StatusCode::from_u16(self.0.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }
}

impl From<HookError> for ApiError {
    fn from(error: HookError) -> Self {
        let detail = error.to_string();
        match error {
            HookError::UnknownEnvironment(_) | HookError::NotFound => Self::not_found(detail),
            HookError::Stale => Self::conflict("stale-revision", detail),
            HookError::Field { pointer, detail } => Self::field(&pointer, detail),
            HookError::Stranger => {
                Self::unauthorized("there is no hook at this address that knows this key or signature")
            }
            HookError::OutOfTime(_) => Self::unauthorized(&detail),
            HookError::Unread(unread) if unread.pointer.is_empty() => Self::bad_request(unread.detail),
            HookError::Unread(unread) => Self::field(&unread.pointer, unread.detail),
            // The clock's time is only worth telling where somebody waits; the API maps it itself.
            HookError::Otp(error) => Self::otp(error, crate::clock::Timestamp::from_millis(0)),
            HookError::Store(error) => error.into(),
            HookError::Vault(error) => Self::internal(&error),
        }
    }
}
