//! What the service itself writes down while all this goes on, at its most talkative.

use serde_json::{Value, json};

use super::{config, holds, manifest, schema};
use crate::support::guests::{self, Pack};
use crate::support::process;
use crate::support::provider::{Answer, Provider};
use crate::support::service::{answer, client};

const KEY: &str = "cs_admin_of-the-logs-0123456789abcdefgh";
const SECRET: &str = "canary-secret-of-the-logs-0123";
const CREDENTIALS: &str = r#"
[credentials.key]
kind = "query"
name = "key"
secret = "api_key"
methods = ["POST"]
paths = ["/send"]
"#;

#[tokio::test(flavor = "multi_thread")]
async fn at_its_most_talkative_the_service_logs_no_secret_no_code_no_number_and_no_key() {
    let provider = Provider::start().await;
    provider.answers(Answer::Json(400, json!({"error": format!("bad key {SECRET}")})));
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("countersign.toml");
    std::fs::write(
        &file,
        format!("[log]\nlevel = \"trace\"\n[egress.overrides]\n\"api.example.com\" = \"{}\"\n", provider.url),
    )
    .unwrap();
    let log = dir.path().join("log");
    let mut running = process::serve_logged(dir.path(), KEY, &["--config", file.to_str().unwrap()]);
    let url = running.url.clone();
    let call = async |method: &str, path: &str, body: Value| {
        answer(client().request(method.parse().unwrap(), format!("{url}{path}")).bearer_auth(KEY).json(&body)).await
    };
    let secrets = [("api_key", SECRET)];
    let (more, schema) = (manifest(&secrets, CREDENTIALS), schema(&secrets));
    let wasm = guests::packed("agent", &Pack { more: &more, schema, ..Pack::default() });
    let upload =
        client().post(format!("{url}/v1/components")).bearer_auth(KEY).header("content-type", "application/wasm");
    assert_eq!(answer(upload.body(wasm)).await.0, 201);
    let place = "/v1/environments/development/connectors/agent";
    for then in ["fail", "log", "receipt"] {
        let program = json!({"then": then, "steps": [{"credentials": ["key"], "body": "{text}"}]});
        let mut put = json!({"component": "agent", "config": config(&secrets, &program), "activate": true});
        let (_, asked) = call("PUT", place, put.clone()).await;
        put["approve"] = asked["approve"].clone();
        assert!(call("PUT", place, put).await.0 < 300);
        let (status, made) =
            call("POST", "/v1/verifications", json!({"to": format!("+1415555{:04}", 1000 + then.len())})).await;
        assert_eq!(status, 201, "{made}");
        call("POST", &format!("{place}/test"), json!({"to": "+14155550199"})).await;
        call("POST", &format!("/v1/verifications/{}/check", made["id"].as_str().unwrap()), json!({"code": "000000"}))
            .await;
    }
    // What is kept of the failed ones is told, which asks the component again.
    let (_, kept) = call("GET", &format!("{place}/failures"), Value::Null).await;
    let mut told = String::new();
    for failed in kept["items"].as_array().unwrap() {
        let path = format!("{place}/failures/{}", failed["id"].as_str().unwrap());
        told.push_str(&call("GET", &path, Value::Null).await.1.to_string());
    }
    assert_eq!(kept["items"].as_array().unwrap().len(), 1, "{kept}");
    let _ = running.child.kill();
    let _ = running.child.wait();
    let written = std::fs::read(&log).unwrap();
    assert!(
        holds(&written, "not accepted"),
        "it did log: {}",
        String::from_utf8_lossy(&written[..written.len().min(2000)])
    );
    let texts = provider.requests().into_iter().map(|request| String::from_utf8_lossy(&request.body).into_owned());
    let codes = texts.flat_map(|text| {
        text.split(|c: char| !c.is_ascii_digit()).filter(|d| d.len() == 6).map(str::to_owned).collect::<Vec<_>>()
    });
    let codes: Vec<String> = codes.filter(|code| code != "000000").collect();
    assert_eq!(codes.len(), 3, "{codes:?}");
    for needle in [SECRET, KEY, "4155551004", "4155551003", "4155550199"].into_iter().map(str::to_owned).chain(codes) {
        let found = String::from_utf8_lossy(&written).lines().find(|line| line.contains(&needle)).map(str::to_owned);
        assert!(!holds(&written, &needle), "{needle} is in the log: {found:?}");
        assert!(!holds(told.as_bytes(), &needle), "{needle} is in {told}");
    }
}
