//! `examples/backup`: its scripts do what they say.

use std::path::Path;
use std::process::Command;

use super::names;
use crate::support::guests::root;
use crate::support::postgres::is_for_sqlite;
use crate::support::process::{output, serve};
use crate::support::service::compiler;

fn script(dir: &Path, name: &str, args: &[&str]) -> (bool, String) {
    let mut command = Command::new("sh");
    command.arg(root().join("examples/backup").join(name)).args(args).current_dir(dir);
    command.env("COUNTERSIGN", compiler()).env("BACKUPS", dir.join("backups")).env("KEEP", "3");
    output(&mut command)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_backup_script_keeps_the_newest_and_the_rehearsal_restores_one_with_the_key_alone() {
    if is_for_sqlite("the example of backups") {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let running = serve(dir.path(), &[]);
    let backups = dir.path().join("backups");
    std::fs::create_dir(&backups).unwrap();
    for year in 2020..2025 {
        std::fs::write(backups.join(format!("countersign-{year}0101T000000Z.tar")), "old").unwrap();
    }
    let (ok, said) = script(dir.path(), "backup.sh", &["--data", "nowhere"]);
    assert!(!ok && names(&backups).len() == 5, "after a bad one none goes: {said}");
    let (ok, said) = script(dir.path(), "backup.sh", &["--data", "data"]);
    assert!(ok, "{said}");
    let kept = names(&backups);
    assert_eq!(kept[..2], ["countersign-20230101T000000Z.tar", "countersign-20240101T000000Z.tar"]);
    assert_eq!(kept.len(), 3);
    drop(running);
    let (ok, said) = script(dir.path(), "rehearse.sh", &[]);
    assert!(!ok && said.contains("master key"), "without the key it says so: {said}");
    let key = std::fs::read_to_string(dir.path().join("data.master-key")).unwrap();
    let mut command = Command::new("sh");
    command.arg(root().join("examples/backup/rehearse.sh")).env("COUNTERSIGN_MASTER_KEY", key.trim());
    command.env("COUNTERSIGN", compiler()).env("BACKUPS", &backups).current_dir(dir.path());
    let (ok, said) = output(&mut command);
    assert!(ok && said.contains("it can be restored"), "{said}");
}
