//! The connectors that come with the binary: listed from their folders, stored when first used, and what each of them
//! says of itself is true.

use std::collections::BTreeSet;
use std::path::PathBuf;

use countersign::builtin::{self, catalogue};
use countersign::connector::manifest::Means;
use serde_json::{Value, json};

use crate::support::guests::root;
use crate::support::process::{countersign, output};
use crate::support::service::Service;

/// What a component may weigh, packed: there are dozens in one binary.
const BYTES_MAX: usize = 200 << 10;

fn folder(id: &str) -> PathBuf {
    root().join("connectors").join(id)
}

fn transcripts(id: &str) -> Vec<Value> {
    let files = std::fs::read_dir(folder(id).join("transcripts")).unwrap();
    files.map(|file| serde_json::from_slice(&std::fs::read(file.unwrap().path()).unwrap()).unwrap()).collect()
}

#[test]
fn the_page_is_what_the_folders_say() {
    let path = root().join("connectors/CATALOGUE.md");
    let page = catalogue::markdown(&catalogue::entries().unwrap());
    if std::env::var_os("COUNTERSIGN_REFERENCE").is_some_and(|value| value == "write") {
        std::fs::write(&path, &page).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap();
    assert_eq!(written, page, "make it anew: COUNTERSIGN_REFERENCE=write cargo test --test it catalogue::");
}

#[test]
fn every_folder_is_built_in_small_and_says_how_it_was_verified() {
    let mut wrong = Vec::new();
    for built_in in builtin::all() {
        let id = built_in.id;
        let package = built_in.package().unwrap();
        if package.manifest.id != id {
            wrong.push(format!("{id}: its manifest says {}", package.manifest.id));
        }
        if built_in.wasm.len() > BYTES_MAX {
            wrong.push(format!("{id}: has {} bytes", built_in.wasm.len()));
        }
        for file in ["README.md", "logo.svg", "config.schema.json", "transcripts"] {
            if !folder(id).join(file).exists() {
                wrong.push(format!("{id}: has no {file}"));
            }
        }
        let Some(verified) = &package.manifest.verified else {
            wrong.push(format!("{id}: does not say how it was verified"));
            continue;
        };
        let recorded = folder(id).join("recorded").is_dir();
        if (verified.by == Means::Sdk) && !recorded {
            wrong.push(format!("{id}: has nothing recorded of {}", verified.with));
        }
        let admits = package.readme.contains("From documentation, not seen on the wire.");
        if (verified.by == Means::Documentation) != admits {
            wrong.push(format!("{id}: README and manifest differ about how it was verified"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Everything that a transcript expects on the wire.
fn wire(transcript: &Value) -> String {
    let exchanges = transcript["exchanges"].as_array().cloned().unwrap_or_default();
    exchanges.iter().map(|exchange| exchange["request"].to_string()).collect()
}

/// What the connector was asked to send, or to have its provider send.
fn asked(transcript: &Value) -> &Value {
    if transcript["start"].is_object() { &transcript["start"] } else { &transcript["message"] }
}

/// Whether what is left of the code's life stands in a request: in seconds, minutes or milliseconds, or as the moment when
/// it ends.
fn has_life(transcript: &Value) -> bool {
    const ISSUED_AT: u64 = 1_768_478_400;
    let life = asked(transcript)["validity_seconds"].as_u64().unwrap_or(600);
    let wire = wire(transcript);
    let words: BTreeSet<&str> = wire.split(|c: char| !c.is_ascii_alphanumeric()).collect();
    let numbers = [life, life / 60, life.div_ceil(60), life * 1000, ISSUED_AT + life, (ISSUED_AT + life) * 1000];
    // 12:10, of transcripts that begin at noon.
    let clock = format!("{:02}:{:02}", 12 + life / 3600, life / 60 % 60);
    numbers.iter().any(|number| words.contains(number.to_string().as_str())) || wire.contains(&clock)
}

#[test]
fn what_a_connector_says_that_it_passes_on_stands_in_a_request() {
    let mut wrong = Vec::new();
    for built_in in builtin::all() {
        let features: BTreeSet<&str> =
            built_in.package().unwrap().manifest.features.iter().map(String::as_str).collect();
        let transcripts = transcripts(built_in.id);
        let sends: Vec<&Value> =
            transcripts.iter().filter(|one| one["message"].is_object() || one["start"].is_object()).collect();
        let accepted = |at: &str| {
            sends.iter().any(|one| !(one["expect"]["accepted"][at].is_null() && one["expect"]["started"][at].is_null()))
        };
        let reported = |at: &str| {
            transcripts.iter().any(|one| {
                one["expect"]["handled"]["reports"].as_array().into_iter().flatten().any(|r| !r[at].is_null())
            })
        };
        let told = |feature| match feature {
            "segments" | "price" => accepted(feature) || reported(feature),
            "reference" => {
                sends.iter().any(|one| wire(one).contains(asked(one)["reference"].as_str().unwrap_or("msg_transcript")))
            }
            "validity" => sends.iter().any(|one| has_life(one)),
            _ => true,
        };
        wrong.extend(
            features.iter().filter(|one| !told(one)).map(|one| format!("{}: no transcript shows `{one}`", built_in.id)),
        );
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn all_of_them_are_listed_and_one_is_stored_when_it_is_first_used() {
    let service = Service::start().await;
    let (_, listed) = service.get("/v1/components").await;
    let items = listed["items"].as_array().unwrap();
    let ids: Vec<&str> = items.iter().map(|item| item["id"].as_str().unwrap()).collect();
    assert_eq!(ids, builtin::all().iter().map(|one| one.id).collect::<Vec<_>>());
    let twilio =
        |items: &Value| items["items"].as_array().unwrap().iter().find(|item| item["id"] == "twilio").unwrap().clone();
    let before = twilio(&listed);
    assert_eq!((before["created_at"].is_null(), &before["built_in"]), (true, &Value::Bool(true)));
    assert!(before["features"].as_array().unwrap().iter().any(|feature| feature == "delivery-reports"), "{before}");
    assert_eq!(before["verified"]["by"], "sdk");
    let (status, whole) = service.get("/v1/components/twilio").await;
    assert!(status == 200 && whole["readme"].as_str().unwrap().contains("# Twilio"));
    let (_, again) = service.get("/v1/components").await;
    let after = twilio(&again);
    assert!(after["created_at"].is_string(), "{after}");
    for field in ["digest", "size", "version", "features", "exports"] {
        assert_eq!(before[field], after[field], "{field}");
    }
}

/// As its page says: in one request, since what comes with the program gets what it asks for.
#[tokio::test(flavor = "multi_thread")]
async fn every_connector_is_set_up_with_the_example_of_its_form() {
    let service = Service::start().await;
    let mut wrong = Vec::new();
    for built_in in builtin::all().iter().filter(|built_in| built_in.id != "inbox") {
        let config = built_in.package().unwrap().schema["examples"][0].clone();
        let set_up = json!({"component": built_in.id, "activate": true, "config": config});
        let path = format!("/v1/environments/development/connectors/{}", built_in.id);
        let (status, told) = service.put(&path, set_up).await;
        if status != 201 {
            wrong.push(format!("{}: {status} {told}", built_in.id));
        }
        let page = &built_in.package().unwrap().readme;
        if !page.contains(&format!("/connectors/{} ", built_in.id)) && built_in.id != "http" {
            wrong.push(format!("{}: its page does not say how it is set up", built_in.id));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_command_finds_a_provider_by_a_word_and_says_what_all_of_them_weigh() {
    let (ok, all) = output(&mut countersign(&["catalogue"]));
    assert!(ok && all.contains("\ntwilio ") && all.contains("KB of this program"), "{all}");
    let (ok, one) = output(&mut countersign(&["catalogue", "twilio", "--json"]));
    let one: Vec<Value> = serde_json::from_str(&one).unwrap();
    assert!(ok && one.iter().any(|entry| entry["id"] == "twilio"), "{one:?}");
    assert!(!output(&mut countersign(&["catalogue", "no-such-provider"])).0);
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_asks_first_for_a_built_in_component_all_of_them_get_it() {
    let service = Service::start().await;
    for id in ["twilio", "telnyx", "vonage"] {
        let path = format!("/v1/components/{id}");
        let answers = futures_util::future::join_all((0..16).map(|_| service.get(&path))).await;
        let wrong: Vec<_> = answers.iter().filter(|(status, _)| *status != 200).collect();
        assert!(wrong.is_empty(), "{wrong:?}");
        let versions: BTreeSet<&str> = answers.iter().filter_map(|(_, view)| view["version"].as_str()).collect();
        assert_eq!(versions.len(), 1, "{versions:?}");
    }
}
