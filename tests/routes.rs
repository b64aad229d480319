//! Who sends what: rules and weights here; breakers, trials and what became of it all in files of their own.

mod breakers;
mod cheapest;
mod conversion;
mod trials;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::response::IntoResponse as _;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::provider::{Answer, Recorded};
use crate::support::service::{Service, TO, number};

const CHANNEL: &str = "/v1/environments/development/channels/sms";
const CHINA: &str = "+8613912345678";
const ACCOUNT: &str = "AC0123456789abcdef0123456789abcdef";

/// Connectors of these names, each at a path of its own of the provider.
async fn with_gateways(names: &[&str]) -> Service {
    let service = Service::start().await;
    for name in names {
        gateway(&service, name, &format!("https://api.example.com/{name}")).await;
    }
    service
}

async fn gateway(service: &Service, name: &str, url: &str) -> Value {
    let path = format!("/v1/environments/development/connectors/{name}");
    let (status, saved) = service.put(&path, json!({"component": "http", "config": {"url": url}})).await;
    assert!(status < 300, "{saved}");
    saved
}

async fn route(service: &Service, channel: Value) {
    let (status, told) = service.put(CHANNEL, channel).await;
    assert_eq!(status, 200, "{told}");
}

/// The provider refuses whatever comes to one of these paths, and takes the rest.
fn refuses(service: &Service, paths: &'static [&'static str]) {
    service.provider.answers(refusing(paths));
}

fn refusing(paths: &'static [&'static str]) -> Answer {
    Answer::By(Arc::new(move |request: &Recorded| {
        let status = if paths.contains(&request.path.as_str()) { 503 } else { 201 };
        (StatusCode::from_u16(status).unwrap(), axum::Json(json!({"id": "p_1", "sid": "SM1"}))).into_response()
    }))
}

async fn send(service: &Service, to: &str, purpose: &str) -> Value {
    let body = json!({"to": to, "code": "123456", "purpose": purpose});
    service.post("/v1/messages", body).await.1
}

/// Whom a message to that number was given to, in order.
async fn asked(service: &Service, to: &str, purpose: &str) -> Vec<String> {
    let sent = send(service, to, purpose).await;
    let (_, log) = service.get(&format!("/v1/messages/{}", sent["id"].as_str().unwrap())).await;
    let attempts = log["attempts"].as_array().unwrap().iter();
    attempts.map(|attempt| attempt["connector"].as_str().unwrap().to_owned()).collect()
}

async fn channel(service: &Service) -> Value {
    service.get(CHANNEL).await.1
}

