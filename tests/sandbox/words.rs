//! Texts of tens of megabytes in both directions, lists without end, and bytes that are no answer.

use serde_json::json;

use super::{Ring, kind, text_of};
use crate::support::guests::{self, Pack};
use crate::support::handmade;
use crate::support::service::TO;

/// A guest with a megabyte-wide memory of zeroes, whose `send` runs `body`.
fn guest(imports: &str, body: &str) -> Vec<u8> {
    handmade::component(&format!(
        r#"(module
            {imports}
            (memory (export "memory") 1000)
            (data (i32.const 512) "POSThttps://api.example.com/send\ff\fe")
            (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
            (func (export "countersign:connector/sms@1.0.0#send") (param i32) (result i32) {body}))"#
    ))
}

const HTTP: &str = r#"(import "countersign:connector/http@1.0.0" "send"
    (func $http (param i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32 i32)))"#;
const LOG: &str = r#"(import "countersign:connector/log@1.0.0" "write" (func $log (param i32 i32 i32)))"#;
const SIGN: &str =
    r#"(import "countersign:connector/credentials@1.0.0" "sign" (func $sign (param i32 i32 i32 i32 i32)))"#;

/// One request with these many bytes or entries, and the answer at 64.
fn request(url: u32, headers: u32, body: u32, credentials: u32) -> String {
    format!(
        "(call $http (i32.const 512) (i32.const 4) (i32.const 516) (i32.const {url}) (i32.const 65536) (i32.const {headers})
            (i32.const 65536) (i32.const {body}) (i32.const 65536) (i32.const {credentials}) (i32.const 0) (i32.const 0)
            (i32.const 64))
         (unreachable)"
    )
}

/// What is written at 64 as the answer of `send`: byte by byte, and word by word.
fn answer(bytes: &[(u32, u32)], words: &[(u32, u32)]) -> String {
    let bytes = bytes.iter().map(|(at, value)| format!("(i32.store8 (i32.const {}) (i32.const {value}))", 64 + at));
    let words = words.iter().map(|(at, value)| format!("(i32.store (i32.const {}) (i32.const {value}))", 64 + at));
    bytes.chain(words).collect::<String>() + "(i32.const 64)"
}

const MEGABYTES: u32 = 60_000_000;

