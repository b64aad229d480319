//! Everything that can be wrong with a folder: named by file and place, and nothing is applied.

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

const CASES: &[Case] = &[
    (
        "an unknown key",
        |dir| write(dir, &format!("{AT}/policy.json"), json!({"defaults": {"chekcs": 3}})),
        "policy.json#/defaults/chekcs: unknown field `chekcs`",
    ),
    (
        "a wrong type",
        |dir| write(dir, &format!("{AT}/policy.json"), json!({"defaults": {"checks": "canary"}})),
        "policy.json#/defaults/checks: invalid type, expected u32",
    ),
    (
        "out of range",
        |dir| write(dir, &format!("{AT}/policy.json"), json!({"defaults": {"checks": 99}})),
        "policy.json#/defaults/checks: ",
    ),
    (
        "no JSON",
        |dir| write(dir, &format!("{AT}/templates.json"), "{\"templates\": [}"),
        "templates.json: not JSON: line 1, column 16",
    ),
    ("an empty file", |dir| write(dir, &format!("{AT}/templates.json"), ""), "templates.json: not JSON"),
    (
        "a name twice",
        |dir| write(dir, &format!("{AT}/policy.json"), "{\"defaults\": {\"checks\": 3, \"checks\": 9}}"),
        "policy.json#/defaults: `checks` is there twice",
    ),
    ("a list for an object", |dir| write(dir, MAIN, "[]"), "main.json: "),
    ("no component", |dir| write(dir, MAIN, json!({"config": {}})), "main.json: missing field `component`"),
    (
        "an unknown component",
        |dir| write(dir, MAIN, json!({"component": "none@9.9.9"})),
        "main.json#/component: the service has no component `none@9.9.9`: upload it",
    ),
    (
        "activate",
        |dir| write(dir, MAIN, json!({"component": "marker-a", "activate": true})),
        "main.json#/activate: channels/sms.json says who is active",
    ),
    ("a config that is none", |dir| main(dir, &json!([1])), "main.json#/config: "),
    (
        "a field of the schema",
        |dir| main(dir, &json!({"note": 7, "api_token": {"set": true}})),
        "main.json#/config/note: ",
    ),
    (
        "a secret in the file",
        |dir| main(dir, &json!({"api_token": "canary-0123456789"})),
        "main.json#/config/api_token: a secret does not stand in a file",
    ),
    (
        "a variable that is not set",
        |dir| main(dir, &json!({"api_token": {"env": "NOT_THERE"}})),
        "main.json#/config/api_token: the variable `NOT_THERE` is not set",
    ),
    (
        "the service's own key",
        |dir| main(dir, &json!({"api_token": {"env": "COUNTERSIGN_KEY"}})),
        "main.json#/config/api_token: the variable `COUNTERSIGN_KEY` is no connector's secret",
    ),
    (
        "a file that is missing",
        |dir| main(dir, &json!({"api_token": {"file": "secrets/none"}})),
        "main.json#/config/api_token: the file `secrets/none` is not there",
    ),
    (
        "a file elsewhere",
        |dir| main(dir, &json!({"api_token": {"file": "/etc/hostname"}})),
        "main.json#/config/api_token: the file `/etc/hostname` is not a path in this folder",
    ),
    (
        "a path that climbs out",
        |dir| main(dir, &json!({"api_token": {"file": "secrets/../../x"}})),
        "main.json#/config/api_token: the file `secrets/../../x` is not",
    ),
    (
        "a link",
        |dir| {
            write(dir, "real", "canary-0123456789");
            std::os::unix::fs::symlink("real", dir.join("link")).unwrap();
            main(dir, &json!({"api_token": {"file": "link"}}));
        },
        "main.json#/config/api_token: the file `link` is a symbolic link",
    ),
    (
        "a secret that is too large",
        |dir| {
            write(dir, "large", "canary".repeat(20_000));
            main(dir, &json!({"api_token": {"file": "large"}}));
        },
        "the file `large` is larger than 64 KiB",
    ),
    (
        "a secret that is no text",
        |dir| {
            std::fs::write(dir.join("bytes"), [b'c', 0xff, 0xfe]).unwrap();
            main(dir, &json!({"api_token": {"file": "bytes"}}));
        },
        "the file `bytes` is not UTF-8, from byte 1 on",
    ),
    (
        "an empty secret",
        |dir| {
            write(dir, "empty", "\n");
            main(dir, &json!({"api_token": {"file": "empty"}}));
        },
        "the file `empty` is empty",
    ),
    (
        "a secret that is too short for its schema",
        |dir| {
            write(dir, "short", "canary");
            main(dir, &json!({"api_token": {"file": "short"}}));
        },
        "main.json#/config/api_token: ",
    ),
    (
        "a pipe",
        |dir| {
            let made = std::process::Command::new("mkfifo").arg(dir.join("pipe")).status().unwrap();
            assert!(made.success());
            main(dir, &json!({"api_token": {"file": "pipe"}}));
        },
        "the file `pipe` is not a file",
    ),
    (
        "a reference for what is no secret",
        |dir| main(dir, &json!({"note": {"env": "PATH"}, "api_token": {"set": true}})),
        "main.json#/config/note: only the value of a secret comes from elsewhere",
    ),
    (
        "another encoding",
        |dir| std::fs::write(dir.join(AT).join("templates.json"), b"{\"templates\": []} \xe4").unwrap(),
        "templates.json: is not UTF-8, from byte 18 on",
    ),
    (
        "a byte-order mark",
        |dir| write(dir, &format!("{AT}/templates.json"), "\u{feff}{\"templates\": []}"),
        "templates.json: begins with a byte-order mark",
    ),
    (
        "a file that is too large",
        |dir| write(dir, &format!("{AT}/templates.json"), " ".repeat(300 << 10)),
        "templates.json: is larger than 256 KiB",
    ),
    (
        "a linked file",
        |dir| {
            std::fs::rename(dir.join(MAIN), dir.join("main.json")).unwrap();
            std::os::unix::fs::symlink("../../../main.json", dir.join(MAIN)).unwrap();
        },
        "main.json: is a symbolic link",
    ),
    (
        "a linked folder",
        |dir| {
            std::fs::rename(dir.join(AT), dir.join("elsewhere")).unwrap();
            std::os::unix::fs::symlink("../elsewhere", dir.join(AT)).unwrap();
        },
        "environments/development: is a symbolic link",
    ),
    (
        "a file of another name",
        |dir| write(dir, &format!("{AT}/polices.json"), "{}"),
        "polices.json: is nothing that is read here",
    ),
    (
        "an unknown channel",
        |dir| write(dir, &format!("{AT}/channels/email.json"), "{}"),
        "channels/email.json: the only channel is sms.json",
    ),
    (
        "a connector of a bad name",
        |dir| write(dir, &format!("{AT}/connectors/Main.json"), "{}"),
        "connectors/Main.json: a connector's file is its name",
    ),
    (
        "an environment of a bad name",
        |dir| write(dir, "environments/a_b/environment.json", "{}"),
        "environments/a_b: an environment's name has",
    ),
    (
        "an environment without a kind",
        |dir| write(dir, "environments/new/policy.json", "{}"),
        "environments/new/environment.json: is not there",
    ),
    (
        "a kind that there is not",
        |dir| write(dir, "environments/new/environment.json", json!({"kind": "test", "display_name": "x"})),
        "environments/new/environment.json#/kind: ",
    ),
    (
        "a channel that names nobody",
        |dir| write(dir, &format!("{AT}/channels/sms.json"), json!({"active": "nobody"})),
        "channels/sms.json#/active: no connector `nobody` serves",
    ),
    (
        "a rule in a wrong place",
        |dir| {
            write(
                dir,
                &format!("{AT}/channels/sms.json"),
                json!({"active": "main", "routes": [{"countries": ["XX"], "use": [{"connector": "main"}]}]}),
            )
        },
        "channels/sms.json#/routes/0/countries/0: ",
    ),
    (
        "a trial",
        |dir| {
            write(
                dir,
                &format!("{AT}/channels/sms.json"),
                json!({"active": "main", "canary": {"connector": "main", "revision": 1, "percent": 1}}),
            )
        },
        "channels/sms.json#/canary: ",
    ),
    (
        "a text without a code",
        |dir| {
            write(dir, &format!("{AT}/templates.json"), json!({"templates": [{"purpose": "sign-in", "text": "hello"}]}))
        },
        "templates.json#/templates/0/text: ",
    ),
    (
        "a sign-in that contradicts itself",
        |dir| {
            write(
                dir,
                &format!("{AT}/sign-in-experience.json"),
                json!({"sign_up": {"identifier": "phone", "verify": false}}),
            )
        },
        "sign-in-experience.json#/sign_up/verify: ",
    ),
    ("no component", |dir| write(dir, "components/a.wasm", "no wasm"), "components/a.wasm: "),
    (
        "something among the components",
        |dir| write(dir, "components/a.zip", "x"),
        "components/a.zip: is no packed component",
    ),
    (
        "a folder without environments",
        |dir| std::fs::remove_dir_all(dir.join("environments")).unwrap(),
        "environments: is not there: is this the folder?",
    ),
];

#[tokio::test(flavor = "multi_thread")]
async fn each_bad_input_is_named_by_file_and_place_without_its_value_and_nothing_is_applied() {
    let (service, good) = applied().await;
    let before = seen(&service).await;
    for (what, spoil, said) in CASES {
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
        assert!(!ran.all().contains("canary") && !ran.all().contains(TOKEN), "{what}: {}", ran.all());
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
