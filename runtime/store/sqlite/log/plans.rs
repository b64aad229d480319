//! For tests: a log with some messages in it, and how SQLite would look for something.

use rusqlite::types::Value;
use rusqlite::{params, params_from_iter};

use crate::store::sqlite::Sqlite;

/// A message a minute from the epoch on, in `production`. Connector `a` is asked for each, in revision 1 and, from the
/// middle on, 2; it refuses every eighth, which `b` takes then. Every tenth goes to Switzerland, every hundredth is for
/// `recover`.
pub(in crate::store::sqlite) async fn filled(messages: u32) -> (tempfile::TempDir, Sqlite) {
    let folder = tempfile::tempdir().unwrap();
    let store = Sqlite::open(folder.path()).unwrap();
    let insert = move |c: &rusqlite::Connection| {
        let mut message = c.prepare(
            "INSERT INTO messages (id, environment, purpose, locale, to_masked, number_index, country, status, created_at,
             expires_at, area) VALUES (?1, 'production', ?2, 'en', '+41', x'00', ?3, ?4, ?5, ?5 + 600000, '')",
        )?;
        let mut attempt = c.prepare(
            "INSERT INTO attempts (message_id, number, connector, revision, reference, status, elapsed_ms, started_at)
             VALUES (?1, ?2, ?3, ?4, '', ?5, ?6, ?7)",
        )?;
        for n in 0..messages {
            let (id, at) = (format!("msg_{n:08}"), n * 60_000);
            let is_refused = n % 8 == 0;
            let purpose = if n % 100 == 1 { "recover" } else { "sign-in" };
            let country = if n % 10 == 0 { "CH" } else { "DE" };
            let status = if is_refused { "delivered" } else { "accepted" };
            message.execute(params![id, purpose, country, status, at])?;
            let revision = if n < messages / 2 { 1 } else { 2 };
            let outcome = if is_refused { "refused" } else { "accepted" };
            attempt.execute(params![id, 1, "a", revision, outcome, n % 1000, at])?;
            if is_refused {
                attempt.execute(params![id, 2, "b", 1, "delivered", 5, at + 10])?;
            }
        }
        Ok(())
    };
    store.write(insert).await.unwrap();
    (folder, store)
}

/// A statement reads neither messages nor calls from one end to the other, and sorts no more than it must. What a statement
/// limits first is called `bounded` in it.
pub(in crate::store::sqlite) async fn assert_indexed(store: &Sqlite, sql: String, given: Vec<Value>) {
    let plan = plan(store, sql.clone(), given).await;
    assert!(!plan.is_empty());
    for line in &plan {
        let is_small = line.contains("json_each") || line == "SCAN bounded";
        let is_scan = line.starts_with("SCAN") && !is_small;
        assert!(!is_scan, "{sql}\nreads a whole table: {plan:#?}");
        // An environment's rows are a whole table too, if nothing else narrows them.
        let is_of_environment = line.ends_with("(environment=?)") && !line.contains("messages_by_time");
        assert!(!is_of_environment, "{sql}\nreads all of an environment: {plan:#?}");
    }
}

/// How SQLite would go about it.
pub(in crate::store::sqlite) async fn plan(store: &Sqlite, sql: String, given: Vec<Value>) -> Vec<String> {
    let explain = move |c: &rusqlite::Connection| {
        let mut statement = c.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
        statement.query_map(params_from_iter(given), |row| row.get(3))?.collect()
    };
    store.read(explain).await.unwrap()
}
