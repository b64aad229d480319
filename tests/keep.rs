//! Keeping what must not be lost: backups and restores, data of other versions, how long things are kept.

mod archives;
mod backups;
mod erasure;
mod example;
mod fixture;
mod killed;
mod lost_key;
mod retention;
mod upgrade;

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::support::process::{Running, countersign, output};
use crate::support::service::{answer, client};

/// The command line in `dir`, where the data folder is `data` unless told.
pub fn run(dir: &Path, args: &[&str]) -> (bool, String) {
    output(countersign(args).current_dir(dir))
}

pub fn backup(dir: &Path, name: &str) -> PathBuf {
    let (ok, said) = run(dir, &["backup", "--data", "data", "--out", name]);
    assert!(ok, "{said}");
    dir.join(name)
}

pub async fn create(running: &Running, key: &str, to: &str) -> (u16, Value) {
    answer(client().post(format!("{}/v1/verifications", running.url)).bearer_auth(key).json(&json!({"to": to}))).await
}

pub async fn found(running: &Running, key: &str, path: &str) -> (u16, Value) {
    answer(client().get(format!("{}{path}", running.url)).bearer_auth(key)).await
}

pub async fn code_for(running: &Running, key: &str, to: &str) -> String {
    let (_, inbox) = found(running, key, "/v1/environments/development/inbox").await;
    let sms = inbox["items"].as_array().unwrap().iter().find(|sms| sms["to"] == to).unwrap();
    sms["text"].as_str().unwrap().chars().take_while(char::is_ascii_digit).collect()
}

pub async fn check(running: &Running, key: &str, id: &str, code: &str) -> (u16, Value) {
    let request = client().post(format!("{}/v1/verifications/{id}/check", running.url)).bearer_auth(key);
    answer(request.json(&json!({"code": code}))).await
}

/// Names in a folder.
pub fn names(dir: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}
