//! What an author may do, and a provider answer: the host always learns what became of it, never of a bare trap.

use std::path::PathBuf;
use std::process::Command;

use axum::body::Body;
use axum::http::Response;
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use super::{NEEDS, link_modules, text_of, toolchain};
use crate::languages::countersign;
use crate::support::guests::{Pack, pack_bytes, root};
use crate::support::provider::Answer;
use crate::support::service::{Service, TO};

const CONNECTOR: &str = "/v1/environments/development/connectors/odd";

/// `odd/connector.js` as a component, and where it is kept compiled: each build is another one, so not with the others.
struct Odd {
    wasm: Vec<u8>,
    cache: PathBuf,
}

fn build() -> Vec<u8> {
    let scratch = tempfile::tempdir().unwrap();
    let dir = scratch.path();
    std::fs::create_dir(dir.join("src")).unwrap();
    std::fs::copy(root().join("tests/languages/js/odd/connector.js"), dir.join("src/connector.js")).unwrap();
    std::fs::write(dir.join("package.json"), r#"{"private": true, "type": "module"}"#).unwrap();
    std::os::unix::fs::symlink(root().join("connectors/sdk/js"), dir.join("sdk")).unwrap();
    std::os::unix::fs::symlink(root().join("wit"), dir.join("wit")).unwrap();
    link_modules(dir);
    let output = Command::new("node").args(["sdk/build.mjs", "src/connector.js"]).current_dir(dir).output().unwrap();
    assert!(output.status.success(), "{}", text_of(&output));
    let wasm = std::fs::read(dir.join("build/component.wasm")).unwrap();
    let schema = json!({
        "type": "object", "properties": {"mode": {"type": "string"}}, "required": ["mode"],
        "additionalProperties": false, "examples": [{"mode": "told"}],
    });
    pack_bytes(&wasm, "odd", &Pack { schema, ..Pack::default() })
}

/// A service with it in the given mode; none where the toolchain is not there.
async fn service(mode: &str) -> Option<Service> {
    static ODD: OnceCell<Odd> = OnceCell::const_new();
    if !toolchain("what a connector in JavaScript may do", NEEDS) {
        return None;
    }
    let odd = ODD.get_or_init(async || {
        let cache = root().join("target/guest/odd-js");
        let _ = std::fs::remove_dir_all(&cache);
        let odd = Odd { wasm: build(), cache };
        // Compiled once, before the others want it at the same time.
        started(&odd).await.stop().await;
        odd
    });
    let service = started(odd.await).await;
    serve(&service, mode).await;
    Some(service)
}

async fn started(odd: &Odd) -> Service {
    let service = Service::with(|config| config.cache.dir = Some(odd.cache.clone())).await;
    let (status, answer) = service.upload(odd.wasm.clone()).await;
    assert_eq!(status, 201, "{answer}");
    service
}

async fn serve(service: &Service, mode: &str) {
    let body = json!({"component": "odd", "config": {"mode": mode}, "activate": true});
    let (status, answer) = service.set_up("odd", body).await;
    assert!(status < 300, "{answer}");
}

/// What a send in that mode came to, with its log.
async fn tested(service: &Service, mode: &str) -> Value {
    serve(service, mode).await;
    let (status, tested) = service.post(&format!("{CONNECTOR}/test"), json!({"to": TO})).await;
    assert_eq!(status, 200, "{tested}");
    tested
}

/// Kind, certainty and text of a failure.
fn failure(tested: &Value) -> (&str, &str, &str) {
    let text = |field: &str| tested["failure"][field].as_str().unwrap_or("");
    (text("kind"), text("certainty"), text("text"))
}

fn answers(service: &Service, status: u16, content_type: &'static str, body: impl Into<Vec<u8>>) {
    let body = body.into();
    service.provider.answers(Answer::By(std::sync::Arc::new(move |_| {
        let answer = Response::builder().status(status).header("content-type", content_type);
        answer.body(Body::from(body.clone())).unwrap()
    })));
}

/// The JSON that the provider got last.
fn asked(service: &Service) -> Value {
    serde_json::from_slice(&service.provider.requests().last().unwrap().body).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exception_is_a_failure_with_its_stack_in_the_log() {
    let Some(service) = service("throws").await else { return };
    let before = tested(&service, "throws").await;
    let (kind, certainty, text) = failure(&before);
    assert_eq!((kind, certainty), ("other", "not-sent"), "{before}");
    assert!(text.starts_with("the connector's code broke: TypeError: ") && !text.contains("trap"), "{text}");
    assert!(before["log"].to_string().contains("connector.js:"), "{before}");
    assert!(service.provider.requests().is_empty());
    let after = tested(&service, "throws-after").await;
    assert_eq!(failure(&after), ("other", "unknown", "the connector's code broke: RangeError: too late"), "{after}");
    let words = tested(&service, "throws-text").await;
    assert_eq!(failure(&words), ("other", "not-sent", "the connector's code broke: just words"), "{words}");
    let deep = tested(&service, "recursion").await;
    assert_eq!(failure(&deep).0, "other", "{deep}");
    assert!(failure(&deep).1 == "not-sent" && failure(&deep).2.contains("call stack exhausted"), "{deep}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_async_send_is_run_to_its_end() {
    let Some(service) = service("async").await else { return };
    let sent = tested(&service, "async").await;
    assert_eq!(sent["status"], "accepted", "{sent}");
    assert_eq!(service.provider.requests().len(), 2, "both requests left before the receipt");
    let thrown = tested(&service, "async-throws").await;
    assert_eq!(
        failure(&thrown),
        ("other", "unknown", "the connector's code broke: TypeError: after an await"),
        "{thrown}"
    );
    let failed = tested(&service, "async-fails").await;
    assert_eq!(failure(&failed), ("quota-exceeded", "not-sent", "after an await"), "{failed}");
    assert_eq!(failed["failure"]["provider_code"], "Q1", "{failed}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_promise_that_nobody_keeps_is_no_success() {
    let Some(service) = service("never").await else { return };
    for (mode, expected) in [("never", "send() waits for a promise"), ("timer", "setTimeout")] {
        let never = tested(&service, mode).await;
        assert_eq!((failure(&never).0, failure(&never).1), ("other", "not-sent"), "{never}");
        assert!(failure(&never).2.contains(expected), "{never}");
    }
    assert!(service.provider.requests().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn date_and_random_are_the_calls_own() {
    let Some(service) = service("told").await else { return };
    let first = (tested(&service, "told").await, asked(&service));
    service.clock.advance(std::time::Duration::from_secs(86_400));
    let second = (tested(&service, "told").await, asked(&service));
    for (told, asked) in [&first, &second] {
        assert_eq!(told["status"], "accepted", "{told}");
        assert_eq!(asked["now"], asked["issuedAt"], "the host's clock, not the build's");
    }
    assert_eq!(
        (&first.1["iso"], &second.1["iso"]),
        (&json!("2026-01-15T12:00:00.000Z"), &json!("2026-01-16T12:00:00.000Z"))
    );
    let numbers: Vec<f64> = [&first.1, &second.1]
        .into_iter()
        .flat_map(|asked| asked["random"].as_array().unwrap().iter().map(|number| number.as_f64().unwrap()))
        .collect();
    for (index, number) in numbers.iter().enumerate() {
        assert!((0.0..1.0).contains(number) && !numbers[..index].contains(number), "{numbers:?}");
    }
}

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
    let verdict = countersign(&["check", wasm.to_str().unwrap(), scratch.path().to_str().unwrap()]);
    assert!(verdict.contains("2 of 2 transcripts passed"), "{verdict}");
}