#[tokio::test(flavor = "multi_thread")]
async fn china_goes_to_its_gateway_with_the_registered_template_and_the_rest_to_twilio() {
    let service = Service::start().await;
    let twilio = json!({"account_sid": ACCOUNT, "auth_token": "fake-token-of-twilio-0123", "from": "+15005550006"});
    let (status, told) =
        service.set_up("twilio", json!({"component": "twilio", "config": twilio, "activate": true})).await;
    assert_eq!(status, 201, "{told}");
    let aliyun = json!({
        "component": "http", "config": {"url": "https://api.example.com/aliyun"},
        "senders": [{"countries": ["CN"], "sender": "签名", "template_id": "SMS_123"}],
    });
    assert_eq!(service.set_up("aliyun", aliyun).await.0, 201);
    let rule = json!({"countries": ["CN"], "use": [{"connector": "aliyun"}]});
    route(&service, json!({"active": "twilio", "routes": [rule]})).await;
    refuses(&service, &[]);
    assert_eq!(asked(&service, CHINA, "sign-in").await, ["aliyun"]);
    let request = service.provider.requests().pop().unwrap();
    let body: Value = serde_json::from_slice(&request.body).unwrap();
    assert_eq!((request.path.as_str(), &body["template_id"]), ("/aliyun", &json!("SMS_123")), "{body}");
    assert_eq!(asked(&service, TO, "sign-in").await, ["twilio"]);
    assert!(service.provider.requests().pop().unwrap().path.contains(ACCOUNT));

    // What the rule matches goes to nobody that the rule does not name.
    refuses(&service, &["/aliyun"]);
    service.clock.advance(Duration::from_secs(60));
    assert_eq!(asked(&service, CHINA, "sign-in").await, ["aliyun"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_takes_effect_with_the_next_send_and_its_fallback_is_its_own() {
    let service = with_gateways(&["a", "b", "c"]).await;
    route(&service, json!({"active": "a", "fallback": ["b"]})).await;
    refuses(&service, &["/a"]);
    assert_eq!(asked(&service, &number(1), "sign-in").await, ["a", "b"]);
    let rule = json!({"prefixes": ["+1415"], "purposes": ["sign-in"], "use": [{"connector": "a"}], "fallback": ["c"]});
    route(&service, json!({"active": "b", "fallback": [], "routes": [rule]})).await;
    assert_eq!(asked(&service, &number(2), "sign-in").await, ["a", "c"]);
    assert_eq!(asked(&service, &number(3), "register").await, ["b"]);
    assert_eq!(asked(&service, "+4915123456789", "sign-in").await, ["b"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn weights_share_what_a_rule_matches() {
    let service = with_gateways(&["a", "b"]).await;
    let rule = json!({"use": [{"connector": "a", "weight": 3}, {"connector": "b", "weight": 1}]});
    route(&service, json!({"active": "a", "routes": [rule]})).await;
    let mut counts = BTreeMap::<String, u32>::new();
    for n in 0..100 {
        *counts.entry(asked(&service, &number(n), "sign-in").await.remove(0)).or_default() += 1;
    }
    // A hundred throws of three to one: outside of this once in a million runs.
    assert!((4..=47).contains(&counts["b"]), "{counts:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_channel_that_can_not_be_is_refused_with_every_fault_by_pointer() {
    let service = with_gateways(&["a", "b"]).await;
    let a = json!([{"connector": "a"}]);
    let rules = json!([
        {"countries": ["CN", "XX", "CN"], "prefixes": ["86", "+0", "+86"], "purposes": ["Sign In"], "use": a},
        {"use": []},
        {"prefixes": [], "use": [{"connector": "a", "weight": 0}, {"connector": "nobody"}], "fallback": ["a", "b"]},
        {"countries": ["DE"], "use": [{"connector": "b", "weight": 10_001}]},
        {"prefixes": ["+49"], "use": [{"connector": "b"}]},
    ]);
    let put = json!({"active": "a", "routes": rules, "canary": {"connector": "b", "revision": 1, "percent": 100}});
    let (status, told) = service.put(CHANNEL, put).await;
    let pointers: Vec<&str> =
        told["errors"].as_array().unwrap().iter().map(|e| e["pointer"].as_str().unwrap()).collect();
    let expected = [
        "/routes/0/countries/1",
        "/routes/0/countries/2",
        "/routes/0/prefixes/0",
        "/routes/0/prefixes/1",
        "/routes/0/purposes/0",
        "/routes/1/use",
        "/routes/2/prefixes",
        "/routes/2/use/0/weight",
        "/routes/2/use/1/connector",
        "/routes/2/fallback/0",
        "/routes/2",
        "/routes/3/use/0/weight",
        "/routes/3",
        "/routes/4",
        "/canary/percent",
        "/canary/revision",
    ];
    assert_eq!((status, pointers), (422, expected.to_vec()), "{told}");
    for (canary, pointer) in [
        (json!({"connector": "a", "revision": 9, "percent": 5}), "/canary/revision"),
        (json!({"connector": "b", "revision": 9, "percent": 5}), "/canary/connector"),
        (json!({"connector": "a", "revision": 1, "percent": 0}), "/canary/percent"),
        (json!({"connector": "a", "revision": 1, "percent": -1}), "/canary/percent"),
        (json!({"connector": "nobody", "revision": 1, "percent": 5}), "/canary/connector"),
    ] {
        let (status, told) = service.put(CHANNEL, json!({"active": "a", "canary": canary})).await;
        assert_eq!((status, &told["errors"][0]["pointer"]), (422, &json!(pointer)), "{told}");
    }
    let negative = json!({"active": "a", "routes": [{"use": [{"connector": "a", "weight": -1}]}]});
    let (status, told) = service.put(CHANNEL, negative).await;
    assert_eq!((status, &told["errors"][0]["pointer"]), (422, &json!("/routes/0/use/0/weight")), "{told}");
    assert_eq!(channel(&service).await["routes"], json!([]), "nothing of it was kept");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_channel_shows_can_be_sent_back() {
    let service = with_gateways(&["a", "b"]).await;
    gateway(&service, "a", "https://api.example.com/other").await;
    let rule = json!({"countries": ["CN"], "use": [{"connector": "b", "weight": 1}], "fallback": []});
    let canary = json!({"connector": "a", "revision": 1, "percent": 5});
    route(&service, json!({"active": "a", "fallback": ["b"], "routes": [rule], "canary": canary})).await;
    let shown = channel(&service).await;
    assert_eq!((&shown["routes"][0], &shown["canary"]["percent"]), (&rule, &json!(5)));
    service.clock.advance(Duration::from_secs(60));
    route(&service, shown.clone()).await;
    assert_eq!(channel(&service).await, shown, "the trial is the same one still");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connector_that_a_rule_names_is_not_deleted_unless_forced() {
    let service = with_gateways(&["a", "b", "c"]).await;
    let rules = json!([
        {"countries": ["CN"], "use": [{"connector": "b"}]},
        {"countries": ["DE"], "use": [{"connector": "b"}], "fallback": ["c"]},
    ]);
    route(&service, json!({"active": "a", "routes": rules})).await;
    let path = "/v1/environments/development/connectors/b";
    let (status, told) = service.call(Method::DELETE, path, Value::Null).await;
    let by = told["used_by"].as_array().unwrap();
    assert_eq!((status, by.len()), (409, 2), "{told}");
    assert!(by[0].as_str().unwrap().starts_with("/routes/0 of channel `sms`"), "{told}");
    assert_eq!(service.call(Method::DELETE, &format!("{path}?force=true"), Value::Null).await.0, 204);
    assert_eq!(asked(&service, "+4915123456789", "sign-in").await, ["c"]);
    let (status, told) = service.post("/v1/messages", json!({"to": CHINA, "code": "1"})).await;
    assert_eq!(
        (status, &told["type"]),
        (409, &json!("/problems/no-active-connector")),
        "a rule's messages go nowhere else"
    );
}
