//! Python: the template, the example, and a connector that does what none should. Each is built once a run.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::OnceCell;

use super::{checks, countersign, new, shared_transcripts, toolchain};
use crate::support::guests::{Pack, pack_bytes, root};
use crate::support::provider::Answer;
use crate::support::sandbox::sandbox;
use crate::support::service::{Service, TO};

/// What the odd connector makes of provider's answers, as transcripts.
mod answers;

const COMPILER: &str = "bin/componentize-py";

#[test]
fn a_new_connector_in_python_passes_as_it_is_and_so_do_its_own_tests() {
    if !toolchain("the template for Python", COMPILER) {
        return;
    }
    let (_scratch, dir) = new("python");
    checks(&dir, None);
    let tests = Command::new("python3").args(["-B", "-m", "unittest"]).current_dir(&dir).output().unwrap();
    let said = String::from_utf8_lossy(&tests.stderr).into_owned();
    assert!(tests.status.success() && said.contains("Ran 3 tests"), "{said}");
    let left: Vec<String> = walk(&dir).into_iter().filter(|path| path.ends_with("__pycache__")).collect();
    assert!(left.iter().all(|path| path.contains("/target/")), "caches beside the source: {left:?}");
}

fn walk(dir: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path());
    entries
        .flat_map(|path| {
            let below = if path.is_dir() { walk(&path) } else { Vec::new() };
            std::iter::once(path.display().to_string()).chain(below)
        })
        .collect()
}

#[test]
fn the_example_in_python_passes_the_transcripts_that_all_languages_share() {
    if toolchain("the example in Python", COMPILER) {
        checks(&root().join("examples/connectors/python"), Some(&shared_transcripts()));
    }
}

/// `odd.py`, built as the template builds; none where the toolchain is missing. Compiled as well, into the cache of all
/// tests: no test waits for an upload as long as that takes on a busy machine.
async fn odd() -> Option<&'static [u8]> {
    static ODD: OnceCell<Option<Vec<u8>>> = OnceCell::const_new();
    let made = ODD.get_or_init(|| async {
        let odd = tokio::task::spawn_blocking(build_odd).await.unwrap()?;
        sandbox().load(&odd).await.unwrap();
        Some(odd)
    });
    made.await.as_deref()
}

fn build_odd() -> Option<Vec<u8>> {
    let (_scratch, dir) = toolchain("what Python does that it should not", COMPILER).then(|| new("python"))?;
    std::fs::copy(root().join("tests/languages/python/odd.py"), dir.join("provider.py")).unwrap();
    let manifest = std::fs::read_to_string(dir.join("connector.toml")).unwrap();
    let complete = manifest.replace("build.sh provider\"", "build.sh provider connector-complete\"");
    assert_ne!(complete, manifest);
    std::fs::write(dir.join("connector.toml"), complete).unwrap();
    countersign(&["build", dir.to_str().unwrap()]);
    let wasm = std::fs::read(dir.join("target/component.wasm")).unwrap();
    let schema = json!({
        "type": "object",
        "properties": {
            "case": {"type": "string"},
            "api_token": {"type": "string", "minLength": 16, "writeOnly": true},
        },
        "required": ["case", "api_token"],
        "examples": [{"case": "fresh", "api_token": "fake-token-0000000000"}],
    });
    Some(pack_bytes(&wasm, "odd", &Pack { more: CREDENTIALS, schema, ..Pack::default() }))
}

const CREDENTIALS: &str = r#"
secrets = ["api_token"]

# To recurse until Python says so, and to write that down, takes longer than a send.
[limits]
cpu_ms = 1000

[credentials.token]
kind = "bearer"
secret = "api_token"
methods = ["POST"]
paths = ["/send"]

[credentials.signing]
kind = "hmac"
secret = "api_token"
digest = "sha256"
encoding = "hex"
place = { header = "x-signature" }
methods = ["POST"]
paths = ["/send"]

