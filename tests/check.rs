//! `countersign check`, and the same at an upload. One guest is honest unless its configuration names a fault; packed with
//! each of them, it gets a verdict that names just that.

use std::path::{Path, PathBuf};

use countersign::connector::check::{Patience, Subject, examine};
use countersign::connector::limits::Limits;
use countersign::connector::package::Package;
use serde_json::{Value, json};

use crate::support::guests::{Pack, pack_bytes, packed};
use crate::support::process::countersign;
use crate::support::service::Service;

/// The command line: what it prints, and how it ends.
mod command;

/// What a package says, and what is wrong with it.
mod package;

const README: &str = "# Faulty\n\nA connector of the tests. It sends to a made-up provider, and says of each field of its form where the value \
comes from: there is one, and it names the fault that this connector has. Its provider's errors are statuses of HTTP, and \
mean what everybody means by them. It is honest where no fault is named.\n";

/// The guest with this fault, all else of it as it should be.
fn faulty(fault: &str) -> Vec<u8> {
    faulty_with(fault, "")
}

fn faulty_with(fault: &str, more: &str) -> Vec<u8> {
    let schema = json!({
        "type": "object", "additionalProperties": false, "required": ["fault"],
        "properties": {"fault": {"title": "Fault", "description": "The fault that it has.", "type": "string"}},
        "examples": [{"fault": fault}],
    });
    packed("faulty", &Pack { id: fault, more, schema, readme: README, ..Pack::default() })
}

/// Findings of a verdict that are not `ok`: section, what was looked at, level, text with hint.
fn found(verdict: &Value) -> Vec<(String, String, String, String)> {
    let mut found = Vec::new();
    for section in ["package", "faults", "traps"] {
        for finding in verdict[section].as_array().unwrap_or_else(|| panic!("{section}: {verdict}")) {
            let text = |name: &str| finding[name].as_str().unwrap_or_default().to_owned();
            if finding["level"] != "ok" {
                let said = format!("{} {}", text("text"), text("hint"));
                found.push((section.to_owned(), text("check"), text("level"), said));
            }
        }
    }
    found
}

/// The fault that it is given, what it is found by, how that counts, and a word that an author understands it by.
const FAULTS: &[(&str, &[&str], &str, &str)] = &[
    ("traps", &["trap"], "fault", "can't be run"),
    ("asks-nobody", &["no-request"], "fault", "the sender is missing"),
    ("sent-without-asking", &["success-without-request"], "fault", "`async`"),
    ("traps-on-a-page", &["unavailable-page", "html-page"], "fault", "the connector trapped"),
    ("traps-on-bytes", &["latin-1", "utf-16", "utf-16-refusal"], "fault", "not UTF-8"),
    ("sent-after-reset", &["no-answer", "reset", "large-body"], "fault", "no provider had answered"),
    ("not-sent-after-reset", &["no-answer", "reset", "large-body"], "fault", "the host had to make unknown"),
    (
        "not-sent-after-200",
        &["empty-body", "truncated-json", "html-page", "latin-1", "utf-16"],
        "fault",
        "unknown is right",
    ),
    ("not-sent-after-500", &["server-error"], "fault", "unknown is right"),
    ("unknown-after-429", &["too-many", "too-many-retry-after"], "fault", "not-sent is right"),
    ("wrong-kind", &["too-many", "too-many-retry-after"], "fault", "rate-limited"),
    ("sent-whatever-the-status", &["too-many", "server-error", "empty-body"], "fault", "look at the status"),
    (
        "made-up-id",
        &["empty-body", "truncated-json", "html-page", "latin-1", "utf-16"],
        "fault",
        "it reported a success",
    ),
    (
        "status-is-enough",
        &["empty-body", "truncated-json", "html-page", "latin-1", "utf-16"],
        "fault",
        "success = \"status\"",
    ),
    ("asks-again", &["no-answer", "reset", "large-body"], "fault", "it asked again by itself"),
    ("forgets-how-long-to-wait", &["too-many-retry-after"], "warning", "retry-after-seconds"),
    ("frozen-clock", &["frozen-clock"], "fault", "2025-11-24T00:13:13"),
    ("frozen-day", &["frozen-clock"], "warning", "20251124"),
    ("frozen-randomness", &["frozen-randomness"], "fault", "6f9619ff-8b86-4d01-b42d-00cf4fc964ff"),
    ("code-in-url", &["code-in-url"], "warning", "URL of its GET"),
    ("logs-the-code", &["code-in-log"], "warning", "its log"),
    ("always-good", &["account"], "fault", "found the account good"),
    ("good-without-asking", &["account"], "fault", "asked nobody"),
    ("traps-on-a-callback", &["callback"], "fault", "bytes that are no text"),
];

