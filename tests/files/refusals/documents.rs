//! What can be wrong with a document, its name and its place.

use serde_json::json;

use super::{AT, Case, MAIN, main, write};

pub(super) const CASES: &[Case] = &[
    (
        "an unknown key",
        |dir| write(dir, &format!("{AT}/policy.json"), json!({"defaults": {"chekcs": 3}})),
        "policy.json#/defaults/chekcs: unknown field `chekcs`",
    ),
    (
        "a wrong type",
        |dir| write(dir, &format!("{AT}/policy.json"), json!({"defaults": {"checks": "leaked"}})),
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
