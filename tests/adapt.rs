//! Logto's own connectors, adapted: each of the eleven is taken unmodified from npm, made a component, and has to put on
//! the wire what it puts there under Node. They come from the registry (`scripts/toolchains`); where they are not, what
//! needs them is skipped and says so, but never in CI.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::{Value, json};
use url::{Url, form_urlencoded};

use crate::support::guests::root;
use crate::support::is_there;

mod refused;
mod wire;

const PACKAGES: [&str; 11] = [
    "aliyun-sms",
    "aliyun-sms-mas",
    "gatewayapi-sms",
    "http-sms",
    "smsaero",
    "smsbao-sms",
    "tencent-sms",
    "twilio-sms",
    "vonage-sms",
    "whatsapp-sms",
    "yunpian-sms",
];

/// Where they are installed, or nothing after having said what is skipped.
fn installed(what: &str) -> Option<PathBuf> {
    let place = root().join("target/adapt");
    let node = Command::new("node").arg("--version").output().is_ok_and(|output| output.status.success());
    let there = node && place.join("node_modules/@logto/connector-twilio-sms").exists();
    is_there(there, what, "Node and Logto's packages", "scripts/toolchains").then_some(place)
}

/// `countersign adapt logto …` with what is installed; what it printed, or what it said went wrong.
fn adapt(package: &Path, dir: &Path, more: &[&str]) -> Result<String, String> {
    let output = Command::new(env!("CARGO_BIN_EXE_countersign"))
        .args(["adapt", "logto"])
        .arg(package)
        .arg("--dir")
        .arg(dir)
        .arg("--tools")
        .arg(root().join("target/adapt"))
        .args(more)
        .output()
        .unwrap();
    let said = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    if output.status.success() { Ok(said(output.stdout)) } else { Err(said(output.stderr)) }
}

fn package(place: &Path, name: &str) -> PathBuf {
    place.join("node_modules/@logto").join(format!("connector-{name}"))
}

/// The transcripts of a package that were made here, beside those that the adapted folder brings.
fn own_transcripts(name: &str) -> PathBuf {
    root().join("tests/adapt").join(name)
}

fn transcripts(folder: &Path) -> Vec<Value> {
    let mut files: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().map(|file| serde_json::from_str(&std::fs::read_to_string(file).unwrap()).unwrap()).collect()
}

#[test]
fn what_is_tried_is_made_by_the_tools_that_are_given_away() {
    let dependencies = |file: &str| {
        let text = std::fs::read_to_string(root().join(file)).unwrap();
        serde_json::from_str::<Value>(&text).unwrap()["dependencies"].as_object().unwrap().clone()
    };
    let tried = dependencies("tests/adapt/package.json");
    for (tool, version) in dependencies("runtime/kit/adapt/logto/package.json") {
        assert_eq!(tried[&tool], version, "{tool}");
    }
    for name in PACKAGES {
        assert!(tried.contains_key(&format!("@logto/connector-{name}")), "{name}");
    }
}
