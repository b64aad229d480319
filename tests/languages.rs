//! Connectors in every language: what `countersign new` writes builds, packs and passes `check` as it is, and so does
//! the same example in each language. Their toolchains come from PyPI and npm (`scripts/toolchains`); a language whose
//! toolchain is not there is skipped and says so, but never in CI.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::guests::root;
use crate::support::is_there;

mod c;
mod go;
mod hostile;
mod js;
mod layout;
mod more;
mod none;
mod python;
mod rust;
mod zig;

/// Whether a program of `target/toolchains` is there; says what is skipped where it is not.
fn toolchain(what: &str, needs: &str) -> bool {
    is_there(root().join("target/toolchains").join(needs).exists(), what, needs, "scripts/toolchains")
}

/// `countersign …`, with the toolchains before everything else in PATH; answers what it printed. It must succeed.
fn countersign(args: &[&str]) -> String {
    let output = command(args).output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "countersign {args:?}:\n{out}\n{err}");
    out.into_owned()
}

fn command(args: &[&str]) -> Command {
    let path = std::env::var("PATH").unwrap_or_default();
    let mut command = Command::new(env!("CARGO_BIN_EXE_countersign"));
    command.args(args).env("PATH", format!("{}:{path}", root().join("target/toolchains/bin").display()));
    command
}

/// A new connector in this language, in a folder of its own.
fn new(language: &str) -> (tempfile::TempDir, PathBuf) {
    let scratch = tempfile::tempdir().unwrap();
    let dir = scratch.path().join("acme");
    countersign(&["new", "acme", "--lang", language, "--dir", dir.to_str().unwrap()]);
    (scratch, dir)
}

/// The folder builds and every transcript passes: those given, or its own.
fn checks(dir: &Path, transcripts: Option<&Path>) {
    let mut args = vec!["check", dir.to_str().unwrap()];
    args.extend(transcripts.map(|path| path.to_str().unwrap()));
    let verdict = countersign(&args);
    assert!(!verdict.contains("FAIL"), "{verdict}");
    let many = std::fs::read_dir(transcripts.unwrap_or(&dir.join("transcripts"))).unwrap().count();
    assert!(verdict.contains(&format!("{many} of {many} transcripts passed")), "{verdict}");
}

/// Every transcript passes, whatever else the check finds in a component that is odd on purpose.
fn transcripts_pass(path: &Path, transcripts: &Path) {
    let output = command(&["check", path.to_str().unwrap(), transcripts.to_str().unwrap(), "--json"]).output().unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    let verdict: serde_json::Value = serde_json::from_str(&out).unwrap_or_else(|_| panic!("{out}\n{err}"));
    let played = verdict["transcripts"].as_array().unwrap();
    assert!(!played.is_empty() && played.iter().all(|one| one["passed"] == true), "{verdict:#}");
}

/// The transcripts that every language's example has to pass.
fn shared_transcripts() -> PathBuf {
    root().join("examples/connectors/transcripts")
}
