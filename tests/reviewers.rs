//! Reviewer numbers: a fixed code until a day, nothing is sent, and every use is seen.

mod audit;

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::service::{Service, TO, answer, client, number};

const NUMBERS: &str = "/v1/environments/development/reviewer-numbers";
const PRODUCTION: &str = "/v1/environments/production/reviewer-numbers";
const CODE: &str = "271828";
/// The tests' clock begins on 2026-01-15 at noon.
const UNTIL: &str = "2026-02-15T12:00:00Z";

async fn put(service: &Service, place: &str, to: &str, more: Value) -> (u16, Value) {
    let mut body = json!({"code": CODE, "until": UNTIL});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    service.put(&format!("{place}/{to}"), body).await
}

async fn listed(service: &Service, place: &str) -> Vec<Value> {
    let (status, told) = service.get(place).await;
    assert_eq!(status, 200, "{told}");
    told["items"].as_array().unwrap().clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reviewer_signs_in_with_the_fixed_code_and_nothing_is_sent() {
    let service = Service::start().await;
    service.serve_marker("marker-a").await;
    let (status, saved) = put(&service, NUMBERS, TO, json!({"note": "App Store review"})).await;
    assert_eq!((status, &saved["code"], &saved["uses"]), (200, &json!({"set": true}), &json!(0)), "{saved}");
    let (status, made) = service.create(TO).await;
    assert_eq!((status, &made["status"], &made["to"]), (201, &json!("pending"), &json!(TO)), "{made}");
    let delivery = &made["delivery"];
    assert_eq!(
        (&delivery["status"], &delivery["why"], &delivery["connector"]),
        (&json!("not-sent"), &json!("not sent: reviewer number"), &Value::Null),
        "{delivery}"
    );
    let id = made["id"].as_str().unwrap();
    let (_, log) = service.get(&format!("/v1/messages/{}", delivery["message"].as_str().unwrap())).await;
    assert_eq!(
        (&log["status"], &log["why"], &log["attempts"], &log["verification"]),
        (&json!("not-sent"), &json!("not sent: reviewer number"), &json!([]), &json!(id)),
        "{log}"
    );
    assert_eq!(service.get("/v1/messages?status=not-sent").await.1["items"].as_array().unwrap().len(), 1);

    assert_eq!(service.check(id, "000000").await.1, json!({"status": "pending", "attempts_left": 4}));
    service.clock.advance(Duration::from_secs(31));
    let (status, again) = service.post(&format!("/v1/verifications/{id}/resend"), Value::Null).await;
    assert_eq!((status, &again["delivery"]["why"]), (200, &json!("not sent: reviewer number")), "{again}");
    assert_eq!(service.get(&format!("/v1/verifications/{id}")).await.1["delivery"]["status"], "not-sent");
    assert_eq!(service.check(id, "271 828").await.1, json!({"status": "approved", "attempts_left": 4}));
    assert_eq!(service.check(id, CODE).await.1["verification_status"], "approved", "once");
    assert!(service.provider.requests().is_empty());

    let kept = listed(&service, NUMBERS).await.remove(0);
    assert_eq!((&kept["number"], &kept["note"]), (&json!("+1••••••••23"), &json!("App Store review")));
    assert_eq!((&kept["uses"], &kept["last_used"], &kept["living"]), (&json!(1), &made["created_at"], &json!(true)));
    let shown = format!("{kept} {saved} {made} {again} {log}");
    assert!(!shown.contains(CODE) && !format!("{kept} {saved} {log}").contains(TO), "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn after_its_day_or_its_deletion_it_is_a_number_as_any_other() {
    let service = Service::start().await;
    put(&service, NUMBERS, TO, json!({"until": "2026-01-15T13:00:00Z"})).await;
    put(&service, NUMBERS, &number(1), json!({})).await;
    let (_, before) = service.create(&number(1)).await;
    service.clock.advance(Duration::from_secs(3599));
    assert_eq!(service.create(TO).await.1["delivery"]["status"], "not-sent");
    service.clock.advance(Duration::from_secs(31));
    let (_, made) = service.create(TO).await;
    assert_eq!(made["delivery"]["status"], "accepted", "{made}");
    let code = service.inbox_code().await;
    if code != CODE {
        assert_eq!(service.check(made["id"].as_str().unwrap(), CODE).await.1["status"], "pending");
    }
    assert_eq!(service.check(made["id"].as_str().unwrap(), &code).await.1["status"], "approved");
    let shown = listed(&service, NUMBERS).await;
    let ended = shown.iter().find(|one| one["number"] == "+1••••••••23").unwrap();
    assert_eq!(ended["living"], false, "shown a while longer");
    service.clock.advance(Duration::from_secs(31));
    assert_eq!(put(&service, NUMBERS, TO, json!({})).await.0, 200);
    assert_eq!(service.create(TO).await.1["delivery"]["status"], "not-sent", "given a day again");

    let path = format!("{NUMBERS}/{}", number(1));
    assert_eq!(service.call(Method::DELETE, &path, Value::Null).await.0, 204);
    assert_eq!(service.call(Method::DELETE, &path, Value::Null).await.0, 404);
    assert_eq!(service.create(&number(1)).await.1["delivery"]["status"], "accepted");
    assert_eq!(service.check(before["id"].as_str().unwrap(), CODE).await.1["verification_status"], "expired");
}

#[tokio::test(flavor = "multi_thread")]
async fn limits_attempts_locks_and_expiry_hold_as_usual() {
    let service = Service::start().await;
    put(&service, NUMBERS, TO, json!({})).await;
    let (_, made) = service.create(TO).await;
    assert_eq!(service.create(TO).await.1["type"], "/problems/cooldown");
    let id = made["id"].as_str().unwrap();
    for _ in 0..5 {
        service.check(id, "000000").await;
    }
    assert_eq!(service.check(id, CODE).await.1["verification_status"], "attempts_exhausted");
    service.clock.advance(Duration::from_secs(31));
    let (_, made) = service.create(TO).await;
    service.clock.advance(Duration::from_secs(600));
    assert_eq!(service.check(made["id"].as_str().unwrap(), CODE).await.1["verification_status"], "expired");
    let defaults = json!({"failures_max": 10, "cooldown_seconds": 0, "sends_per_hour": 100});
    service.put("/v1/environments/development/policy", json!({"defaults": defaults})).await;
    let (_, made) = service.create(TO).await;
    for _ in 0..5 {
        service.check(made["id"].as_str().unwrap(), "000000").await;
    }
    assert_eq!(service.create(TO).await.1["type"], "/problems/locked");
    let closed = json!({"purposes": {"sign-in": false}});
    service.put("/v1/environments/development/sign-in-experience", closed).await;
    assert_eq!(service.create(TO).await.1["type"], "/problems/purpose-closed");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_can_not_be_is_refused_by_its_field_and_no_more_than_twenty_live() {
    let service = Service::start().await;
    for (more, pointer) in [
        (json!({"code": "27182"}), "/code"),
        (json!({"code": "27182x"}), "/code"),
        (json!({"code": 271_828}), "/code"),
        (json!({"until": "2026-01-15T12:00:00Z"}), "/until"),
        (json!({"until": "2027-01-16T12:00:00Z"}), "/until"),
        (json!({"until": "tomorrow"}), "/until"),
        (json!({"note": "x".repeat(201)}), "/note"),
    ] {
        let (status, told) = put(&service, NUMBERS, TO, more.clone()).await;
        assert_eq!((status, &told["errors"][0]["pointer"]), (422, &json!(pointer)), "{more}: {told}");
        assert!(!told.to_string().contains("27182"), "{told}");
    }
    let (status, told) = put(&service, NUMBERS, "0123", json!({})).await;
    assert_eq!((status, &told["errors"][0]["pointer"]), (422, &json!("/number")), "{told}");
    assert_eq!(put(&service, "/v1/environments/nowhere/reviewer-numbers", TO, json!({})).await.0, 404);
    assert!(listed(&service, NUMBERS).await.is_empty(), "nothing of it was kept");

    let lengths = json!({"defaults": {}, "purposes": {"mfa-setup": {"code_length": 8}}});
    assert_eq!(service.put("/v1/environments/development/policy", lengths).await.0, 200);
    assert_eq!(put(&service, NUMBERS, TO, json!({"code": "27182818"})).await.0, 200);
    for n in 1..20 {
        assert_eq!(put(&service, NUMBERS, &number(n), json!({"until": "2026-01-15T12:01:00Z"})).await.0, 200);
    }
    let (status, told) = put(&service, NUMBERS, &number(20), json!({})).await;
    assert_eq!((status, &told["type"]), (409, &json!("/problems/reviewer-numbers-full")), "{told}");
    assert_eq!(put(&service, NUMBERS, TO, json!({"note": "again"})).await.0, 200, "it is one of them");
    assert_eq!(put(&service, PRODUCTION, &number(20), json!({})).await.0, 200, "another environment has its own");
    service.clock.advance(Duration::from_secs(61));
    assert_eq!(put(&service, NUMBERS, &number(20), json!({})).await.0, 200, "nineteen have ended");
}

#[tokio::test(flavor = "multi_thread")]
async fn production_has_its_own_without_any_connector_and_promotion_brings_none() {
    let service = Service::start().await;
    put(&service, NUMBERS, TO, json!({})).await;
    let policy = "/v1/environments/development/policy";
    service.put(policy, json!({"defaults": {"checks": 3, "cooldown_seconds": 0, "sends_per_hour": 9}})).await;
    let connector = json!({"component": "http", "config": {"url": "https://api.example.com/sms"}, "activate": true});
    assert!(service.put("/v1/environments/development/connectors/gateway", connector).await.0 < 300);
    let (status, told) = service.post("/v1/environments/development/promote", json!({"to": "production"})).await;
    let told = if status == 200 {
        told
    } else {
        let body = json!({"to": "production", "approve": told["approve"]});
        service.post("/v1/environments/development/promote", body).await.1
    };
    assert_eq!(told["ready"], true, "{told}");
    assert!(listed(&service, PRODUCTION).await.is_empty());
    let path = "/v1/environments/production/connectors/gateway?force=true";
    assert_eq!(service.call(Method::DELETE, path, Value::Null).await.0, 204);

    assert_eq!(put(&service, PRODUCTION, &number(1), json!({"code": "314159"})).await.0, 200);
    service
        .put(
            "/v1/environments/production/policy",
            json!({
                "defaults": {"sends_per_hour": 1000, "cooldown_seconds": 0},
                "destinations": {"named": [{"country": "US"}]},
            }),
        )
        .await;
    let create = |to: String| {
        let request =
            service.request(Method::POST, "/v1/verifications").header("countersign-environment", "production");
        answer(request.json(&json!({"to": to, "client_ip": "192.0.2.9"})))
    };
    assert_eq!(create(TO.to_owned()).await.0, 409, "no reviewer's there, and nobody sends");
    let (status, made) = create(number(1)).await;
    assert_eq!((status, &made["delivery"]["status"]), (201, &json!("not-sent")), "{made}");
    for n in 1..60 {
        assert_eq!(create(number(1)).await.0, 201, "{n}");
    }
    assert_eq!(create(number(1)).await.1["type"], "/problems/client-cap", "in production clients are limited unasked");
    let check = service.request(Method::POST, &format!("/v1/verifications/{}/check", made["id"].as_str().unwrap()));
    let check = check.header("countersign-environment", "production").json(&json!({"code": "314159"}));
    assert_eq!(answer(check).await.1["status"], "approved");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_who_configures_makes_one_and_only_an_admin_reads_them() {
    let service = Service::start().await;
    let key = async |body: Value| service.post("/v1/keys", body).await.1["key"].as_str().unwrap().to_owned();
    let shop = key(json!({"name": "shop", "environment": "development"})).await;
    let viewer = key(json!({"name": "viewer", "roles": ["viewer"]})).await;
    let call = |key: &str, method: Method, path: String| {
        let request = client().request(method, format!("{}{path}", service.url)).bearer_auth(key);
        answer(request.json(&json!({"code": CODE, "until": UNTIL})))
    };
    let one = format!("{NUMBERS}/{TO}");
    for key in [&shop, &viewer] {
        assert_eq!(call(key, Method::PUT, one.clone()).await.0, 403);
        assert_eq!(call(key, Method::DELETE, one.clone()).await.0, 403);
    }
    assert_eq!(call(&shop, Method::GET, NUMBERS.to_owned()).await.0, 403);
    assert_eq!(call(&viewer, Method::GET, NUMBERS.to_owned()).await.0, 200);
}
