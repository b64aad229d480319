//! Creating, checking, resending, canceling; limits; idempotency.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::provider::Answer;
use crate::support::service::{Service, TO, answer, number};

#[tokio::test(flavor = "multi_thread")]
async fn a_code_is_sent_and_accepted_exactly_once() {
    let service = Service::start().await;
    let (status, made) = service.create(TO).await;
    assert_eq!(
        (status, &made["status"], &made["delivery"]["status"]),
        (201, &json!("pending"), &json!("accepted")),
        "{made}"
    );
    assert_eq!((&made["to"], &made["attempts_left"]), (&json!(TO), &json!(5)));
    let id = made["id"].as_str().unwrap();
    let code = service.inbox_code().await;
    assert_eq!(code.len(), 6);
    assert!(!made.to_string().contains(&code), "an answer never has the code");
    let wrong = if code == "000000" { "000001" } else { "000000" };
    assert_eq!(service.check(id, wrong).await, (200, json!({"status": "pending", "attempts_left": 4})));
    assert_eq!(service.check(id, &code).await, (200, json!({"status": "approved", "attempts_left": 4})));
    let (status, again) = service.check(id, &code).await;
    assert_eq!((status, &again["verification_status"]), (409, &json!("approved")));
}

#[tokio::test(flavor = "multi_thread")]
async fn of_racing_checks_one_is_approved() {
    let service = Arc::new(Service::start().await);
    let (_, made) = service.create(TO).await;
    let code = service.inbox_code().await;
    let checks: Vec<_> = (0..20)
        .map(|_| {
            let (service, id, code) = (Arc::clone(&service), made["id"].as_str().unwrap().to_owned(), code.clone());
            tokio::spawn(async move { service.check(&id, &code).await })
        })
        .collect();
    let mut approved = 0;
    for check in checks {
        let (status, told) = check.await.unwrap();
        assert!(status == 200 || status == 409, "{told}");
        approved += usize::from(told["status"] == "approved");
    }
    assert_eq!(approved, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn five_wrong_codes_end_it_and_a_resend_resets_nothing() {
    let service = Service::start().await;
    let (_, made) = service.create(TO).await;
    let id = made["id"].as_str().unwrap();
    let code = service.inbox_code().await;
    let wrong = if code == "111111" { "222222" } else { "111111" };
    for _ in 0..3 {
        service.check(id, wrong).await;
    }
    service.clock.advance(Duration::from_secs(31));
    let (status, sent) = service.post(&format!("/v1/verifications/{id}/resend"), Value::Null).await;
    assert_eq!((status, &sent["attempts_left"], &sent["expires_at"]), (200, &json!(2), &made["expires_at"]), "{sent}");
    assert_eq!(service.inbox_code().await, code, "the same code while it lives");
    assert_eq!(service.check(id, wrong).await.1["attempts_left"], 1);
    assert_eq!(service.check(id, wrong).await.1, json!({"status": "attempts_exhausted", "attempts_left": 0}));
    assert_eq!(service.check(id, &code).await.1["verification_status"], "attempts_exhausted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_code_ends_with_its_life_and_by_cancel() {
    let service = Service::start().await;
    let (_, made) = service.create(TO).await;
    let code = service.inbox_code().await;
    let path = format!("/v1/verifications/{}", made["id"].as_str().unwrap());
    service.clock.advance(Duration::from_secs(600));
    assert_eq!(service.get(&path).await.1["status"], "expired");
    assert_eq!(service.check(made["id"].as_str().unwrap(), &code).await.1["verification_status"], "expired");
    let (_, other) = service.create(TO).await;
    let path = format!("/v1/verifications/{}", other["id"].as_str().unwrap());
    assert_eq!(service.post(&format!("{path}/cancel"), Value::Null).await.1["status"], "canceled");
    assert_eq!(service.post(&format!("{path}/resend"), Value::Null).await.0, 409);
}

#[tokio::test(flavor = "multi_thread")]
async fn create_and_resend_share_one_cooldown_and_one_cap() {
    let service = Service::start().await;
    let (_, made) = service.create(TO).await;
    let (status, refused) = service.create(TO).await;
    assert_eq!((status, &refused["type"]), (429, &json!("/problems/cooldown")));
    let resend = format!("/v1/verifications/{}/resend", made["id"].as_str().unwrap());
    assert_eq!(service.post(&resend, Value::Null).await.0, 429);
    for _ in 0..4 {
        service.clock.advance(Duration::from_secs(31));
        assert_eq!(service.create(TO).await.0, 201);
    }
    service.clock.advance(Duration::from_secs(31));
    let request = service.request(Method::POST, "/v1/verifications").json(&json!({"to": TO}));
    let sent = request.send().await.unwrap();
    assert_eq!(sent.status().as_u16(), 429);
    let seconds: u64 = sent.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    assert!((3000..=3600).contains(&seconds), "{seconds}");
    assert_eq!(service.create(&number(1)).await.0, 201, "another number is not concerned");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_given_to_a_check_must_match_and_a_mismatch_is_not_counted() {
    let service = Service::start().await;
    let (_, made) =
        service.post("/v1/verifications", json!({"to": TO, "purpose": "register", "subject": "user-1"})).await;
    let code = service.inbox_code().await;
    let check = format!("/v1/verifications/{}/check", made["id"].as_str().unwrap());
    for (field, value) in [("to", number(9)), ("purpose", "sign-in".into()), ("subject", "user-2".into())] {
        let (status, told) = service.post(&check, json!({"code": code, field: value})).await;
        assert_eq!((status, &told["errors"][0]["pointer"]), (409, &json!(format!("/{field}"))), "{told}");
    }
    let (status, told) =
        service.post(&check, json!({"code": code, "to": TO, "purpose": "register", "subject": "user-1"})).await;
    assert_eq!((status, told), (200, json!({"status": "approved", "attempts_left": 5})));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_send_stands_says_why_and_starts_no_cooldown() {
    let service = Service::start().await;
    service.serve_marker("marker-a").await;
    service.provider.answers(Answer::Json(429, json!({})));
    let (status, made) = service.create(TO).await;
    assert_eq!((status, &made["delivery"]["status"]), (201, &json!("refused")), "{made}");
    assert_eq!(made["delivery"]["failure"]["kind"], "rate-limited");
    service.provider.answers(Answer::Json(201, json!({})));
    let resend = format!("/v1/verifications/{}/resend", made["id"].as_str().unwrap());
    let (status, sent) = service.post(&resend, Value::Null).await;
    assert_eq!((status, &sent["delivery"]["status"]), (200, &json!("accepted")), "{sent}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idempotent_request_is_done_once() {
    let service = Service::start().await;
    let send =
        |body: Value| service.request(Method::POST, "/v1/verifications").header("idempotency-key", "k-1").json(&body);
    let (_, first) = answer(send(json!({"to": TO}))).await;
    let replayed = send(json!({"to": TO})).send().await.unwrap();
    assert_eq!(
        (replayed.status().as_u16(), replayed.headers()["idempotency-replayed"].to_str().unwrap()),
        (201, "true")
    );
    assert_eq!(replayed.json::<Value>().await.unwrap(), first);
    let (status, other) = answer(send(json!({"to": number(2)}))).await;
    assert_eq!((status, &other["type"]), (422, &json!("/problems/idempotency-mismatch")));
    let (_, inbox) = service.get("/v1/environments/development/inbox").await;
    assert_eq!(inbox["items"].as_array().unwrap().len(), 1);
}

/// Whose client gives up has still asked: the message goes out, once, and a retry under the key gets its answer.
#[tokio::test(flavor = "multi_thread")]
async fn a_caller_that_hangs_up_is_not_sent_a_second_message_when_it_retries() {
    let service = Service::start().await;
    service.serve_marker("marker-a").await;
    let gate = Arc::new(tokio::sync::Notify::new());
    service.provider.answers(Answer::Wait(Arc::clone(&gate)));
    let send =
        || service.request(Method::POST, "/v1/verifications").header("idempotency-key", "k-2").json(&json!({"to": TO}));
    let first = tokio::spawn(send().send());
    service.provider.arrived().await;
    first.abort();
    assert!(first.await.unwrap_err().is_cancelled());
    gate.notify_one();
    let retried = crate::support::within("the retry to be answered", async {
        loop {
            let (status, told) = answer(send()).await;
            if status != 409 {
                return (status, told);
            }
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_eq!((retried.0, &retried.1["delivery"]["status"]), (201, &json!("accepted")), "{}", retried.1);
    assert_eq!(service.provider.requests().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_of_ones_own_code_is_delivered_and_logged_without_its_number() {
    let service = Service::start().await;
    let (status, sent) = service.post("/v1/messages", json!({"to": TO, "code": "7777", "purpose": "sign-in"})).await;
    assert_eq!((status, &sent["status"]), (201, &json!("accepted")), "{sent}");
    assert_eq!(service.inbox_code().await, "7777");
    let (_, log) = service.get("/v1/messages").await;
    let shown = log.to_string();
    assert!(!shown.contains(TO) && !shown.contains("7777"), "{shown}");
    assert_eq!(
        (&log["items"][0]["to"], &log["items"][0]["attempts"][0]["connector"]),
        (&json!("+1••••••••23"), &json!("inbox"))
    );
    let outcome = format!("/v1/messages/{}/outcome", sent["id"].as_str().unwrap());
    assert_eq!(service.post(&outcome, json!({})).await.0, 204);
    assert_eq!(service.post("/v1/messages", json!({"to": number(3), "code": "1", "text": "2"})).await.0, 422);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hundred_wrong_codes_lock_the_number_over_all_its_verifications() {
    let service = Service::start().await;
    service
        .put(
            "/v1/environments/development/policy",
            json!({"defaults": {"failures_max": 10, "cooldown_seconds": 0, "sends_per_hour": 100}}),
        )
        .await;
    let mut last = (0, Value::Null);
    for _ in 0..3 {
        let (_, made) = service.create(TO).await;
        let id = made["id"].as_str().unwrap_or_default().to_owned();
        for _ in 0..5 {
            last = service.check(&id, "abcdef").await;
        }
    }
    assert_eq!(
        (last.0, &last.1["type"]),
        (404, &json!("/problems/not-found")),
        "no further verification could be made: {}",
        last.1
    );
    let (status, locked) = service.create(TO).await;
    assert_eq!((status, &locked["type"]), (429, &json!("/problems/locked")), "{locked}");
    service.clock.advance(Duration::from_secs(3600));
    assert_eq!(service.create(TO).await.0, 201);
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_input_gets_an_answer_that_names_the_field() {
    let service = Service::start().await;
    for (body, pointer) in [
        (json!({"to": "0123"}), "/to"),
        (json!({"to": 5}), "/to"),
        (json!({"to": TO, "purpose": "Sign In"}), "/purpose"),
        (json!({"to": TO, "locale": "english please"}), "/locale"),
        (json!({"to": TO, "client_ip": "not-an-ip"}), "/client_ip"),
        (json!({"to": TO, "metadata": [1]}), "/metadata"),
        (json!({"to": TO, "metadata": {"x": "y".repeat(5000)}}), "/metadata"),
        (json!({"to": TO, "channel": "fax"}), "/channel"),
        (json!({"to": TO, "subject": ""}), "/subject"),
    ] {
        let (status, told) = service.post("/v1/verifications", body.clone()).await;
        assert_eq!((status, &told["errors"][0]["pointer"]), (422, &json!(pointer)), "{body} → {told}");
    }
    let (status, told) = service.post("/v1/verifications", json!({"to": TO, "colour": "red"})).await;
    assert!(status == 422 && told["detail"].as_str().unwrap().contains("colour"), "{told}");
}
