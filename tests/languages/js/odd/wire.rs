use serde_json::{Value, json};

use super::{CONNECTOR, NEEDS, answers, asked, build, failure, service, tested};
use crate::languages::toolchain;
use crate::languages::transcripts_pass;
use crate::support::provider::Answer;
use crate::support::service::TO;

#[tokio::test(flavor = "multi_thread")]
async fn every_character_arrives_and_half_of_one_is_no_trap() {
    let Some(service) = service("told").await else { return };
    let text = "Zażółć 验证码 رمز 😀👩‍👩‍👧 \u{0}\u{10ffff} 123456";
    let (status, sent) = service.post("/v1/messages", json!({"to": TO, "text": text})).await;
    assert!(status < 300, "{sent}");
    assert_eq!(asked(&service)["text"], text);
    let halves = tested(&service, "halves").await;
    assert_eq!(halves["status"], "accepted", "{halves}");
    assert_eq!(service.provider.requests().last().unwrap().body, "a\u{fffd}b".as_bytes());
    assert!(
        halves["receipt"].to_string().contains("p_1\u{fffd}") || halves.to_string().contains("p_1\u{fffd}"),
        "{halves}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_not_what_the_provider_documents_is_a_typed_failure() {
    let Some(service) = service("reads").await else { return };
    let deep = |levels: usize| [vec![b'['; levels], vec![b']'; levels]].concat();
    let cases: [(&str, Vec<u8>, &str); 9] = [
        ("text/html", b"<html>".to_vec(), "it is no JSON"),
        ("application/json", Vec::new(), "it is no JSON"),
        ("application/json", br#"{"id": "1"#.to_vec(), "it is no JSON"),
        ("application/json; charset=latin1", b"{\"id\": \"\xfc\"}".to_vec(), "it is no UTF-8"),
        ("application/json", br#"{"id": 1}"#.to_vec(), "`id` is not of type string"),
        ("application/json", b"null".to_vec(), "it is no object"),
        ("application/json", br#"{"__proto__": {"id": "1"}}"#.to_vec(), "`id` is not there"),
        ("application/json", deep(128), "it is no object"),
        ("application/json", deep(250_000), "it is nested deeper than 128 levels"),
    ];
    for (content_type, body, why) in cases {
        let shown = String::from_utf8_lossy(&body[..body.len().min(40)]).into_owned();
        answers(&service, 200, content_type, body);
        let told = tested(&service, "reads").await;
        assert_eq!(
            (failure(&told).0, failure(&told).1),
            ("invalid-response", "unknown"),
            "{shown}: {}",
            told["failure"]
        );
        assert!(failure(&told).2.ends_with(why), "{shown}: {}", told["failure"]);
    }
    answers(&service, 200, "application/json", "\u{feff}{\"id\": \"marked\"}");
    assert_eq!(tested(&service, "reads").await["status"], "accepted", "some write a byte order mark");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_answer_is_read_within_the_limits() {
    let Some(service) = service("reads").await else { return };
    let pad = |with: &str| format!("{{\"pad\": \"{}\", \"id\": \"large\"}}", with.repeat(200_000 / with.len()));
    let many = json!((0..500).map(|n| json!({"n": n, "brackets": "[[{{\\\""})).collect::<Vec<_>>());
    for body in [pad("x"), pad("ü"), format!("{{\"id\": \"many\", \"of\": {many}}}")] {
        answers(&service, 200, "application/json", body);
        let told = tested(&service, "reads").await;
        assert_eq!(told["status"], "accepted", "{}", told["failure"]);
    }
    service.provider.answers(Answer::Huge(3 << 20));
    let told = tested(&service, "reads").await;
    assert_eq!(failure(&told), ("invalid-response", "unknown", "the provider's answer is too large"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receipt_that_is_none_says_which_field_it_was() {
    let Some(service) = service("nothing").await else { return };
    for (mode, expected) in
        [("nothing", "send() returns a receipt, not undefined"), ("misspelt", "`status` is one of accepted")]
    {
        let told = tested(&service, mode).await;
        assert_eq!((failure(&told).0, failure(&told).1), ("other", "unknown"), "{told}");
        assert!(failure(&told).2.contains(expected), "{told}");
    }
    let beside = tested(&service, "beside").await;
    assert_eq!(beside["status"], "accepted", "a number that makes no sense does not hide that it was sent: {beside}");
    assert!(beside["log"].to_string().contains("left out: `segments` is a whole number"), "{beside}");
    assert!(beside["log"].to_string().contains("left out: `price.currency`"), "{beside}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fault_means_what_it_does_in_rust_and_the_console_is_the_log() {
    let Some(service) = service("forbidden").await else { return };
    let denied = tested(&service, "forbidden").await;
    assert_eq!((failure(&denied).0, failure(&denied).1), ("invalid-config", "not-sent"), "{denied}");
    assert!(failure(&denied).2.contains("elsewhere.example"), "{denied}");
    let says = tested(&service, "says").await;
    let log = says["log"].to_string();
    assert!(log.contains(r#"one {\"two\":3} undefined"#) && log.contains("Error: four"), "{log}");
    assert!(log.contains("critical") && log.contains("info"), "{log}");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_checks_its_account() {
    let Some(service) = service("told").await else { return };
    let (status, standing) = service.post(&format!("{CONNECTOR}/account"), json!({})).await;
    assert_eq!(status, 200, "{standing}");
    assert!(standing.to_string().contains("development 201") && standing.to_string().contains("1.50"), "{standing}");
}

#[test]
fn it_reads_what_is_reported() {
    if !toolchain("callbacks of a connector in JavaScript", NEEDS) {
        return;
    }
    let scratch = tempfile::tempdir().unwrap();
    let callback = |name: &str, headers: Value, expect: Value| {
        let url = "https://otp.example.com/callbacks/development/odd/token";
        let callback = json!({"url": url, "headers": headers, "form": {"id": "ü 😀 + &"}});
        let transcript = json!({"name": name, "config": {"mode": "told"}, "callback": callback, "expect": expect});
        std::fs::write(scratch.path().join(format!("{name}.json")), transcript.to_string()).unwrap();
    };
    let report = json!({"status": "delivered", "message_ids": ["ü 😀 + &"]});
    callback("read", json!({}), json!({"handled": {"verified": false, "status": 200, "reports": [report]}}));
    let broken = json!({"failure": {"kind": "other", "certainty": "not-sent"}});
    callback("broken", json!({"x-mode": "throws"}), broken);
    let wasm = scratch.path().join("odd.wasm");
    std::fs::write(&wasm, build()).unwrap();
    transcripts_pass(&wasm, scratch.path());
}
