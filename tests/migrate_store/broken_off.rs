//! Moves that end before they are done, and what stands between a service and half of its data.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};

use tokio_postgres::{Client, NoTls};

use super::{can_be, command, moved, text};
use crate::keep::{check, code_for, create};
use crate::support::postgres::{self, asked};
use crate::support::process::{countersign, output, serve};
use crate::support::service::TO;

/// Nobody writes into a table until this is let go.
async fn blocked(url: &str, table: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client.batch_execute(&format!("BEGIN; LOCK TABLE {table} IN SHARE MODE")).await.unwrap();
    client
}

/// A move that has copied the table of keys, and is at one into which nobody writes.
fn begun(dir: &Path, url: &str) -> Child {
    let mut child = command(dir, url).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let lines = BufReader::new(child.stdout.as_mut().unwrap()).lines().map(Result::unwrap);
    let mut said = lines.filter(|line| line.starts_with("copied") && line.contains(" api_keys "));
    assert!(said.next().is_some(), "it ended before it came to the keys");
    child
}

#[tokio::test(flavor = "multi_thread")]
async fn a_move_that_was_killed_is_gone_on_with_and_nothing_starts_over_half_of_it() {
    if !can_be("a move that is killed") {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path();
    let (key, id, code) = {
        let running = serve(path, &[]);
        let key = running.key.clone().unwrap();
        let (status, made) = create(&running, &key, TO).await;
        assert_eq!(status, 201, "{made}");
        (key.clone(), made["id"].as_str().unwrap().to_owned(), code_for(&running, &key, TO).await)
    };
    let url = postgres::own(path);
    let held = blocked(&url, "audit").await;
    let mut killed = begun(path, &url);
    killed.kill().unwrap();
    killed.wait().unwrap();
    held.batch_execute("ROLLBACK").await.unwrap();
    assert_eq!(text(&url, "SELECT count(*) FROM messages").as_deref(), Some("0"), "it had not come so far");

    for args in [&["serve", "--data", "other", "--listen", "127.0.0.1:0"][..], &["keys", "list"]] {
        let (ok, said) = output(countersign(args).current_dir(path).env("COUNTERSIGN_STORE", &url));
        assert!(!ok && said.contains("not finished") && said.contains("migrate-store"), "{said}");
    }
    let (ok, said) = moved(path, &url);
    assert!(ok && said.contains("the same on both sides"), "{said}");
    assert_eq!(text(&url, "SELECT count(*) FROM meta WHERE name LIKE 'moving %'").as_deref(), Some("0"));

    std::fs::write(path.join("countersign.toml"), format!("store = \"{url}\"\n[postgres]\nconnections = 8\n")).unwrap();
    let running = serve(path, &[]);
    assert_eq!(running.key, None, "the key of then is known");
    assert_eq!(check(&running, &key, &id, &code).await.1["status"], "approved");
    drop(running);

    let everything = "SELECT md5(string_agg(v::text, '' ORDER BY id)) FROM verifications v";
    let before = text(&url, everything);
    let (ok, said) = moved(path, &url);
    assert!(ok && said.contains("before") && said.contains("nothing was done"), "{said}");
    assert_eq!(text(&url, everything), before, "what was checked since is not undone");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_was_changed_behind_its_back_is_found_and_nothing_starts_over_it() {
    if !can_be("a row that was changed") {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    drop(serve(dir.path(), &[]));
    let url = postgres::own(dir.path());
    let held = blocked(&url, "audit").await;
    let moving = begun(dir.path(), &url);
    assert_eq!(asked(&url, "UPDATE api_keys SET name = 'another'").unwrap().written, 1);
    held.batch_execute("ROLLBACK").await.unwrap();
    let ended = moving.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&ended.stderr);
    assert!(!ended.status.success() && said.contains("`api_keys` is not the same on both sides"), "{said}");
    let (ok, again) = moved(dir.path(), &url);
    assert!(!ok && again.contains("`api_keys`"), "nor is it done the next time: {again}");
    let (ok, said) = output(countersign(&["keys", "list"]).current_dir(dir.path()).env("COUNTERSIGN_STORE", &url));
    assert!(!ok && said.contains("not finished"), "{said}");
    asked(&url, "UPDATE api_keys SET name = 'first start'").unwrap();
    let (ok, said) = moved(dir.path(), &url);
    assert!(ok, "as it was, it is the same again: {said}");
}
