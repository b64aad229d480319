//! A token where a rule of the guard fires, and what it does not open.

use serde_json::{Value, json};

use super::{Asked, doubted, refused};
use crate::support::service::number;

const DECISIONS: &str = "/v1/environments/development/guard/decisions";

/// One that asks where it is suspicious, in a block where it is: numbers of it have asked, and none used its code.
async fn pumped(guard: Value) -> Asked {
    let asked = Asked::start(json!({"when": "suspicious"})).await;
    asked.limits(guard).await;
    for n in 0..10 {
        asked.create(n, None).await;
    }
    asked
}

async fn decisions(asked: &Asked, outcome: &str) -> Vec<Value> {
    let (status, listed) = asked.service.get(&format!("{DECISIONS}?outcome={outcome}")).await;
    assert_eq!(status, 200, "{listed}");
    listed["items"].as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_is_asked_before_a_rule_fires() {
    let asked = Asked::start(json!({"when": "suspicious"})).await;
    assert_eq!(asked.create(1, None).await.0, 201);
    assert_eq!(asked.create(2, Some("old")).await.0, 201, "nobody looks at it");
    assert_eq!(asked.looks(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_suspicious_message_without_a_token_is_refused_and_noted_as_that() {
    let asked = pumped(json!({})).await;
    let (before, noted) = (asked.messages().await, decisions(&asked, "refused").await.len());
    assert!((3..10).contains(&before), "{before} went out before a rule fired");
    refused(&asked.create(20, None).await, 403, "attestation-required");
    let refusals = decisions(&asked, "refused").await;
    assert_eq!((asked.messages().await, refusals.len()), (before, noted + 1), "{refusals:?}");
    assert!(refusals.iter().all(|one| one["message"].is_null() && !one["fired"].as_array().unwrap().is_empty()));
    assert!(decisions(&asked, "recorded").await.is_empty());
    let (_, guard) = asked.service.get("/v1/environments/development/guard").await;
    assert_eq!(guard["messages"], before, "what was refused was not sent: {guard}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_good_token_lets_it_pass_and_the_rules_are_noted_once() {
    let asked = pumped(json!({})).await;
    let noted = decisions(&asked, "refused").await.len();
    let (status, made) = asked.create(20, Some("good")).await;
    assert_eq!(status, 201, "{made}");
    let recorded = decisions(&asked, "recorded").await;
    assert_eq!((recorded.len(), asked.looks()), (1, 1), "{recorded:?}");
    assert_eq!(recorded[0]["message"], made["delivery"]["message"]);
    assert_eq!(decisions(&asked, "refused").await.len(), noted);
    let path = format!("/v1/verifications/{}/resend", made["id"].as_str().unwrap());
    refused(&asked.post(&path, json!({}), None).await, 403, "attestation-required");
    assert_eq!(asked.post(&path, json!({}), Some("good-2")).await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_token_is_refused_and_noted_as_none() {
    let asked = pumped(json!({})).await;
    let (before, noted) = (asked.messages().await, decisions(&asked, "refused").await.len());
    doubted(&asked.create(20, Some("old")).await, "rejected");
    assert_eq!((asked.messages().await, decisions(&asked, "refused").await.len()), (before, noted + 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_opens_nothing_that_the_guard_refuses_and_is_not_looked_at_there() {
    // First without a word on tokens: what only records would ask for one before a rule refuses.
    let asked = Asked::start(json!({"when": "suspicious", "purposes": ["another"]})).await;
    asked.limits(json!({"mode": "enforce"})).await;
    for n in 0..10 {
        asked.create(n, None).await;
    }
    asked.save(json!({"when": "suspicious"})).await;
    for token in [None, Some("good"), Some("old")] {
        refused(&asked.create(20, token).await, 429, "suspected-fraud");
    }
    assert_eq!(asked.looks(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_raises_no_budget_and_a_spent_one_asks_for_none() {
    let asked = pumped(json!({})).await;
    asked.limits(json!({"budget_micros_per_day": 80_000})).await;
    for token in [None, Some("good")] {
        refused(&asked.create(20, token).await, 429, "budget");
    }
    assert_eq!(asked.looks(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_the_guard_allows_is_not_asked() {
    let asked = pumped(json!({"allow": {"prefixes": ["+1415200"]}})).await;
    assert_eq!(asked.messages().await, 10);
    assert!(!decisions(&asked, "allowed").await.is_empty());
    assert_eq!(asked.create(20, Some("old")).await.0, 201);
    assert_eq!(asked.looks(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_guard_off_nothing_is_suspicious() {
    let asked = pumped(json!({"mode": "off"})).await;
    assert_eq!((asked.messages().await, asked.looks()), (10, 0));
    asked.save(json!({"when": "always"})).await;
    refused(&asked.create(20, None).await, 403, "attestation-required");
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_no_account_is_asked_as_who_has_one() {
    let asked = pumped(json!({})).await;
    let create = async |n: u32, suppressed: bool, token: Option<&str>| {
        let body = json!({"to": number(n), "suppressed": suppressed});
        asked.post("/v1/verifications", body, token).await
    };
    assert_eq!(create(20, false, None).await, create(21, true, None).await);
    assert_eq!(create(20, false, Some("old")).await, create(21, true, Some("old")).await);
    assert_eq!(create(21, true, Some("good")).await.0, 201);
}
