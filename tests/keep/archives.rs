//! Archives from a hostile world: each is refused, in words, and nothing of it is on disk.

use std::path::Path;

use super::{backup, names, run};
use crate::support::postgres::is_for_sqlite;
use crate::support::process::{countersign, output, serve};

struct Kept {
    dir: tempfile::TempDir,
    archive: Vec<u8>,
}

impl Kept {
    fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        drop(serve(dir.path(), &[]));
        let archive = std::fs::read(backup(dir.path(), "good.tar")).unwrap();
        Self { dir, archive }
    }

    /// What `restore` says to these bytes. It must refuse, and make nothing.
    fn refused(&self, bytes: &[u8]) -> String {
        let path = self.dir.path();
        std::fs::write(path.join("bad.tar"), bytes).unwrap();
        std::fs::create_dir_all(path.join("there")).unwrap();
        let key = std::fs::read_to_string(path.join("data.master-key")).unwrap();
        let mut restore = countersign(&["restore", "bad.tar", "--data", "there/new"]);
        let (ok, said) = output(restore.current_dir(path).env("COUNTERSIGN_MASTER_KEY", key.trim()));
        assert!(!ok, "{said}");
        assert_eq!(names(&path.join("there")), [""; 0], "{said}");
        assert!(!said.contains("panicked"), "{said}");
        said
    }
}

/// A tar of these entries: name, kind, content.
fn tar_of(entries: &[(&str, tar::EntryType, &[u8])]) -> Vec<u8> {
    let mut tar = tar::Builder::new(Vec::new());
    for (name, kind, content) in entries {
        let mut header = tar::Header::new_gnu();
        header.set_entry_type(*kind);
        header.set_size(content.len() as u64);
        header.set_mode(0o600);
        if *kind == tar::EntryType::Symlink {
            header.set_link_name("/etc/passwd").unwrap();
        }
        // As it is: the library would refuse to write a hostile name.
        let raw = header.as_gnu_mut().unwrap();
        raw.name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_cksum();
        tar.append(&header, *content).unwrap();
    }
    tar.into_inner().unwrap()
}

fn parts(archive: &[u8]) -> Vec<Vec<u8>> {
    let mut tar = tar::Archive::new(archive);
    let entries = tar.entries().unwrap();
    entries
        .map(|entry| {
            let mut bytes = Vec::new();
            std::io::Read::read_to_end(&mut entry.unwrap(), &mut bytes).unwrap();
            bytes
        })
        .collect()
}

#[test]
fn an_archive_that_names_other_paths_or_other_than_plain_files_is_refused() {
    if is_for_sqlite("an archive of a backup") {
        return;
    }
    use tar::EntryType as T;
    let kept = Kept::new();
    let good = parts(&kept.archive);
    let (manifest, database, digest) = (good[0].as_slice(), good[1].as_slice(), good[2].as_slice());
    let mut entries = vec![
        ("manifest.json", T::Regular, manifest),
        ("countersign.db", T::Regular, database),
        ("manifest.sha256", T::Regular, digest),
    ];
    // The test is worth something only if the same bytes in the same way are taken.
    std::fs::write(kept.dir.path().join("same.tar"), tar_of(&entries)).unwrap();
    std::fs::copy(kept.dir.path().join("data.master-key"), kept.dir.path().join("same.master-key")).unwrap();
    let (ok, said) = run(kept.dir.path(), &["restore", "same.tar", "--data", "same"]);
    assert!(ok, "{said}");
    for (name, kind, says) in [
        ("../countersign.db", T::Regular, "holds `../countersign.db`"),
        ("/etc/countersign.db", T::Regular, "holds `/etc/countersign.db`"),
        ("./countersign.db", T::Regular, "holds `./countersign.db`"),
        ("countersign.db\n", T::Regular, "holds `countersign.db\\n`"),
        ("countersign.db", T::Symlink, "not a plain file"),
        ("countersign.db", T::Link, "not a plain file"),
        ("countersign.db", T::Directory, "not a plain file"),
        ("countersign.db", T::Fifo, "not a plain file"),
        ("countersign.db", T::GNUSparse, "not a plain file"),
        ("countersign.db", T::GNULongName, "not a plain file"),
        ("countersign.db", T::XHeader, "not a plain file"),
    ] {
        entries[1] = (name, kind, if kind == T::Symlink { b"" } else { database });
        let said = kept.refused(&tar_of(&entries));
        assert!(said.contains(says), "{name} {kind:?}: {said}");
    }
    entries[1] = ("countersign.db", T::Regular, database);
    entries.push(("more", T::Regular, b"more"));
    let said = kept.refused(&tar_of(&entries));
    assert!(said.contains("goes on after it"), "{said}");
}

#[test]
fn an_archive_that_lies_about_sizes_is_refused_before_anything_is_read() {
    if is_for_sqlite("an archive of a backup") {
        return;
    }
    let kept = Kept::new();
    for (at, says) in [(0, "manifest.json"), (512 + manifest_blocks(&kept.archive), "countersign.db")] {
        let mut archive = kept.archive.clone();
        let mut header = tar::Header::from_byte_slice(&archive[at..at + 512]).clone();
        for size in [u64::MAX >> 1, 8 << 40, kept.archive.len() as u64] {
            header.set_size(size);
            header.set_cksum();
            archive[at..at + 512].copy_from_slice(header.as_bytes());
            let said = kept.refused(&archive);
            assert!(said.contains(says), "{size}: {said}");
        }
    }
}

