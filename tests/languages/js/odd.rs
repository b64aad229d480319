//! What an author may do, and a provider answer: the host always learns what became of it, never of a bare trap.

use std::path::PathBuf;
use std::process::Command;

use axum::body::Body;
use axum::http::Response;
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use super::{NEEDS, link_modules, text_of, toolchain};
use crate::support::guests::{Pack, pack_bytes, root};
use crate::support::provider::Answer;
use crate::support::service::{Service, TO};

/// What goes over the wire, and what is made of it.
mod wire;

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
    // What is tried here is what is said of an answer, not how soon: on a slow machine the largest take the usual 50 ms.
    let more = "[limits]\ncpu_ms = 1000\n";
    pack_bytes(&wasm, "odd", &Pack { schema, more, ..Pack::default() })
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
