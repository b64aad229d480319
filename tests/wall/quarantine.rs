//! A guest that gives out a secret is stopped, and its revision serves no more.

use serde_json::{Value, json};

use super::{reprogram, serve_agent, tested};
use crate::support::service::{Service, TO, number};

const SECRET: &str = "canary-secret-0123456789";
const SHORT: &str = "canary-15bytes!";
const CREDENTIALS: &str = r#"
[credentials.key]
kind = "bearer"
secret = "api_key"
methods = ["POST"]
paths = ["/send"]
"#;

/// A message whose text holds the secret stands for a guest that has got it by some way nobody thought of.
async fn message(service: &Service, n: u32, text: &str) -> (u16, Value) {
    service.post("/v1/messages", json!({"to": number(n), "text": text})).await
}

async fn agent(secret: &str, step: Value) -> Service {
    let service = Service::start().await;
    serve_agent(&service, &[("api_key", secret)], CREDENTIALS, &json!({"then": "accept", "steps": [step]})).await;
    service
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_in_a_request_ends_the_call_and_quarantines_the_revision_also_after_a_restart() {
    let service = agent(SECRET, json!({"body": "{text}"})).await;
    let (status, refused) = message(&service, 1, &format!("code {SECRET}")).await;
    assert_eq!(status, 502, "{refused}");
    let shown = refused.to_string();
    assert!(shown.contains("gave out the secret `api_key` in a request") && !shown.contains(SECRET), "{shown}");
    assert!(service.provider.requests().is_empty(), "it did not leave");
    let failures = "/v1/environments/development/connectors/agent/failures";
    let (_, kept) = service.get(failures).await;
    let (_, told) = service.get(&format!("{failures}/{}", kept["items"][0]["id"].as_str().unwrap())).await;
    let why = told["transcript_note"].as_str().unwrap();
    assert!(told["transcript"].is_null() && why.contains("gave out the secret `api_key` in a request"), "{told}");
    assert!(!told.to_string().contains(SECRET), "nothing of such a send is kept: {told}");
    let (status, none) = service.create(TO).await;
    assert_eq!((status, &none["type"]), (409, &json!("/problems/no-active-connector")), "{none}");
    assert!(none["detail"].as_str().unwrap().contains("quarantined"), "{none}");
    let path = "/v1/environments/development/connectors/agent";
    let (_, connector) = service.get(path).await;
    assert!(connector["quarantined"].as_str().unwrap().contains("api_key"), "{connector}");
    let (status, refused) = service.post(&format!("{path}/revisions/1/activate"), Value::Null).await;
    assert_eq!((status, &refused["type"]), (409, &json!("/problems/quarantined")), "{refused}");
    let service = Service::at(service.stop().await, |_| {}).await;
    assert_eq!(service.create(TO).await.0, 409, "a restart forgets nothing");
    // An operator who has looked at it saves it anew.
    let saved = service
        .set_up(
            "agent",
            json!({"component": "agent", "config": {"program": "{\"then\": \"accept\", \"steps\": [{}]}"}}),
        )
        .await;
    assert_eq!((saved.0, &saved.1["quarantined"]), (200, &Value::Null), "{}", saved.1);
    assert_eq!(service.create(TO).await.1["delivery"]["status"], "accepted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fallback_takes_over_from_a_quarantined_connector_with_the_same_code() {
    let service = agent(SECRET, json!({"body": "{text}"})).await;
    service.put("/v1/environments/development/channels/sms", json!({"active": "agent", "fallback": ["inbox"]})).await;
    let (status, sent) = message(&service, 1, &format!("code {SECRET}")).await;
    assert_eq!((status, &sent["delivery"]["connector"]), (201, &json!("inbox")), "{sent}");
    let (_, next) = service.create(TO).await;
    assert_eq!(next["delivery"]["connector"], "inbox", "{next}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_is_found_in_every_disguise_and_place_that_a_guest_can_use() {
    use base64::Engine as _;
    let disguises = [
        SECRET.to_owned(),
        base64::engine::general_purpose::STANDARD.encode(format!("x{SECRET}")),
        SECRET.bytes().map(|byte| format!("%{byte:02X}")).collect(),
        hex::encode(SECRET),
        SECRET.chars().map(|c| format!("\\u{:04x}", u32::from(c))).collect(),
    ];
    for (n, disguise) in (0..).zip(&disguises) {
        let service = agent(SECRET, json!({"body": "{text}"})).await;
        let (_, refused) = message(&service, n, disguise).await;
        assert!(refused.to_string().contains("gave out the secret"), "{disguise}: {refused}");
    }
    for (step, then, place) in [
        (json!({"headers": {"x-a": "{text}"}}), "accept", "a request"),
        (json!({"url": "https://api.example.com/{text}"}), "accept", "a request"),
        (json!({}), "log", "its log"),
        (json!({}), "fail", "its failure"),
        (json!({}), "receipt", "its answer"),
    ] {
        let service = agent(SECRET, step.clone()).await;
        // The provider says it in a way that no mask knows: each character apart.
        let apart: String = SECRET.chars().map(|c| format!("{c}|")).collect();
        let text = if place == "a request" { SECRET.to_owned() } else { apart };
        let program = json!({"then": then, "strip": "|", "steps": [step]});
        reprogram(&service, &program).await;
        service.provider.answers(crate::support::provider::Answer::Json(201, json!({"said": text})));
        let (_, refused) = message(&service, 1, if place == "a request" { SECRET } else { "hello" }).await;
        assert!(refused.to_string().contains(&format!("in {place}")), "{place}: {refused}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_could_stand_somewhere_by_chance_fails_the_call_and_quarantines_nothing() {
    let service = agent(SHORT, json!({"body": "{text}"})).await;
    let (_, refused) = message(&service, 1, &format!("code {SHORT}")).await;
    assert!(refused.to_string().contains("gave out the secret"), "{refused}");
    assert_eq!(message(&service, 2, "hello").await.0, 201, "it serves on");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_does_not_stand_in_a_field_that_the_guest_reads() {
    let service = agent(SECRET, json!({})).await;
    let config = json!({"program": format!("{{\"then\": \"accept\", \"steps\": [], \"note\": \"{SECRET}\"}}")});
    let (status, refused) = service.set_up("agent", json!({"component": "agent", "config": config})).await;
    assert_eq!((status, &refused["errors"][0]["pointer"]), (422, &json!("/config/program")), "{refused}");
    assert!(refused.to_string().contains("`api_key`") && !refused.to_string().contains(SECRET), "{refused}");
    assert_eq!(tested(&service).await["status"], "accepted", "what served serves on");
}