[credentials.callback]
kind = "verify"
algorithm = "hmac-sha256"
secret = "api_token"
exports = ["delivery-reports"]
"#;

/// The service with the odd connector set up, whose provider answers with an id.
async fn serving(odd: &[u8], case: &str) -> Service {
    let service = Service::start().await;
    let (status, answer) = service.upload(odd.to_vec()).await;
    assert_eq!(status, 201, "{answer}");
    service.provider.answers(Answer::Json(201, json!({"id": "m-1"})));
    set(&service, case).await;
    service
}

async fn set(service: &Service, case: &str) {
    let config = json!({"case": case, "api_token": "fake-token-0000000000"});
    let (status, answer) = service.set_up("odd", json!({"component": "odd", "config": config})).await;
    assert!(status < 300, "{answer}");
}

/// Send by it; answers all that a test of a connector shows.
async fn tested(service: &Service) -> Value {
    let (status, told) = service.post("/v1/environments/development/connectors/odd/test", json!({"to": TO})).await;
    assert_eq!(status, 200, "{told}");
    told
}

fn log(told: &Value) -> String {
    let lines = told["log"].as_array().unwrap().iter().map(|line| format!("{}\n", line["text"].as_str().unwrap()));
    lines.collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_should_be_fresh_is_frozen_and_nothing_survives_a_call() {
    let Some(odd) = odd().await else { return };
    let service = serving(odd, "fresh").await;
    let first = log(&tested(&service).await);
    service.clock.advance(Duration::from_secs(86_400));
    let second = log(&tested(&service).await);
    for (name, other) in [("random ", "uuid"), ("uuid ", "time")] {
        let drawn = |text: &str| {
            let (_, rest) = text.split_once(name).unwrap_or_else(|| panic!("{text}"));
            rest.split_once(other).unwrap().0.to_owned()
        };
        assert_ne!(drawn(&first), drawn(&second), "{name}was the same in two calls");
    }
    assert!(first.contains("time 1768478400 now 2026-01-15T12:00:00") && first.contains("today 2026-01-15"), "{first}");
    assert!(second.contains("time 1768564800 now 2026-01-16T12:00:00"), "{second}");
    for text in [&first, &second] {
        assert!(text.contains("calls 1 ") && text.contains("slept True"), "{text}");
    }
    let built = |text: &str| text.split_once("built ").unwrap().1.to_owned();
    assert_eq!(built(&first), built(&second), "what a module's top level made is made once, at the build");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_exception_is_a_failure_whose_traceback_is_in_the_log_with_its_line() {
    let Some(odd) = odd().await else { return };
    let service = serving(odd, "raises").await;
    let before = tested(&service).await;
    assert_eq!((&before["failure"]["kind"], &before["failure"]["certainty"]), (&json!("other"), &json!("not-sent")));
    assert!(before["failure"]["text"].as_str().unwrap().contains("raised KeyError at provider.py:"), "{before}");
    let log = log(&before);
    assert!(log.contains("Traceback (most recent call last)") && log.contains("\"raises\": lambda: {}["), "{log}");
    set(&service, "raises-after").await;
    let after = tested(&service).await;
    assert_eq!((&after["failure"]["kind"], &after["failure"]["certainty"]), (&json!("other"), &json!("unknown")));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_printed_is_in_the_log_also_what_was_not_flushed() {
    let Some(odd) = odd().await else { return };
    let service = serving(odd, "prints").await;
    let log = log(&tested(&service).await);
    assert!(log.contains("printed, and not flushed") && log.contains("on standard error"), "{log}");
}

#[test]
fn the_suites_compiler_is_the_one_that_the_sdk_pins() {
    let text = |path: &str| std::fs::read_to_string(root().join(path)).unwrap();
    let ours = text("tests/languages/requirements.txt");
    let pinned = ours.lines().find(|line| line.starts_with("componentize-py==")).unwrap();
    let sdk = text("connectors/sdk/python/requirements.txt");
    assert!(sdk.contains(pinned), "the SDK has another version than the suite: {pinned}");
}
