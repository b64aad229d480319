//! Callbacks: what a provider's own library signed is reported, and no forgery is.

use serde_json::{Map, Value, json};

use super::{schema, together, vector};
use crate::connectors::run;
use crate::support::guests::{Pack, packed};

/// `reporter`, with the credentials of all cases under their names: a configuration chooses one.
fn reporter(cases: &Map<String, Value>) -> Vec<u8> {
    let credentials = cases.iter().map(|(name, case)| (name.clone(), case["credential"].clone())).collect();
    let manifest = json!({
        "secrets": ["signing_secret"],
        "public": ["public_key", "credential"],
        "credentials": Value::Object(credentials),
    });
    let public = json!({"scheme": "", "public_key": "", "credential": "", "careless": false});
    let schema = schema(&public, &json!({"signing_secret": ""}));
    packed("reporter", &Pack { more: &toml::to_string(&manifest).unwrap(), schema, ..Pack::default() })
}

/// A callback and what has to come of it, as a transcript.
fn transcript(vector: &Value, name: &str, callback: &Value, careless: bool, expect: &Value) -> Value {
    let case = &vector["cases"][name];
    let headers = callback["headers"].as_array().unwrap().iter();
    let headers = headers.map(|pair| (pair[0].as_str().unwrap().to_owned(), pair[1].clone())).collect();
    let mut config = together(&case["config"], &case["secrets"]);
    config["credential"] = json!(name);
    config["careless"] = json!(careless);
    json!({
        "name": name,
        "config": config,
        "call": {"issued_at": vector["issued_at"], "nonce": vector["nonce"]},
        "callback": {
            "method": callback["method"],
            "url": callback["url"],
            "headers": Value::Object(headers),
            "text": callback["body"],
        },
        "expect": expect,
    })
}

/// Play them all, each under the name of its file.
async fn all_pass(cases: &Map<String, Value>, transcripts: Vec<(String, Value)>) {
    let dir = tempfile::tempdir().unwrap();
    for (name, transcript) in &transcripts {
        let file = format!("{}.json", name.replace(' ', "-"));
        std::fs::write(dir.path().join(file), transcript.to_string()).unwrap();
    }
    let verdict = run(&reporter(cases), dir.path()).await.unwrap_or_else(|error| panic!("{error:#}"));
    assert_eq!(verdict.transcripts.len(), transcripts.len());
    let wrong: Vec<_> = verdict.transcripts.iter().filter(|outcome| !outcome.passed).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

fn forgeries(case: &Value) -> impl Iterator<Item = (&String, &Value)> {
    let forged = case["forged"].as_object().unwrap();
    assert!(forged.len() >= 3, "{case}");
    forged.iter()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_provider_signed_is_reported_and_no_forgery_is() {
    let vector = vector("callbacks");
    let reports = json!([{"message_ids": ["p_1"], "status": "delivered"}]);
    let reported = json!({"handled": {"verified": true, "status": 200, "reports": reports}});
    let refused = json!({"failure": {"kind": "authentication-failed", "certainty": "not-sent"}});
    let cases = vector["cases"].as_object().unwrap();
    let mut transcripts = Vec::new();
    for (name, case) in cases {
        transcripts.push((name.clone(), transcript(&vector, name, &case["callback"], false, &reported)));
        for (what, callback) in forgeries(case) {
            transcripts.push((format!("{name} {what}"), transcript(&vector, name, callback, false, &refused)));
        }
    }
    all_pass(cases, transcripts).await;
}

/// The host knows what it verified: a connector's word alone moves nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_forgery_that_a_careless_connector_reports_is_not_verified() {
    let vector = vector("callbacks");
    let unverified = json!({"handled": {"verified": false}});
    let cases = vector["cases"].as_object().unwrap();
    let mut transcripts = Vec::new();
    for (name, case) in cases {
        for (what, callback) in forgeries(case) {
            transcripts.push((format!("{name} {what}"), transcript(&vector, name, callback, true, &unverified)));
        }
    }
    all_pass(cases, transcripts).await;
}
