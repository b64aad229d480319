//! `wit/manifest.md`, read by the real parsers: every example of it is one, and everything that it calls refused is.

use std::collections::BTreeSet;

use countersign::connector::manifest::{self, Manifest};
use countersign::connector::package::provider;
use countersign::connector::schema;
use countersign::connector::transcript::Transcript;
use serde_json::{Map, Value, json};

use crate::support::guests::root;

const HEAD: &str =
    "id = \"acme\"\nname = \"Acme\"\nversion = \"1.0.0\"\ncontract = \"1.0.0\"\nchannel = \"sms\"\nsummary = \"s\"\n";
const HOSTS: &str = "hosts = [\"api.acme.example\"]\n";

/// A fenced block: the words behind the fence, and what is in it.
struct Block {
    info: String,
    text: String,
}

fn reference() -> String {
    std::fs::read_to_string(root().join("wit/manifest.md")).unwrap()
}

fn blocks(language: &str) -> Vec<Block> {
    let reference = reference();
    let mut found = Vec::new();
    let mut rest = reference.as_str();
    while let Some((_, after)) = rest.split_once("\n```") {
        let (info, after) = after.split_once('\n').unwrap();
        let (text, after) = after.split_once("\n```\n").unwrap_or_else(|| panic!("a block does not end: {after}"));
        found.push(Block { info: info.to_owned(), text: format!("{text}\n") });
        rest = after;
    }
    let all = found.len();
    found.retain(|block| block.info == language || block.info.starts_with(&format!("{language} refused=")));
    assert!(found.len() > 4 && all > found.len(), "the blocks were found: {} of {all}", found.len());
    found
}

/// A block as a whole manifest: one that is a piece gets the rest of it.
fn whole(text: &str) -> String {
    if text.starts_with("id = ") {
        return text.to_owned();
    }
    // A credential's own hosts stand behind its head, and are not the manifest's.
    let mut before = text.lines().take_while(|line| !line.starts_with('['));
    let own = before.any(|line| line.starts_with("hosts = ["));
    format!("{HEAD}{}{text}", if own { "" } else { HOSTS })
}

/// A form that has the fields which the manifest names, or the one that a `#!` line gives.
fn form(manifest: &Manifest, text: &str) -> Value {
    if let Some(given) = text.lines().find_map(|line| line.strip_prefix("#! ")) {
        return serde_json::from_str(given).unwrap();
    }
    let mut properties = Map::new();
    for field in &manifest.public {
        properties.insert(field.clone(), json!({"type": "string"}));
    }
    for field in &manifest.secrets {
        properties.insert(field.clone(), json!({"type": "string", "writeOnly": true}));
    }
    json!({"type": "object", "properties": properties, "examples": [{}]})
}

fn faults(text: &str) -> Result<Manifest, String> {
    let manifest = manifest::parse(&whole(text)).map_err(|reason| reason.to_string())?;
    let faults = manifest::lint(&manifest, &form(&manifest, text));
    if faults.is_empty() { Ok(manifest) } else { Err(faults.iter().map(|fault| format!("{fault}\n")).collect()) }
}

#[test]
fn every_example_of_a_manifest_is_taken_and_what_is_called_refused_is_refused_for_that_reason() {
    let (mut taken, mut refused) = (0, 0);
    for block in blocks("toml") {
        match (block.info.strip_prefix("toml refused=\""), faults(&block.text)) {
            (None, found) => {
                found.unwrap_or_else(|faults| panic!("{faults}in\n{}", block.text));
                taken += 1;
            }
            (Some(word), found) => {
                let word = word.strip_suffix('"').unwrap();
                let faults = found.err().unwrap_or_else(|| panic!("this was to be refused:\n{}", block.text));
                assert!(faults.contains(word), "{word}: {faults}");
                refused += 1;
            }
        }
    }
    assert!(taken >= 15 && refused >= 10, "{taken} taken, {refused} refused");
}

/// What the parser would take is what it says when it does not know a kind.
#[test]
fn every_kind_of_credential_has_an_example() {
    let unknown = manifest::parse(&format!("{HEAD}[credentials.k]\nkind = \"telepathy\"\n")).unwrap_err().text;
    let (_, list) = unknown.split_once("expected one of").unwrap();
    let known: BTreeSet<&str> = list.split('`').skip(1).step_by(2).collect();
    assert!(known.len() >= 15, "{unknown}");
    let manifests: Vec<Manifest> = blocks("toml").iter().filter_map(|block| faults(&block.text).ok()).collect();
    let shown: BTreeSet<&str> =
        manifests.iter().flat_map(|manifest| manifest.credentials.values()).map(|found| found.kind.as_str()).collect();
    assert_eq!(shown, known);
}

