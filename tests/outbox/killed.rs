//! `kill -9` between the writing and the sending: the next process sends what was not tried, and nothing twice.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::sync::Notify;

use crate::support::couriers::component;
use crate::support::process::serve;
use crate::support::provider::{Answer, Provider};
use crate::support::service::{answer, client, number};
use crate::support::within;

/// More than are sent at once, so that some are written and not tried when the kill comes.
const MESSAGES: u32 = 300;

#[tokio::test(flavor = "multi_thread")]
async fn after_a_kill_what_was_taken_is_sent_once_or_said_to_be_unknown() {
    let dir = tempfile::tempdir().unwrap();
    let provider = Provider::start().await;
    provider.answers(Answer::Wait(Arc::new(Notify::new())));
    let config = dir.path().join("countersign.toml");
    std::fs::write(&config, format!("[egress.overrides]\n\"api.example.com\" = \"{}\"\n", provider.url)).unwrap();
    let more = ["--config", config.to_str().unwrap()];
    let running = serve(dir.path(), &more);
    let (client, key) = (client(), running.key.clone().unwrap());
    let call = async |request: reqwest::RequestBuilder| answer(request.bearer_auth(&key)).await;

    let upload = client.post(format!("{}/v1/components", running.url)).header("content-type", "application/wasm");
    assert_eq!(call(upload.body(component())).await.0, 201);
    let url = format!("{}/v1/environments/development/connectors/a", running.url);
    let mut body = json!({"component": "courier", "config": {"account": "a"}, "activate": true});
    body["approve"] = call(client.put(&url).json(&body)).await.1["approve"].clone();
    assert_eq!(call(client.put(&url).json(&body)).await.0, 201);

    let mut taken = Vec::new();
    for n in 0..MESSAGES {
        let send = client.post(format!("{}/v1/messages", running.url)).header("prefer", "respond-async");
        let (status, made) = call(send.json(&json!({"to": number(n), "code": format!("{n:06}")}))).await;
        assert_eq!(status, 202, "{made}");
        taken.push(made["id"].as_str().unwrap().to_owned());
    }
    within("a request to leave", provider.arrived()).await;
    drop(running);

    provider.answers(Answer::Json(200, json!({"id": "p"})));
    let running = serve(dir.path(), &more);
    let waiting = ["queued", "sending"].map(|status| format!("{}/v1/messages?status={status}", running.url));
    within("everything that waited to be sent", async {
        for url in &waiting {
            while call(client.get(url)).await.1["items"] != json!([]) {
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        }
    })
    .await;
    let mut ends = BTreeMap::<String, u32>::new();
    for id in &taken {
        let (_, message) = call(client.get(format!("{}/v1/messages/{id}", running.url))).await;
        assert_eq!(message["attempts"].as_array().unwrap().len(), 1, "{message}");
        *ends.entry(message["status"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    println!("{MESSAGES} messages, killed, started again: {ends:?}");
    let keys: Vec<&str> = ends.keys().map(String::as_str).collect();
    assert_eq!(keys, ["accepted", "unknown"], "some were under way, some waited");
    let mut left = BTreeMap::<String, u32>::new();
    for request in provider.requests() {
        let body: Value = serde_json::from_slice(&request.body).unwrap();
        *left.entry(body["reference"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    assert!(left.values().all(|times| *times == 1), "no message left twice");
}
