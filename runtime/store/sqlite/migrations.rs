//! The schema, as an ordered list of steps. A released step never changes; a change is a new step.

use rusqlite::Connection;

use crate::store::{StoreError, Stored};

const STEPS: &[&str] = &[
    include_str!("migrations/001_start.sql"),
    include_str!("migrations/002_quarantine.sql"),
    include_str!("migrations/003_reports.sql"),
    include_str!("migrations/004_routes.sql"),
    include_str!("migrations/005_texts.sql"),
    include_str!("migrations/006_messages.sql"),
    include_str!("migrations/008_hooks.sql"),
];

/// Bring the database to the newest schema, in one transaction a step.
pub(super) fn run(connection: &mut Connection) -> Stored<()> {
    let known = u32::try_from(STEPS.len()).unwrap_or(u32::MAX);
    let transaction = connection.transaction_with_behavior(rusqlite::TransactionBehavior::Immediate)?;
    let found: u32 = transaction.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if found > known {
        return Err(StoreError::Newer { found, known });
    }
    for step in STEPS.iter().skip(found as usize) {
        transaction.execute_batch(step)?;
    }
    transaction.execute_batch(&format!("PRAGMA user_version = {known}"))?;
    transaction.commit()?;
    Ok(())
}
