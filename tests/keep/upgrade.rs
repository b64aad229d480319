//! One version, the next, and back, over the same data.

use std::path::Path;

use super::{create, fixture, found, names, run};
use crate::support::postgres::is_for_sqlite;
use crate::support::process::serve;
use crate::support::service::{Service, number};

fn schema(data: &Path) -> u32 {
    let database = rusqlite::Connection::open(data.join("countersign.db")).unwrap();
    database.query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn data_of_an_earlier_version_is_gone_on_with_and_a_code_of_then_is_right() {
    if is_for_sqlite("a data folder of another version") {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let told = fixture::unpack("schema-5", dir.path());
    let service = Service::at(dir, |_| {}).await;
    fixture::holds(&service, &told).await;
    fixture::is_checked(&service, &told).await;
    let dir = service.stop().await;
    let data = dir.path().join("data");
    assert!(schema(&data) > 5);
    // As it was, in case: it opens as the version of then left it.
    let copy = rusqlite::Connection::open(data.join("before-upgrade-5.db")).unwrap();
    let of_then = |sql: &str| copy.query_row(sql, [], |row| row.get::<_, String>(0)).unwrap();
    assert_eq!(of_then("PRAGMA integrity_check"), "ok");
    assert_eq!(of_then("SELECT CAST(user_version AS TEXT) FROM pragma_user_version"), "5");
    assert_eq!(of_then("SELECT status FROM verifications WHERE status = 'pending'"), "pending");
}

/// A version to come: it adds a column to each table, and a table. This one is what it is followed back by.
fn upgraded_by_the_next_version(data: &Path, opens_from: Option<u32>) -> u32 {
    let database = rusqlite::Connection::open(data.join("countersign.db")).unwrap();
    let tables = "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%'";
    let tables: Vec<String> =
        database.prepare(tables).unwrap().query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    assert!(tables.len() > 15);
    for table in tables {
        let column = format!("ALTER TABLE {table} ADD COLUMN of_the_next TEXT NOT NULL DEFAULT 'x'");
        database.execute_batch(&column).unwrap();
    }
    database.execute_batch("CREATE TABLE of_the_next (a INTEGER NOT NULL) STRICT").unwrap();
    let next = schema(data) + 1;
    database.execute_batch(&format!("PRAGMA user_version = {next}")).unwrap();
    if let Some(from) = opens_from {
        let sql = "UPDATE meta SET value = CAST(?1 AS BLOB) WHERE name = 'schema_opens_from'";
        assert_eq!(database.execute(sql, [from.to_string()]).unwrap(), 1);
    }
    next
}

#[tokio::test(flavor = "multi_thread")]
async fn this_version_works_on_with_what_the_next_one_added_and_leaves_it_there() {
    if is_for_sqlite("a data folder of another version") {
        return;
    }
    let service = Service::start().await;
    let told = fixture::fill(&service).await;
    let dir = service.stop().await;
    let data = dir.path().join("data");
    let next = upgraded_by_the_next_version(&data, None);
    let back = Service::at(dir, |_| {}).await;
    fixture::holds(&back, &told).await;
    fixture::is_checked(&back, &told).await;
    // Everything that a service does writes rows; none of them may count on how many columns there are.
    let again = fixture::fill_more(&back).await;
    let dir = back.stop().await;
    assert_eq!(schema(&dir.path().join("data")), next);
    assert!(!names(&dir.path().join("data")).iter().any(|name| name.starts_with("before-upgrade")));
    let once_more = Service::at(dir, |_| {}).await;
    let (status, shown) = once_more.get(&format!("/v1/verifications/{again}")).await;
    assert_eq!(status, 200, "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn data_that_a_breaking_step_has_changed_is_refused_with_the_way_back() {
    if is_for_sqlite("a data folder of another version") {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let key = serve(dir.path(), &[]).key.clone().unwrap();
    let (ok, said) = run(dir.path(), &["backup", "--data", "data", "--out", "before.tar"]);
    assert!(ok, "{said}");
    let data = dir.path().join("data");
    let next = upgraded_by_the_next_version(&data, Some(schema(&data) + 1));
    let serve_it = ["serve", "--data", "data", "--listen", "127.0.0.1:0"];
    for args in [&serve_it[..], &["keys", "list", "--data", "data"], &["backup", "--data", "data", "--out", "b.tar"]] {
        let (ok, said) = run(dir.path(), args);
        assert!(!ok && said.contains(&format!("schema {next}")), "{said}");
        assert!(said.contains("start the version that wrote it") && said.contains("restore the backup"), "{said}");
    }
    let (ok, said) = run(dir.path(), &["restore", "before.tar", "--data", "data", "--force"]);
    assert!(ok, "{said}");
    let back = serve(dir.path(), &[]);
    assert_eq!(create(&back, &key, &number(1)).await.0, 201);
    assert_eq!(found(&back, &key, "/v1/components").await.0, 200);
}
