//! What a first start makes beside its database: folders, and a master key.
//!
//! The threat: the database is on disk and sealed under a key that is not, or lies in a folder whose name is not. Then a
//! power loss takes what was answered. And a key that was written by half would be taken for the key. The real binary
//! runs with a library before libc that writes its file operations down, and kills it before any one of them.
#![cfg(target_os = "linux")]

use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use crate::support::guests::root;
use crate::support::postgres::is_for_sqlite;
use crate::support::process::{countersign, serve};

/// The library, compiled once: whoever builds SQLite has a C compiler.
pub fn library() -> &'static PathBuf {
    static BUILT: OnceLock<PathBuf> = OnceLock::new();
    BUILT.get_or_init(|| {
        let library = root().join("target/guest/operations.so");
        let compiler = std::env::var("CC").unwrap_or_else(|_| "cc".to_owned());
        let built = Command::new(compiler)
            .args(["-shared", "-fPIC", "-O1", "-o"])
            .args([&library, &root().join("tests/durable/operations.c")])
            .arg("-ldl")
            .status();
        assert!(built.unwrap().success(), "the library can't be built");
        library
    })
}

/// A first start in `dir/new/data`, killed before an operation, or once it serves. Answers what it did, and whether it
/// came to serve.
fn first_start(dir: &Path, kill_before: Option<u32>) -> (Vec<String>, bool) {
    let (data, log) = (dir.join("new/data"), dir.join("log"));
    let mut command = countersign(&["serve", "--listen", "127.0.0.1:0", "--data"]);
    command.arg(&data).current_dir(dir).stdout(Stdio::piped()).stderr(Stdio::null());
    command.env("LD_PRELOAD", library()).env("OPERATIONS_ROOT", dir).env("OPERATIONS_LOG", &log);
    if let Some(number) = kill_before {
        command.env("OPERATIONS_KILL", number.to_string());
    }
    let mut child = command.spawn().unwrap();
    let printed = std::io::BufReader::new(child.stdout.take().unwrap());
    let serves = std::io::BufRead::lines(printed).any(|line| line.unwrap().contains("content-type"));
    // What follows the first answer is no part of a start.
    let done = std::fs::read_to_string(&log).unwrap_or_default().lines().map(str::to_owned).collect();
    let _ = child.kill();
    assert_eq!(child.wait().unwrap().signal(), Some(9));
    (done, serves)
}

fn place(done: &[String], what: &str) -> usize {
    done.iter().position(|line| line == what).unwrap_or_else(|| panic!("no `{what}` in {done:#?}"))
}

#[test]
fn what_a_database_needs_to_be_found_and_opened_is_on_disk_before_anything_is_sealed_in_it() {
    if is_for_sqlite("what a first start writes") {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let (done, serves) = first_start(dir.path(), None);
    assert!(serves);
    let first_answer = place(&done, "sync /new/data/countersign.db-wal");
    for (made, above) in [("make /new", "sync "), ("make /new/data", "sync /new")] {
        let made = place(&done, made);
        let synced = made + place(&done[made..], above);
        assert!(synced < first_answer, "the name of a folder is on disk before what lies in it: {done:#?}");
    }
    // The key is written aside. From there to the sync of its name nothing goes to the database: least of all its root.
    let aside = done.iter().position(|line| line.starts_with("make /new/data.master-key")).unwrap();
    let file = done[aside].trim_start_matches("make ");
    let content = aside + place(&done[aside..], &format!("sync {file}"));
    let name = content + place(&done[content..], "sync /new");
    let between = &done[aside..name];
    assert!(!between.iter().any(|line| line.contains("countersign.db")), "{between:#?}");
    assert!(done[name..].iter().any(|line| line == "write /new/data/countersign.db-wal"), "the root comes after it");
}

#[test]
fn a_first_start_that_is_killed_before_any_of_its_file_operations_is_finished_by_the_next() {
    if is_for_sqlite("what a first start writes") {
        return;
    }
    let mut number = 0;
    loop {
        let dir = tempfile::tempdir().unwrap();
        let (done, serves) = first_start(dir.path(), Some(number));
        let last = done.last().cloned().unwrap_or_default();
        let key = dir.path().join("new/data.master-key");
        if last.starts_with("sync /new/data.master-key") {
            assert!(key.exists(), "the next operation would sync the name: it has to be there");
        }
        std::fs::create_dir_all(dir.path().join("new")).unwrap();
        let again = serve(&dir.path().join("new"), &[]);
        drop(again);
        assert!(key.exists(), "killed after `{last}`");
        if serves {
            break;
        }
        number += 1;
    }
    println!("killed before each of {number} operations");
    assert!(number > 8, "{number}");
}
