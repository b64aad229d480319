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
    include_str!("migrations/009_twilio.sql"),
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store as _;
    use crate::store::sqlite::Sqlite;

    /// Steps before the one by which a message has a source: what is written after it says its own.
    const BEFORE_SOURCES: usize = 5;

    /// A data folder as the version with so many steps left it.
    fn folder_of(steps: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let old = Connection::open(folder.path().join("countersign.db")).unwrap();
        for step in steps {
            old.execute_batch(step).unwrap();
        }
        old.execute_batch(&format!("PRAGMA user_version = {}", steps.len())).unwrap();
        old.execute_batch(
            "INSERT INTO verifications (id, environment, purpose, channel, locale, recipient, number_index, pair_index,
               status, code_key, code_length, attempts_left, created_at, expires_at, resend_after, ambiguous_failover_used)
             VALUES ('vrf_1', 'development', 'sign-in', 'sms', 'en', x'01', zeroblob(32), zeroblob(32), 'pending', 0, 6, 5,
               1, 2, 1, 0);
             INSERT INTO messages (id, environment, verification_id, purpose, locale, to_masked, number_index, status,
               created_at, expires_at)
             VALUES ('msg_1', 'development', 'vrf_1', 'sign-in', 'en', '+1••23', zeroblob(32), 'accepted', 1, 2),
               ('msg_2', 'development', NULL, 'sign-in', 'en', '+1••23', zeroblob(32), 'accepted', 1, 2);",
        )
        .unwrap();
        folder
    }

    #[tokio::test]
    async fn the_data_of_every_older_schema_opens_and_says_what_it_said() {
        for known in 1..=BEFORE_SOURCES {
            let folder = folder_of(STEPS.get(..known).unwrap());
            let store = Sqlite::open(folder.path()).unwrap();
            let source = async |id| store.message("development", id).await.unwrap().unwrap().source;
            assert_eq!(
                (source("msg_1").await, source("msg_2").await),
                ("verification".into(), "api".into()),
                "{known}"
            );
            let verification = store.verification("development", "vrf_1").await.unwrap().unwrap();
            assert_eq!((verification.fixed_code, verification.attempts_left), (None, 5));
            assert!(store.reviewers("development").await.unwrap().is_empty());
        }
    }

    #[test]
    fn data_of_a_newer_version_is_left_alone() {
        let folder = folder_of(STEPS);
        let newer = Connection::open(folder.path().join("countersign.db")).unwrap();
        newer.execute_batch(&format!("PRAGMA user_version = {}", STEPS.len() + 1)).unwrap();
        assert!(matches!(Sqlite::open(folder.path()), Err(StoreError::Newer { .. })));
    }
}
