use std::collections::BTreeSet;
use std::process::Command;

use super::{checks, new, shared_transcripts};
use crate::support::guests::root;

/// `cargo …` as an author calls it, and not as the one that runs this test was called.
fn cargo(dir: &std::path::Path, args: &[&str]) -> String {
    let mut cargo = Command::new(env!("CARGO"));
    for inherited in ["CARGO_ENCODED_RUSTFLAGS", "RUSTFLAGS", "CARGO_TARGET_DIR", "CARGO_BUILD_TARGET", "RUSTC_WRAPPER"]
    {
        cargo.env_remove(inherited);
    }
    let output = cargo.args(args).current_dir(dir).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said).into_owned();
    assert!(output.status.success(), "cargo {args:?}:\n{said}");
    said
}

#[test]
fn a_new_connector_in_rust_passes_as_it_is() {
    let (_scratch, dir) = new("rust");
    checks(&dir, None);
}

#[test]
fn a_new_connector_in_rust_builds_and_tests_as_any_crate_does_with_the_lock_that_it_came_with() {
    let (_scratch, dir) = new("rust");
    let lock = std::fs::read_to_string(dir.join("Cargo.lock")).unwrap();
    let said = cargo(&dir, &["build", "--locked"]) + &cargo(&dir, &["test", "--locked"]);
    assert!(said.contains("2 passed"), "{said}");
    assert!(!said.contains("warning"), "{said}");
    assert_eq!(lock, std::fs::read_to_string(dir.join("Cargo.lock")).unwrap());
}

/// Name, version and checksum of what a lock file takes from a registry.
fn locked(path: &str) -> BTreeSet<(String, String, String)> {
    let lock: toml::Table = std::fs::read_to_string(root().join(path)).unwrap().parse().unwrap();
    let packages = lock["package"].as_array().unwrap().iter();
    let word = |package: &toml::Value, field: &str| package[field].as_str().unwrap().to_owned();
    packages
        .filter(|package| package.get("checksum").is_some())
        .map(|package| (word(package, "name"), word(package, "version"), word(package, "checksum")))
        .collect()
}

#[test]
fn whoever_writes_in_rust_gets_the_versions_that_this_repository_has() {
    let ours = locked("Cargo.lock");
    for path in ["runtime/kit/new/rust/Cargo.lock", "examples/connectors/rust/Cargo.lock"] {
        let theirs = locked(path);
        let others: Vec<_> = theirs.difference(&ours).collect();
        assert!(theirs.len() > 20 && others.is_empty(), "{path} has parted from Cargo.lock: {others:?}");
    }
    let template = std::fs::read_to_string(root().join("runtime/kit/new/rust/Cargo.toml")).unwrap();
    let workspace = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    for name in ["serde = ", "serde_json = ", "wit-bindgen = "] {
        let line = template.lines().find(|line| line.starts_with(name)).unwrap();
        assert!(workspace.lines().any(|ours| ours == line), "Cargo.toml has it otherwise: {line}");
    }
}

#[test]
fn the_example_in_rust_passes_the_transcripts_that_all_languages_share() {
    let dir = root().join("examples/connectors/rust");
    cargo(&dir, &["metadata", "--locked", "--format-version", "1"]);
    checks(&dir, Some(&shared_transcripts()));
}
