//! Checks: ours are the limits, the provider's is the word on the code.

use std::time::Duration;

use serde_json::{Value, json};

use crate::support::provider::Answer;
use crate::support::service::{Service, TO};
use crate::support::verifiers::{CODE, Verifiers};

async fn pending(verifiers: &Verifiers) -> String {
    verifiers.create(TO).await["id"].as_str().unwrap().to_owned()
}

async fn shown(service: &Service, id: &str) -> Value {
    service.get(&format!("/v1/verifications/{id}")).await.1
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_checks_that_race_exactly_one_approves() {
    let verifiers = Verifiers::start(&["tv"]).await;
    let id = pending(&verifiers).await;
    let checks = (0..8).map(|_| verifiers.service.check(&id, CODE));
    let answers = futures_util::future::join_all(checks).await;
    let approved = answers.iter().filter(|(_, answer)| answer["status"] == "approved").count();
    let over = answers.iter().filter(|(_, answer)| answer["verification_status"] == "approved").count();
    assert_eq!((approved, over), (1, 7), "{answers:?}");
    assert_eq!(verifiers.asked("check").len(), 1);
    assert_eq!(shown(&verifiers.service, &id).await["status"], "approved");
}

#[tokio::test(flavor = "multi_thread")]
async fn our_own_limit_of_checks_holds_whatever_the_provider_says() {
    let verifiers = Verifiers::start(&["tv"]).await;
    let (service, id) = (&verifiers.service, pending(&verifiers).await);
    for left in (1..5).rev() {
        assert_eq!(service.check(&id, "000000").await.1, json!({"status": "pending", "attempts_left": left}));
    }
    // What can't be a code asks nobody and counts.
    assert_eq!(service.check(&id, "abc").await.1, json!({"status": "attempts_exhausted", "attempts_left": 0}));
    assert_eq!(service.check(&id, CODE).await.1["verification_status"], "attempts_exhausted");
    assert_eq!(verifiers.asked("check").len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mismatch_is_told_before_the_provider_is_asked() {
    let verifiers = Verifiers::start(&["tv"]).await;
    let id = pending(&verifiers).await;
    let body = json!({"code": CODE, "purpose": "register"});
    let (status, refused) = verifiers.service.post(&format!("/v1/verifications/{id}/check"), body).await;
    assert_eq!((status, &refused["type"]), (409, &json!("/problems/mismatch")), "{refused}");
    assert!(verifiers.asked("check").is_empty());
    assert_eq!(shown(&verifiers.service, &id).await["attempts_left"], 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_provider_says_ends_it_in_the_matching_status() {
    for (verdict, status) in [("expired", "expired"), ("gone", "expired"), ("too-many", "attempts_exhausted")] {
        let verifiers = Verifiers::start(&["tv"]).await;
        let (service, id) = (&verifiers.service, pending(&verifiers).await);
        verifiers.answers("check", "tv", json!({"verdict": verdict}));
        let (_, told) = service.check(&id, CODE).await;
        let said = if verdict == "too-many" { &told["status"] } else { &told["verification_status"] };
        assert_eq!(*said, status, "{verdict}: {told}");
        assert_eq!(shown(service, &id).await["status"], status);
        verifiers.answers("check", "tv", json!({"verdict": "approved"}));
        let (code, over) = service.check(&id, CODE).await;
        assert_eq!((code, &over["verification_status"]), (409, &json!(status)), "it is over: {over}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_of_another_kind_never_approves() {
    let verifiers = Verifiers::start(&["tv"]).await;
    let (service, id) = (&verifiers.service, pending(&verifiers).await);
    verifiers.answers("check", "tv", json!({"verdict": "perhaps"}));
    assert_eq!(service.check(&id, CODE).await.1, json!({"status": "pending", "attempts_left": 4}));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_is_down_costs_no_check_and_is_told_as_such() {
    let verifiers = Verifiers::start(&["tv"]).await;
    let (service, id) = (&verifiers.service, pending(&verifiers).await);
    verifiers.answers("check", "tv", json!({"kind": "provider-unavailable", "retry_after": 7}));
    let (status, told) = service.check(&id, CODE).await;
    assert_eq!((status, &told["type"]), (503, &json!("/problems/not-checked")), "{told}");
    assert_eq!((&told["connector"], &told["attempts_left"]), (&json!("tv"), &json!(5)), "{told}");
    assert_eq!(told["failure"]["kind"], "provider-unavailable");
    assert!(told["detail"].as_str().unwrap().contains("neither right nor wrong"), "{told}");
    assert!(!told.to_string().contains(CODE), "the code is in no failure: {told}");
    verifiers.answers("check", "tv", json!({"kind": "authentication-failed"}));
    assert_eq!(service.check(&id, CODE).await.0, 502);
    verifiers.answers("check", "tv", Value::Null);
    assert_eq!(service.check(&id, CODE).await.1, json!({"status": "approved", "attempts_left": 5}));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_stays_down_is_not_asked_for_ever() {
    let verifiers = Verifiers::start(&["tv"]).await;
    let (service, id) = (&verifiers.service, pending(&verifiers).await);
    verifiers.answers("check", "tv", json!({"kind": "provider-unavailable"}));
    for _ in 0..10 {
        assert_eq!(service.check(&id, CODE).await.1["attempts_left"], 5);
    }
    for left in (0..5).rev() {
        assert_eq!(service.check(&id, CODE).await.1["attempts_left"], left, "now they count");
    }
    assert_eq!(service.check(&id, CODE).await.1["verification_status"], "attempts_exhausted");
    assert_eq!(verifiers.asked("check").len(), 15);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connector_that_approves_without_asking_is_not_believed() {
    let verifiers = Verifiers::start(&["sure-of-itself"]).await;
    let id = pending(&verifiers).await;
    let (status, told) = verifiers.service.check(&id, "000000").await;
    assert_eq!((status, &told["failure"]["kind"]), (502, &json!("invalid-response")), "{told}");
    assert_eq!(shown(&verifiers.service, &id).await["status"], "pending");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_that_hangs_up_loses_no_approval() {
    let verifiers = Verifiers::start(&["tv"]).await;
    let (service, id) = (&verifiers.service, pending(&verifiers).await);
    let gate = std::sync::Arc::new(tokio::sync::Notify::new());
    // A `late` answer approves nothing: the point is that what was counted is settled without its caller.
    service.provider.answers(Answer::Wait(std::sync::Arc::clone(&gate)));
    let path = format!("/v1/verifications/{id}/check");
    let asked = service.request(reqwest::Method::POST, &path).json(&json!({"code": CODE}));
    let hung_up = tokio::time::timeout(Duration::from_millis(300), asked.send()).await;
    assert!(hung_up.is_err());
    assert_eq!(shown(service, &id).await["attempts_left"], 4, "counted before the provider is asked");
    gate.notify_one();
    crate::support::within("the end of that check", async {
        while shown(service, &id).await["attempts_left"] != 5 {}
    })
    .await;
}
