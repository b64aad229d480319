//! What is kept, where, for how long, and who may see it.

use reqwest::Method;
use serde_json::{Value, json};

use super::{CONNECTOR, FAILURES, listed, put, refuses, told, twilio};
use crate::support::provider::Answer;
use crate::support::service::{Service, answer, client, number};

fn refuses_all(service: &Service) {
    refuses(service, |_| json!({"code": 21211, "message": "no", "status": 400}));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_twenty_are_kept_newest_first_and_a_start_begins_without_any() {
    let service = twilio(|_| {}).await;
    refuses_all(&service);
    let mut messages = Vec::new();
    for n in 0..23 {
        let (_, made) = service.create(&number(n)).await;
        messages.push(made["delivery"]["message"].clone());
    }
    let kept: Vec<Value> = listed(&service).await.into_iter().map(|failed| failed["message"].clone()).collect();
    messages.reverse();
    assert_eq!(kept, messages[..20]);
    service.provider.answers(Answer::Json(201, json!({"sid": "SM0", "status": "queued"})));
    let (_, made) = service.create(&number(30)).await;
    assert_eq!(made["delivery"]["status"], "accepted", "{made}");
    assert_eq!(listed(&service).await.len(), 20, "what was accepted is none");
    let again = Service::at(service.stop().await, |_| {}).await;
    assert!(listed(&again).await.is_empty());
}

/// A message in production, by a gateway on this machine that refuses it; what is kept of it.
async fn in_production(option: &str) -> (u16, Value) {
    let option = toml::from_str::<countersign::config::TranscriptsConfig>(option).unwrap();
    let mut url = String::new();
    let service = Service::with(|config| {
        url = config.egress.overrides["api.example.com"].to_string();
        config.egress.allow.push(url.trim_end_matches('/').parse().unwrap());
        config.transcripts = option;
    })
    .await;
    service.opens("production").await;
    service.provider.answers(Answer::Json(400, json!({"error": "no"})));
    let place = "/v1/environments/production/connectors/gateway";
    let mut put = json!({"component": "http", "config": {"url": format!("{url}send")}, "activate": true});
    let (status, asked) = service.put(place, put.clone()).await;
    if status == 422 {
        put["approve"] = asked["approve"].clone();
        let (status, saved) = service.put(place, put).await;
        assert_eq!(status, 201, "{saved}");
    }
    let send = service.request(Method::POST, "/v1/messages").header("countersign-environment", "production");
    let (status, sent) = answer(send.json(&json!({"to": number(1), "code": "271828"}))).await;
    assert!(matches!(status, 422 | 502) && service.provider.requests().len() == 1, "{sent}");
    let (status, list) = service.get(&format!("{place}/failures")).await;
    if let Some(failed) = list["items"][0]["id"].as_str() {
        let (_, told) = service.get(&format!("{place}/failures/{failed}")).await;
        assert_eq!(told["transcript"]["exchanges"][0]["reply"]["json"], json!({"error": "no"}), "{told}");
        assert_eq!(service.provider.requests().len(), 1);
        // Not by the way of another environment.
        assert_eq!(service.get(&format!("{FAILURES}/{failed}")).await.0, 404);
    }
    (status, list["items"].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn in_production_nothing_is_kept_unless_the_configuration_says_so() {
    assert_eq!(in_production("").await, (200, json!([])));
    let (status, kept) = in_production("failed_sends = \"everywhere\"").await;
    assert_eq!((status, kept.as_array().unwrap().len()), (200, 1), "{kept}");
    let nowhere = toml::from_str("failed_sends = \"nowhere\"").unwrap();
    let service = twilio(|config| config.transcripts = nowhere).await;
    refuses_all(&service);
    service.create(&number(1)).await;
    assert!(listed(&service).await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_may_read_the_log_sees_them_and_an_environments_key_does_not() {
    let service = twilio(|_| {}).await;
    refuses_all(&service);
    service.create(&number(1)).await;
    let one = format!("{FAILURES}/{}", listed(&service).await[0]["id"].as_str().unwrap());
    for (key, seen) in [
        (json!({"name": "operator", "roles": ["operate"]}), 200),
        (json!({"name": "reader", "roles": ["viewer", "configure", "upload"]}), 403),
        (json!({"name": "app", "environment": "development"}), 403),
        (json!({"name": "app", "environment": "production"}), 403),
    ] {
        let (_, made) = service.post("/v1/keys", key.clone()).await;
        let key = made["key"].as_str().unwrap();
        for path in [FAILURES, &one] {
            let found = answer(client().get(format!("{}{path}", service.url)).bearer_auth(key)).await;
            assert_eq!(found.0, seen, "{path}: {}", found.1);
        }
    }
    assert_eq!(answer(client().get(format!("{}{one}", service.url))).await.0, 401);
    for missing in
        [format!("{FAILURES}/msg_0-1"), one.replace("development", "production"), one.replace("twilio", "other")]
    {
        assert_eq!(service.get(&missing).await.0, 404, "{missing}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_connector_and_an_erased_number_are_forgotten() {
    let service = twilio(|_| {}).await;
    refuses_all(&service);
    let mut made = Vec::new();
    for n in 1..=2 {
        made.push(service.create(&number(n)).await.1);
    }
    let gone = told(&service).await;
    assert_eq!(gone["verification"], made[1]["id"], "{gone}");
    assert_eq!(service.post("/v1/erasures", json!({"to": number(2)})).await.1["messages"], 1);
    let left = listed(&service).await;
    assert_eq!((left.len(), &left[0]["verification"]), (1, &made[0]["id"]));
    assert_eq!(service.get(&format!("{FAILURES}/{}", gone["id"].as_str().unwrap())).await.0, 404);

    assert_eq!(service.call(Method::DELETE, &format!("{CONNECTOR}?force=true"), Value::Null).await.0, 204);
    assert_eq!(service.get(FAILURES).await.0, 404);
    assert_eq!(service.put(CONNECTOR, put()).await.0, 201);
    assert!(listed(&service).await.is_empty(), "one of the same name is another one");
}