fn manifest_blocks(archive: &[u8]) -> usize {
    tar::Header::from_byte_slice(&archive[..512]).size().unwrap().next_multiple_of(512) as usize
}

#[test]
fn an_archive_that_was_cut_or_altered_anywhere_is_refused() {
    if is_for_sqlite("an archive of a backup") {
        return;
    }
    let kept = Kept::new();
    let whole = kept.archive.len();
    for length in [0, 1, 511, 512, 700, 1024, 4096, whole / 2, whole - 2000, whole - 1024, whole - 1] {
        let said = kept.refused(&kept.archive[..length]);
        assert!(said.contains("can't be restored"), "{length}: {said}");
    }
    let database = 1024 + manifest_blocks(&kept.archive);
    // In the manifest, in headers, all over the database.
    let places = [60, 130, 150, 512, 520, 600, 512 + manifest_blocks(&kept.archive) + 130]
        .into_iter()
        .chain((0..12).map(|n| database + n * (whole - database - 4096) / 12))
        .chain([whole - 1024 - 512]);
    for place in places {
        let mut archive = kept.archive.clone();
        archive[place] ^= 1;
        let said = kept.refused(&archive);
        assert!(said.contains("can't be restored"), "byte {place}: {said}");
    }
    for other in [&b"not a tar at all"[..], &[0; 4096], &vec![0xff; 100_000]] {
        assert!(kept.refused(other).contains("can't be restored"));
    }
    let (ok, said) = run(kept.dir.path(), &["restore", "nowhere.tar", "--data", "new"]);
    assert!(!ok && said.contains("nowhere.tar"), "{said}");
    let (ok, said) = run(kept.dir.path(), &["restore", "data", "--data", "new"]);
    assert!(!ok && said.contains("not a file"), "{said}");
}

#[test]
fn a_database_that_is_none_of_ours_is_refused_though_its_digests_are_right() {
    if is_for_sqlite("an archive of a backup") {
        return;
    }
    let kept = Kept::new();
    let good = parts(&kept.archive);
    let forged = |change: &str| {
        let file = kept.dir.path().join("forged.db");
        std::fs::write(&file, &good[1]).unwrap();
        let database = rusqlite::Connection::open(&file).unwrap();
        database.execute_batch(change).unwrap();
        drop(database);
        packed(&good[0], &std::fs::read(&file).unwrap())
    };
    let trigger = "CREATE TRIGGER t AFTER INSERT ON meta BEGIN DELETE FROM api_keys; END";
    for (change, says) in [
        (trigger, "triggers"),
        ("CREATE VIEW v AS SELECT 1", "triggers"),
        // One of ours by its name, and not by what it does.
        (
            "DROP TRIGGER status_callbacks_noted; CREATE TRIGGER status_callbacks_noted AFTER UPDATE OF status ON messages
             BEGIN DELETE FROM api_keys; END",
            "triggers",
        ),
        ("PRAGMA user_version = 0", "no data of this service"),
        ("PRAGMA user_version = 99; DELETE FROM meta WHERE name = 'schema_opens_from'", "schema 99"),
    ] {
        let said = kept.refused(&forged(change));
        assert!(said.contains(says), "{change}: {said}");
    }
    let said = kept.refused(&packed(&good[0], b"no database"));
    assert!(said.contains("not a database"), "{said}");
    let newer = String::from_utf8(good[0].clone()).unwrap().replace("\"format\": 1", "\"format\": 2");
    let said = kept.refused(&packed(newer.as_bytes(), &good[1]));
    assert!(said.contains("format 2") && said.contains("the version that wrote it"), "{said}");
}

/// An archive whose digests are right.
fn packed(manifest: &[u8], database: &[u8]) -> Vec<u8> {
    use sha2::{Digest as _, Sha256};
    let mut manifest: serde_json::Value = serde_json::from_slice(manifest).unwrap();
    manifest["parts"][0]["bytes"] = database.len().into();
    manifest["parts"][0]["sha256"] = hex::encode(Sha256::digest(database)).into();
    let manifest = serde_json::to_vec_pretty(&manifest).unwrap();
    let digest = hex::encode(Sha256::digest(&manifest));
    let plain = tar::EntryType::Regular;
    tar_of(&[
        ("manifest.json", plain, &manifest),
        ("countersign.db", plain, database),
        ("manifest.sha256", plain, digest.as_bytes()),
    ])
}

#[test]
fn a_folder_that_is_used_or_not_empty_is_left_alone() {
    if is_for_sqlite("an archive of a backup") {
        return;
    }
    let kept = Kept::new();
    let path = kept.dir.path();
    let restore = |more: &[&str]| {
        let mut args = vec!["restore", "good.tar", "--data", "data"];
        args.extend(more);
        run(path, &args)
    };
    let (ok, said) = restore(&[]);
    assert!(!ok && said.contains("not empty") && said.contains("--force"), "{said}");
    let running = serve(path, &[]);
    let (ok, said) = restore(&["--force"]);
    assert!(!ok && said.contains("another process serves"), "{said}");
    drop(running);
    let (ok, said) = restore(&["--force"]);
    assert!(ok && said.contains("before-restore-"), "{said}");
    let before = names(&path.join("data")).into_iter().find(|name| name.starts_with("before-restore-")).unwrap();
    sound(&path.join("data").join(before));
    let again = serve(path, &[]);
    drop(again);
}

pub fn sound(database: &Path) {
    let database = rusqlite::Connection::open(database).unwrap();
    let verdict: String = database.query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(verdict, "ok");
}