#[test]
fn every_field_of_a_manifest_is_in_its_example() {
    let first = &blocks("toml")[0];
    let manifest = faults(&first.text).unwrap();
    assert!(manifest.other.is_empty(), "{:?}", manifest.other);
    let written = first.text.parse::<toml::Table>().unwrap();
    let known = serde_json::to_value(&manifest).unwrap();
    for field in known.as_object().unwrap().keys() {
        assert!(written.contains_key(field), "{field}");
    }
    let unknown = manifest::parse(&format!("{HEAD}[limits]\nmoon = 1\n")).unwrap_err().text;
    for limit in unknown.split_once("expected one of").unwrap().1.split('`').skip(1).step_by(2) {
        assert!(written["limits"].get(limit).is_some(), "{limit}");
    }
}

#[test]
fn every_example_of_a_form_and_of_a_transcript_is_one() {
    let (mut forms, mut transcripts) = (0, 0);
    for block in blocks("json") {
        if block.text.contains("\"$schema\"") {
            let faults = schema::lint(&schema::parse(&block.text).unwrap());
            assert!(faults.is_empty(), "{faults:?}");
            forms += 1;
        } else {
            let read: Result<Transcript, _> = serde_json::from_str(&block.text);
            read.unwrap_or_else(|error| panic!("{error} in\n{}", block.text));
            transcripts += 1;
        }
    }
    assert!(forms == 1 && transcripts >= 4, "{forms} forms, {transcripts} transcripts");
}

const CREDENTIALS: [(&str, &str); 3] = [
    ("token", "kind = \"bearer\"\nsecret = \"api_token\"\n"),
    ("key", "kind = \"query\"\nname = \"key\"\nsecret = \"api_token\"\n"),
    (
        "mac",
        "kind = \"hmac\"\nsecret = \"api_token\"\ndigest = \"sha256\"\nencoding = \"hex\"\nplace = { header = \"x-signature\" }\n",
    ),
];

/// A provider.toml of the reference, beside a manifest that has the credentials which it names.
fn provided(text: &str) -> Result<(), String> {
    let mut manifest =
        format!("{HEAD}hosts = [\"api.acme.example\", \"{{config.base_url}}\"]\nsecrets = [\"api_token\"]\n");
    for (name, kind) in CREDENTIALS {
        let named = [format!("\"{name}\"]"), format!("\"{name}?\"]"), format!("\n{name} = ")];
        if named.iter().any(|named| text.contains(named)) {
            manifest += &format!("[credentials.{name}]\n{kind}methods = [\"GET\", \"POST\"]\npaths = [\"/*\"]\n");
        }
    }
    let form = json!({
        "required": ["base_url", "from", "api_token"],
        "properties": {
            "base_url": {"type": "string"}, "from": {"type": "string"}, "api_token": {"type": "string", "writeOnly": true},
            "route": {"type": "string"}, "live": {"type": "boolean"},
        },
    });
    let read = provider::read(text, &manifest::parse(&manifest).unwrap(), &form);
    read.map(drop).map_err(|faults| faults.iter().map(|fault| format!("{fault}\n")).collect())
}

#[test]
fn every_example_without_code_is_taken_and_what_is_called_refused_is_refused_for_that_reason() {
    let (mut taken, mut refused) = (0, 0);
    for block in blocks("toml provider") {
        match (block.info.strip_prefix("toml provider refused=\""), provided(&block.text)) {
            (None, found) => {
                found.unwrap_or_else(|faults| panic!("{faults}in\n{}", block.text));
                taken += 1;
            }
            (Some(word), found) => {
                let faults = found.err().unwrap_or_else(|| panic!("this was to be refused:\n{}", block.text));
                assert!(faults.contains(word.strip_suffix('"').unwrap()), "{word}: {faults}");
                refused += 1;
            }
        }
    }
    assert!(taken >= 6 && refused >= 4, "{taken} taken, {refused} refused");
}

/// What the reader would take is what it says when it does not know a field.
#[test]
fn every_field_of_a_provider_is_in_an_example() {
    let examples: String = blocks("toml provider").into_iter().map(|block| block.text).collect();
    let request = "[request]\nmethod = \"POST\"\nurl = \"https://api.acme.example/\"\n";
    for (section, missing) in [
        (format!("{request}[moon]\n"), &[][..]),
        (format!("{request}moon = 1\n"), &["content_type", "digest", "token"][..]),
        (format!("{request}[answer]\nmoon = 1\n"), &[]),
        (format!("{request}[answer]\nsuccess = {{ moon = 1 }}\n"), &[]),
        (format!("{request}[answer]\nprice = {{ moon = 1 }}\n"), &[]),
        (format!("{request}[codes]\na = {{ moon = 1 }}\n"), &[]),
    ] {
        let told = provided(&section).unwrap_err();
        let (_, known) = told.split_once("here are ").unwrap_or_else(|| panic!("{told}"));
        let known: Vec<&str> = known.lines().next().unwrap().split(", ").collect();
        for field in known {
            let shown = examples.contains(&format!("{field} = "))
                || examples.contains(&format!("[{field}"))
                || examples.contains(&format!(".{field}]"));
            assert!(shown || missing.contains(&field) && reference().contains(&format!("`{field}`")), "{field}");
        }
    }
}
