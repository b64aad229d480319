//! Which connector a verification goes to, and when it is bound to one.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::service::{TO, TOKEN};
use crate::support::verifiers::{CODE, Verifiers, component};

const CONNECTORS: &str = "/v1/environments/development/connectors";

fn down() -> Value {
    json!({"kind": "provider-unavailable"})
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_that_is_certainly_not_sent_goes_on_to_the_next_of_either_kind() {
    let verifiers = Verifiers::start(&["tv", "other", "inbox"]).await;
    let service = &verifiers.service;
    verifiers.answers("start", "tv", down());
    let made = verifiers.create("+14155550124").await;
    assert_eq!(made["delivery"]["connector"], "other", "{made}");
    assert_eq!(service.check(made["id"].as_str().unwrap(), CODE).await.1["status"], "approved");
    assert_eq!(verifiers.accounts("check"), ["other"]);

    verifiers.answers("start", "other", down());
    let made = verifiers.create(TO).await;
    assert_eq!(
        (&made["delivery"]["connector"], &made["delivery"]["code_by_provider"]),
        (&json!("inbox"), &Value::Null),
        "{made}"
    );
    let code = service.inbox_code().await;
    assert_eq!(service.check(made["id"].as_str().unwrap(), &code).await.1["status"], "approved", "a code of ours");
    assert_eq!(verifiers.asked("check").len(), 1, "no provider was asked");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_that_may_have_been_sent_binds_the_verification() {
    let verifiers = Verifiers::start(&["tv", "inbox"]).await;
    let service = &verifiers.service;
    verifiers.answers("start", "tv", json!({"kind": "provider-unavailable", "certainty": "unknown"}));
    let made = verifiers.create(TO).await;
    assert_eq!(
        (&made["delivery"]["status"], &made["delivery"]["connector"]),
        (&json!("unknown"), &json!("tv")),
        "no second code: {made}"
    );
    let id = made["id"].as_str().unwrap();
    verifiers.answers("check", "tv", json!({"verdict": "approved"}));
    assert_eq!(service.check(id, CODE).await.1["status"], "approved");
    assert_eq!(verifiers.asked("check")[0]["id"], Value::Null, "its id is not known");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_of_ours_that_may_have_arrived_is_followed_by_no_providers() {
    let verifiers = Verifiers::start(&["inbox", "tv"]).await;
    let service = &verifiers.service;
    let made = verifiers.create(TO).await;
    let (id, code) = (made["id"].as_str().unwrap(), service.inbox_code().await);
    service.clock.advance(Duration::from_secs(31));
    let (status, again) = service.post(&format!("/v1/verifications/{id}/resend"), Value::Null).await;
    assert_eq!((status, &again["delivery"]["connector"]), (200, &json!("inbox")), "{again}");
    verifiers.route(&["tv"]).await;
    service.clock.advance(Duration::from_secs(31));
    let (status, refused) = service.post(&format!("/v1/verifications/{id}/resend"), Value::Null).await;
    assert_eq!((status, &refused["type"]), (409, &json!("/problems/code-by-provider")), "{refused}");
    assert_eq!(service.check(id, &code).await.1["status"], "approved", "the code that arrived is good");
    assert!(verifiers.asked("start").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn after_everybody_refused_the_next_try_is_free() {
    let verifiers = Verifiers::start(&["tv"]).await;
    let service = &verifiers.service;
    verifiers.answers("start", "tv", down());
    let made = verifiers.create(TO).await;
    assert_eq!(made["delivery"]["status"], "refused", "{made}");
    let id = made["id"].as_str().unwrap();
    verifiers.route(&["inbox"]).await;
    let (status, again) = service.post(&format!("/v1/verifications/{id}/resend"), Value::Null).await;
    assert_eq!((status, &again["delivery"]["connector"]), (200, &json!("inbox")), "no cooldown either: {again}");
    assert_eq!(service.check(id, &service.inbox_code().await).await.1["status"], "approved");
}

#[tokio::test(flavor = "multi_thread")]
async fn pending_ones_survive_swaps_and_are_checked_by_the_revision_that_serves() {
    let verifiers = Verifiers::start(&["tv"]).await;
    let service = &verifiers.service;
    let made = verifiers.create(TO).await;
    let id = made["id"].as_str().unwrap();
    assert!(service.upload(component("1.1.0")).await.0 < 300);
    let config = json!({"account": "moved", "api_token": TOKEN});
    let (status, saved) = service.set_up("tv", json!({"component": "verifier@1.1.0", "config": config})).await;
    assert_eq!(status, 200, "{saved}");
    verifiers.route(&["inbox"]).await;
    assert_eq!(service.check(id, CODE).await.1["status"], "approved");
    assert_eq!(verifiers.accounts("check"), ["moved"], "by the connector's name, in its new revision");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_of_ours_whose_fate_is_unknown_is_followed_by_no_providers() {
    let verifiers = Verifiers::start(&["tv"]).await;
    let service = &verifiers.service;
    service.serve_marker("marker-a").await;
    verifiers.route(&["main", "tv"]).await;
    // What a marker can make nothing of is a doubt.
    service.provider.answers(crate::support::provider::Answer::Json(500, json!({})));
    let made = verifiers.create(TO).await;
    assert_eq!(
        (&made["delivery"]["status"], &made["delivery"]["connector"]),
        (&json!("unknown"), &json!("main")),
        "{made}"
    );
    assert!(verifiers.asked("start").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn one_that_waited_in_the_queue_is_started_once() {
    let verifiers = Verifiers::start(&["tv"]).await;
    let service = &verifiers.service;
    let request = service.request(Method::POST, "/v1/verifications").header("prefer", "respond-async");
    let (status, made) = crate::support::service::answer(request.json(&json!({"to": TO}))).await;
    assert_eq!(status, 202, "{made}");
    let path = format!("/v1/verifications/{}", made["id"].as_str().unwrap());
    crate::support::within("its start", async {
        while service.get(&path).await.1["delivery"]["status"] != "accepted" {}
    })
    .await;
    assert_eq!(verifiers.asked("start").len(), 1);
    assert_eq!(service.check(made["id"].as_str().unwrap(), CODE).await.1["status"], "approved");
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_promoted_as_any_other_connector() {
    let verifiers = Verifiers::start(&["tv"]).await;
    let service = &verifiers.service;
    let staging = json!({"name": "staging", "kind": "development", "display_name": "Staging"});
    assert_eq!(service.post("/v1/environments", staging).await.0, 201);
    let mut body = json!({"to": "staging", "secrets": {"tv": {"api_token": TOKEN}}});
    let (mut status, mut told) = service.post("/v1/environments/development/promote", body.clone()).await;
    if status != 200 {
        body["approve"] = told["approve"].clone();
        (status, told) = service.post("/v1/environments/development/promote", body).await;
    }
    assert_eq!(status, 200, "{told}");
    let (status, made) = crate::support::service::answer(
        service
            .request(Method::POST, "/v1/verifications")
            .header("countersign-environment", "staging")
            .json(&json!({"to": TO})),
    )
    .await;
    assert_eq!((status, &made["delivery"]["connector"]), (201, &json!("tv")), "{made}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_started_before_a_restart_is_checked_after_it() {
    let verifiers = Verifiers::start(&["tv"]).await;
    let made = verifiers.create(TO).await;
    let service = crate::support::service::Service::at(verifiers.service.stop().await, |_| {}).await;
    let verdict = json!({"verdict": "approved"});
    service.provider.answers(crate::support::provider::Answer::Json(200, verdict));
    assert_eq!(service.check(made["id"].as_str().unwrap(), CODE).await.1["status"], "approved");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_deleted_connector_is_a_clear_error_and_counts_nothing() {
    let verifiers = Verifiers::start(&["tv", "inbox"]).await;
    let service = &verifiers.service;
    let made = verifiers.create(TO).await;
    let id = made["id"].as_str().unwrap();
    verifiers.route(&["inbox"]).await;
    let (status, gone) = service.call(Method::DELETE, &format!("{CONNECTORS}/tv"), Value::Null).await;
    assert!(status < 300, "{gone}");
    let (status, lost) = service.check(id, CODE).await;
    assert_eq!((status, &lost["type"]), (409, &json!("/problems/connector-lost")), "{lost}");
    assert!(lost["detail"].as_str().unwrap().contains("`tv`") && lost["detail"].as_str().unwrap().contains("deleted"));
    service.clock.advance(Duration::from_secs(31));
    let (status, lost) = service.post(&format!("/v1/verifications/{id}/resend"), Value::Null).await;
    assert_eq!((status, &lost["type"]), (409, &json!("/problems/connector-lost")), "{lost}");
    let (_, shown) = service.get(&format!("/v1/verifications/{id}")).await;
    assert_eq!((&shown["status"], &shown["attempts_left"]), (&json!("pending"), &json!(5)), "{shown}");
    service.post(&format!("/v1/verifications/{id}/cancel"), Value::Null).await;
    assert_eq!(service.check(id, CODE).await.1["verification_status"], "canceled", "what has ended says so");
}
