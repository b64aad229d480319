//! Who sends what: rules, weights, breakers, trials, and what became of it all.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::response::IntoResponse as _;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::provider::{Answer, Recorded};
use crate::support::service::{Service, TO, number};
use crate::support::within;

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
    service.provider.answers(Answer::By(Arc::new(move |request: &Recorded| {
        let status = if paths.contains(&request.path.as_str()) { 503 } else { 201 };
        (StatusCode::from_u16(status).unwrap(), axum::Json(json!({"id": "p_1", "sid": "SM1"}))).into_response()
    })));
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

#[tokio::test(flavor = "multi_thread")]
async fn a_connector_that_fails_is_asked_after_the_others_and_gets_its_place_back() {
    let service = with_gateways(&["a", "b"]).await;
    route(&service, json!({"active": "a", "fallback": ["b"]})).await;
    refuses(&service, &["/a"]);
    for n in 0..10 {
        assert_eq!(asked(&service, &number(n), "sign-in").await, ["a", "b"], "fewer than ten prove nothing");
    }
    assert_eq!(asked(&service, &number(10), "sign-in").await, ["b"]);
    let shown = channel(&service).await["health"].clone();
    assert_eq!(
        (&shown[0]["connector"], &shown[0]["country"], &shown[0]["state"], &shown[0]["why"]),
        (&json!("a"), &json!("US"), &json!("open"), &json!("10 of 10 failed within 5 minutes")),
        "{shown}"
    );
    assert_eq!(asked(&service, "+4915123456789", "sign-in").await, ["a", "b"], "another country is not concerned");
    // Open, it is still asked if the other one fails too.
    refuses(&service, &["/a", "/b"]);
    assert_eq!(asked(&service, &number(11), "sign-in").await, ["b", "a"]);

    refuses(&service, &[]);
    service.clock.advance(Duration::from_secs(30));
    assert_eq!(asked(&service, &number(12), "sign-in").await, ["a"], "on probation: one message");
    assert_eq!(asked(&service, &number(13), "sign-in").await, ["b"], "and then none for two seconds");
    for n in 14..16 {
        service.clock.advance(Duration::from_secs(2));
        assert_eq!(asked(&service, &number(n), "sign-in").await, ["a"]);
    }
    for n in 16..20 {
        assert_eq!(asked(&service, &number(n), "sign-in").await, ["a"], "closed");
    }
    assert_eq!(channel(&service).await["health"], json!([]));
    let (_, health) = service.get("/v1/environments/development/connectors/a/health").await;
    let closed = health["items"].as_array().unwrap().iter().find(|standing| standing["country"] == "US").unwrap();
    assert_eq!((&closed["state"], &closed["why"]), (&json!("closed"), &Value::Null), "{health}");
}

/// Revision 1 answers at `/good`, revision 2 at `/bad`; revision 1 serves.
async fn with_two_revisions() -> Service {
    let service = Service::start().await;
    gateway(&service, "main", "https://api.example.com/good").await;
    gateway(&service, "main", "https://api.example.com/bad").await;
    let activate = "/v1/environments/development/connectors/main/revisions/1/activate";
    assert_eq!(service.post(activate, Value::Null).await.0, 200);
    service
}

async fn try_revision_2(service: &Service, percent: u32) {
    let canary = json!({"connector": "main", "revision": 2, "percent": percent});
    route(service, json!({"active": "main", "canary": canary})).await;
}

