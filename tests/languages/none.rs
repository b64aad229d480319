//! Connectors without code: what a provider.toml says is what is asked for and understood, and what it can't say is
//! refused by its field and line.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::{Value, json};

use super::{checks, countersign, new, shared_transcripts, transcripts_pass};
use crate::support::guests::root;
use crate::support::service::Service;

/// Answers that were made to break it.
mod hostile;
/// Real APIs, each said in a file, with a text that would break out of its place.
mod providers;
/// Files that are refused, each with its field and line.
mod refused;

/// What every place has to carry as it is.
const TEXT: &str = "\"q\" 'a' \\ {x} {{y}}\n\t😀 &<>]]> &amp; 100%+ü";

/// A connector's folder, made of what a test says.
struct Written {
    scratch: tempfile::TempDir,
}

impl Written {
    /// `more` goes behind the head of connector.toml; the form has these properties and this example.
    fn new(more: &str, properties: &Value, example: &Value, provider: &str) -> Self {
        let written = Self { scratch: tempfile::tempdir().unwrap() };
        let head = "id = \"acme\"\nname = \"Acme\"\nversion = \"1.0.0\"\ncontract = \"1.0.0\"\nchannel = \"sms\"\nsummary = \"s\"\n";
        let required: Vec<&String> = example.as_object().unwrap().keys().collect();
        let schema = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema", "type": "object", "required": required,
            "properties": properties, "examples": [example],
        });
        written.put("connector.toml", &format!("{head}{more}"));
        written.put("config.schema.json", &schema.to_string());
        written.put("README.md", "# Acme\n");
        written.put("provider.toml", provider);
        std::fs::create_dir(written.dir().join("transcripts")).unwrap();
        written
    }

    fn dir(&self) -> PathBuf {
        self.scratch.path().to_path_buf()
    }

    fn put(&self, name: &str, text: &str) {
        std::fs::write(self.dir().join(name), text).unwrap();
    }

    /// One more transcript: what is on the wire, what is answered, what must come of it.
    fn plays(&self, name: &str, config: &Value, request: &Value, reply: &Value, expect: &Value) {
        let transcript = json!({
            "name": name, "config": config, "expect": expect,
            "message": {"to": "+4915123456789", "text": TEXT, "parameters": [{"name": "code", "value": "123456"}]},
            "exchanges": [{"request": request, "reply": reply}],
        });
        self.put(&format!("transcripts/{name}.json"), &transcript.to_string());
    }

    fn checks(&self) {
        checks(&self.dir(), None);
    }

    fn passes_its_transcripts(&self) {
        transcripts_pass(&self.dir(), &self.dir().join("transcripts"));
    }
}

/// `countersign …`: whether it succeeded, and all that it said.
fn said(args: &[&str]) -> (bool, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_countersign")).args(args).output().unwrap();
    let all = [output.stdout, output.stderr].concat();
    (output.status.success(), String::from_utf8_lossy(&all).into_owned())
}

/// An example's folder in a place of its own, since building writes into it.
fn example(name: &str) -> tempfile::TempDir {
    let scratch = tempfile::tempdir().unwrap();
    copy(&root().join("examples/connectors").join(name), scratch.path());
    scratch
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let to = to.join(path.file_name().unwrap());
        if path.is_dir() { copy(&path, &to) } else { std::fs::copy(&path, &to).map(drop).unwrap() }
    }
}

#[test]
fn a_new_connector_without_code_passes_as_it_is_and_needs_no_program() {
    let (_scratch, dir) = new("none");
    // Nothing to run: not even a shell is found.
    let output =
        Command::new(env!("CARGO_BIN_EXE_countersign")).args(["build", dir.to_str().unwrap()]).env("PATH", "").output();
    assert!(output.unwrap().status.success());
    checks(&dir, None);
}

#[test]
fn the_same_file_makes_the_same_bytes_and_another_one_does_not() {
    let (_scratch, dir) = new("none");
    let build = || {
        countersign(&["build", dir.to_str().unwrap()]);
        std::fs::read(dir.join("acme.wasm")).unwrap()
    };
    let first = build();
    assert!(build() == first, "the same folder made other bytes");
    let file = dir.join("provider.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("no_credit", "no_money")).unwrap();
    assert!(build() != first, "the file is not in the component");
}

#[test]
fn the_example_passes_the_transcripts_of_every_language() {
    checks(example("none").path(), Some(&shared_transcripts()));
}

/// The codes are those of the connector that is written in Rust.
#[test]
fn what_the_example_says_of_a_code_the_built_in_connector_says_too() {
    let rust = std::fs::read_to_string(root().join("connectors/twilio/src/lib.rs")).unwrap();
    let (_, table) = rust.split_once("const CODES").unwrap();
    let (table, _) = table.split_once("];").unwrap();
    let rust: Vec<(String, String)> = table
        .lines()
        .filter_map(|line| line.trim().strip_prefix("(\"")?.strip_suffix("),")?.split_once("\", K::"))
        .map(|(code, kind)| (code.to_owned(), kind.to_lowercase()))
        .collect();
    let file = std::fs::read_to_string(root().join("examples/connectors/none/provider.toml")).unwrap();
    let file: toml::Table = file.parse().unwrap();
    let codes = file["codes"].as_table().unwrap().iter();
    let here: Vec<(String, String)> =
        codes.map(|(code, kind)| (code.clone(), kind.as_str().unwrap().replace('-', ""))).collect();
    assert!(here.len() > 40);
    let other: Vec<_> = here.iter().filter(|code| !rust.contains(code)).collect();
    assert!(other.is_empty(), "{other:?}");
}

#[test]
fn one_file_serves_a_family_of_gateways_by_a_field_of_the_form() {
    checks(example("family").path(), None);
}

/// An operator sees what was said, and a service takes it as it takes all others.
#[tokio::test(flavor = "multi_thread")]
async fn it_is_uploaded_and_listed_as_any_other_with_its_file() {
    let (_scratch, dir) = new("none");
    countersign(&["build", dir.to_str().unwrap()]);
    let service = Service::start().await;
    let (status, made) = service.upload(std::fs::read(dir.join("acme.wasm")).unwrap()).await;
    assert_eq!((status, made["id"].as_str()), (201, Some("acme")), "{made}");
    let (status, shown) = service.get("/v1/components/acme").await;
    let file = std::fs::read_to_string(dir.join("provider.toml")).unwrap();
    assert_eq!((status, shown["provider"].as_str()), (200, Some(file.as_str())));
    let (_, shown) = service.get("/v1/components/twilio").await;
    assert!(shown["provider"].is_null() && shown["readme"].is_string(), "one with code has no such file");
}
