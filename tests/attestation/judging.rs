//! Those who judge tokens: what they say, and what happens while they say nothing that helps.

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::Notify;

use super::{Asked, doubted, metric, refused};
use crate::support::provider::Answer;

/// Every way of saying nothing that helps.
fn faults() -> Vec<Answer> {
    let wrong = |code: &str| Answer::Json(200, json!({"success": false, "error-codes": [code]}));
    vec![
        Answer::Json(500, json!({"success": true})),
        Answer::Json(404, json!({"success": false})),
        Answer::Json(200, json!({"ok": true})),
        Answer::Json(200, json!({"success": "true"})),
        Answer::Json(200, json!(["success"])),
        Answer::Redirect("https://challenges.example/".to_owned()),
        Answer::Huge(100_000),
        Answer::Wait(Arc::new(Notify::new())),
        wrong("invalid-input-secret"),
        wrong("internal-error"),
    ]
}

#[tokio::test(flavor = "multi_thread")]
async fn while_nobody_can_judge_tokens_messages_go_out_where_the_operator_says_so() {
    let asked = Asked::start(json!({"on_error": "allow"})).await;
    for (n, fault) in (1..).zip(faults()) {
        asked.judge.answers(fault);
        let (status, made) = asked.create(n, Some(&format!("good-{n}"))).await;
        assert_eq!(status, 201, "{n}: {made}");
    }
    refused(&asked.create(90, None).await, 403, "attestation-required");
    assert!(metric(&asked.service, "unchecked-allowed").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn or_they_are_refused_and_the_same_token_may_come_again() {
    let asked = Asked::start(json!({"on_error": "refuse"})).await;
    let took = asked.judge.clone();
    for (n, fault) in (1..).zip(faults()) {
        took.answers(fault);
        let told = asked.create(n, Some("good")).await;
        refused(&told, 503, "attestation-unavailable");
    }
    assert_eq!(asked.messages().await, 0);
    took.answers(Answer::Json(200, json!({"success": true})));
    assert_eq!(asked.create(1, Some("good")).await.0, 201);
    assert!(metric(&asked.service, "unchecked-refused").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_nobody_listens_it_is_the_same() {
    let asked = Asked::start(json!({})).await;
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/siteverify", gone.local_addr().unwrap());
    drop(gone);
    // Without a word of the operator for this address, it can't even be saved.
    let body = |url: &str| json!({"kind": "siteverify", "url": url, "secret": "s", "when": "always"});
    let (status, told) = asked.service.put(super::ATTESTATION, body(&url)).await;
    assert_eq!((status, &told["errors"][0]["pointer"]), (422, &json!("/url")), "{told}");
    let nowhere = "http://nobody.invalid/siteverify";
    let (status, told) = asked.service.put(super::ATTESTATION, body(nowhere)).await;
    assert_eq!(status, 200, "{told}");
    assert_eq!(asked.create(1, Some("good-1")).await.0, 201);
    let mut refusing = body(nowhere);
    refusing["on_error"] = json!("refuse");
    assert_eq!(asked.service.put(super::ATTESTATION, refusing).await.0, 200);
    refused(&asked.create(2, Some("good-2")).await, 503, "attestation-unavailable");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_of_another_host_action_or_score_is_not_good() {
    let asked = Asked::start(json!({})).await;
    for (n, (wanted, reason)) in (1..).zip([
        (json!({"hostname": "evil.example"}), Some("hostname")),
        (json!({"action": "register"}), Some("action")),
        (json!({"score": 0.9}), Some("score")),
        (json!({"hostname": "Shop.Example", "action": "sign-in", "score": 0.7}), None),
    ]) {
        asked.save(wanted).await;
        let told = asked.create(n, Some(&format!("good-{n}"))).await;
        match reason {
            Some(reason) => doubted(&told, reason),
            None => assert_eq!(told.0, 201, "{}", told.1),
        }
    }
    asked.judge.answers(Answer::Json(200, json!({"success": true})));
    asked.save(json!({"score": 0.1})).await;
    doubted(&asked.create(9, Some("good-9")).await, "score");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_tells_neither_secret_nor_address() {
    let asked = Asked::start(json!({"on_error": "refuse"})).await;
    asked.judge.answers(Answer::Json(200, json!({"success": false, "error-codes": ["invalid-input-secret"]})));
    let told: Value = asked.create(1, Some("good-canary")).await.1;
    for private in ["canary", "siteverify", "127.0.0.1", "invalid-input-secret"] {
        assert!(!told.to_string().contains(private), "{private}: {told}");
    }
}
