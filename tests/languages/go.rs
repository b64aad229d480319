//! Connectors in Go. What crosses the border between the SDK and the host is tried in `echo`, what providers and authors
//! do wrong in `hostile`.

use std::process::Command;

use super::{checks, countersign, new, shared_transcripts, toolchain};
use crate::support::guests::root;

mod echo;
mod guest;
mod hostile;

const GO: &str = "bin/go";

#[test]
fn a_new_connector_in_go_passes_as_it_is() {
    if toolchain("a new connector in Go", GO) {
        let (_scratch, dir) = new("go");
        checks(&dir, None);
    }
}

#[test]
fn the_example_in_go_passes_the_transcripts_of_every_language() {
    if toolchain("the example in Go", GO) {
        checks(&root().join("examples/connectors/go"), Some(&shared_transcripts()));
    }
}

#[test]
fn a_connector_in_go_builds_without_a_home_a_cache_or_a_network() {
    if !toolchain("building Go with nothing", GO) {
        return;
    }
    let (_scratch, dir) = new("go");
    let path = std::env::var("PATH").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_countersign"))
        .args(["build", dir.to_str().unwrap()])
        .env_clear()
        .env("PATH", format!("{}:{path}", root().join("target/toolchains/bin").display()))
        .env("GOPROXY", "off")
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(dir.join("acme.wasm").exists());
    assert!(dir.join("out/cache").exists(), "the cache is in the folder that is not kept");
}

#[test]
fn the_same_source_is_the_same_component_wherever_it_is_built() {
    if !toolchain("building Go twice", GO) {
        return;
    }
    let built = || {
        let (_scratch, dir) = new("go");
        countersign(&["build", dir.to_str().unwrap()]);
        std::fs::read(dir.join("acme.wasm")).unwrap()
    };
    assert!(built() == built(), "paths or times of a build are in the component");
}

#[test]
fn the_sdk_passes_its_own_tests_and_gos_checks() {
    if !toolchain("the tests of the SDK for Go", GO) {
        return;
    }
    let go = |args: &[&str], target: &[(&str, &str)]| {
        let sdk = root().join("connectors/sdk/go");
        let run = Command::new(root().join("target/toolchains").join(GO))
            .args(args)
            .current_dir(sdk)
            .envs(target.iter().copied())
            .env("GOTOOLCHAIN", "local")
            .env("GOPROXY", "off")
            .env("GOCACHE", root().join("target/languages/go-build"))
            .output()
            .unwrap();
        let said = [run.stdout, run.stderr].concat();
        assert!(run.status.success(), "go {args:?}: {}", String::from_utf8_lossy(&said));
    };
    go(&["test", "./..."], &[]);
    go(&["vet", "./..."], &[]);
    go(&["vet", "./..."], &[("GOOS", "wasip1"), ("GOARCH", "wasm")]);
}