/// One component for all of them: a fault is in its package, and compiling it takes seconds.
#[tokio::test(flavor = "multi_thread")]
async fn a_component_with_a_fault_gets_a_verdict_that_names_it() {
    let sandbox = crate::support::sandbox::sandbox();
    let component = sandbox.load(&faulty("none")).await.unwrap();
    for (fault, checks, level, word) in FAULTS {
        let wasm = faulty(fault);
        let (package, limits) = (Package::extract(&wasm).unwrap(), Limits::default());
        let subject = Subject { component: &component, package: &package, wasm: &wasm, compile_ms: 0, limits: &limits };
        let verdict = json!(examine(&subject, Patience::AUTHOR).await);
        names(&verdict, fault, checks, level, word);
    }
}

fn names(verdict: &Value, fault: &str, checks: &[&str], level: &str, word: &str) {
    let found = found(verdict);
    for check in checks {
        let named = found.iter().find(|(_, named, counts, _)| named == check && counts == level);
        assert!(named.is_some(), "{fault} is not found by {check}: {found:?}");
    }
    assert!(found.iter().any(|(.., said)| said.contains(word)), "{fault}, {word}: {found:?}");
    assert_eq!(found.iter().any(|(_, _, level, _)| level == "fault"), level == "fault", "{fault}: {found:?}");
    // What has nothing to do with the fault is not blamed: a clock moves whatever is made of an answer.
    let stray = found.iter().find(|(section, check, ..)| section == "traps" && !checks.contains(&check.as_str()));
    assert!(stray.is_none(), "{fault}: {stray:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_with_a_fault_is_told_so_and_not_refused() {
    let service = Service::start().await;
    for (fault, checks, level, word) in FAULTS.iter().filter(|(fault, ..)| UPLOADED.contains(fault)) {
        let (status, made) = service.upload(faulty(fault)).await;
        let verdict = &made["verdict"];
        assert_eq!((status, &verdict["accepted"]), (201, &json!(true)), "{fault}: {made}");
        assert_eq!(verdict["passed"], json!(*level == "warning"), "{fault}: {made}");
        names(verdict, fault, checks, level, word);
    }
}

const UPLOADED: [&str; 3] = ["sent-without-asking", "not-sent-after-reset", "code-in-url"];

#[tokio::test(flavor = "multi_thread")]
async fn an_honest_component_passes_with_its_figures_and_nothing_to_say() {
    let service = Service::start().await;
    let wasm = faulty("none");
    let (status, made) = service.upload(wasm.clone()).await;
    let verdict = &made["verdict"];
    assert_eq!((status, &verdict["passed"]), (201, &json!(true)), "{made}");
    assert_eq!(found(verdict), [], "{verdict}");
    assert_eq!(verdict["faults"].as_array().unwrap().len(), 15, "13 faults, callbacks, the account: {verdict}");
    let figures = &verdict["figures"];
    for name in ["component_bytes", "instantiate_us", "first_send_us", "send_cpu_us", "peak_memory_kib"] {
        assert!(figures[name].as_u64().unwrap() > 0, "{name}: {figures}");
    }
    assert_eq!(figures["packed_bytes"], wasm.len());
    assert!(figures["component_bytes"].as_u64() < figures["packed_bytes"].as_u64(), "{figures}");
    // The same bytes again are judged as they were, and reading a component shows what it always showed.
    let (status, again) = service.upload(wasm).await;
    assert_eq!((status, &again["verdict"]), (200, verdict));
    let read = service.get("/v1/components/none").await.1;
    assert_eq!(read["verdict"]["accepted"], true);
    assert!(read["verdict"].get("faults").is_none(), "{read}");
    assert_eq!(service.provider.requests().len(), 0, "an upload reaches nobody");
}

/// A webhook's answer has no body worth reading, and its connector says so.
#[tokio::test(flavor = "multi_thread")]
async fn a_status_that_is_enough_is_right_where_the_manifest_declares_it() {
    let service = Service::start().await;
    let (_, made) = service.upload(faulty_with("status-is-enough", "success = \"status\"\n")).await;
    assert_eq!((&made["verdict"]["passed"], found(&made["verdict"]).len()), (&json!(true), 0), "{made}");
    let (_, made) = service.upload(faulty_with("made-up-id", "success = \"status\"\n")).await;
    assert_eq!(made["verdict"]["passed"], false, "an id that no answer had is made up: {made}");
    let (_, made) = service.upload(faulty_with("sent-whatever-the-status", "success = \"status\"\n")).await;
    assert!(found(&made["verdict"]).iter().any(|(_, check, ..)| check == "server-error"), "{made}");
}

/// A file with this component, and transcripts beside it if there are any.
fn laid_out(dir: &Path, wasm: &[u8]) -> PathBuf {
    let file = dir.join("component.wasm");
    std::fs::write(&file, wasm).unwrap();
    file
}

/// Run `countersign check`: how it ended, what it printed, what it complained about.
fn check(args: &[&str]) -> (i32, String, String) {
    let output = countersign(&[&["check"], args].concat()).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (output.status.code().unwrap(), text(&output.stdout), text(&output.stderr))
}
