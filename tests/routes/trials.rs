//! Revisions on trial: their share, what ends them, what they hold on to.

use std::collections::BTreeMap;

use reqwest::Method;
use serde_json::{Value, json};

use super::{CHANNEL, channel, gateway, refuses, refusing, route, send};
use crate::support::provider::Provider;
use crate::support::service::{Service, answer, client, number};
use crate::support::{process, within};

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

const KEY: &str = "cs_admin_of-the-routes-0123456789abcdef";

/// Both are done by nobody's hand, so the log says that they were done, and why.
#[tokio::test(flavor = "multi_thread")]
async fn the_log_says_why_a_breaker_opened_and_why_a_trial_ended() {
    let provider = Provider::start().await;
    provider.answers(refusing(&["/bad"]));
    let dir = tempfile::tempdir().unwrap();
    let file = dir.path().join("countersign.toml");
    std::fs::write(&file, format!("[egress.overrides]\n\"api.example.com\" = \"{}\"\n", provider.url)).unwrap();
    let log = dir.path().join("log");
    let _running = process::serve_logged(dir.path(), KEY, &["--config", file.to_str().unwrap()]);
    let url = _running.url.clone();
    let call = async |method: Method, path: &str, body: Value| {
        let request = client().request(method, format!("{url}{path}")).bearer_auth(KEY).json(&body);
        let (status, told) = answer(request).await;
        assert!(status < 300, "{told}");
        told
    };
    let place = "/v1/environments/development/connectors";
    for (name, path) in [("main", "good"), ("main", "bad"), ("other", "bad")] {
        let put = json!({"component": "http", "config": {"url": format!("https://api.example.com/{path}")}});
        call(Method::PUT, &format!("{place}/{name}"), put).await;
    }
    call(Method::POST, &format!("{place}/main/revisions/1/activate"), json!({})).await;
    let send = async |n| call(Method::POST, "/v1/messages", json!({"to": number(n), "code": "1"})).await;

    call(Method::PUT, CHANNEL, json!({"active": "other", "fallback": ["main"]})).await;
    for n in 0..10 {
        send(n).await;
    }
    let canary = json!({"connector": "main", "revision": 2, "percent": 90});
    call(Method::PUT, CHANNEL, json!({"active": "main", "canary": canary})).await;
    let mut sent = 100;
    within("the trial's end", async {
        while call(Method::GET, CHANNEL, json!({})).await["canary"] != Value::Null {
            sent += 1;
            send(sent).await;
        }
    })
    .await;
    let log = std::fs::read_to_string(&log).unwrap();
    let line = |what: &str| log.lines().find(|line| line.contains(what)).unwrap_or_else(|| panic!("{log}"));
    assert!(line("breaker open").contains("10 of 10 failed within 5 minutes"), "{log}");
    assert!(line("canary rolled back").contains("attempts failed, against 0 of"), "{log}");
}
