//! Callbacks: what a provider's own library signed is reported, and no forgery is.

use std::path::Path;

use serde_json::{Value, json};

use super::{schema, together, vector};
use crate::connectors::run;
use crate::support::guests::{Pack, packed};

/// `reporter`, with the credential of the case.
fn reporter(case: &Value) -> Vec<u8> {
    let secrets: Vec<&String> = case["secrets"].as_object().unwrap().keys().collect();
    let manifest =
        json!({"secrets": secrets, "public": ["public_key"], "credentials": {"callback": case["credential"]}});
    let schema = schema(&case["config"], &case["secrets"]);
    packed("reporter", &Pack { more: &toml::to_string(&manifest).unwrap(), schema, ..Pack::default() })
}

/// A callback and what has to come of it, as a transcript.
fn write(dir: &Path, name: &str, vector: &Value, case: &Value, callback: &Value, expect: &Value) {
    let headers = callback["headers"].as_array().unwrap().iter();
    let headers = headers.map(|pair| (pair[0].as_str().unwrap().to_owned(), pair[1].clone())).collect();
    let transcript = json!({
        "name": name,
        "config": together(&case["config"], &case["secrets"]),
        "call": {"issued_at": vector["issued_at"], "nonce": vector["nonce"]},
        "callback": {
            "method": callback["method"], "url": callback["url"], "headers": Value::Object(headers), "body": callback["body"],
        },
        "expect": expect,
    });
    std::fs::write(dir.join(format!("{}.json", name.replace(' ', "-"))), transcript.to_string()).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_provider_signed_is_reported_and_no_forgery_is() {
    let vector = vector("callbacks");
    let reported = json!({"reports": [{"message_ids": ["p_1"], "status": "delivered"}]});
    let forged = json!({"failure": {"kind": "authentication-failed", "certainty": "not-sent"}});
    for (name, case) in vector["cases"].as_object().unwrap() {
        let dir = tempfile::tempdir().unwrap();
        write(dir.path(), "good", &vector, case, &case["callback"], &reported);
        let forgeries = case["forged"].as_object().unwrap();
        assert!(forgeries.len() >= 3, "{name}");
        for (what, callback) in forgeries {
            write(dir.path(), what, &vector, case, callback, &forged);
        }
        let verdict = run(&reporter(case), dir.path()).await.unwrap_or_else(|error| panic!("{name}: {error:#}"));
        assert_eq!(verdict.transcripts.len(), forgeries.len() + 1, "{name}");
        assert!(verdict.passed(), "{name}: {verdict}");
    }
}
