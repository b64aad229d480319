//! What older and newer programs make of one database. The door's own tests are in `tests/keep/upgrade.rs`.

use super::*;
use crate::store::sqlite::Sqlite;
use crate::store::{MessageStore as _, ReviewerStore as _, VerificationStore as _};

fn open_by(connection: &mut Connection, steps: &[Step]) -> Stored<()> {
    run(connection, steps)
}

const NEXT: Step = additive("CREATE TABLE next (a INTEGER) STRICT;");
const BREAKING: Step = Step { sql: "ALTER TABLE meta RENAME COLUMN value TO content;", additive: false };

fn steps(count: usize, more: Vec<Step>) -> Vec<Step> {
    let ours = STEPS.iter().take(count).map(|step| Step { sql: step.sql, additive: step.additive });
    ours.chain(more).collect()
}

#[test]
fn an_older_program_opens_what_additive_steps_made_and_leaves_its_schema_alone() {
    let mut database = Connection::open_in_memory().unwrap();
    open_by(&mut database, &steps(STEPS.len(), vec![NEXT])).unwrap();
    let newer = found(&database).unwrap();
    for older in 1..=STEPS.len() {
        open_by(&mut database, &steps(older, vec![])).unwrap();
        assert_eq!(found(&database).unwrap(), newer);
    }
    open_by(&mut database, &steps(STEPS.len(), vec![NEXT])).unwrap();
}

#[test]
fn a_breaking_step_is_a_wall_for_programs_before_it_and_none_for_those_after_it() {
    let mut database = Connection::open_in_memory().unwrap();
    let made = Step { sql: "CREATE TABLE next (a INTEGER) STRICT;", additive: false };
    open_by(&mut database, &steps(3, vec![made, additive("CREATE TABLE later (a INTEGER) STRICT;")])).unwrap();
    let refused = open_by(&mut database, &steps(3, vec![])).unwrap_err();
    assert!(matches!(refused, StoreError::Newer { found: 5, known: 3 }), "{refused}");
    assert!(refused.to_string().contains("restore the backup made before the upgrade"), "{refused}");
    open_by(&mut database, &steps(4, vec![])).unwrap();
}

#[test]
fn a_step_that_fails_leaves_the_database_as_it_was() {
    let mut database = Connection::open_in_memory().unwrap();
    open_by(&mut database, &steps(2, vec![])).unwrap();
    let broken = steps(2, vec![NEXT, Step { sql: "ALTER TABLE nothing ADD COLUMN a;", additive: true }]);
    open_by(&mut database, &broken).unwrap_err();
    assert_eq!(found(&database).unwrap(), 2);
    let left = "SELECT count(*) FROM sqlite_schema WHERE name = 'next'";
    assert_eq!(database.query_row(left, [], |row| row.get::<_, u32>(0)).unwrap(), 0);
}

#[test]
fn data_that_says_nothing_of_its_readers_is_for_programs_of_its_own_schema() {
    let mut database = Connection::open_in_memory().unwrap();
    open_by(&mut database, &steps(3, vec![])).unwrap();
    database.execute("DELETE FROM meta", []).unwrap();
    assert!(matches!(open_by(&mut database, &steps(2, vec![])), Err(StoreError::Newer { .. })));
    // Whoever brings it on notes it.
    open_by(&mut database, &steps(4, vec![])).unwrap();
    open_by(&mut database, &steps(2, vec![])).unwrap();
    assert!(
        open_by(&mut database, &steps(4, vec![BREAKING])).is_err(),
        "a statement of ours would not know the column"
    );
}

/// An older program writes rows without the columns that came later. So no statement may count on how many there are.
#[test]
fn every_insert_names_its_columns() {
    let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("runtime/store/sqlite");
    let mut seen = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "rs") || path.ends_with("tests.rs") {
            continue;
        }
        let source = std::fs::read_to_string(&path).unwrap();
        for (at, _) in source.match_indices("INTO ").filter(|(at, _)| !source[..*at].ends_with("VACUUM ")) {
            let table_and_more = source[at + 5..].split_once([' ', '\n']).unwrap().1.trim_start();
            assert!(table_and_more.starts_with('('), "{}: {}", path.display(), &source[at..at + 60]);
            seen += 1;
        }
    }
    assert!(seen > 15, "{seen}");
}

/// Steps before the one by which a message has a source: what is written after it says its own.
const BEFORE_SOURCES: usize = 5;

/// A data folder as the version with so many steps left it.
fn folder_of(steps: &[Step]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let old = Connection::open(folder.path().join("countersign.db")).unwrap();
    for step in steps {
        old.execute_batch(step.sql).unwrap();
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
        assert_eq!((source("msg_1").await, source("msg_2").await), ("verification".into(), "api".into()), "{known}");
        let verification = store.verification("development", "vrf_1").await.unwrap().unwrap();
        assert_eq!((verification.fixed_code, verification.attempts_left), (None, 5));
        assert!(store.reviewers("development").await.unwrap().is_empty());
    }
}

#[test]
fn a_production_that_has_sent_goes_on_everywhere_and_one_that_has_not_begins_closed() {
    let mut database = Connection::open_in_memory().unwrap();
    let before = STEPS.iter().position(|step| step.sql.contains("country_counts")).unwrap();
    open_by(&mut database, &steps(before, vec![])).unwrap();
    let made = "INSERT INTO environments (name, kind, display_name, created_at) VALUES ('quiet', 'production', 'Q', 0);
        INSERT INTO settings (environment, kind, document, version)
          VALUES ('production', 'policy', '{\"defaults\":{\"checks\":3}}', 4);
        INSERT INTO messages (id, environment, purpose, locale, to_masked, number_index, status, created_at, expires_at)
          SELECT 'm-' || name, name, 'sign-in', 'en', '+1••', x'00', 'accepted', 1, 2 FROM environments WHERE name <> 'quiet'";
    database.execute_batch(made).unwrap();
    open_by(&mut database, &steps(STEPS.len(), vec![])).unwrap();
    let mut found = database.prepare("SELECT environment, document, version FROM settings ORDER BY 1").unwrap();
    let row = |row: &rusqlite::Row<'_>| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, u64>(2)?));
    let found: Vec<_> = found.query_map([], row).unwrap().map(Result::unwrap).collect();
    let open = r#"{"defaults":{"checks":3},"destinations":{"countries":"all"}}"#;
    assert_eq!(found, [("production".to_owned(), open.to_owned(), 5)]);
    let policy: crate::otp::policy::Policy = serde_json::from_str(&found[0].1).unwrap();
    assert!(!policy.destinations.is_closed(false));
}
