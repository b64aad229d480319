//! A backup is taken while codes flow, and what was answered before it began is in it.

use std::os::unix::fs::PermissionsExt as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use serde_json::json;

use super::{backup, check, code_for, create, found, names, run};
use crate::support::postgres::is_for_sqlite;
use crate::support::process::{Running, serve};
use crate::support::service::number;

/// Callers that create verifications until told to end; answers the ids of all that were answered.
fn load(
    running: &Arc<Running>,
    key: &str,
    ends: &Arc<AtomicBool>,
    count: &Arc<AtomicU32>,
) -> Vec<tokio::task::JoinHandle<()>> {
    let caller = |_| {
        let (running, key) = (Arc::clone(running), key.to_owned());
        let (ends, count) = (Arc::clone(ends), Arc::clone(count));
        tokio::spawn(async move {
            while !ends.load(Ordering::SeqCst) {
                let n = count.fetch_add(1, Ordering::SeqCst);
                let (status, made) = create(&running, &key, &number(10_000 + n)).await;
                assert_eq!(status, 201, "no send fails because of a backup: {made}");
            }
        })
    };
    (0..4).map(caller).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_answered_before_a_backup_under_load_began_is_in_it_and_its_codes_are_right() {
    if is_for_sqlite("a backup") {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let running = Arc::new(serve(dir.path(), &[]));
    let key = running.key.clone().unwrap();
    let (ends, count) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicU32::new(0)));
    let callers = load(&running, &key, &ends, &count);
    let mut answered = Vec::new();
    for n in 0..20 {
        let (status, made) = create(&running, &key, &number(n)).await;
        assert_eq!(status, 201, "{made}");
        answered.push(made["id"].as_str().unwrap().to_owned());
    }
    let code = code_for(&running, &key, &number(19)).await;
    let place = dir.path().to_owned();
    let file = tokio::task::spawn_blocking(move || backup(&place, "one.tar")).await.unwrap();
    let during = count.load(Ordering::SeqCst);
    ends.store(true, Ordering::SeqCst);
    for caller in callers {
        caller.await.unwrap();
    }
    assert!(during > 4, "{during} sends beside it prove nothing");
    assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
    drop(running);

    // Another machine: the file, and the key from where it is kept.
    let other = tempfile::tempdir().unwrap();
    std::fs::copy(dir.path().join("data.master-key"), other.path().join("data.master-key")).unwrap();
    let (ok, said) = run(other.path(), &["restore", file.to_str().unwrap(), "--data", "data"]);
    assert!(ok && said.contains("restored: data"), "{said}");
    let restored = serve(other.path(), &[]);
    for id in &answered {
        let (status, shown) = found(&restored, &key, &format!("/v1/verifications/{id}")).await;
        assert_eq!((status, &shown["status"]), (200, &json!("pending")), "{shown}");
    }
    let (status, told) = check(&restored, &key, &answered[19], &code).await;
    assert_eq!((status, &told["status"]), (200, &json!("approved")), "{told}");
    assert_eq!(create(&restored, &key, &number(50)).await.0, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_master_key_is_not_in_a_backup_and_its_part_is_said_plainly() {
    if is_for_sqlite("a backup") {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    drop(serve(dir.path(), &[]));
    let (ok, said) = run(dir.path(), &["backup", "--data", "data", "--out", "one.tar"]);
    assert!(ok && said.contains("opens only with the master key") && said.contains("lost for good"), "{said}");
    let (_, check) = run(dir.path(), &["master-key", "check", "--data", "data"]);
    assert!(check.trim().len() == 16 && said.contains(check.trim()), "{said}\n{check}");
    let archive = std::fs::read(dir.path().join("one.tar")).unwrap();
    let key = std::fs::read_to_string(dir.path().join("data.master-key")).unwrap();
    let holds = |bytes: &[u8]| archive.windows(bytes.len()).any(|window| window == bytes);
    assert!(!holds(key.trim().as_bytes()) && !holds(&hex::decode(key.trim()).unwrap()));
    assert!(holds(check.trim().as_bytes()), "the manifest says which key it wants");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_replaces_nothing_and_one_that_fails_leaves_nothing() {
    if is_for_sqlite("a backup") {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let (ok, said) = run(dir.path(), &["backup", "--data", "data", "--out", "one.tar"]);
    assert!(!ok && said.contains("no service has been started"), "{said}");
    drop(serve(dir.path(), &[]));
    std::fs::write(dir.path().join("one.tar"), "precious").unwrap();
    let (ok, said) = run(dir.path(), &["backup", "--data", "data", "--out", "one.tar"]);
    assert!(!ok && said.contains("exists already"), "{said}");
    assert_eq!(std::fs::read(dir.path().join("one.tar")).unwrap(), b"precious");
    let (ok, said) = run(dir.path(), &["backup", "--data", "data", "--out", "nowhere/one.tar"]);
    assert!(!ok && said.contains("nowhere/one.tar"), "{said}");
    // Damage in the database is found before there is a backup that nobody could restore.
    let database = dir.path().join("data/countersign.db");
    drop(rusqlite::Connection::open(&database).unwrap().execute_batch("PRAGMA wal_checkpoint(TRUNCATE)"));
    let mut bytes = std::fs::read(&database).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 20_000].fill(0x5a);
    std::fs::write(&database, bytes).unwrap();
    let (ok, said) = run(dir.path(), &["backup", "--data", "data", "--out", "two.tar"]);
    assert!(!ok && (said.contains("damaged") || said.contains("malformed")), "{said}");
    assert_eq!(names(dir.path()), ["data", "data.master-key", "one.tar"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_ends_a_backup_in_words_and_leaves_nothing() {
    if is_for_sqlite("a backup") {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    drop(serve(dir.path(), &[]));
    // Room for the copy and half of the archive, then for a part of the copy only.
    let size = std::fs::metadata(dir.path().join("data/countersign.db")).unwrap().len();
    for room in [size + size / 2, 100_000] {
        let mut command = crate::support::process::countersign(&["backup", "--data", "data", "--out", "full/one.tar"]);
        let full = dir.path().join("full");
        std::fs::create_dir_all(&full).unwrap();
        command.current_dir(dir.path()).env("LD_PRELOAD", super::killed::library());
        command.env("OPERATIONS_ROOT", &full).env("OPERATIONS_LOG", dir.path().join("log"));
        command.env("OPERATIONS_ROOM", room.to_string());
        let (ok, said) = crate::support::process::output(&mut command);
        assert!(!ok && (said.contains("No space left") || said.contains("full")), "room {room}: {said}");
        assert_eq!(names(&full), [""; 0], "room {room}");
    }
}