fn paths(service: &Service) -> BTreeMap<String, usize> {
    service.provider.requests().into_iter().fold(BTreeMap::new(), |mut counts, request| {
        *counts.entry(request.path).or_default() += 1;
        counts
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revision_on_trial_gets_its_share_and_ends_when_it_serves_or_the_channel_is_saved_without_it() {
    let service = with_two_revisions().await;
    try_revision_2(&service, 20).await;
    for n in 0..200 {
        send(&service, &number(n), "sign-in").await;
    }
    let counts = paths(&service);
    // Two hundred throws of one in five: outside of this once in a million runs.
    assert!((12..=68).contains(&counts["/bad"]) && counts["/good"] + counts["/bad"] == 200, "{counts:?}");
    assert_eq!(channel(&service).await["canary"]["revision"], 2, "nothing is wrong with it");

    route(&service, json!({"active": "main"})).await;
    for n in 200..230 {
        send(&service, &number(n), "sign-in").await;
    }
    assert_eq!(paths(&service)["/bad"], counts["/bad"], "it gets nothing more");

    try_revision_2(&service, 20).await;
    let activate = "/v1/environments/development/connectors/main/revisions/2/activate";
    assert_eq!(service.post(activate, Value::Null).await.0, 200);
    let shown = channel(&service).await;
    assert_eq!((&shown["canary"], &shown["canary_ended"]), (&Value::Null, &Value::Null));
    send(&service, &number(230), "sign-in").await;
    assert_eq!(paths(&service)["/bad"], counts["/bad"] + 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_revision_on_trial_that_fails_is_rolled_back_by_itself_and_no_message_is_lost() {
    let service = with_two_revisions().await;
    refuses(&service, &["/bad"]);
    try_revision_2(&service, 50).await;
    let mut sent = 0;
    within("the trial's end", async {
        while channel(&service).await["canary"] != Value::Null {
            sent += 1;
            let told = send(&service, &number(sent), "sign-in").await;
            assert_eq!(told["status"], "accepted", "the serving revision takes over: {told}");
        }
    })
    .await;
    let ended = channel(&service).await["canary_ended"].clone();
    assert_eq!((&ended["connector"], &ended["revision"]), (&json!("main"), &json!(2)), "{ended}");
    let reason = ended["reason"].as_str().unwrap();
    assert!(reason.contains("attempts failed, against 0 of") && ended["at"].is_string(), "{reason}");
    let failed = paths(&service)["/bad"];
    assert!((20..=40).contains(&failed), "{failed}");
    for n in 0..20 {
        send(&service, &number(10_000 + n), "sign-in").await;
    }
    assert_eq!(paths(&service)["/bad"], failed, "it gets nothing more");
    // It stays so, and is told, after a restart.
    let again = Service::at(service.stop().await, |_| {}).await;
    assert_eq!(channel(&again).await["canary_ended"], ended);
}

#[tokio::test(flavor = "multi_thread")]
async fn conversion_counts_what_became_of_messages_by_connector_and_country() {
    let service = with_gateways(&["a", "b"]).await;
    let rule = json!({"countries": ["CN"], "use": [{"connector": "b"}]});
    route(&service, json!({"active": "a", "fallback": ["b"], "routes": [rule]})).await;
    let used = async |sent: &Value| {
        let outcome = format!("/v1/messages/{}/outcome", sent["id"].as_str().unwrap());
        assert_eq!(service.post(&outcome, json!({"used": true})).await.0, 204);
    };
    for n in 0..3 {
        let sent = send(&service, &number(n), "sign-in").await;
        if n == 0 {
            used(&sent).await;
        }
    }
    used(&send(&service, CHINA, "sign-in").await).await;
    refuses(&service, &["/a"]);
    used(&send(&service, &number(3), "sign-in").await).await;

    let conversion = "/v1/environments/development/conversion";
    let (status, told) = service.get(conversion).await;
    let a = json!({"connector": "a", "messages": 4, "accepted": 3, "delivered": 0, "undelivered": 0, "refused": 1,
        "unknown": 0, "used": 1, "living": 2, "ratio": 1.0});
    let b = json!({"connector": "b", "messages": 2, "accepted": 2, "delivered": 0, "undelivered": 0, "refused": 0,
        "unknown": 0, "used": 2, "living": 0, "ratio": 1.0});
    assert_eq!((status, &told["items"]), (200, &json!([a, b])), "{told}");

    service.clock.advance(Duration::from_secs(601));
    let (_, told) = service.get(&format!("{conversion}?by=connector,country")).await;
    let group = |connector: &str, country: &str| {
        let items = told["items"].as_array().unwrap().iter();
        items.filter(|item| item["connector"] == connector && item["country"] == country).cloned().collect::<Vec<_>>()
    };
    assert_eq!((&group("a", "US")[0]["living"], &group("a", "US")[0]["ratio"]), (&json!(0), &json!(1.0 / 3.0)));
    assert_eq!((&group("b", "US")[0]["used"], &group("b", "CN")[0]["used"]), (&json!(1), &json!(1)), "{told}");

    service.clock.advance(Duration::from_secs(24 * 3600));
    assert_eq!(service.get(conversion).await.1["items"], json!([]), "the last day, unless another time is asked for");
    assert_eq!(
        service.get(&format!("{conversion}?from=2026-01-15T00:00:00Z")).await.1["items"].as_array().unwrap().len(),
        2
    );
    for (query, pointer) in [
        ("by=colour", "/by"),
        ("from=2026-02-01T00:00:00Z&to=2026-01-01T00:00:00Z", "/from"),
        ("from=2020-01-01T00:00:00Z", "/from"),
    ] {
        let (status, told) = service.get(&format!("{conversion}?{query}")).await;
        assert_eq!((status, &told["errors"][0]["pointer"]), (422, &json!(pointer)), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_secret_that_a_revision_on_trial_uses_is_not_erased_beneath_it() {
    let service = Service::start().await;
    service.serve_marker("marker-a").await;
    let renewed = json!({"component": "marker-a", "config": {"api_token": "another-token-0123456789"}});
    let (_, saved) = service.set_up("main", renewed).await;
    assert_eq!(saved["serving"], 2, "{saved}");
    let canary = json!({"connector": "main", "revision": 1, "percent": 10});
    route(&service, json!({"active": "main", "canary": canary})).await;
    let secret = "/v1/environments/development/connectors/main/secrets/api_token?version=1";
    let (status, told) = service.call(Method::DELETE, secret, Value::Null).await;
    assert_eq!((status, &told["type"]), (409, &json!("/problems/in-use")), "{told}");
    route(&service, json!({"active": "main"})).await;
    assert_eq!(service.call(Method::DELETE, secret, Value::Null).await.0, 200);
    let (status, told) = service.put(CHANNEL, json!({"active": "main", "canary": canary})).await;
    assert_eq!((status, &told["errors"][0]["code"]), (422, &json!("secret-erased")), "{told}");
}
