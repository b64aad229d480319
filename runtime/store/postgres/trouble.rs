//! PostgreSQL's errors in our words. A server's message can quote a value (a number that is no number, a key that is there
//! twice), so of what is about values only the code and the names are told.

use tokio_postgres::error::{DbError, SqlState};

use crate::store::StoreError;

/// An error as the store tells it.
pub(super) fn stored(error: &tokio_postgres::Error) -> StoreError {
    match error.as_db_error() {
        Some(told) if is_away(told.code()) => StoreError::Unreachable(words(told)),
        Some(told)
            if *told.code() == SqlState::LOCK_NOT_AVAILABLE || *told.code() == SqlState::TOO_MANY_CONNECTIONS =>
        {
            StoreError::Overloaded
        }
        Some(told) => StoreError::Database(words(told)),
        None => StoreError::Unreachable(chain(error)),
    }
}

/// Why a statement of a transaction that failed before fails too: it says nothing of itself.
pub(super) fn is_consequence(error: &tokio_postgres::Error) -> bool {
    error.code() == Some(&SqlState::IN_FAILED_SQL_TRANSACTION)
}

/// Whether the same transaction may succeed when it is begun anew: it was in another's way.
pub(super) fn is_in_the_way(error: &StoreError) -> bool {
    let StoreError::Database(words) = error else { return false };
    [SqlState::T_R_DEADLOCK_DETECTED, SqlState::T_R_SERIALIZATION_FAILURE, SqlState::UNDEFINED_TABLE]
        .iter()
        .any(|state| words.contains(&format!("({})", state.code())))
}

/// The server ends, starts, or is a standby: what comes next may find it elsewhere.
fn is_away(code: &SqlState) -> bool {
    [
        SqlState::ADMIN_SHUTDOWN,
        SqlState::CRASH_SHUTDOWN,
        SqlState::CANNOT_CONNECT_NOW,
        SqlState::QUERY_CANCELED,
        SqlState::READ_ONLY_SQL_TRANSACTION,
        SqlState::IDLE_IN_TRANSACTION_SESSION_TIMEOUT,
    ]
    .contains(code)
        || code.code().starts_with("08")
}

fn words(told: &DbError) -> String {
    let code = told.code().code();
    // Classes 22 (data exception) and 23 (integrity constraint violation) are about values.
    if code.starts_with("22") || code.starts_with("23") {
        let what = told.constraint().or(told.table()).unwrap_or("a statement");
        return format!("{what} ({code})");
    }
    format!("{} ({code})", told.message())
}

/// An error with its causes: the library's own says little.
fn chain(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut cause = error.source();
    while let Some(source) = cause {
        words = format!("{words}: {source}");
        cause = source.source();
    }
    words
}
