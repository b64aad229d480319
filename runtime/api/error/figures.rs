//! What can't be counted or looked for.

use super::*;
use crate::audit::AuditRefusal;
use crate::bill::BillError;
use crate::log::LogRefusal;
use crate::statistics::StatisticsError;

impl From<StatisticsError> for ApiError {
    fn from(error: StatisticsError) -> Self {
        match error {
            StatisticsError::UnknownEnvironment(_) | StatisticsError::UnknownConnector(_) => {
                Self::not_found(error.to_string())
            }
            StatisticsError::Span(span) => Self::field("/from", span.to_string()),
            StatisticsError::Store(store) => store.into(),
        }
    }
}

impl From<BillError> for ApiError {
    fn from(error: BillError) -> Self {
        match error {
            BillError::UnknownEnvironment(_) | BillError::UnknownConnector(_) => Self::not_found(error.to_string()),
            BillError::Span(fault) => Self::field(fault.pointer(), fault.to_string()),
            BillError::Store(store) => store.into(),
        }
    }
}

impl From<LogRefusal> for ApiError {
    fn from(refusal: LogRefusal) -> Self {
        let pointer = format!("/{}", refusal.field);
        Self::bad_request(refusal.to_string()).fault(Some(&pointer), &refusal.detail, "invalid")
    }
}

impl From<AuditRefusal> for ApiError {
    fn from(refusal: AuditRefusal) -> Self {
        Self::field(&format!("/{}", refusal.field), refusal.detail)
    }
}
