//! The machine, the data folder, the database, the key: broken one by one.

use std::path::Path;
use std::process::Command;

use rusqlite::Connection;

use super::{Place, set_up_production, told};
use crate::support::inside::Inside;
use crate::support::postgres::is_for_sqlite;
use crate::support::process::{beside, output, serve};
use crate::support::service::{cache_dir, compiler};

/// An installation that was started once.
fn used() -> Place {
    let place = Place::new();
    drop(serve(place.path(), &[]));
    place
}

fn database(place: &Place) -> Connection {
    Connection::open(place.data().join("countersign.db")).unwrap()
}

/// Names, sizes and times of a folder's files.
fn state(dir: &Path) -> Vec<(String, u64, std::time::SystemTime)> {
    let mut files: Vec<_> = std::fs::read_dir(dir)
        .unwrap()
        .map(|file| {
            let file = file.unwrap();
            let meta = file.metadata().unwrap();
            (file.file_name().into_string().unwrap(), meta.len(), meta.modified().unwrap())
        })
        .filter(|(name, ..)| !name.ends_with("-shm"))
        .collect();
    files.sort();
    files
}

#[test]
fn looking_changes_nothing_and_an_older_database_is_not_brought_to_a_newer_schema() {
    if is_for_sqlite("a database of another schema") {
        return;
    }
    let place = used();
    database(&place).execute_batch("PRAGMA user_version = 1; PRAGMA wal_checkpoint(TRUNCATE);").unwrap();
    let before = state(&place.data());
    let told = place.ask(&[]);
    assert_eq!(told.status("database"), "warn", "{}", told.text);
    assert!(told.seen("database").starts_with("schema 1; the next start"), "{}", told.text);
    let after = state(&place.data());
    let kept = |files: &[(String, u64, std::time::SystemTime)]| {
        files.iter().filter(|(name, size, _)| !(name.ends_with("-wal") && *size == 0)).cloned().collect::<Vec<_>>()
    };
    assert_eq!(kept(&before), kept(&after));
    let version: u32 = database(&place).query_row("PRAGMA user_version", [], |row| row.get(0)).unwrap();
    assert_eq!(version, 1);
}

#[test]
fn a_newer_database_that_cannot_be_worked_with_and_one_that_is_none_fail() {
    if is_for_sqlite("a database of another schema") {
        return;
    }
    let place = used();
    database(&place).execute_batch("PRAGMA user_version = 999").unwrap();
    let told = place.ask(&[]);
    assert_eq!((told.status("database"), told.status("master key")), ("warn", "ok"), "{}", told.text);
    let breaking = "UPDATE meta SET value = CAST('999' AS BLOB) WHERE name = 'schema_opens_from'";
    assert_eq!(database(&place).execute(breaking, []).unwrap(), 1);
    place.ask(&[]).fails("database", "schema 999, which is newer");
    for file in ["countersign.db-wal", "countersign.db-shm"] {
        let _ = std::fs::remove_file(place.data().join(file));
    }
    std::fs::write(place.data().join("countersign.db"), vec![b'x'; 100_000]).unwrap();
    place.ask(&[]).fails("database", "not a database");
}

#[test]
fn a_key_that_does_not_open_the_data_folder_fails_and_is_not_shown() {
    let place = used();
    assert_eq!(place.ask(&[]).status("master key"), "ok");
    let other = "ca4a11ca4a11ca4a11ca4a11ca4a11ca4a11ca4a11ca4a11ca4a11ca4a11ca4a";
    let told = place.ask(&[("COUNTERSIGN_MASTER_KEY", other)]);
    told.fails("master key", "is not the one");
    assert!(!told.text.contains("ca4a11"), "{}", told.text);
    place.ask(&[("COUNTERSIGN_MASTER_KEY", "short")]).fails("master key", "32 bytes");
    std::fs::remove_file(place.path().join("data.master-key")).unwrap();
    place.ask(&[]).fails("master key", "missing");
}

#[test]
fn a_data_folder_that_cannot_be_written_or_is_none_fails() {
    let place = Place::new();
    let at = |dir: &str| told(place.command().args(["--data", dir]));
    // Nobody writes there, not even root.
    at("/proc").fails("data folder", "can't write to it");
    at("/proc/not/there").fails("data folder", "can't be made");
    at("/etc/hostname").fails("data folder", "is no folder");
}

#[test]
fn limits_of_the_machine_that_are_too_low_are_told() {
    let place = Place::new();
    let few = format!("ulimit -n 100; exec {} doctor --json", compiler().display());
    let mut shell = Command::new("sh");
    shell.args(["-c", &few]).current_dir(place.path()).env_clear().env("COUNTERSIGN_CACHE__DIR", cache_dir());
    told(&mut shell).fails("open files", "at most 100");
    place.ask(&[("COUNTERSIGN_SANDBOX__MEMORY_MIB", "1048576000")]).fails("memory", "may take all of it");
    let told = place.ask(&[("COUNTERSIGN_SANDBOX__SLOTS", "4000000000")]);
    assert_eq!(told.status("vm.max_map_count"), "warn", "{}", told.text);
    assert!(told.check("vm.max_map_count")["fix"].as_str().unwrap().starts_with("sysctl"), "{}", told.text);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_installation_that_nobody_can_manage_or_that_lacks_a_secret_fails() {
    let place = Place::new();
    let running = serve(place.path(), &[]);
    let told = place.ask_beside(&running, &[]);
    assert_eq!(told.status("environment production"), "warn", "{}", told.text);
    set_up_production(&running, "http://127.0.0.1:1/send").await;
    assert_eq!(place.ask_beside(&running, &[]).status("environment production"), "ok");
    let data = place.data();
    let (_, list) = output(&mut beside(place.path(), &["keys", "list", "--data", data.to_str().unwrap()]));
    let id = list.split_whitespace().next().unwrap().to_owned();
    drop(running);
    assert!(Inside::of(place.path()).run("DELETE FROM secrets") > 0);
    place.ask(&[]).fails("environment production", "`authorization` is not set");
    let revoke = ["keys", "revoke", &id, "--data", data.to_str().unwrap()];
    assert!(output(&mut beside(place.path(), &revoke)).0);
    place.ask(&[]).fails("admin key", "none is valid");
}

#[test]
fn a_file_that_the_configuration_names_and_an_address_that_is_not_ours_fail() {
    let place = Place::new();
    place.ask(&[("COUNTERSIGN_EGRESS__CA_FILES", "/not/there.pem")]).fails("configuration", "/not/there.pem");
    place.ask(&[("COUNTERSIGN_EGRESS__PROXY_FILE", "/not/there")]).fails("configuration", "egress.proxy_file");
    let told = place.ask(&[("COUNTERSIGN_EGRESS__SOURCE_ADDRESS", "192.0.2.1")]);
    told.fails("source address", "egress.source_address");
    assert_eq!(told.status("listening"), "ok", "the rest is looked at all the same: {}", told.text);
}
