//! A connector with all three exports: what `new` wrote, with an account to check and reports to read behind it.

use std::path::Path;

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};

use super::{checks, countersign, new};
use crate::support::guests::root;

const TOKEN: &str = "fake-token-000000000000";
const CREDENTIALS: &str = r#"
[credentials.balance]
kind = "bearer"
secret = "api_token"
methods = ["GET"]
paths = ["/v1/balance"]
exports = ["account"]

[credentials.callback]
kind = "verify"
algorithm = "hmac-sha256"
secret = "api_token"
exports = ["delivery-reports"]
"#;

/// The first file of the SDK's page, in the place of a new connector's own.
pub(super) fn what_its_page_shows_builds(language: &str) {
    let (_scratch, dir) = new(language);
    let page = std::fs::read_to_string(dir.join("vendor/sdk/README.md")).unwrap();
    let (_, shown) = page.split_once(&format!("```{language}\n")).unwrap();
    let (shown, _) = shown.split_once("```").unwrap();
    std::fs::write(dir.join(format!("connector.{language}")), shown).unwrap();
    countersign(&["build", dir.to_str().unwrap()]);
}

pub(super) fn is_recognised_and_passes(language: &str) {
    let (_scratch, dir) = new(language);
    append(&dir.join(format!("connector.{language}")), &file(language));
    append(&dir.join("connector.toml"), CREDENTIALS);
    for (name, transcript) in transcripts() {
        std::fs::write(dir.join("transcripts").join(format!("{name}.json")), transcript.to_string()).unwrap();
    }
    checks(&dir, None);
}

fn file(language: &str) -> String {
    std::fs::read_to_string(root().join(format!("tests/languages/{language}/more.{language}"))).unwrap()
}

fn append(path: &Path, text: &str) {
    let before = std::fs::read_to_string(path).unwrap();
    std::fs::write(path, before + text).unwrap();
}

fn transcripts() -> Vec<(&'static str, Value)> {
    let balance = |reply: Value, expect: Value| {
        json!({
            "name": "the balance", "account": true, "config": config(),
            "exchanges": [{
                "request": {
                    "method": "GET", "url": "https://api.acme.example/v1/balance",
                    "headers": {"authorization": format!("Bearer {TOKEN}")}
                },
                "reply": reply
            }],
            "expect": expect
        })
    };
    let read = json!({
        "verified": true, "status": 204,
        "reports": [{
            "status": "undelivered", "message_ids": ["m 1: \u{fffd}ü"], "kind": "recipient-blocked", "provider_code": "opted_out"
        }]
    });
    let body = "id=m+1%3A%20%ff%C3%BC&code=opted_out&text=STOP&&x";
    vec![
        ("balance", balance(json!({"text": "{\"balance\": 12.50}"}), json!({"standing": {"balance": "12.50 USD"}}))),
        (
            "balance-refused",
            balance(
                json!({"status": 401}),
                json!({"failure": {"kind": "authentication-failed", "certainty": "not-sent"}}),
            ),
        ),
        ("report", callback(body, &signature(body), json!({"handled": read}))),
        (
            "forged",
            callback(
                body,
                &signature("another"),
                json!({"failure": {"kind": "authentication-failed", "certainty": "not-sent"}}),
            ),
        ),
        (
            "unsigned",
            callback(
                body,
                "no hexadecimal",
                json!({"failure": {"kind": "authentication-failed", "certainty": "not-sent"}}),
            ),
        ),
    ]
}

fn config() -> Value {
    json!({"api_token": TOKEN, "from": "+14155550100"})
}

fn callback(body: &str, signature: &str, expect: Value) -> Value {
    json!({
        "name": "a report", "config": config(),
        "callback": {
            "url": "https://otp.example.com/callbacks/production/acme/token",
            "headers": {"x-signature": signature}, "text": body
        },
        "expect": expect
    })
}

fn signature(body: &str) -> String {
    let mut mac = Hmac::<sha2::Sha256>::new_from_slice(TOKEN.as_bytes()).unwrap();
    mac.update(body.as_bytes());
    hex::encode(mac.finalize().into_bytes())
}
