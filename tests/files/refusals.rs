//! Everything that can be wrong with a folder: named by file and place, and nothing is applied.

mod documents;
mod secrets;

use std::path::Path;

use serde_json::json;

use super::{applied, apply, seen, write};
use crate::support::guests;
use crate::support::service::TOKEN;

const AT: &str = "environments/development";
const MAIN: &str = "environments/development/connectors/main.json";

fn main(dir: &Path, config: &serde_json::Value) {
    write(dir, MAIN, json!({"component": "marker-a", "config": config}));
}

/// What is done to a good folder, and what the refusal says.
type Case = (&'static str, fn(&Path), &'static str);

#[tokio::test(flavor = "multi_thread")]
async fn each_bad_input_is_named_by_file_and_place_without_its_value_and_nothing_is_applied() {
    let (service, good) = applied().await;
    let before = seen(&service).await;
    for (what, spoil, said) in documents::CASES.iter().chain(secrets::CASES) {
        let dir = tempfile::tempdir().unwrap();
        for (path, text) in super::files(good.path()) {
            write(dir.path(), &path, text);
        }
        // Something good to do, which must not be done beside something bad.
        write(
            dir.path(),
            "environments/production/environment.json",
            json!({"kind": "production", "display_name": "Other"}),
        );
        spoil(dir.path());
        let ran = apply(&service, dir.path(), &[], &[("TOKEN", TOKEN)]);
        assert!(ran.code == 1 && ran.err.contains(said), "{what}: {said}\nis not in\n{}", ran.all());
        assert!(!ran.all().contains("leaked") && !ran.all().contains(TOKEN), "{what}: {}", ran.all());
        assert!(ran.err.contains("nothing was applied"), "{what}: {}", ran.err);
    }
    assert_eq!(seen(&service).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fault_is_told_at_once_also_to_programs() {
    let (service, dir) = applied().await;
    write(dir.path(), &format!("{AT}/policy.json"), json!({"defaults": {"chekcs": 3}}));
    write(dir.path(), &format!("{AT}/templates.json"), "{");
    write(dir.path(), &format!("{AT}/connectors/More.json"), "{}");
    let ran = apply(&service, dir.path(), &["--json"], &[("TOKEN", TOKEN)]);
    let told = ran.json();
    let places: Vec<_> = told["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|e| (e["file"].as_str().unwrap(), e["pointer"].as_str().unwrap()))
        .collect();
    let at = |file: &str| format!("{AT}/{file}");
    let expected =
        [(at("connectors/More.json"), ""), (at("policy.json"), "/defaults/chekcs"), (at("templates.json"), "")];
    assert_eq!(places, expected.each_ref().map(|(file, pointer)| (file.as_str(), *pointer)), "{told}");
    let other = dir.path().join("nowhere");
    let ran = apply(&service, &other, &[], &[]);
    assert!(ran.code == 1 && ran.err.contains("nowhere` is not a folder"), "{}", ran.err);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_component_that_differs_from_the_one_of_its_version_is_refused() {
    let (service, dir) = applied().await;
    std::fs::create_dir(dir.path().join("components")).unwrap();
    std::fs::write(dir.path().join("components/a.wasm"), guests::marker("marker-a")).unwrap();
    let same = apply(&service, dir.path(), &["--dry-run"], &[("TOKEN", TOKEN)]);
    assert_eq!(same.code, 0, "{}", same.all());
    let pack = guests::Pack { id: "marker-a", ..guests::Pack::default() };
    std::fs::write(dir.path().join("components/a.wasm"), guests::packed("marker-b", &pack)).unwrap();
    let refused = apply(&service, dir.path(), &[], &[("TOKEN", TOKEN)]);
    assert!(
        refused.code == 1
            && refused.err.contains("components/a.wasm: the service has `marker-a@1.0.0` with other bytes"),
        "{}",
        refused.all()
    );
}
