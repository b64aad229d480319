//! Who is not the sender: told nothing, counted, and never in the sender's way.

use serde_json::json;

use super::{HOOKS, call, keyed, save, texts};
use crate::support::service::{Service, answer, client, number};

#[tokio::test(flavor = "multi_thread")]
async fn no_hook_a_wrong_key_and_a_wrong_signature_are_one_answer() {
    let service = Service::start().await;
    for sender in ["logto", "supabase", "kratos", "zitadel", "generic"] {
        save(&service, sender, json!({"sender": sender})).await;
    }
    let mut told = Vec::new();
    for path in [
        "development/nothing",
        "nowhere/logto",
        "development/logto",
        "development/logto/cs_hook_wrong",
        "development/logto/%FF",
        "development/supabase",
        "development/supabase/cs_hook_wrong",
        "development/kratos",
        "development/zitadel",
        "development/generic",
    ] {
        let headers = [
            ("authorization", "Bearer cs_hook_wrong"),
            ("webhook-signature", "v1,AAAA"),
            ("zitadel-signature", "t=1,v1=00"),
        ];
        let answer =
            call(&service, &format!("/hooks/{path}"), &headers, r#"{"to": "+14155550123", "code": "123456"}"#).await;
        told.push((answer.status, answer.kind, answer.text));
    }
    assert_eq!(told[0].0, 401);
    assert!(told.iter().all(|answer| *answer == told[0]), "{told:#?}");
    assert!(texts(&service, "+14155550123").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_guesses_is_told_to_wait_and_a_right_key_still_passes() {
    let service = Service::start().await;
    let made = save(&service, "logto", json!({"sender": "logto"})).await;
    let (key, path) = (made["key"].as_str().unwrap(), "/hooks/development/logto");
    let sms = |n| json!({"to": number(n), "type": "SignIn", "payload": {"code": "123456"}});
    let mut last = keyed(&service, path, "wrong", &sms(1)).await;
    for _ in 0..40 {
        last = keyed(&service, path, "wrong", &sms(1)).await;
    }
    assert_eq!((last.status, last.retry_after.is_some()), (429, true), "{last:?}");
    assert_eq!(
        keyed(&service, path, key, &sms(1)).await.status,
        200,
        "the sender behind the same proxy is not locked out"
    );
    assert_eq!(service.get(HOOKS).await.0, 200, "and neither is an operator");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_of_one_hook_opens_no_other_and_an_api_key_opens_none() {
    let service = Service::start().await;
    let one = save(&service, "one", json!({"sender": "generic"})).await;
    let two = save(&service, "two", json!({"sender": "generic"})).await;
    let sms = json!({"to": number(1), "code": "123456"});
    let key = |made: &serde_json::Value| made["key"].as_str().unwrap().to_owned();
    assert_eq!(keyed(&service, "/hooks/development/two", &key(&one), &sms).await.status, 401);
    assert_eq!(keyed(&service, "/hooks/production/one", &key(&one), &sms).await.status, 401);
    let admin = format!("Bearer {}", crate::support::service::ADMIN_KEY);
    assert_eq!(keyed(&service, "/hooks/development/one", &admin, &sms).await.status, 401);
    let with_hooks_key = client().get(format!("{}{HOOKS}", service.url)).bearer_auth(key(&two));
    assert_eq!(answer(with_hooks_key).await.0, 401, "a hook's key is no key of the API");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_is_bounded_and_hooks_are_an_admins() {
    let service = Service::start().await;
    let made = save(&service, "generic", json!({"sender": "generic"})).await;
    let url = format!("/hooks/development/generic/{}", made["key"].as_str().unwrap());
    let json = [("content-type", "application/json")];
    let padded = |bytes: usize| json!({"to": number(1), "code": "123456", "more": "x".repeat(bytes)}).to_string();
    assert_eq!(call(&service, &url, &json, padded(200 << 10)).await.status, 413);
    assert_eq!(call(&service, &url, &json, padded(190 << 10)).await.status, 200);
    let (_, key) = service.post("/v1/keys", json!({"name": "app", "environment": "development"})).await;
    let asked = client().put(format!("{}{HOOKS}/mine", service.url)).bearer_auth(key["key"].as_str().unwrap());
    assert_eq!(answer(asked.json(&json!({"sender": "logto"}))).await.0, 403);
}
