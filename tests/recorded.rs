//! What the providers' own SDKs send, beside what our connectors send.
//!
//! `connectors/<name>/recorded/<file>.json` is what the official SDK put on the wire (`scripts/recordings` takes it down
//! anew), `transcripts/<file>.json` what the connector puts there for the same message: `connectors.rs` holds the
//! connector to the one, this the one to the other.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::support::guests::root;

#[test]
fn every_recorded_request_of_an_sdk_is_what_the_connector_sends() {
    let mut wrong = Vec::new();
    let mut compared = 0;
    for file in recordings() {
        compared += 1;
        wrong.extend(compare(&file).into_iter().map(|what| format!("{}: {what}", file.display())));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(compared > 0, "there is nothing recorded");
}

fn recordings() -> Vec<PathBuf> {
    let connectors = std::fs::read_dir(root().join("connectors")).unwrap();
    let folders = connectors.map(|entry| entry.unwrap().path().join("recorded")).filter(|folder| folder.is_dir());
    let files = folders.flat_map(|folder| std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()));
    let json = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "json");
    files.filter(json).filter(|path| !path.ends_with("package.json")).collect()
}

fn read(path: &Path) -> Result<Value, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    serde_json::from_str(&text).map_err(|error| format!("{}: {error}", path.display()))
}

/// What differs: nothing, if the connector sends what the SDK sends.
fn compare(recorded: &Path) -> Vec<String> {
    let transcript =
        recorded.parent().unwrap().parent().unwrap().join("transcripts").join(recorded.file_name().unwrap());
    let (recorded, transcript) = match (read(recorded), read(&transcript)) {
        (Ok(recorded), Ok(transcript)) => (recorded, transcript),
        (recorded, transcript) => return [recorded.err(), transcript.err()].into_iter().flatten().collect(),
    };
    let Some(exchange) = transcript["exchanges"].as_array().and_then(|exchanges| exchanges.last()) else {
        return vec!["the transcript has no exchange".to_owned()];
    };
    let (mut theirs, mut ours) = (comparable(&recorded["request"]), comparable(&exchange["request"]));
    let mut wrong = Vec::new();
    for (pointer, why) in recorded["differs"].as_object().into_iter().flatten() {
        if why.as_str().is_none_or(|why| why.len() < 10) {
            wrong.push(format!("`{pointer}` differs without a reason"));
        }
        if !(take(&mut theirs, pointer) | take(&mut ours, pointer)) {
            wrong.push(format!("`{pointer}` is in neither request"));
        }
    }
    // What the body is says it too.
    if ours["headers"]["content-type"].is_null() {
        take(&mut theirs, "/headers/content-type");
    }
    let headers = theirs["headers"].as_object().cloned().unwrap_or_default();
    // Others may be there, as in every transcript.
    if let Some(kept) = ours["headers"].as_object_mut() {
        kept.retain(|name, _| headers.contains_key(name));
    }
    if theirs != ours {
        wrong.push(format!("the SDK sends\n  {theirs}\nand the connector\n  {ours}"));
    }
    wrong
}

/// A request with its URL in parts, names of headers in lower case, and of a content type the type alone.
fn comparable(request: &Value) -> Value {
    let mut out = request.as_object().cloned().unwrap_or_default();
    let mut headers = Map::new();
    for (name, value) in request["headers"].as_object().into_iter().flatten() {
        let name = name.to_ascii_lowercase();
        let text = value.as_str().unwrap_or_default();
        let text = if name == "content-type" { text.split(';').next().unwrap_or_default().trim() } else { text };
        headers.insert(name, text.into());
    }
    let url = url::Url::parse(request["url"].as_str().unwrap_or_default()).expect("a request has a URL");
    let mut query: Vec<_> = url.query_pairs().map(|(name, value)| format!("{name}={value}")).collect();
    query.sort();
    out.insert("url".into(), format!("{}{}", url.origin().ascii_serialization(), url.path()).into());
    out.insert("query".into(), query.into());
    out.insert("headers".into(), headers.into());
    out.into()
}

fn take(request: &mut Value, pointer: &str) -> bool {
    let Some((parent, name)) = pointer.rsplit_once('/') else { return false };
    let name = name.replace("~1", "/").replace("~0", "~");
    match request.pointer_mut(parent) {
        Some(Value::Object(map)) => map.remove(&name).is_some(),
        // A parameter of the query, by its name.
        Some(Value::Array(list)) if parent == "/query" => {
            let before = list.len();
            list.retain(|pair| !pair.as_str().unwrap_or_default().starts_with(&format!("{name}=")));
            list.len() < before
        }
        _ => false,
    }
}

/// A comparison that can't fail would prove nothing.
#[test]
fn a_recording_that_differs_is_told() {
    let dir = tempfile::tempdir().unwrap();
    for folder in ["recorded", "transcripts"] {
        std::fs::create_dir(dir.path().join(folder)).unwrap();
    }
    let ours = r#"{"exchanges": [{"request": {"method": "POST", "url": "https://a.example/x?b=1", "headers": {"authorization": "Bearer x"}, "json": {"to": "+1", "ttl": 5}}}]}"#;
    std::fs::write(dir.path().join("transcripts/sent.json"), ours).unwrap();
    let told = |recorded: &str| {
        let file = dir.path().join("recorded/sent.json");
        std::fs::write(&file, recorded).unwrap();
        compare(&file)
    };
    let same = r#"{"by": "x", "request": {"method": "POST", "url": "https://a.example/x?b=1", "headers": {"Authorization": "Bearer x"}, "json": {"to": "+1"}}, "differs": {"/json/ttl": "the SDK knows no validity"}}"#;
    assert_eq!(told(same), Vec::<String>::new());
    for (change, to) in [
        ("POST", "PUT"),
        ("b=1", "b=2"),
        ("Bearer x", "Bearer y"),
        ("\"+1\"", "\"+2\""),
        ("a.example", "b.example"),
        ("/json/ttl", "/json/x"),
    ] {
        assert_ne!(told(&same.replace(change, to)), Vec::<String>::new(), "{change}");
    }
    std::fs::remove_file(dir.path().join("transcripts/sent.json")).unwrap();
    assert_eq!(told(same).len(), 1);
}
