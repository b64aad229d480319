//! Every connector against its transcripts, and transcripts that must fail.

use std::path::{Path, PathBuf};

use countersign::builtin;
use countersign::connector::check::{self, Patience, Verdict};

use futures_util::StreamExt as _;

use crate::support::guests::root;
use crate::support::sandbox::sandbox;

pub async fn run(wasm: &[u8], transcripts: &Path) -> anyhow::Result<Verdict> {
    check::check(&sandbox(), wasm, Some(transcripts)).await
}

fn folders() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join("connectors")).unwrap();
    entries.map(|entry| entry.unwrap().path()).filter(|path| path.join("connector.toml").is_file()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_connector_passes_its_transcripts() {
    // Several at a time: most of the time goes by in waiting for providers that don't answer.
    let checked = futures_util::stream::iter(folders()).map(passes).buffer_unordered(6).collect::<Vec<String>>().await;
    assert_eq!(checked.len(), builtin::all().len());
    assert!(checked.contains(&"twilio".to_owned()), "{checked:?}");
}

async fn passes(folder: PathBuf) -> String {
    let id = folder.file_name().unwrap().to_str().unwrap().to_owned();
    let built_in = builtin::find(&id).unwrap_or_else(|| panic!("{id} is not built in"));
    let verdict =
        run(built_in.wasm, &folder.join("transcripts")).await.unwrap_or_else(|error| panic!("{id}: {error:#}"));
    assert!(verdict.passed(), "{verdict}");
    id
}

/// By the clock alone, a machine that stands still for a moment makes a fault of the connector's.
#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_a_busy_machine_did_not_reach_in_time_is_tried_again_with_more() {
    let timeout = root().join("connectors/twilio/transcripts/timeout.json");
    let wasm = builtin::find("twilio").unwrap().wasm;
    for (answer_ms, passes) in [([0, 0], false), ([0, 5_000], true)] {
        let patience = Patience { answer_ms, ..Patience::AUTHOR };
        let verdict = check::check_within(&sandbox(), wasm, Some(&timeout), patience).await.unwrap();
        assert_eq!(verdict.passed(), passes, "{verdict}");
    }
}

/// A check that can't fail would prove nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_transcript_that_expects_something_else_fails_and_says_what_differs() {
    let dir = tempfile::tempdir().unwrap();
    let good = std::fs::read_to_string(root().join("connectors/twilio/transcripts/sent-number.json")).unwrap();
    let wasm = builtin::find("twilio").unwrap().wasm;
    for (change, to, word) in [
        ("\"Body\": \"Your code is 123456.\"", "\"Body\": \"Another text.\"", "form field Body"),
        ("Basic ", "Basic x", "header authorization"),
        ("Messages.json", "Other.json", "path"),
        ("SM1111", "SM2222", "message_ids"),
        ("\"status\": 201,", "\"status\": 500,", "it failed"),
    ] {
        let at = if change.starts_with("SM") { good.rfind(change).unwrap() } else { good.find(change).unwrap() };
        let wrong = format!("{}{to}{}", &good[..at], &good[at + change.len()..]);
        let file = dir.path().join("wrong.json");
        std::fs::write(&file, wrong).unwrap();
        let verdict = run(wasm, &file).await.unwrap();
        assert!(!verdict.passed() && verdict.to_string().contains(word), "{word}: {verdict}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_transcript_with_an_unknown_field_is_refused_by_name() {
    let dir = tempfile::tempdir().unwrap();
    std::fs::write(dir.path().join("t.json"), r#"{"name": "x", "expects": {}}"#).unwrap();
    let wasm = builtin::all()[0].wasm;
    let verdict = run(wasm, dir.path()).await.unwrap();
    assert!(!verdict.passed() && verdict.to_string().contains("expects"), "{verdict}");
    let empty = tempfile::tempdir().unwrap();
    assert!(!run(wasm, empty.path()).await.unwrap().passed(), "no transcripts is no pass");
    assert!(run(wasm, Path::new("/nowhere")).await.is_err(), "what can't be read is no verdict");
}
