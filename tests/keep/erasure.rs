//! A number that is erased is nowhere any more, and what was counted against it still counts.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::inside;
use crate::support::service::{Service, TO, answer, client, number};

const ERASURES: &str = "/v1/erasures";

async fn create_once(service: &Service, to: &str, key: &str) -> (u16, Value) {
    let request = service.request(Method::POST, "/v1/verifications").header("idempotency-key", key);
    answer(request.json(&json!({"to": to, "purpose": "sign-in"}))).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erased_number_is_found_nowhere_and_a_second_erasure_finds_nothing() {
    // Nobody's example: a built-in component's README has numbers too.
    let to = number(77);
    let service = Service::start().await;
    let (_, made) = create_once(&service, &to, "a").await;
    let (_, other) = create_once(&service, &number(1), "b").await;
    service.clock.advance(Duration::from_secs(60));
    let id = made["id"].as_str().unwrap();
    assert_eq!(service.post(&format!("/v1/verifications/{id}/resend"), json!({})).await.0, 200);
    let (status, message) = service.post("/v1/messages", json!({"to": number(2), "code": "123456"})).await;
    assert_eq!(status, 201, "{message}");

    let (status, erased) = service.post(ERASURES, json!({"to": "+1 (415) 200-0077"})).await;
    let expected =
        json!({"verifications": 1, "messages": 2, "attempts": 2, "reports": 0, "events": 0, "answers": 1, "inbox": 2});
    assert_eq!((status, &erased), (200, &expected));
    assert_eq!(service.get(&format!("/v1/verifications/{id}")).await.0, 404);
    let sent = made["delivery"]["message"].as_str().unwrap();
    assert_eq!(service.get(&format!("/v1/messages/{sent}")).await.0, 404);
    let (_, inbox) = service.get("/v1/environments/development/inbox").await;
    assert!(!inbox.to_string().contains(&to) && inbox.to_string().contains(&number(1)), "{inbox}");
    let kept = service.get(&format!("/v1/verifications/{}", other["id"].as_str().unwrap())).await;
    assert_eq!(kept.0, 200, "others stay");
    assert_eq!(create_once(&service, &number(1), "b").await.1, other, "and so do their answers");

    let (status, again) = service.post(ERASURES, json!({"to": to})).await;
    let nothing =
        json!({"verifications": 0, "messages": 0, "attempts": 0, "reports": 0, "events": 0, "answers": 0, "inbox": 0});
    assert_eq!((status, again), (200, nothing));

    // Who did it is known, and the number is not.
    let (status, list) = service.get(ERASURES).await;
    assert_eq!((status, list["items"].as_array().unwrap().len()), (200, 2), "{list}");
    assert!(
        list["items"][1]["erased"]["messages"] == 2 && list["items"][0]["key"].as_str().unwrap().starts_with("key_")
    );
    let (_, page) = service.get("/v1/erasures?limit=1").await;
    let (_, next) = service.get(&format!("/v1/erasures?limit=1&cursor={}", page["next"].as_str().unwrap())).await;
    assert_eq!(next["items"][0], list["items"][1]);
    let dir = service.stop().await;
    for (name, bytes) in inside::kept(dir.path()) {
        assert!(!bytes.windows(10).any(|window| window == b"4152000077"), "{name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn erasing_a_number_is_no_way_round_its_cooldown_its_cap_or_its_lock() {
    let service = Service::start().await;
    let erase = || service.post(ERASURES, json!({"to": TO}));
    for _ in 0..5 {
        let (status, made) = service.create(TO).await;
        assert_eq!(status, 201, "{made}");
        erase().await;
        let (status, refused) = service.create(TO).await;
        assert_eq!((status, &refused["rule"]), (429, &json!("cooldown")), "{refused}");
        service.clock.advance(Duration::from_secs(31));
    }
    let (status, refused) = service.create(TO).await;
    assert_eq!((status, &refused["rule"]), (429, &json!("hourly-cap")), "{refused}");
    service.clock.advance(Duration::from_secs(3600));
    assert_eq!(service.create(TO).await.0, 201, "and no longer than the cap's hour");
    let policy = json!({"defaults": {"failures_max": 10}});
    let (status, saved) = service.put("/v1/environments/development/policy", policy).await;
    assert_eq!(status, 200, "{saved}");
    for _ in 0..2 {
        let (_, made) = service.create(&number(7)).await;
        let code = service.code_for(&number(7)).await;
        let wrong = if code == "000000" { "000001" } else { "000000" };
        for _ in 0..5 {
            assert_eq!(service.check(made["id"].as_str().unwrap(), wrong).await.0, 200);
        }
        service.clock.advance(Duration::from_secs(60));
    }
    assert_eq!(service.post(ERASURES, json!({"to": number(7)})).await.1["verifications"], 2);
    let (status, refused) = service.create(&number(7)).await;
    assert_eq!((status, &refused["rule"]), (429, &json!("locked")), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_environments_key_erases_in_its_own_one_only() {
    let service = Service::start().await;
    let (_, made) = create_once(&service, TO, "a").await;
    let path = format!("/v1/verifications/{}", made["id"].as_str().unwrap());
    let key = |environment: &'static str| {
        let service = &service;
        async move {
            let (status, key) = service.post("/v1/keys", json!({"name": "app", "environment": environment})).await;
            assert_eq!(status, 201, "{key}");
            key["key"].as_str().unwrap().to_owned()
        }
    };
    let (ours, theirs) = (key("development").await, key("production").await);
    let erase = |key: &str, body: Value| {
        answer(client().post(format!("{}{ERASURES}", service.url)).bearer_auth(key).json(&body))
    };
    let (status, erased) = erase(&theirs, json!({"to": TO})).await;
    assert_eq!((status, &erased["verifications"], &erased["answers"]), (200, &json!(0), &json!(0)), "{erased}");
    assert_eq!(service.get(&path).await.0, 200);
    assert_eq!(erase(&theirs, json!({"to": TO, "environment": "development"})).await.0, 403);
    assert_eq!(answer(client().get(format!("{}{ERASURES}", service.url)).bearer_auth(&ours)).await.0, 403);
    let (status, erased) = erase(&ours, json!({"to": TO})).await;
    assert_eq!((status, &erased["verifications"], &erased["answers"]), (200, &json!(1), &json!(1)), "{erased}");
    assert_eq!(service.get(&path).await.0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erasure_that_makes_no_sense_names_the_field() {
    let service = Service::start().await;
    for (body, status, says) in [
        (json!({"to": "hello"}), 422, "/to"),
        (json!({"to": "4155550123"}), 422, "country code"),
        (json!({}), 422, "to"),
        (json!({"to": TO, "environment": "nowhere"}), 404, "nowhere"),
        (json!({"to": TO, "everything": true}), 422, "everything"),
    ] {
        let (found, problem) = service.post(ERASURES, body.clone()).await;
        assert_eq!(found, status, "{body}: {problem}");
        assert!(problem.to_string().contains(says), "{body}: {problem}");
    }
    assert_eq!(service.get("/v1/erasures?limit=0").await.0, 422);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_kept_of_a_number_is_told_and_nothing_of_another_and_no_code() {
    let service = Service::start().await;
    let to = number(78);
    let body =
        json!({"to": to, "purpose": "sign-in", "subject": "user-1", "client_ip": "192.0.2.7", "metadata": {"a": 1}});
    let (status, made) = service.post("/v1/verifications", body).await;
    assert_eq!(status, 201, "{made}");
    let code = service.code_for(&to).await;
    service.check(made["id"].as_str().unwrap(), if code == "000000" { "000001" } else { "000000" }).await;
    service.create(&number(1)).await;
    let (status, sent) = service.post("/v1/messages", json!({"to": to, "code": "864209"})).await;
    assert_eq!(status, 429, "the cooldown holds for both: {sent}");

    let (status, told) = service.post("/v1/exports", json!({"to": "+1 (415) 200-0078"})).await;
    assert_eq!((status, &told["to"]), (200, &json!(to)), "{told}");
    let kept = &told["environments"].as_array().unwrap()[0];
    let v = &kept["verifications"][0];
    assert_eq!(
        (&kept["environment"], &v["id"], &v["subject"], &v["client_ip"], &v["metadata"], &v["suppressed"]),
        (&json!("development"), &made["id"], &json!("user-1"), &json!("192.0.2.7"), &json!({"a": 1}), &json!(false)),
        "{told}"
    );
    assert_eq!((kept["verifications"].as_array().unwrap().len(), &kept["wrong_codes"]), (1, &json!(1)));
    let messages = kept["messages"].as_array().unwrap();
    assert_eq!((messages.len(), &messages[0]["attempts"][0]["status"]), (1, &json!("accepted")), "{told}");
    assert!(!told.to_string().contains(&code), "a code");

    let (_, audit) = service.get("/v1/audit?action=number.export").await;
    assert_eq!(audit["items"][0]["target"], "+1••••••••78", "{audit}");
    service.post(ERASURES, json!({"to": to})).await;
    let (_, after) = service.post("/v1/exports", json!({"to": to})).await;
    // What limits count stays for a day, without the number.
    assert!(!after.to_string().contains("user-1"), "{after}");
    let unknown = service.post("/v1/exports", json!({"to": to, "environment": "nowhere"})).await;
    assert_eq!(unknown.0, 404);
    assert_eq!(service.post("/v1/exports", json!({"to": "0123"})).await.0, 422);
    let (_, key) = service.post("/v1/keys", json!({"name": "app", "environment": "development"})).await;
    let own = client().post(format!("{}/v1/exports", service.url)).bearer_auth(key["key"].as_str().unwrap());
    let (status, other) = answer(own.json(&json!({"to": to, "environment": "production"}))).await;
    assert_eq!(status, 403, "{other}");
}
