//! The master key's part in a backup, and what is left when it is lost.

use reqwest::Method;
use serde_json::json;

use super::fixture::fill;
use super::run;
use crate::support::postgres::is_for_sqlite;
use crate::support::process::countersign;
use crate::support::service::{MASTER_KEY, Service, TOKEN, answer, client, number};

const ATTESTATION: &str = "/v1/environments/production/attestation";
const OTHER_KEY: &str = "1f0e0d0c0b0a09080706050403020100000102030405060708090a0b0c0d0e0f";

fn restore(dir: &std::path::Path, key: &str, more: &[&str]) -> (bool, String) {
    let mut args = vec!["restore", "one.tar", "--data", "new/data"];
    args.extend(more);
    let mut command = countersign(&args);
    command.current_dir(dir).env("COUNTERSIGN_MASTER_KEY", key);
    crate::support::process::output(&mut command)
}

#[tokio::test(flavor = "multi_thread")]
async fn without_its_master_key_a_backup_is_refused_and_what_needs_no_key_can_be_restored_under_another() {
    if is_for_sqlite("a backup whose key is lost") {
        return;
    }
    let service = Service::start().await;
    let told = fill(&service).await;
    let captcha =
        json!({"kind": "siteverify", "url": "https://captcha.example/verify", "secret": "s-1", "when": "always"});
    assert_eq!(service.put(ATTESTATION, captcha).await.0, 200);
    let dir = service.stop().await;
    let path = dir.path();
    super::backup(path, "one.tar");
    std::fs::create_dir(path.join("new")).unwrap();

    let (ok, said) = run(path, &["restore", "one.tar", "--data", "new/data"]);
    assert!(!ok && said.contains("opens only with the master key") && said.contains("new/data.master-key"), "{said}");
    let (ok, said) = restore(path, OTHER_KEY, &[]);
    assert!(!ok && said.contains("check value") && said.contains("--new-master-key"), "{said}");
    assert_eq!(super::names(&path.join("new")), [""; 0], "a refusal makes nothing");
    let (ok, said) = restore(path, MASTER_KEY, &["--new-master-key"]);
    assert!(!ok && said.contains("leave --new-master-key out"), "nothing is given up by mistake: {said}");

    let (ok, said) = restore(path, OTHER_KEY, &["--new-master-key"]);
    assert!(ok, "{said}");
    for part in [
        "production  sms  auth_token",
        "secrets to enter again (1)",
        "production: attestation, which is asked for no more",
        "pending verifications, canceled: 1",
    ] {
        assert!(said.contains(part), "{part}: {said}");
    }
    let new = tempfile::tempdir().unwrap();
    std::fs::rename(path.join("new/data"), new.path().join("data")).unwrap();
    let bytes = std::fs::read(new.path().join("data/countersign.db")).unwrap();
    assert!(!bytes.windows(TOKEN.len()).any(|window| window == TOKEN.as_bytes()));
    let again = Service::at(new, |config| config.master_key.key = Some(OTHER_KEY.into())).await;
    assert_eq!(again.get(ATTESTATION).await.0, 404);
    goes_on(&again, &told).await;
}

/// Components, texts, keys, connectors without secrets are there; what needs a secret asks for it.
async fn goes_on(again: &Service, told: &serde_json::Value) {
    let id = told["pending"]["id"].as_str().unwrap();
    let (status, shown) = again.get(&format!("/v1/verifications/{id}")).await;
    assert_eq!((status, &shown["status"], &shown["to"]), (200, &json!("canceled"), &json!("")), "{shown}");
    assert_eq!(again.check(id, told["pending"]["code"].as_str().unwrap()).await.0, 409);
    assert_eq!(again.post(&format!("/v1/verifications/{id}/resend"), json!({})).await.0, 409);
    let (_, texts) = again.get("/v1/environments/development/templates").await;
    assert!(texts.to_string().contains("lets you in"), "{texts}");
    let key = told["key"].as_str().unwrap();
    let create = client().post(format!("{}/v1/verifications", again.url)).bearer_auth(key);
    let (status, made) = answer(create.json(&json!({"to": number(40)}))).await;
    assert_eq!((status, &made["delivery"]["status"]), (201, &json!("accepted")), "{made}");

    let twilio = "/v1/environments/production/connectors/sms";
    let config = |token: serde_json::Value| {
        let mut config = json!({"account_sid": "AC00000000000000000000000000000000", "from": "+14155550100"});
        if !token.is_null() {
            config["auth_token"] = token;
        }
        json!({"component": "twilio", "config": config})
    };
    let (status, refused) = again.call(Method::PUT, twilio, config(serde_json::Value::Null)).await;
    assert_eq!(status, 422, "{refused}");
    let (status, saved) = again.call(Method::PUT, twilio, config(json!(TOKEN))).await;
    assert!(status < 300, "{saved}");
    assert_eq!(saved["config"]["auth_token"], json!({"set": true}), "{saved}");
}
