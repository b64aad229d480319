//! Numbers that are locked: told to the operator, released by him, and by nobody else where the policy says so.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::service::{Service, TO, answer, client, number};

const LOCKS: &str = "/v1/environments/development/locks";
const POLICY: &str = "/v1/environments/development/policy";

/// Guess wrong until it is locked.
async fn lock(service: &Service, to: &str, lock_seconds: u32) {
    let limits =
        json!({"failures_max": 10, "cooldown_seconds": 0, "sends_per_hour": 100, "lock_seconds": lock_seconds});
    assert_eq!(service.put(POLICY, json!({"defaults": limits})).await.0, 200);
    for _ in 0..2 {
        let (_, made) = service.create(to).await;
        let code = service.code_for(to).await;
        let wrong = if code == "000000" { "000001" } else { "000000" };
        for _ in 0..5 {
            assert_eq!(service.check(made["id"].as_str().unwrap(), wrong).await.0, 200);
        }
    }
    assert_eq!(service.create(to).await.1["type"], "/problems/locked");
}

async fn locks(service: &Service) -> Vec<Value> {
    let (status, listed) = service.get(LOCKS).await;
    assert_eq!(status, 200, "{listed}");
    listed["items"].as_array().unwrap().clone()
}

async fn release(service: &Service, named: &str) -> (u16, Value) {
    service.call(Method::DELETE, &format!("{LOCKS}/{named}"), Value::Null).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_locked_number_is_listed_masked_and_an_operator_releases_it_by_its_number_or_its_id() {
    let service = Service::start().await;
    lock(&service, TO, 3600).await;
    lock(&service, &number(1), 7200).await;
    let listed = locks(&service).await;
    let masked: Vec<&str> = listed.iter().map(|lock| lock["to"].as_str().unwrap()).collect();
    assert_eq!(masked, ["+1••••••••23", "+1••••••••01"], "the one that is free first in front");
    assert!(!json!(listed).to_string().contains("4155"), "{listed:?}");

    assert_eq!(release(&service, TO).await.0, 204);
    let (status, made) = service.create(TO).await;
    assert_eq!(status, 201, "{made}");
    let code = service.code_for(TO).await;
    let (_, checked) = service.check(made["id"].as_str().unwrap(), &code).await;
    assert_eq!(checked["status"], "approved", "no back-off is left: {checked}");

    assert_eq!(release(&service, listed[1]["id"].as_str().unwrap()).await.0, 204);
    assert_eq!(service.create(&number(1)).await.0, 201);
    assert!(locks(&service).await.is_empty());
    let (_, audit) = service.get("/v1/audit?action=lock.release").await;
    let targets: Vec<&Value> = audit["items"].as_array().unwrap().iter().map(|entry| &entry["target"]).collect();
    assert_eq!(targets, [&listed[1]["id"], &json!("+1••••••••23")], "{audit}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_ends_by_itself_unless_the_policy_leaves_it_to_the_operator() {
    let service = Service::start().await;
    lock(&service, TO, 60).await;
    lock(&service, &number(1), 0).await;
    let listed = locks(&service).await;
    assert_eq!(listed[1]["until"], Value::Null, "{listed:?}");
    let response =
        service.request(Method::POST, "/v1/verifications").json(&json!({"to": number(1)})).send().await.unwrap();
    assert!(response.headers().get("retry-after").is_none(), "there is no time to wait for");
    let told: Value = response.json().await.unwrap();
    assert!(told["detail"].as_str().unwrap().contains("until an operator releases it"), "{told}");
    service.clock.advance(Duration::from_secs(365 * 24 * 3600));
    let (status, made) = service.create(TO).await;
    assert_eq!(status, 201, "{made}");
    assert_eq!(service.create(&number(1)).await.1["type"], "/problems/locked");
    assert_eq!(release(&service, &number(1)).await.0, 204);
    assert_eq!(service.create(&number(1)).await.0, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_locked_is_not_found_and_only_who_operates_releases() {
    let service = Service::start().await;
    lock(&service, TO, 3600).await;
    for (named, status) in [(number(9).as_str(), 404), ("lck_00", 404), ("lck_zz", 404), ("hello", 422)] {
        assert_eq!(release(&service, named).await.0, status, "{named}");
    }
    let nowhere = service.call(Method::DELETE, &format!("/v1/environments/nowhere/locks/{TO}"), Value::Null).await;
    assert_eq!(nowhere.0, 404);
    for (roles, reads, ends) in [(json!(["viewer"]), 200, 403), (json!(["operate"]), 200, 204)] {
        let (_, key) = service.post("/v1/keys", json!({"name": "k", "roles": roles})).await;
        let with = |method, path: String| {
            answer(client().request(method, format!("{}{path}", service.url)).bearer_auth(key["key"].as_str().unwrap()))
        };
        assert_eq!(with(Method::GET, LOCKS.to_owned()).await.0, reads);
        assert_eq!(with(Method::DELETE, format!("{LOCKS}/{TO}")).await.0, ends);
    }
}