#[tokio::test(flavor = "multi_thread")]
async fn what_a_guest_says_at_too_great_length_is_not_copied() {
    let ring = Ring::start().await;
    let log = format!("(call $log (i32.const 0) (i32.const 65536) (i32.const {MEGABYTES})) (unreachable)");
    let sign = format!(
        "(call $sign (i32.const 65536) (i32.const 10) (i32.const 65536) (i32.const {MEGABYTES}) (i32.const 64)) (unreachable)"
    );
    for (case, imports, body) in [
        ("long-log", LOG, log),
        ("long-url", HTTP, request(MEGABYTES, 0, 0, 0)),
        ("many-headers", HTTP, request(28, 1_000_000, 0, 0)),
        ("long-body", HTTP, request(28, 0, MEGABYTES, 0)),
        ("many-credentials", HTTP, request(28, 0, 0, 1_000_000)),
        ("long-data", SIGN, sign),
        ("many-ids", "", answer(&[], &[(8, 65536), (12, 1_000_000)])),
        ("long-failure", "", answer(&[(0, 1), (4, 13)], &[(20, 65536), (24, MEGABYTES)])),
    ] {
        let tested = ring.fight_with(case, &guest(imports, &body), &Pack::default(), json!({})).await;
        assert_eq!(kind(&tested), ("refused", "other", "not-sent"), "{case}: {tested}");
        assert!(text_of(&tested).contains("too much data"), "{case}: {tested}");
        assert!(tested.to_string().len() < 2_000, "{case}");
    }
    assert!(ring.service.provider.requests().iter().all(|request| !request.header("x-connector").is_empty()));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_guest_asks_for_too_often_is_refused_and_shown_in_part() {
    let ring = Ring::start().await;
    // As much as may be copied, again and again: each is refused before it leaves.
    let again = request(1_900_000, 0, 0, 0).replace("(unreachable)", "(br $again)");
    let body = format!("(loop $again {again}) (unreachable)");
    let tested = ring.fight_with("again", &guest(HTTP, &body), &Pack::default(), json!({})).await;
    assert_eq!((kind(&tested).0, kind(&tested).2), ("refused", "not-sent"), "{}", tested["failure"]);
    assert!(tested.to_string().len() < 2 << 20, "{} bytes", tested.to_string().len());
    let logs =
        "(loop $again (call $log (i32.const 0) (i32.const 65536) (i32.const 1900000)) (br $again)) (unreachable)";
    let tested = ring.fight_with("logs", &guest(LOG, logs), &Pack::default(), json!({})).await;
    assert_eq!(kind(&tested), ("refused", "other", "not-sent"), "{}", tested["failure"]);
    assert!(tested.to_string().len() < 128 << 10, "{} bytes", tested.to_string().len());
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_are_no_answer_are_a_failure() {
    let ring = Ring::start().await;
    for (case, body, words) in [
        ("no-such-result", answer(&[(0, 7)], &[]), "invalid expected discriminant"),
        ("no-such-status", answer(&[(4, 99)], &[]), "unexpected discriminant: 99"),
        ("no-such-kind", answer(&[(0, 1), (4, 200)], &[]), "unexpected discriminant: 200"),
        ("no-such-option", answer(&[(0, 1), (8, 3)], &[]), "invalid option discriminant"),
        ("no-utf8", answer(&[(0, 1), (4, 13)], &[(20, 544), (24, 2)]), "utf-8"),
        ("outside", answer(&[(0, 1), (4, 13)], &[(20, 0x7fff_fff0), (24, 64)]), "out of bounds"),
        ("around-the-end", answer(&[(0, 1), (4, 13)], &[(20, 0xffff_fff0), (24, 0x20)]), "out of bounds"),
        ("list-outside", answer(&[], &[(8, 0x7fff_fff0), (12, 1000)]), "out of bounds"),
        ("unaligned-list", answer(&[], &[(8, 65537), (12, 2)]), "aligned"),
        ("unaligned-answer", "(i32.const 65)".into(), "aligned"),
        ("answer-outside", "(i32.const -4)".into(), "out of bounds"),
    ] {
        let tested = ring.fight_with(case, &guest("", &body), &Pack::default(), json!({})).await;
        assert_eq!(kind(&tested), ("refused", "other", "not-sent"), "{case}: {tested}");
        assert!(text_of(&tested).contains(words), "{case}: {tested}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_host_hands_over_has_a_measure() {
    let ring = Ring::start().await;
    let schema = json!({"type": "object", "properties": {"note": {"type": "string"}}, "examples": [{}]});
    let small = json!({"note": "x"});
    let trap = guests::unpacked("trap");
    ring.fight_with("trap", &trap, &Pack { schema, ..Pack::default() }, small).await;
    // As long as the API takes it: the guest's memory bears that, or the call ends.
    let (mut status, mut bytes) = (200, 1 << 10);
    while status == 200 {
        bytes *= 4;
        let huge = json!({"component": "trap", "config": {"note": "x".repeat(bytes)}});
        status = ring.service.set_up("trap", huge).await.0;
        let tested = ring.again("trap").await;
        assert_eq!(kind(&tested), ("refused", "other", "not-sent"), "{bytes}: {tested}");
    }
    assert!(status == 413 && bytes <= 4 << 20, "{status} at {bytes}");
    let long = json!({"to": TO, "text": "x".repeat(50_000)});
    let (status, refused) = ring.service.post("/v1/messages", long).await;
    assert_eq!(status, 422, "{refused}");
}
