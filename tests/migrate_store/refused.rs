//! What is not moved, and where nothing is moved to: each is refused, and nothing was done.

use super::{can_be, moved, text};
use crate::support::postgres::{self, asked};
use crate::support::process::{countersign, output, serve};

#[tokio::test(flavor = "multi_thread")]
async fn a_running_service_and_a_folder_with_nothing_in_it_are_not_moved() {
    if !can_be("a service that runs") {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let url = postgres::own(dir.path());
    let (ok, said) = moved(dir.path(), &url);
    assert!(!ok && said.contains("nothing to move"), "{said}");
    assert!(!dir.path().join("data").exists(), "no folder is made");
    let running = serve(dir.path(), &[]);
    let (ok, said) = moved(dir.path(), &url);
    assert!(!ok && said.contains("a service runs with") && said.contains("stop it"), "{said}");
    drop(running);
    assert_eq!(text(&url, "SELECT count(*) FROM meta").as_deref(), Some("0"));
    let (ok, said) = moved(dir.path(), &url);
    assert!(ok, "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_has_other_data_is_refused_by_the_tables_name() {
    if !can_be("a database with other data") {
        return;
    }
    let (dir, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    drop(serve(dir.path(), &[]));
    let url = postgres::own(dir.path());
    let users = "INSERT INTO users (id, name, email, roles, created_at) VALUES ('u', 'u', 'u@example.com', '[]', 0)";
    for (made, table, gone) in [
        (users, "users", "DELETE FROM users"),
        ("UPDATE environments SET display_name = 'Shop'", "environments", "DELETE FROM environments"),
        (
            "CREATE TABLE \"an Order\" (n int); INSERT INTO \"an Order\" VALUES (1)",
            "an Order",
            "DROP TABLE \"an Order\"",
        ),
    ] {
        asked(&url, made).unwrap();
        let (ok, said) = moved(dir.path(), &url);
        assert!(
            !ok && said.contains(&format!("in the table `{table}`")) && said.contains("Nothing was done"),
            "{said}"
        );
        assert_eq!(text(&url, "SELECT count(*) FROM api_keys").as_deref(), Some("0"));
        asked(&url, gone).unwrap();
    }
    let (ok, said) = moved(dir.path(), &url);
    assert!(ok, "{said}");

    drop(serve(other.path(), &[]));
    let keys = text(&url, "SELECT string_agg(id, ',') FROM api_keys");
    let (ok, said) = moved(other.path(), &url);
    assert!(!ok && said.contains("another data folder"), "{said}");
    assert_eq!(text(&url, "SELECT string_agg(id, ',') FROM api_keys"), keys);
}

#[test]
fn what_is_no_move_is_refused_in_words_that_show_no_password() {
    let run = |args: &[&str]| output(&mut countersign(&[&["migrate-store"], args].concat()));
    for args in [
        &["postgres://me:hidden-word@one/db", "postgres://me:hidden-word@other/db"][..],
        &["sqlite:///nowhere", "mysql://me:hidden-word@other/db"],
        &["sqlite:///nowhere", "postgres://me:hidden-word@127.0.0.1:1/db"],
        &["sqlite:///nowhere"],
    ] {
        let (ok, said) = run(args);
        assert!(!ok && !said.contains("hidden-word") && !said.contains("panicked"), "{said}");
    }
}
