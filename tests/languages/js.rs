use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::Value;

use super::{checks, new, shared_transcripts, toolchain};
use crate::support::guests::root;

/// Whatever an author may write: what becomes of it.
mod odd;

/// What npm writes last: with it, all is there.
const NEEDS: &str = "node_modules/.package-lock.json";

/// What npm would fetch, so that no test asks the registry.
fn link_modules(dir: &Path) {
    symlink(root().join("target/toolchains/node_modules"), dir.join("node_modules")).unwrap();
}

fn text_of(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn a_new_one_passes(language: &str) {
    let (_scratch, dir) = new(language);
    link_modules(&dir);
    checks(&dir, None);
}

#[test]
fn a_new_connector_in_javascript_passes_as_it_is() {
    if toolchain("a new connector in JavaScript", NEEDS) {
        a_new_one_passes("js");
    }
}

#[test]
fn a_new_connector_in_typescript_passes_as_it_is() {
    if toolchain("a new connector in TypeScript", NEEDS) {
        a_new_one_passes("ts");
    }
}

/// The example in a tree of its own: what a build makes and npm fetches does not belong into the repository.
fn example(language: &str) -> (tempfile::TempDir, PathBuf) {
    let scratch = tempfile::tempdir().unwrap();
    let dir = scratch.path().join("examples/connectors").join(language);
    let from = root().join("examples/connectors").join(language);
    std::fs::create_dir_all(dir.join("src")).unwrap();
    for folder in ["", "src"] {
        for entry in from.join(folder).read_dir().unwrap() {
            let file = entry.unwrap().path();
            if file.is_file() {
                std::fs::copy(&file, dir.join(folder).join(file.file_name().unwrap())).unwrap();
            }
        }
    }
    for shared in ["connectors", "wit"] {
        symlink(root().join(shared), scratch.path().join(shared)).unwrap();
    }
    link_modules(&dir);
    (scratch, dir)
}

#[test]
fn the_example_in_javascript_passes_what_every_language_has_to() {
    if toolchain("the example in JavaScript", NEEDS) {
        let (_scratch, dir) = example("js");
        checks(&dir, Some(&shared_transcripts()));
    }
}

#[test]
fn the_example_in_typescript_passes_what_every_language_has_to() {
    if toolchain("the example in TypeScript", NEEDS) {
        let (_scratch, dir) = example("ts");
        checks(&dir, Some(&shared_transcripts()));
    }
}

#[test]
fn every_lock_names_what_the_suite_builds_with() {
    let read = |path: &str| -> Value { serde_json::from_slice(&std::fs::read(root().join(path)).unwrap()).unwrap() };
    let built_with = read("tests/languages/package-lock.json");
    for folder in ["runtime/kit/new/js", "runtime/kit/new/ts", "examples/connectors/js", "examples/connectors/ts"] {
        let lock = read(&format!("{folder}/package-lock.json"));
        assert_eq!(lock["packages"][""]["devDependencies"], read(&format!("{folder}/package.json"))["devDependencies"]);
        for (name, package) in lock["packages"].as_object().unwrap().iter().filter(|(name, _)| !name.is_empty()) {
            assert!(package["integrity"].as_str().unwrap().starts_with("sha512-"), "{folder}: {name}");
            assert_eq!(package, &built_with["packages"][name], "{folder}: {name}");
        }
    }
}

#[test]
fn what_the_engine_lacks_is_what_node_has() {
    if !toolchain("the JavaScript SDK beside Node", NEEDS) {
        return;
    }
    let tests = root().join("tests/languages/js/sdk.test.mjs");
    let output = Command::new("node").arg("--test").arg(tests).output().unwrap();
    assert!(output.status.success(), "{}", text_of(&output));
}

/// What `countersign build` says of a new connector with this in place of that; it must fail.
fn refusal(language: &str, that: &str, this: &str) -> String {
    let (_scratch, dir) = new(language);
    link_modules(&dir);
    let source = dir.join(format!("src/connector.{language}"));
    let text = std::fs::read_to_string(&source).unwrap();
    assert!(text.contains(that), "{that}");
    std::fs::write(&source, text.replace(that, this)).unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_countersign")).arg("build").arg(&dir).output().unwrap();
    assert!(!output.status.success() && !dir.join("build/component.wasm").exists(), "{}", text_of(&output));
    text_of(&output)
}

#[test]
fn a_build_that_fails_says_where_and_what_to_do() {
    if !toolchain("builds of JavaScript that fail", NEEDS) {
        return;
    }
    let told = refusal("ts", "taken.id,", "taken.ident,");
    assert!(told.contains("src/connector.ts(") && told.contains("Property 'ident' does not exist"), "{told}");
    let cases = [
        ("const CODES = {", "const CODES = [", "src/connector.js:"),
        ("export const { sms }", "const { sms }", "hint: export const { sms } = connector({"),
        ("  send:", "  check: () => ({}),\n  send:", "`account` is not exported"),
        ("import {", "import fs from \"node:fs\";\nfs;\nimport {", "a connector has nothing of Node's"),
        ("import {", "import pad from \"left-pad\";\npad;\nimport {", "hint: npm install --save-dev left-pad"),
        ("const CODES", "const STARTED = Date.now();\nconst CODES", "the time is known in send()"),
        ("const CODES", "exchange(request.get(\"https://x.example\"));\nconst CODES", "exchange() works in send()"),
        ("const CODES", "await 1;\nconst CODES", "do it in send()"),
    ];
    for (that, this, expected) in cases {
        let told = refusal("js", that, this);
        assert!(told.contains(expected), "{this}: {told}");
        assert!(
            !told.contains("external") && !told.contains("build.mjs:"),
            "no word of what is not the author's: {told}"
        );
    }
}
