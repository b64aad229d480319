//! Answers that no provider documents, and what an author's own code does wrong: each ends in a failure that says what
//! it was, never in a trap without a word.

use axum::body::Body;
use axum::response::Response;
use countersign::connector::contract::{Certainty, FailureKind};
use std::sync::Arc;

use super::GO;
use super::guest::{Guest, bare};
use crate::languages::toolchain;
use crate::support::provider::Answer;

fn answers(bytes: Vec<u8>) -> Answer {
    Answer::By(Arc::new(move |_| Response::builder().status(200).body(Body::from(bytes.clone())).unwrap()))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_no_json_is_an_invalid_response_that_leaves_a_doubt() {
    if !toolchain("hostile answers to Go", GO) {
        return;
    }
    let guest = Guest::start().await;
    let deep = |open: &str| open.repeat(100_000).into_bytes();
    let hostile: Vec<(&str, Vec<u8>)> = vec![
        ("nothing", Vec::new()),
        ("half", br#"{"id": "m"#.to_vec()),
        ("half an escape", br#"{"id": "\u12"#.to_vec()),
        ("a page", b"<html>".to_vec()),
        ("deep lists", deep("[")),
        ("deep objects", deep(r#"{"rest":"#)),
        ("deep lists in any", [br#"{"rest":{"a":"#.to_vec(), deep("[")].concat()),
        ("UTF-16", "{\"id\":1}".encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("a byte order mark", "\u{feff}{}".as_bytes().to_vec()),
        ("something behind it", br#"{"id":"1"} x"#.to_vec()),
        ("another shape", br#"{"id": {"id": 1}}"#.to_vec()),
        ("a number without end", [br#"{"rest":{"a":1"#.to_vec(), b"0".repeat(5000), b"e99999}}".to_vec()].concat()),
    ];
    for (what, bytes) in hostile {
        guest.provider.answers(answers(bytes));
        let told = guest.send("json", &bare()).await.result.unwrap_err();
        assert_eq!(
            (told.kind, told.certainty),
            (FailureKind::InvalidResponse, Certainty::Unknown),
            "{what}: {}",
            told.text
        );
        assert!(told.text.contains("not the JSON that it documents"), "{what}: {}", told.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_in_a_strange_charset_or_of_the_largest_size_is_read_within_the_limits() {
    if !toolchain("strange answers to Go", GO) {
        return;
    }
    let guest = Guest::start().await;
    guest.provider.answers(answers(b"{\"id\": \"caf\xe9 \\ud800\", \"id \xff\": 0}".to_vec()));
    let receipt = guest.send("json", &bare()).await.result.unwrap();
    assert_eq!(receipt.message_ids, ["caf\u{fffd} \u{fffd}"], "what is no character is one that says so");

    let many = format!(r#"{{"rest": {{"a": [{}0]}}, "id": 7}}"#, "[1],".repeat(250_000));
    assert!(many.len() < 1 << 20, "as large as an answer may be");
    guest.provider.answers(answers(many.into_bytes()));
    let report = guest.send("json", &bare()).await;
    // Reading all of it may be more than a call's CPU time; then that is what is said.
    match report.result {
        Ok(receipt) => assert_eq!(receipt.message_ids, ["7"]),
        Err(told) => assert!(told.text.contains("CPU") || told.text.contains("memory"), "{}", told.text),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_panic_is_a_failure_and_the_log_says_what_and_where() {
    if !toolchain("a panic in Go", GO) {
        return;
    }
    let guest = Guest::start().await;
    for (mode, certainty, what) in [
        ("early panic", Certainty::NotSent, "index out of range [11] with length 0"),
        ("panic", Certainty::Unknown, "assignment to entry in nil map"),
    ] {
        let report = guest.send(mode, &bare()).await;
        let told = report.result.unwrap_err();
        assert_eq!((told.kind, told.certainty), (FailureKind::Other, certainty), "{}", told.text);
        assert!(told.text.contains("its log says where"), "{}", told.text);
        let line = &report.log[0];
        assert_eq!(line.level, "critical");
        assert!(line.text.contains(what) && line.text.contains("echo/main.go:"), "{}", line.text);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_error_of_any_kind_is_a_failure() {
    if !toolchain("errors in Go", GO) {
        return;
    }
    let guest = Guest::start().await;
    let told = guest.send("early error", &bare()).await.result.unwrap_err();
    assert_eq!((told.kind, told.certainty), (FailureKind::Other, Certainty::NotSent));
    assert_eq!(told.text, "no failure of the SDK's");

    let told = guest.send("wrapped", &bare()).await.result.unwrap_err();
    assert_eq!((told.kind, told.provider_code.as_deref()), (FailureKind::FraudBlocked, Some("E1")));

    let told = guest.send("nil failure", &bare()).await.result.unwrap_err();
    assert_eq!((told.kind, told.certainty), (FailureKind::Other, Certainty::Unknown));
    assert!(told.text.contains("return nil itself"), "{}", told.text);

    let told = guest.send("broken text", &bare()).await.result.unwrap_err();
    assert_eq!((told.text.as_str(), told.provider_code.as_deref()), ("a\u{fffd}b", Some("\u{fffd}")));

    let before = guest.provider.requests().len();
    let told = guest.send("unwritable", &bare()).await.result.unwrap_err();
    assert_eq!((told.kind, told.certainty), (FailureKind::InvalidConfig, Certainty::NotSent), "{}", told.text);
    assert_eq!(guest.provider.requests().len(), before, "nothing left");
}
