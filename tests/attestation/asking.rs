//! Who is asked for a token, when, and how often it is good.

use std::sync::Arc;

use reqwest::Method;
use serde_json::{Value, json};

use super::{Asked, SECRET, TEN_MINUTES, doubted, field, metric, refused};
use crate::support::service::{answer, client, number};
use crate::twilio::Caller;

#[tokio::test(flavor = "multi_thread")]
async fn without_a_token_nothing_is_sent_and_the_answer_says_what_lacks() {
    let asked = Asked::start(json!({})).await;
    let told = asked.create(1, None).await;
    refused(&told, 403, "attestation-required");
    let message = json!({"to": number(2), "code": "123456"});
    refused(&asked.post("/v1/messages", message, None).await, 403, "attestation-required");
    assert_eq!((asked.messages().await, asked.looks()), (0, 0));
    assert!(metric(&asked.service, "missing").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_good_token_it_goes_out_and_the_provider_learns_no_number() {
    let asked = Asked::start(json!({})).await;
    let body = json!({"to": number(1), "client_ip": "203.0.113.9"});
    let (status, made) = asked.post("/v1/verifications", body, Some("good + 1&2")).await;
    assert_eq!(status, 201, "{made}");
    let look = asked.judge.requests().remove(0);
    assert_eq!((look.method.as_str(), look.path.as_str()), ("POST", "/siteverify"));
    let told = ["secret", "response", "remoteip"].map(|name| field(&look, name).unwrap());
    assert_eq!(told, [SECRET, "good + 1&2", "203.0.113.9"]);
    assert!(!String::from_utf8_lossy(&look.body).contains(&number(1)[1..]));
    let code = asked.service.code_for(&number(1)).await;
    assert_eq!(asked.service.check(made["id"].as_str().unwrap(), &code).await.1["status"], "approved");
    assert!(metric(&asked.service, "passed").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_token_sends_nothing_and_a_better_one_may_follow() {
    let asked = Asked::start(json!({})).await;
    doubted(&asked.create(1, Some("old")).await, "rejected");
    assert_eq!(asked.messages().await, 0);
    assert_eq!(asked.create(1, Some("good")).await.0, 201);
    assert!(metric(&asked.service, "failed").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_good_once_whatever_its_provider_says() {
    let asked = Asked::start(json!({})).await;
    assert_eq!(asked.create(1, Some("good")).await.0, 201);
    doubted(&asked.create(2, Some("good")).await, "used");
    let message = json!({"to": number(3), "code": "123456"});
    doubted(&asked.post("/v1/messages", message, Some("good")).await, "used");
    assert_eq!((asked.messages().await, asked.looks()), (1, 1));
    assert!(metric(&asked.service, "replayed").await);
    // By then no provider takes it any more: this one would.
    asked.service.clock.advance(TEN_MINUTES);
    assert_eq!(asked.create(4, Some("good")).await.0, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_that_race_with_one_token_one_goes_out() {
    let asked = Arc::new(Asked::start(json!({})).await);
    let racing = (0..12).map(|n| {
        let asked = Arc::clone(&asked);
        tokio::spawn(async move { asked.create(n, Some("good")).await.0 })
    });
    let mut sent = 0;
    for one in racing.collect::<Vec<_>>() {
        sent += usize::from(one.await.unwrap() == 201);
    }
    assert_eq!((sent, asked.messages().await), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_resend_needs_a_token_of_its_own() {
    let asked = Asked::start(json!({})).await;
    let (_, made) = asked.create(1, Some("good-1")).await;
    let path = format!("/v1/verifications/{}/resend", made["id"].as_str().unwrap());
    refused(&asked.post(&path, json!({}), None).await, 403, "attestation-required");
    refused(&asked.service.post(&path, Value::Null).await, 403, "attestation-required");
    doubted(&asked.post(&path, json!({}), Some("good-1")).await, "used");
    doubted(&asked.post(&path, json!({}), Some("old")).await, "rejected");
    assert_eq!(asked.post(&path, json!({}), Some("good-2")).await.0, 200);
    assert_eq!(asked.messages().await, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_limit_refuses_costs_no_token_and_no_look() {
    let asked = Asked::start(json!({})).await;
    let (status, told) = asked.service.put(super::POLICY, json!({})).await;
    assert_eq!(status, 200, "{told}");
    assert_eq!(asked.create(1, Some("good-1")).await.0, 201);
    for token in [None, Some("good-2"), Some("old")] {
        refused(&asked.create(1, token).await, 429, "cooldown");
    }
    assert_eq!(asked.looks(), 1);
    asked.service.clock.advance(std::time::Duration::from_secs(31));
    assert_eq!(asked.create(1, Some("good-2")).await.0, 201, "the token was not used up");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_no_account_is_asked_as_who_has_one() {
    let asked = Asked::start(json!({})).await;
    let create = async |n: u32, suppressed: bool, token: Option<&str>| {
        let body = json!({"to": number(n), "suppressed": suppressed});
        asked.post("/v1/verifications", body, token).await
    };
    assert_eq!(create(1, false, None).await, create(2, true, None).await);
    assert_eq!(create(1, false, Some("old")).await, create(2, true, Some("old")).await);
    let (real, none) = (create(1, false, Some("good-1")).await, create(2, true, Some("good-2")).await);
    assert_eq!((real.0, none.0, asked.looks()), (201, 201, 4), "{real:?} {none:?}");
    let again = async |made: &Value, token: Option<&str>| {
        let path = format!("/v1/verifications/{}/resend", made["id"].as_str().unwrap());
        asked.post(&path, json!({}), token).await
    };
    assert_eq!(again(&real.1, None).await, again(&none.1, None).await);
    assert_eq!(again(&real.1, Some("old")).await, again(&none.1, Some("old")).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reviewer_is_asked_too() {
    let asked = Asked::start(json!({})).await;
    let reviewer = format!("/v1/environments/development/reviewer-numbers/{}", number(1));
    let put = json!({"code": "271828", "until": "2026-02-15T12:00:00Z"});
    assert_eq!(asked.service.put(&reviewer, put).await.0, 200);
    refused(&asked.create(1, None).await, 403, "attestation-required");
    let (status, made) = asked.create(1, Some("good-1")).await;
    assert_eq!((status, &made["delivery"]["status"]), (201, &json!("not-sent")), "{made}");
    let path = format!("/v1/verifications/{}/resend", made["id"].as_str().unwrap());
    refused(&asked.post(&path, json!({}), None).await, 403, "attestation-required");
    assert_eq!(asked.post(&path, json!({}), Some("good-2")).await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn doors_without_room_for_a_token_are_asked_for_none() {
    let asked = Asked::start(json!({})).await;
    let caller = Caller::of(&asked.service).await;
    let (status, told) = caller.send(&number(1)).await;
    assert_eq!(status, 201, "{told}");
    let hook = "/v1/environments/development/hooks/mine";
    let (_, made) = asked.service.put(hook, json!({"sender": "generic"})).await;
    let address = format!("{}/hooks/development/mine/{}", asked.service.url, made["key"].as_str().unwrap());
    let body = json!({"to": number(2), "code": "123456"});
    let (status, told) = answer(client().request(Method::POST, address).json(&body)).await;
    assert_eq!(status, 200, "{told}");
    assert_eq!((asked.messages().await, asked.looks()), (2, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_purpose_than_those_that_are_named_needs_none() {
    let asked = Asked::start(json!({"purposes": ["register"]})).await;
    assert_eq!(asked.create(1, None).await.0, 201);
    assert_eq!(asked.create(2, Some("old")).await.0, 201, "nobody looks at it");
    let body = json!({"to": number(3), "purpose": "register"});
    refused(&asked.post("/v1/verifications", body, None).await, 403, "attestation-required");
    assert_eq!(asked.looks(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idempotent_request_may_bring_what_lacked_and_is_done_once() {
    let asked = Asked::start(json!({})).await;
    let send = async |body: &Value| {
        let request = asked.service.request(Method::POST, "/v1/verifications").header("idempotency-key", "k-1");
        answer(request.json(body)).await
    };
    refused(&send(&json!({"to": number(1)})).await, 403, "attestation-required");
    let whole = json!({"to": number(1), "attestation": "good"});
    let (first, again) = (send(&whole).await, send(&whole).await);
    assert_eq!((first.0, asked.looks(), asked.messages().await), (201, 1, 1), "{first:?}");
    assert_eq!(first, again, "the second is the first one's answer");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_be_no_token_is_named_and_never_quoted() {
    let asked = Asked::start(json!({})).await;
    let long = "canary".repeat(700);
    for wrong in ["", "canary\n", "canäry", long.as_str()] {
        let told = asked.create(1, Some(wrong)).await;
        refused(&told, 422, "invalid-field");
        assert!(told.1["errors"].to_string().contains("/attestation"), "{}", told.1);
        assert!(!told.1.to_string().contains("can"), "{}", told.1);
        let message = json!({"to": number(2), "code": "123456"});
        assert_eq!(asked.post("/v1/messages", message, Some(wrong)).await.0, 422);
    }
    let (_, made) = asked.create(1, Some("good")).await;
    let path = format!("/v1/verifications/{}/resend", made["id"].as_str().unwrap());
    assert_eq!(asked.post(&path, json!({}), Some("")).await.0, 422);
    let wrong = json!({"to": number(3), "attestation": 7});
    assert_eq!(asked.service.post("/v1/verifications", wrong).await.0, 422);
    assert_eq!(asked.looks(), 1);
}
