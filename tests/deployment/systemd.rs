//! The unit for systemd.

use super::{config, ends_within, text};

/// What a directive is set to, each time.
fn all(name: &str) -> Vec<String> {
    let unit = text("systemd/countersign.service");
    let of = |line: &str| line.strip_prefix(name).and_then(|rest| rest.strip_prefix('=')).map(str::to_owned);
    unit.lines().filter_map(of).collect()
}

fn one(name: &str) -> String {
    let found = all(name);
    assert_eq!(found.len(), 1, "{name}: {found:?}");
    found.into_iter().next().unwrap()
}

#[test]
fn the_unit_runs_as_nobody_who_exists_and_gains_nothing() {
    assert_eq!(one("DynamicUser"), "yes");
    assert!(all("User").is_empty());
    for name in ["CapabilityBoundingSet", "AmbientCapabilities"] {
        assert_eq!(one(name), "", "{name}");
    }
    for name in ["NoNewPrivileges", "PrivateDevices", "ProtectHome", "RestrictNamespaces", "RestrictSUIDSGID"] {
        assert_eq!(one(name), "yes", "{name}");
    }
    assert_eq!(one("ProtectSystem"), "strict");
}

#[test]
fn the_unit_lets_code_be_made_and_the_compiler_bound_itself() {
    // wasmtime would not start under it.
    assert_eq!(one("MemoryDenyWriteExecute"), "no");
    let calls = all("SystemCallFilter").join(" ");
    assert!(calls.contains("@system-service") && !calls.contains("~@resources"), "{calls}");
    assert!(!calls.split_once('~').unwrap().1.contains("@resources"), "setrlimit is needed");
    assert_eq!(one("OOMPolicy"), "continue", "an upload that takes too much ends its compiler alone");
}

#[test]
fn the_unit_hands_on_what_it_loads_and_names_the_folder_that_it_has() {
    let loaded: Vec<String> =
        all("LoadCredential").iter().map(|one| one.split(':').next().unwrap().to_owned()).collect();
    assert_eq!(loaded, ["countersign.toml", "master-key"]);
    let environment = all("Environment").join(" ");
    let words: Vec<&str> = environment.split_whitespace().collect();
    assert!(words.contains(&"COUNTERSIGN_CONFIG=%d/countersign.toml"), "{words:?}");
    assert!(words.contains(&"COUNTERSIGN_MASTER_KEY__FILE=%d/master-key"), "{words:?}");
    assert!(words.contains(&"COUNTERSIGN_DATA=%S/countersign"), "{words:?}");
    assert_eq!((one("StateDirectory"), one("StateDirectoryMode")), ("countersign".into(), "0700".into()));
}

#[test]
fn the_unit_has_the_time_to_end() {
    let time = one("TimeoutStopSec").parse::<i64>().unwrap();
    let config = config(&text("systemd/countersign.toml"));
    assert!(time > ends_within(&config), "{time} s");
}
