//! What can be wrong with where a secret comes from.

use serde_json::json;

use super::{Case, main, write};

pub(super) const CASES: &[Case] = &[
    (
        "a secret in the file",
        |dir| main(dir, &json!({"api_token": "leaked-0123456789"})),
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
            write(dir, "real", "leaked-0123456789");
            std::os::unix::fs::symlink("real", dir.join("link")).unwrap();
            main(dir, &json!({"api_token": {"file": "link"}}));
        },
        "main.json#/config/api_token: the file `link` is a symbolic link",
    ),
    (
        "a secret that is too large",
        |dir| {
            write(dir, "large", "leaked".repeat(20_000));
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
            write(dir, "short", "leaked");
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
];
