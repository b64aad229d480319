//! Where messages may go: closed until it is opened, counted by the day, and changed while the service runs.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::couriers::Couriers;
use crate::support::service::{Service, TO, answer, number};

const POLICY: &str = "/v1/environments/development/policy";
const SWISS: &str = "+41781234567";

async fn allows(service: &Service, destinations: Value) {
    let limits = json!({"cooldown_seconds": 0, "sends_per_hour": 1000});
    let (status, told) = service.put(POLICY, json!({"defaults": limits, "destinations": destinations})).await;
    assert_eq!(status, 200, "{told}");
}

fn refused(told: &(u16, Value), rule: &str) {
    let (status, problem) = told;
    assert_eq!((*status, &problem["type"]), (403, &json!("/problems/destination-closed")), "{problem}");
    assert_eq!((&problem["rule"], &problem["errors"][0]["pointer"]), (&json!(rule), &json!("/to")), "{problem}");
}

/// A number of its own in Switzerland.
fn swiss(n: u32) -> String {
    format!("+4178{:07}", 3_000_000 + n)
}

#[tokio::test(flavor = "multi_thread")]
async fn production_sends_to_no_country_until_one_is_named() {
    let service = Service::start().await;
    let create = async |to: &str| {
        let request =
            service.request(Method::POST, "/v1/verifications").header("countersign-environment", "production");
        answer(request.json(&json!({"to": to, "purpose": "sign-in"}))).await
    };
    let told = create(TO).await;
    refused(&told, "country-closed");
    assert_eq!(told.1["opened_at"], "/v1/environments/production/policy", "{}", told.1);
    let named = json!({"destinations": {"named": [{"country": "US"}]}});
    assert_eq!(service.put("/v1/environments/production/policy", named).await.0, 200);
    let (status, told) = create(TO).await;
    assert_eq!((status, &told["type"]), (409, &json!("/problems/no-active-connector")), "the next thing: {told}");
    refused(&create(SWISS).await, "country-closed");
    assert_eq!(service.get("/v1/messages").await.1["items"], json!([]), "nothing was stored");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_closed_while_a_code_lives_is_closed_for_its_resend_and_for_codes_of_others() {
    let service = Service::start().await;
    allows(&service, json!({})).await;
    let (_, made) = service.create(SWISS).await;
    assert_eq!(made["delivery"]["status"], "accepted", "{made}");
    allows(&service, json!({"blocked": ["CH"]})).await;
    let resend = format!("/v1/verifications/{}/resend", made["id"].as_str().unwrap());
    refused(&service.post(&resend, json!({})).await, "country-blocked");
    refused(&service.post("/v1/messages", json!({"to": SWISS, "code": "123456"})).await, "country-blocked");
    let code = service.code_for(SWISS).await;
    let (_, checked) = service.check(made["id"].as_str().unwrap(), &code).await;
    assert_eq!(checked["status"], "approved", "the code that arrived is good all the same: {checked}");
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_that_bring_their_owner_money_get_nothing_unless_their_first_digits_are_allowed() {
    let service = Service::start().await;
    let premium = "+499001234567";
    refused(&service.create(premium).await, "number-type");
    allows(&service, json!({"allowed_prefixes": ["+49900123"]})).await;
    assert_eq!(service.create(premium).await.0, 201);
    allows(&service, json!({"allowed_prefixes": ["+49900"], "blocked_prefixes": ["+49900123"]})).await;
    refused(&service.create(premium).await, "prefix-blocked");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_country_gets_as_many_messages_a_day_as_it_may_and_the_next_day_again() {
    let service = Service::start().await;
    allows(
        &service,
        json!({"countries": "named", "named": [{"country": "US"}, {"country": "CH", "sends_per_day": 3}]}),
    )
    .await;
    for n in 0..3 {
        assert_eq!(service.create(&swiss(n)).await.0, 201);
        service.clock.advance(Duration::from_secs(3600));
    }
    let response =
        service.request(Method::POST, "/v1/verifications").json(&json!({"to": swiss(3)})).send().await.unwrap();
    assert_eq!(response.status(), 429);
    let wait: u64 = response.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    let told: Value = response.json().await.unwrap();
    assert_eq!(told["type"], "/problems/country-cap", "{told}");
    assert_eq!(service.create(&number(0)).await.0, 201, "the first country has no cap");
    service.clock.advance(Duration::from_secs(wait - 1));
    assert_eq!(service.create(&swiss(3)).await.0, 429);
    service.clock.advance(Duration::from_secs(1));
    assert_eq!(service.create(&swiss(3)).await.0, 201, "Retry-After said when");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_sends_that_race_for_a_countrys_last_place_one_gets_it_also_after_a_restart() {
    let service = Service::start().await;
    let named = json!({"countries": "named", "named": [{"country": "US"}, {"country": "CH", "sends_per_day": 5}]});
    allows(&service, named).await;
    for n in 0..3 {
        assert_eq!(service.create(&swiss(n)).await.0, 201);
    }
    let dir = service.stop().await;
    let service = Arc::new(Service::at(dir, |_| ()).await);
    let racing = (10..30).map(|n| {
        let service = Arc::clone(&service);
        tokio::spawn(async move { service.create(&swiss(n)).await.0 })
    });
    let mut taken = 0;
    for one in racing.collect::<Vec<_>>() {
        taken += usize::from(one.await.unwrap() == 201);
    }
    assert_eq!(taken, 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_certainly_was_not_sent_takes_no_place_of_a_country() {
    let couriers = Couriers::start(&["a"]).await;
    let service = &couriers.service;
    allows(service, json!({"countries": "named", "named": [{"country": "US"}, {"country": "CH", "sends_per_day": 1}]}))
        .await;
    couriers.answers("a", json!({"kind": "provider-unavailable", "certainty": "not-sent"}));
    for n in 0..3 {
        assert_eq!(service.create(&swiss(n)).await.1["delivery"]["status"], "refused");
    }
    couriers.answers("a", json!({"kind": "timeout", "certainty": "unknown"}));
    assert_eq!(service.create(&swiss(4)).await.1["delivery"]["status"], "unknown");
    assert_eq!(service.create(&swiss(5)).await.0, 429, "what may have been sent counts");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_country_no_prefix_and_no_type_is_named_and_nothing_is_saved() {
    let service = Service::start().await;
    let wrong =
        json!({"destinations": {"named": [{"country": "ch"}], "blocked": ["XX"], "allowed_prefixes": ["0049"]}});
    let (status, told) = service.put(POLICY, wrong).await;
    let pointers: Vec<&str> =
        told["errors"].as_array().unwrap().iter().map(|e| e["pointer"].as_str().unwrap()).collect();
    let expected = ["/destinations/named/0/country", "/destinations/blocked/0", "/destinations/allowed_prefixes/0"];
    assert_eq!((status, pointers.as_slice()), (422, expected.as_slice()), "{told}");
    for body in
        [json!({"countries": "some"}), json!({"refused_types": ["phone"]}), json!({"named": ["CH"]}), json!({"x": 1})]
    {
        let (status, told) = service.put(POLICY, json!({"destinations": body})).await;
        assert_eq!(status, 422, "{told}");
    }
    assert_eq!(service.get(POLICY).await.1, json!({"defaults": {}}));
}
