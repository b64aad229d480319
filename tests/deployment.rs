//! `examples/deployment`: its files agree with the program and with each other, and its page says of each what was run.

mod container;
mod kubernetes;
mod systemd;

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

use countersign::config::{Config, OPTIONS};
use yaml_rust2::{Yaml, YamlLoader};

use crate::support::guests::root;

/// Variables that are no options of the file: `countersign.example.toml` names them at its head, the command line the rest.
const OTHERS: [&str; 5] =
    ["COUNTERSIGN_ADMIN_KEY", "COUNTERSIGN_MASTER_KEY", "COUNTERSIGN_LISTEN", "COUNTERSIGN_DATA", "COUNTERSIGN_CONFIG"];

/// Whom the image runs as.
const NOBODY: i64 = 65532;

fn folder() -> PathBuf {
    root().join("examples/deployment")
}

fn text(name: &str) -> String {
    let path = folder().join(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn yaml(name: &str) -> Yaml {
    parsed(&text(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn parsed(text: &str) -> Result<Yaml, String> {
    let mut documents = YamlLoader::load_from_str(text).map_err(|error| error.to_string())?;
    assert_eq!(documents.len(), 1, "one document a file");
    Ok(documents.remove(0))
}

/// Every file of it that git keeps or will, by its path in the folder. What an operator made of them is none.
fn files() -> Vec<String> {
    fn below(dir: &Path, found: &mut Vec<PathBuf>) {
        for entry in std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()) {
            match entry.is_dir() {
                true if entry.ends_with("secrets") => {}
                true => below(&entry, found),
                false if entry.ends_with(".env") => {}
                false => found.push(entry),
            }
        }
    }
    let mut found = Vec::new();
    below(&folder(), &mut found);
    let mut names: Vec<String> =
        found.iter().map(|path| path.strip_prefix(folder()).unwrap().to_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

/// A configuration as the program reads it, beside a database.
fn config(text: &str) -> Config {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("countersign.toml");
    std::fs::write(&path, text).unwrap();
    let store = "postgres://countersign:password@postgres:5432/countersign?sslmode=disable";
    let beside = [("COUNTERSIGN_STORE".to_owned(), store.to_owned())];
    Config::from_parts(Some(&path), if text.contains("\nstore = ") { &[] } else { &beside }).unwrap()
}

/// What is kept of a node's work after SIGTERM, at most: requests may take the drain's time, and then sends may.
fn ends_within(config: &Config) -> i64 {
    i64::try_from(config.server.drain_seconds).unwrap() * 2
}

#[test]
fn every_variable_that_a_file_names_is_one_that_the_program_takes() {
    let mut known: BTreeSet<String> = OTHERS.map(str::to_owned).into();
    known.extend(
        OPTIONS.iter().map(|(path, _)| format!("COUNTERSIGN_{}", path.replace('.', "__").to_ascii_uppercase())),
    );
    let name = regex_lite::Regex::new("COUNTERSIGN_[A-Z0-9_]+").unwrap();
    for file in files() {
        for found in name.find_iter(&text(&file)) {
            assert!(known.contains(found.as_str()), "{file} names {}", found.as_str());
        }
    }
}

#[test]
fn every_file_has_a_row_in_the_page_that_says_what_was_run() {
    let page = text("README.md");
    let rows: Vec<Vec<&str>> = page
        .lines()
        .filter(|line| line.starts_with("| [`"))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect();
    for file in files().iter().filter(|file| *file != "README.md") {
        let row = rows.iter().find(|row| row[0].contains(&format!("`{file}`")));
        let row = row.unwrap_or_else(|| panic!("{file} has no row"));
        assert_eq!(row.len(), 4, "{file}: what it is, what was run, what was only written");
        assert!(row.iter().all(|cell| !cell.is_empty()), "{file}");
    }
    let named = rows.iter().flat_map(|row| row[0].split('`').skip(1).step_by(2));
    for name in named {
        assert!(folder().join(name).is_file(), "{name} is in the table and not in the folder");
    }
}

#[test]
fn the_configurations_of_all_three_ways_are_read_and_say_the_same_but_for_the_places() {
    let map = yaml("kubernetes/configmap.yaml");
    let of_pods = map["data"]["countersign.toml"].as_str().unwrap().to_owned();
    let all = [text("countersign.toml"), of_pods, text("systemd/countersign.toml")].map(|text| config(&text));
    for config in &all {
        assert!(config.store.is_some(), "several nodes have a database");
        assert_eq!(config.server.drain_seconds, Config::default().server.drain_seconds);
        assert_eq!(config.postgres.connections, Config::default().postgres.connections);
        assert_eq!(config.server.public_url, all[0].server.public_url);
        assert!(config.server.is_https() && config.server.tls.is_none(), "TLS ends at the balancer");
        assert!(config.master_key.key.is_none() && config.master_key.file.is_none(), "the key comes from outside");
        assert_ne!(
            config.server.trusted_proxies,
            Config::default().server.trusted_proxies,
            "the balancer is elsewhere"
        );
    }
}

#[test]
fn haproxy_takes_its_configurations() {
    if !Command::new("haproxy").arg("-v").output().is_ok_and(|output| output.status.success()) {
        return;
    }
    let dir = tempfile::tempdir().unwrap();
    let made = rcgen::generate_simple_self_signed(["otp.example.com".to_owned()]).unwrap();
    let both = dir.path().join("otp.example.com.pem");
    std::fs::write(&both, made.cert.pem() + &made.signing_key.serialize_pem()).unwrap();
    for name in ["haproxy.cfg", "local.cfg"] {
        let path = dir.path().join(name);
        let here = text(name).replace("/run/secrets/otp.example.com.pem", both.to_str().unwrap());
        std::fs::write(&path, here).unwrap();
        let output = Command::new("haproxy").args(["-c", "-f"]).arg(&path).output().unwrap();
        assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    }
}
