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
async fn a_check_has_the_deadline_of_a_send() {
    let service = Service::with(|config| {
        config.delivery.send_ms = 400;
        config.delivery.call_ms = 1000;
    })
    .await;
    let verifiers = Verifiers::on(service, &["tv"]).await;
    let (service, id) = (&verifiers.service, pending(&verifiers).await);
    service.provider.answers(Answer::Wait(std::sync::Arc::new(tokio::sync::Notify::new())));
    let (status, told) = service.check(&id, CODE).await;
    assert_eq!((status, &told["failure"]["kind"]), (503, &json!("timeout")), "{told}");
    assert_eq!(told["failure"]["certainty"], "unknown", "the provider may have seen the code: {told}");
    assert_eq!(shown(service, &id).await["attempts_left"], 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_check_that_failed_can_be_repeated_under_its_idempotency_key() {
    let verifiers = Verifiers::start(&["tv"]).await;
    let (service, id) = (&verifiers.service, pending(&verifiers).await);
    let check = async || {
        let path = format!("/v1/verifications/{id}/check");
        let request = service.request(reqwest::Method::POST, &path).header("idempotency-key", "k-1");
        crate::support::service::answer(request.json(&json!({"code": CODE}))).await
    };
    verifiers.answers("check", "tv", json!({"kind": "provider-unavailable"}));
    assert_eq!(check().await.0, 503);
    verifiers.answers("check", "tv", Value::Null);
    assert_eq!(check().await, (200, json!({"status": "approved", "attempts_left": 5})));
    assert_eq!(check().await, (200, json!({"status": "approved", "attempts_left": 5})), "the same answer again");
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_codes_count_against_the_pair_and_back_off_and_unanswered_ones_do_not() {
    let verifiers = Verifiers::start(&["tv"]).await;
    let service = &verifiers.service;
    let mut ids = Vec::new();
    for _ in 0..3 {
        ids.push(pending(&verifiers).await);
        service.clock.advance(Duration::from_secs(31));
    }
    verifiers.answers("check", "tv", json!({"kind": "provider-unavailable"}));
    for _ in 0..9 {
        assert_eq!(service.check(&ids[2], "000000").await.0, 503);
    }
    verifiers.answers("check", "tv", Value::Null);
    for id in &ids[..2] {
        for _ in 0..5 {
            assert_eq!(service.check(id, "000000").await.0, 200);
        }
    }
    let (status, limited) = service.check(&ids[2], CODE).await;
    assert_eq!((status, &limited["rule"]), (429, &json!("back-off")), "{limited}");
    service.clock.advance(Duration::from_secs(2));
    assert_eq!(service.check(&ids[2], CODE).await.1["status"], "approved");
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
    crate::support::within("the end of that check", async { while shown(service, &id).await["attempts_left"] != 5 {} })
        .await;
}
