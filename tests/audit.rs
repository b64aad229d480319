//! The audit log: every change under its word and its actor's name, nothing in it that must not be, and no way to change it.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::inside::Inside;
use crate::support::service::{ADMIN_KEY, Service, TO, TOKEN, answer};

const DEVELOPMENT: &str = "/v1/environments/development";

async fn entries(service: &Service, query: &str) -> Vec<Value> {
    let (status, told) = service.get(&format!("/v1/audit?limit=200{query}")).await;
    assert_eq!(status, 200, "{told}");
    told["items"].as_array().unwrap().clone()
}

fn words(entries: &[Value]) -> Vec<String> {
    let mut words: Vec<String> = entries.iter().map(|entry| entry["action"].as_str().unwrap().to_owned()).collect();
    words.sort();
    words.dedup();
    words
}

/// Everything that an operator can change, once.
async fn change_everything(service: &Service) {
    let ok = |(status, told): (u16, Value)| {
        assert!(status < 300, "{status} {told}");
        told
    };
    let at = |path: &str| format!("{DEVELOPMENT}{path}");
    let none = || Value::Null;
    service.serve_marker("marker-a").await;
    service.serve_marker("marker-b").await;
    ok(service.post(&at("/connectors/main/revisions/1/activate"), none()).await);
    ok(service.post(&at("/connectors/main/test"), json!({"to": TO})).await);
    let renewed = json!({"component": "marker-a", "config": {"api_token": "canary-of-another-token-456"}});
    ok(service.set_up("main", renewed).await);
    ok(service.call(Method::DELETE, &at("/connectors/main/secrets/api_token"), none()).await);
    ok(service.put(&at("/channels/sms"), json!({"active": "main", "fallback": ["inbox"]})).await);
    ok(service.put(&at("/policy"), json!({"defaults": {"code_length": 8}})).await);
    ok(service.put(&at("/templates"), json!({"templates": []})).await);
    let (_, experience) = service.get(&at("/sign-in-experience")).await;
    ok(service.put(&at("/sign-in-experience"), experience).await);
    ok(service
        .put(&at("/reviewer-numbers/+14155550199"), json!({"code": "73915482", "until": "2026-02-01T00:00:00Z"}))
        .await);
    ok(service.call(Method::DELETE, &at("/reviewer-numbers/+14155550199"), none()).await);
    ok(service.post("/v1/environments", json!({"name": "staging", "kind": "development"})).await);
    ok(service.put("/v1/environments/staging", json!({"display_name": "Stage"})).await);
    let promotion = json!({"to": "staging", "connectors": ["main"], "copy_secrets": false, "secrets": {"main": {"api_token": TOKEN}}});
    let (status, told) = service.post(&at("/promote"), promotion.clone()).await;
    if status != 200 {
        let mut promotion = promotion;
        promotion["approve"] = told["approve"].clone();
        ok(service.post(&at("/promote"), promotion).await);
    }
    ok(service.call(Method::DELETE, "/v1/environments/staging?force=true", none()).await);
    let made = ok(service.post("/v1/keys", json!({"name": "ci", "roles": ["viewer"]})).await);
    ok(service.call(Method::DELETE, &format!("/v1/keys/{}", made["id"].as_str().unwrap()), none()).await);
    let made = ok(service.post(&at("/twilio-credentials"), json!({"name": "shop"})).await);
    let sid = made["account_sid"].as_str().unwrap().to_owned();
    ok(service.call(Method::DELETE, &at(&format!("/twilio-credentials/{sid}")), none()).await);
    ok(service.put(&at("/hooks/logto"), json!({"sender": "logto"})).await);
    ok(service.call(Method::DELETE, &at("/hooks/logto"), none()).await);
    ok(service.post("/v1/erasures", json!({"to": TO})).await);
    ok(service.call(Method::DELETE, &at("/connectors/main?force=true"), none()).await);
    let (_, listed) = service.get("/v1/components/marker-b").await;
    let version = listed["version"].as_str().unwrap().to_owned();
    ok(service.call(Method::DELETE, &format!("/v1/components/marker-b/{version}"), none()).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_change_is_told_with_the_name_of_who_made_it_and_nothing_that_must_stay_secret() {
    let service = Service::start().await;
    change_everything(&service).await;
    let all = entries(&service, "").await;
    let expected = [
        "channel.save",
        "component.delete",
        "component.upload",
        "connector.activate",
        "connector.delete",
        "connector.save",
        "environment.create",
        "environment.delete",
        "environment.rename",
        "erasure",
        "hook.delete",
        "hook.save",
        "key.create",
        "key.revoke",
        "policy.save",
        "promotion",
        "reviewer.delete",
        "reviewer.save",
        "secret.erase",
        "sign-in-experience.save",
        "test.send",
        "texts.save",
        "twilio-credential.create",
        "twilio-credential.delete",
    ];
    assert_eq!(words(&all), expected);
    for entry in all.iter().filter(|entry| entry["actor"]["kind"] != "host") {
        assert_eq!(entry["actor"]["name"], "COUNTERSIGN_ADMIN_KEY", "{entry}");
    }
    assert!(all.iter().any(|entry| entry["actor"]["id"] == "first-start" && entry["action"] == "connector.save"));
    let text = json!(all).to_string();
    for secret in [TOKEN, ADMIN_KEY, "canary-of-another-token-456", "73915482", &TO[1..], "4155550199"] {
        assert!(!text.contains(secret), "{secret} is in {text}");
    }
    let saved = all.iter().rfind(|entry| entry["action"] == "connector.save" && entry["target"] == "main").unwrap();
    assert_eq!((&saved["environment"], &saved["outcome"]), (&json!("development"), &json!("done")), "{saved}");
    assert_eq!((&saved["detail"]["revision"], &saved["detail"]["new"]), (&json!(1), &json!(true)), "{saved}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_changed_nothing_is_not_in_the_log_and_a_repeated_answer_is_there_once() {
    let service = Service::start().await;
    let before = entries(&service, "").await.len();
    service.put(&format!("{DEVELOPMENT}/connectors/inbox?dry_run=true"), json!({"component": "inbox"})).await;
    service.put(&format!("{DEVELOPMENT}/connectors/other"), json!({"component": "nothing"})).await;
    service.post(&format!("{DEVELOPMENT}/promote?dry_run=true"), json!({"to": "production"})).await;
    service.post("/v1/verifications", json!({"to": TO, "purpose": "sign-in"})).await;
    assert_eq!(entries(&service, "").await.len(), before);
    for _ in 0..2 {
        let request = service.request(Method::POST, &format!("{DEVELOPMENT}/connectors/inbox/test"));
        let told = answer(request.header("idempotency-key", "one").json(&json!({"to": TO}))).await;
        assert_eq!(told.0, 200, "{}", told.1);
    }
    let sent = entries(&service, "&action=test.*").await;
    assert_eq!((sent.len(), &sent[0]["outcome"]), (1, &json!("accepted")), "{sent:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_read_page_by_page_and_by_what_is_asked_for() {
    let service = Service::start().await;
    for n in 0..5 {
        service.clock.advance(std::time::Duration::from_secs(60));
        let policy = json!({"defaults": {"code_length": 4 + n}});
        assert_eq!(service.put(&format!("{DEVELOPMENT}/policy"), policy).await.0, 200);
    }
    let (_, first) = service.get("/v1/audit?action=policy.save&limit=2").await;
    let next = first["next"].as_str().unwrap();
    let (_, second) = service.get(&format!("/v1/audit?action=policy.save&limit=3&cursor={next}")).await;
    let ids = |page: &Value| page["items"].as_array().unwrap().iter().map(|e| e["id"].to_string()).collect::<Vec<_>>();
    let mut all = [ids(&first), ids(&second)].concat();
    all.dedup();
    assert_eq!((all.len(), &second["next"]), (5, &Value::Null), "{first} {second}");
    let window = "&from=2026-01-15T12:02:00Z&to=2026-01-15T12:04:00Z";
    assert_eq!(entries(&service, window).await.len(), 2);
    assert!(entries(&service, "&environment=production").await.is_empty());
    assert!(entries(&service, "&actor=key_unknown").await.is_empty());
    for bad in ["limit=0", "cursor=x", "from=yesterday"] {
        assert_eq!(service.get(&format!("/v1/audit?{bad}")).await.0, 422, "{bad}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_change_of_the_api_is_without_its_word() {
    let service = Service::start().await;
    let (_, document) = service.get("/openapi.json").await;
    let mut seen = 0;
    for (path, item) in document["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if ["post", "put", "patch", "delete"].contains(&method.as_str()) {
                let word = operation["x-audit"].as_str();
                assert!(word.is_some(), "{method} {path} has no word in api/audit/records.rs");
                // What an operator does under /environments is a change, but for these.
                let reads = ["/preview", "/plan", "/compare"].iter().any(|end| path.ends_with(end));
                assert!(word != Some("none") || reads || !path.contains("/environments"), "{method} {path}");
                seen += 1;
            }
        }
    }
    assert!(seen > 30, "{seen}");
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_opens_the_database_can_not_change_what_was_done() {
    let service = Service::start().await;
    assert_eq!(service.put(&format!("{DEVELOPMENT}/policy"), json!({})).await.0, 200);
    let inside = Inside::of(service.dir.path());
    let refused = inside.tried("UPDATE audit SET actor_name = 'somebody else'").unwrap_err();
    assert!(refused.contains("append-only"), "{refused}");
    assert_eq!(inside.run("DELETE FROM audit"), 0);
    assert_eq!(words(&entries(&service, "&action=policy.save").await), ["policy.save"]);
}
