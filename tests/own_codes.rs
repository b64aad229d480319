//! Traffic that brings its own codes: the same limits, what became of its codes, and what silence means.

mod silence;

use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::couriers::Couriers;
use crate::support::inside::{self, Inside};
use crate::support::provider::Answer;
use crate::support::service::{Service, TO, answer, number};

const POLICY: &str = "/v1/environments/development/policy";

async fn policy(service: &Service, defaults: Value) {
    let (status, told) = service.put(POLICY, json!({"defaults": defaults})).await;
    assert_eq!(status, 200, "{told}");
}

/// A message of an own code, and what was answered.
async fn send(service: &Service, to: &str, more: Value) -> (u16, Value) {
    let mut body = json!({"to": to, "code": "123456", "purpose": "sign-in"});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    service.post("/v1/messages", body).await
}

async fn tell(service: &Service, id: &Value, body: Value) -> (u16, Value) {
    service.post(&format!("/v1/messages/{}/outcome", id.as_str().unwrap()), body).await
}

async fn logged(service: &Service, id: &Value) -> Value {
    service.get(&format!("/v1/messages/{}", id.as_str().unwrap())).await.1
}

#[tokio::test(flavor = "multi_thread")]
async fn verifications_and_messages_share_the_limits_of_a_number() {
    let service = Service::start().await;
    assert_eq!(service.create(TO).await.0, 201);
    let (status, told) = send(&service, TO, json!({})).await;
    assert_eq!((status, &told["type"]), (429, &json!("/problems/cooldown")), "{told}");
    for n in 0..4 {
        service.clock.advance(Duration::from_secs(31));
        let sent = if n % 2 == 0 { send(&service, TO, json!({})).await } else { service.create(TO).await };
        assert_eq!(sent.0, 201, "{}", sent.1);
    }
    service.clock.advance(Duration::from_secs(31));
    for (status, told) in [send(&service, TO, json!({})).await, service.create(TO).await] {
        assert_eq!((status, &told["type"]), (429, &json!("/problems/hourly-cap")), "{told}");
    }
    policy(&service, json!({"failures_max": 10, "cooldown_seconds": 0})).await;
    for _ in 0..2 {
        let (_, made) = service.create(&number(7)).await;
        for _ in 0..5 {
            service.check(made["id"].as_str().unwrap(), "nothing").await;
        }
    }
    let (status, told) = send(&service, &number(7), json!({})).await;
    assert_eq!((status, &told["type"]), (429, &json!("/problems/locked")), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_is_limited_over_verifications_and_messages_whatever_the_numbers() {
    let service = Service::start().await;
    let of = |ip: &str| json!({"client_ip": ip});
    for n in 0..70 {
        assert_eq!(send(&service, &number(n), of("192.0.2.1")).await.0, 201, "none in development unless it is set");
    }
    policy(&service, json!({"sends_per_hour_per_client": 3, "cooldown_seconds": 0})).await;
    let create = async |n, ip: &str| service.post("/v1/verifications", json!({"to": number(n), "client_ip": ip})).await;
    let (_, made) = create(100, "2001:db8:1:2::1").await;
    assert_eq!(send(&service, &number(101), of("2001:db8:1:2::2")).await.0, 201);
    let resend = format!("/v1/verifications/{}/resend", made["id"].as_str().unwrap());
    assert_eq!(service.post(&resend, Value::Null).await.0, 200);
    let refused = service.request(Method::POST, "/v1/messages");
    let refused = refused.json(&json!({"to": number(102), "code": "1", "client_ip": "2001:db8:1:2:ffff::"}));
    let refused = refused.send().await.unwrap();
    assert_eq!((refused.status().as_u16(), refused.headers()["retry-after"].to_str().unwrap()), (429, "3600"));
    assert!(refused.text().await.unwrap().contains("/problems/client-cap"));
    assert_eq!(create(103, "2001:db8:1:2::3").await.0, 429);
    assert_eq!(service.post(&resend, Value::Null).await.0, 429);
    assert_eq!(create(104, "2001:db8:1:3::1").await.0, 201, "another client");
    assert_eq!(service.create(&number(105)).await.0, 201, "nobody says for whom");
    service.clock.advance(Duration::from_secs(3600));
    assert_eq!(create(106, "2001:db8:1:2::3").await.0, 201);
    for bad in [json!(-1), json!(10_001), json!("3")] {
        let (status, told) = service.put(POLICY, json!({"defaults": {"sends_per_hour_per_client": bad}})).await;
        let pointer = &told["errors"][0]["pointer"];
        assert_eq!((status, pointer), (422, &json!("/defaults/sends_per_hour_per_client")), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_keeps_who_asked_and_for_whom_and_never_the_clients_address() {
    let service = Service::start().await;
    let more = json!({"subject": "user-17", "client_ip": "203.0.113.77", "expires_in": 300});
    let (_, sent) = send(&service, TO, more).await;
    let log = logged(&service, &sent["id"]).await;
    assert_eq!((&log["source"], &log["subject"]), (&json!("api"), &json!("user-17")), "{log}");
    service.create(&number(1)).await;
    for (source, count) in [("api", 1), ("verification", 1), ("hook:nobody", 0)] {
        let (_, listed) = service.get(&format!("/v1/messages?source={source}")).await;
        assert_eq!(listed["items"].as_array().unwrap().len(), count, "{source}: {listed}");
    }
    assert!(!log.to_string().contains("203.0.113"), "{log}");
    let dir = service.stop().await;
    for (name, bytes) in inside::kept(dir.path()) {
        assert!(!bytes.windows(10).any(|window| window == b"203.0.113."), "the address lies in {name}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_outcome_is_told_once_and_for_all_and_erases_the_content() {
    let service = Service::start().await;
    let (_, sent) = send(&service, TO, json!({})).await;
    let id = &sent["id"];
    assert_eq!(tell(&service, id, json!({"used": false})).await.0, 204);
    assert_eq!(logged(&service, id).await["used"], false);
    for used in [json!({"used": true}), json!({}), json!({"used": false})] {
        assert_eq!(tell(&service, id, used).await.0, 204);
        assert_eq!(logged(&service, id).await["used"], true, "what was used stays so");
    }
    let (_, health) = service.get("/v1/environments/development/connectors/inbox/health").await;
    let standing = &health["items"][0];
    assert_eq!(
        (&standing["used"], &standing["judged_by"]),
        (&json!(1), &json!("conversion")),
        "credited once: {health}"
    );
    for body in [json!({"used": "yes"}), json!({"used": null}), json!({"usd": true})] {
        assert_eq!(tell(&service, id, body.clone()).await.0, 422, "{body}");
    }
    let elsewhere = service
        .request(Method::POST, &format!("/v1/messages/{}/outcome", id.as_str().unwrap()))
        .header("countersign-environment", "production");
    assert_eq!(answer(elsewhere.json(&json!({}))).await.0, 404);
    assert_eq!(tell(&service, &json!("msg_nothing"), json!({})).await.0, 404);
    let (_, made) = service.create(&number(1)).await;
    let (status, told) = tell(&service, &made["delivery"]["message"], json!({})).await;
    assert_eq!((status, &told["type"]), (409, &json!("/problems/outcome-of-check")), "{told}");

    let dir = service.stop().await;
    assert_eq!(Inside::of(dir.path()).number("SELECT count(*) FROM messages WHERE content IS NOT NULL"), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn outcomes_that_race_credit_a_connector_once() {
    let service = Arc::new(Service::start().await);
    let (_, sent) = send(&service, TO, json!({})).await;
    let told: Vec<_> = (0..20)
        .map(|_| {
            let (service, id) = (Arc::clone(&service), sent["id"].clone());
            tokio::spawn(async move { tell(&service, &id, json!({"used": true})).await.0 })
        })
        .collect();
    for told in told {
        assert_eq!(told.await.unwrap(), 204);
    }
    let (_, health) = service.get("/v1/environments/development/connectors/inbox/health").await;
    assert_eq!(health["items"][0]["used"], 1, "{health}");
}

/// With `Prefer: respond-async, wait=N`.
async fn send_within(service: &Service, seconds: u32, path: &str, body: Value) -> (u16, Value) {
    let prefer = format!("respond-async, wait={seconds}");
    answer(service.request(Method::POST, path).header("prefer", prefer).json(&body)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_that_waits_a_while_gets_the_outcome_or_goes_and_the_send_goes_on() {
    let couriers = Couriers::start(&["a"]).await;
    let service = &couriers.service;
    let message = |n| json!({"to": number(n), "code": "123456"});
    let (status, sent) = send_within(service, 30, "/v1/messages", message(1)).await;
    assert_eq!((status, &sent["status"]), (201, &json!("accepted")), "{sent}");
    let (status, made) = send_within(service, 30, "/v1/verifications", json!({"to": number(2)})).await;
    assert_eq!((status, &made["delivery"]["status"]), (201, &json!("accepted")), "{made}");

    let gate = Arc::new(tokio::sync::Notify::new());
    service.provider.answers(Answer::Wait(Arc::clone(&gate)));
    let (status, sent) = send_within(service, 0, "/v1/messages", message(3)).await;
    assert_eq!((status, &sent["status"]), (202, &json!("sending")), "{sent}");
    couriers.sends(3).await;
    gate.notify_one();
    couriers.message(sent["id"].as_str().unwrap(), |message| message["status"] == "accepted").await;
    let (status, made) = send_within(service, 0, "/v1/verifications", json!({"to": number(4)})).await;
    assert_eq!((status, &made["delivery"]["status"]), (202, &json!("sending")), "{made}");
    couriers.sends(4).await;
    gate.notify_one();
    let path = format!("/v1/verifications/{}", made["id"].as_str().unwrap());
    couriers.shown(&path, |v| v["delivery"]["status"] == "accepted").await;
}
