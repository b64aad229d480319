//! A restore that is killed before any of its file operations: the folder has what was there, or what was restored.
#![cfg(target_os = "linux")]

use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;

pub use crate::durable::library;
use crate::support::postgres::is_for_sqlite;
use crate::support::process::{countersign, serve};
use crate::support::service::number;

use super::{backup, create, names};

/// Ids of the verifications in a data folder, as a service that starts would find them.
fn verifications(data: &Path) -> Vec<String> {
    let database = rusqlite::Connection::open(data.join("countersign.db")).unwrap();
    let verdict: String = database.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(verdict, "ok");
    let mut all = database.prepare("SELECT id FROM verifications ORDER BY id").unwrap();
    all.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for name in names(from).iter().filter(|name| name.starts_with("countersign.db")) {
        std::fs::copy(from.join(name), to.join(name)).unwrap();
    }
}

/// Restore over what is in `work`, killed before an operation if one is named.
fn restore(work: &Path, log: &Path, kill_before: Option<usize>) -> std::process::ExitStatus {
    let mut command = countersign(&["restore", "../one.tar", "--data", "data", "--force"]);
    command.current_dir(work).env("LD_PRELOAD", library()).env("OPERATIONS_ROOT", work.join("data"));
    command.env("OPERATIONS_LOG", log).env("OPERATIONS_ALL", "1");
    if let Some(number) = kill_before {
        command.env("OPERATIONS_KILL", number.to_string());
    }
    command.output().unwrap().status
}

/// What a restore that nobody kills does to the folder, in order.
fn operations(path: &Path) -> Vec<String> {
    let work = path.join("whole");
    copy(&path.join("old"), &work.join("data"));
    std::fs::copy(path.join("data.master-key"), work.join("data.master-key")).unwrap();
    let log = path.join("operations");
    assert!(restore(&work, &log, None).success());
    std::fs::read_to_string(log).unwrap().lines().map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_restore_that_is_killed_at_any_moment_leaves_the_old_database_or_the_new_one() {
    if is_for_sqlite("a restore that is killed") {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path();
    let running = serve(path, &[]);
    let key = running.key.clone().unwrap();
    assert_eq!(create(&running, &key, &number(1)).await.0, 201);
    backup(path, "one.tar");
    let restored = verifications(&path.join("data"));
    for n in 2..30 {
        assert_eq!(create(&running, &key, &number(n)).await.0, 201);
    }
    drop(running);
    // As `kill -9` left it: most of it is in the log still.
    assert!(std::fs::metadata(path.join("data/countersign.db-wal")).unwrap().len() > 100_000);
    copy(&path.join("data"), &path.join("old"));
    copy(&path.join("old"), &path.join("look"));
    let there = verifications(&path.join("look"));
    assert!(restored.len() == 1 && there.len() == 29);
    let operations = operations(path);
    // Each change of a name and each sync, and some of the many writes between them.
    let moments = operations.iter().enumerate().filter(|(n, what)| !what.starts_with("write") || n % 7 == 0);
    let (mut killed, mut olds, mut news) = (0, 0, 0);
    for (number, _) in moments {
        let work = path.join(format!("work-{number}"));
        copy(&path.join("old"), &work.join("data"));
        std::fs::copy(path.join("data.master-key"), work.join("data.master-key")).unwrap();
        let ended = restore(&work, &path.join("log"), Some(number));
        assert_eq!(ended.signal(), Some(9), "operation {number} came");
        let found = verifications(&work.join("data"));
        assert!(found == restored || found == there, "killed before operation {number}: {} rows", found.len());
        if found == there {
            olds += 1;
        } else {
            news += 1;
        }
        // Whoever runs it again gets there.
        let (ok, said) = super::run(&work, &["restore", "../one.tar", "--data", "data", "--force"]);
        assert!(ok, "{said}");
        assert_eq!(verifications(&work.join("data")), restored);
        assert!(!names(&work.join("data")).iter().any(|name| name.starts_with("restoring-")));
        std::fs::remove_dir_all(&work).unwrap();
        killed += 1;
    }
    println!(
        "killed before {killed} of {} operations: {olds} times the old one was there, {news} times the new one",
        operations.len()
    );
    assert!(olds > 5 && news > 0, "{olds} {news}");
}
