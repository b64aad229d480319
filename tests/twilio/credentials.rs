//! Who may call, and what there is not.

use reqwest::Method;
use serde_json::{Value, json};

use super::{Caller, posted, refused};
use crate::support::inside;
use crate::support::service::{Service, TO, answer, client};

#[tokio::test(flavor = "multi_thread")]
async fn a_twilio_token_is_shown_once_and_counts_no_more_after_its_credential_was_deleted() {
    let service = Service::start().await;
    let caller = Caller::with(&service, json!({"name": "shop"})).await;
    assert_eq!((caller.account.len(), caller.token.len(), caller.service.len()), (34, 32, 34));
    let path = "/v1/environments/development/twilio-credentials";
    let (_, list) = service.get(path).await;
    assert_eq!((&list["items"][0]["account_sid"], &list["items"][0]["name"]), (&json!(caller.account), &json!("shop")));
    assert!(!list.to_string().contains(&caller.token));
    assert_eq!(caller.send(TO).await.0, 201);
    let next = Caller::of(&service).await;
    assert_eq!(next.service, caller.service, "a credential can be replaced, its service stays");
    let one = format!("{path}/{}", caller.account);
    assert_eq!(service.call(Method::DELETE, &one, Value::Null).await.0, 204);
    assert_eq!(service.call(Method::DELETE, &one, Value::Null).await.0, 404);
    refused(&caller.send(TO).await, 401, 20003);
    let (_, shown) = next.get(&next.at("/Verifications/+14155550123")).await;
    assert_eq!(shown["status"], "pending");
    let (status, told) = service.post(path, json!({"purpose": "Sign In"})).await;
    assert_eq!((status, &told["errors"][0]["pointer"]), (422, &json!("/purpose")));
    assert_eq!(service.post("/v1/environments/nowhere/twilio-credentials", json!({})).await.0, 404);
    let token = caller.token.clone();
    let dir = service.stop().await;
    for (name, bytes) in inside::kept(dir.path()) {
        assert!(!bytes.windows(32).any(|window| window == token.as_bytes()), "a token is at rest in clear in {name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_twilio_caller_is_known_by_sid_and_token_or_by_an_api_keys_sid() {
    let service = Service::start().await;
    let caller = Caller::of(&service).await;
    let url = format!("{}{}", service.url, caller.at(""));
    let with = |user: &str, password: &str| client().get(&url).basic_auth(user, Some(password));
    assert_eq!(answer(with(&caller.account, &caller.token)).await.0, 200);
    assert_eq!(answer(with(&caller.account.replacen("AC", "SK", 1), &caller.token)).await.0, 200);
    for request in [
        with(&caller.account, "wrong"),
        with(&caller.account, ""),
        with("AC00000000000000000000000000000000", &caller.token),
        with("me", &caller.token),
        client().get(&url),
        service.request(Method::GET, &caller.at("")),
    ] {
        refused(&answer(request).await, 401, 20003);
    }
    let told = client().get(&url).send().await.unwrap();
    assert_eq!(told.headers()["www-authenticate"], "Basic realm=\"Twilio API\"");
    let (status, account) = caller.get(&format!("/2010-04-01/Accounts/{}.json", caller.account)).await;
    assert_eq!((status, &account["status"]), (200, &json!("active")), "{account}");
    let others = "/2010-04-01/Accounts/AC00000000000000000000000000000000/Messages.json";
    refused(&caller.get(others).await, 401, 20003);
}

#[tokio::test(flavor = "multi_thread")]
async fn guessing_a_twilio_token_is_slowed_down() {
    let service = Service::start().await;
    let caller = Caller::of(&service).await;
    let mut last = (0, Value::Null);
    for n in 0..31 {
        let url = format!("{}{}", service.url, caller.at(""));
        last = answer(client().get(url).basic_auth(&caller.account, Some(format!("guess-{n}")))).await;
    }
    refused(&last, 429, 20429);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_twilio_has_and_we_lack_is_not_found_in_its_shape() {
    let service = Service::start().await;
    let caller = Caller::of(&service).await;
    let account = format!("/2010-04-01/Accounts/{}", caller.account);
    for path in [
        caller.at("/RateLimits"),
        caller.at("/Entities/e/Factors"),
        caller.at("/Verifications/VE0"),
        "/v2/Services/VA0".to_owned(),
        "/v2/Attempts".to_owned(),
        "/v2/SafeList/Numbers/+1".to_owned(),
        "/2010-04-01/Accounts".to_owned(),
        account.clone(),
        format!("{account}/Calls.json"),
        format!("{account}/Messages/SM0.json"),
        format!("{account}/Messages/SM00000000000000000000000000000000.json"),
        format!("{account}/Messages/SM00000000000000000000000000000000"),
    ] {
        let told = caller.get(&path).await;
        refused(&told, 404, 20404);
        let named = path.strip_prefix("/v2").unwrap_or(&path);
        assert_eq!(told.1["message"], format!("The requested resource {named} was not found"));
    }
    refused(&answer(client().get(format!("{}/v2/Attempts", service.url))).await, 401, 20003);
    refused(&answer(caller.request(Method::DELETE, &caller.at(""))).await, 405, 20004);
    refused(&answer(caller.request(Method::PUT, &caller.messages())).await, 405, 20004);
    let send = || caller.request(Method::POST, &caller.at("/Verifications"));
    refused(&answer(send().json(&json!({"To": TO, "Channel": "sms"}))).await, 400, 20001);
    let form = |body: Vec<u8>| send().header("content-type", "application/x-www-form-urlencoded").body(body);
    refused(&answer(form(b"To=%ff&Channel=sms".to_vec())).await, 400, 20001);
    refused(&answer(form(vec![b'a'; 300 << 10])).await, 400, 20001);
    refused(&answer(form(Vec::new())).await, 400, 60200);
    let other_host = posted(send().header("host", "evil.example"), &[("To", TO), ("Channel", "sms")]);
    assert_eq!(answer(other_host).await.0, 421);
}
