//! The real senders of hooks and the published signers, from npm and PyPI: `.ci/run` installs them. Without them, what
//! needs them is skipped and says so; in CI it is never skipped.

use std::process::Stdio;

use serde_json::Value;
use tokio::io::AsyncWriteExt as _;
use tokio::process::Command;

use super::guests::root;
use super::{is_there, within};

const MAKE: &str = "mkdir -p target/senders && cp tests/hooks/senders/package*.json target/senders/ && npm ci --ignore-scripts --prefix target/senders && python3 -m venv target/senders/venv && target/senders/venv/bin/pip install --require-hashes -r tests/hooks/senders/requirements.txt";

/// Whether they are there; says what is skipped where they are not.
fn installed(what: &str, needs: &str) -> bool {
    is_there(root().join("target/senders").join(needs).exists(), what, "the senders from npm and PyPI", MAKE)
}

/// The Python that has the published signers; none if it is not there.
pub fn python(what: &str) -> Option<Command> {
    installed(what, "venv/bin/python").then(|| Command::new(root().join("target/senders/venv/bin/python")))
}

/// Give a script of `tests/hooks/senders` a value and read what it prints; none if it was skipped.
pub async fn run(what: &str, script: &str, given: &Value) -> Option<Value> {
    let (needs, program) = match script.ends_with(".py") {
        true => ("venv/bin/python", root().join("target/senders/venv/bin/python")),
        false => ("node_modules", "node".into()),
    };
    if !installed(what, needs) {
        return None;
    }
    let script = root().join("tests/hooks/senders").join(script);
    let mut child = Command::new(program)
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(given.to_string().as_bytes()).await.unwrap();
    let output = within(what, child.wait_with_output()).await.unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{what}: {said}");
    Some(serde_json::from_slice(&output.stdout).unwrap())
}
