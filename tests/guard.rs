//! The defence against SMS pumping, by the API: it refuses what looks paid for, notes why, and forgets nothing.

use std::sync::Arc;
use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::couriers::Couriers;
use crate::support::inside::Inside;
use crate::support::service::{Service, number};

const POLICY: &str = "/v1/environments/development/policy";
const DECISIONS: &str = "/v1/environments/development/guard/decisions";

/// A policy whose guard says this, and whose limits are in nobody's way.
async fn guards(service: &Service, guard: Value) {
    let limits = json!({"cooldown_seconds": 0, "sends_per_hour": 1000});
    let (status, told) = service.put(POLICY, json!({"defaults": limits, "guard": guard})).await;
    assert_eq!(status, 200, "{told}");
}

async fn decisions(service: &Service, query: &str) -> Vec<Value> {
    let (status, listed) = service.get(&format!("{DECISIONS}{query}")).await;
    assert_eq!(status, 200, "{listed}");
    listed["items"].as_array().unwrap().clone()
}

fn refused(told: &(u16, Value), rule: &str) {
    let (status, problem) = told;
    assert_eq!((*status, &problem["rule"]), (429, &json!(rule)), "{problem}");
}

/// Numbers of one block of 10,000, none of which uses its code.
async fn pump(service: &Service, numbers: std::ops::Range<u32>) -> Vec<(u16, Value)> {
    let mut told = Vec::new();
    for n in numbers {
        told.push(service.create(&number(n)).await);
    }
    told
}

#[tokio::test(flavor = "multi_thread")]
async fn a_block_whose_numbers_use_no_code_is_closed_and_the_decision_says_why() {
    let service = Service::start().await;
    guards(&service, json!({"mode": "enforce"})).await;
    let told = pump(&service, 0..9).await;
    let sent = told.iter().take_while(|(status, _)| *status == 201).count();
    assert!((3..=5).contains(&sent), "{sent} of the block went out");
    let last = told.last().unwrap();
    assert_eq!((last.0, &last.1["type"]), (429, &json!("/problems/suspected-fraud")), "{}", last.1);
    let noted = decisions(&service, "?outcome=refused").await;
    assert_eq!(noted.len(), 9 - sent);
    assert!(noted.iter().all(|one| one["message"].is_null() && one["cost_micros"] == 80_000), "{noted:?}");
    let fired = &noted[0]["fired"][0];
    assert!(fired["seen"].as_u64().unwrap() > fired["limit"].as_u64().unwrap(), "{fired}");
    assert!(!json!(noted).to_string().contains("14152"), "no number, and no block of one: {noted:?}");
    let (_, log) = service.get("/v1/messages").await;
    assert_eq!(log["items"].as_array().unwrap().len(), sent, "what was refused is no message");
    // A restart forgets nothing.
    let service = Service::at(service.stop().await, |_| ()).await;
    assert_eq!(service.create(&number(9)).await.0, 429);
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_that_are_used_keep_a_block_open() {
    let service = Service::start().await;
    guards(&service, json!({"mode": "enforce"})).await;
    for n in 0..20 {
        let (status, made) = service.create(&number(n)).await;
        assert_eq!(status, 201, "{n}: {made}");
        let code = service.code_for(&number(n)).await;
        assert_eq!(service.check(made["id"].as_str().unwrap(), &code).await.1["status"], "approved");
    }
    assert!(decisions(&service, "").await.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn until_it_is_told_to_refuse_it_notes_what_it_would_refuse() {
    let service = Service::start().await;
    guards(&service, json!({})).await;
    let told = pump(&service, 0..9).await;
    assert!(told.iter().all(|(status, _)| *status == 201));
    let noted = decisions(&service, "?outcome=recorded").await;
    assert!(noted.len() >= 4, "{noted:?}");
    assert!(noted.iter().all(|one| one["message"].is_string()), "{noted:?}");
    assert!(decisions(&service, "?outcome=refused").await.is_empty());
    let (_, page) = service.get(&format!("{DECISIONS}?limit=2")).await;
    let cursor = page["next"].as_str().unwrap();
    let rest = decisions(&service, &format!("?limit=200&cursor={cursor}")).await;
    assert_eq!(rest.len(), noted.len() - 2, "a page follows the other");
    guards(&service, json!({"mode": "off"})).await;
    pump(&service, 20..30).await;
    assert_eq!(decisions(&service, "").await.len(), noted.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_allowed_is_sent_to_and_counts_all_the_same() {
    let service = Service::start().await;
    guards(&service, json!({"mode": "enforce", "allow": {"prefixes": ["+1415200"]}})).await;
    assert!(pump(&service, 0..9).await.iter().all(|(status, _)| *status == 201));
    assert!(!decisions(&service, "?outcome=allowed").await.is_empty());
    guards(&service, json!({"mode": "enforce"})).await;
    assert_eq!(service.create(&number(9)).await.0, 429, "what was allowed was counted");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_days_money_is_spent_exactly_also_by_sends_that_race() {
    let service = Arc::new(Service::start().await);
    let prices = json!({"budget_micros_per_day": 350_000, "prices": {"US": 100_000}});
    guards(&service, prices).await;
    let racing = (0..12).map(|n| {
        let service = Arc::clone(&service);
        tokio::spawn(async move { service.create(&number(n)).await.0 })
    });
    let mut sent = 0;
    for one in racing.collect::<Vec<_>>() {
        sent += usize::from(one.await.unwrap() == 201);
    }
    assert_eq!(sent, 3, "three messages cost 300000, a fourth would be too much");
    refused(&service.create(&number(20)).await, "budget");
    let response =
        service.request(Method::POST, "/v1/verifications").json(&json!({"to": number(21)})).send().await.unwrap();
    let wait: u64 = response.headers()["retry-after"].to_str().unwrap().parse().unwrap();
    service.clock.advance(Duration::from_secs(wait));
    assert_eq!(service.create(&number(22)).await.0, 201, "the next day has money of its own");
}

#[tokio::test(flavor = "multi_thread")]
async fn codes_of_others_are_judged_without_outcomes_until_they_are_told() {
    let service = Service::start().await;
    guards(&service, json!({"mode": "enforce"})).await;
    let send = async |n: u32| {
        let body = json!({"to": number(n), "code": "123456", "purpose": "sign-in"});
        service.post("/v1/messages", body).await
    };
    let mut sent = 0;
    for n in 0..40 {
        sent += usize::from(send(n).await.0 < 300);
    }
    assert!((3..=20).contains(&sent), "{sent} of one block went out");
    let (status, told) = send(41).await;
    assert_eq!((status, &told["type"]), (429, &json!("/problems/suspected-fraud")), "{told}");
    let noted = decisions(&service, "?outcome=refused").await;
    assert!(noted.iter().all(|one| one["source"] == "api"), "{noted:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_guard_can_have_is_named_and_nothing_is_saved() {
    let service = Service::start().await;
    let wrong = json!({"guard": {
        "messages_in_alarm": 101, "allow": {"prefixes": ["4915"]}, "expected_countries": ["de"], "message_micros": 0,
    }});
    let (status, told) = service.put(POLICY, wrong).await;
    let mut pointers: Vec<&str> =
        told["errors"].as_array().unwrap().iter().map(|fault| fault["pointer"].as_str().unwrap()).collect();
    pointers.sort_unstable();
    let expected =
        ["/guard/allow/prefixes/0", "/guard/expected_countries/0", "/guard/message_micros", "/guard/messages_in_alarm"];
    assert_eq!((status, pointers.as_slice()), (422, expected.as_slice()), "{told}");
    for guard in [json!({"mode": "on"}), json!({"prefix": {"messages": 1}}), json!({"rules": []})] {
        let (status, told) = service.put(POLICY, json!({"guard": guard})).await;
        assert_eq!(status, 422, "{told}");
    }
    assert_eq!(service.get(POLICY).await.1, json!({"defaults": {}}));
    assert_eq!(service.get(&format!("{DECISIONS}?outcome=some")).await.0, 422);
    assert_eq!(service.get("/v1/environments/nowhere/guard/decisions").await.0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_erased_number_is_not_remembered_and_its_block_is() {
    let service = Service::start().await;
    guards(&service, json!({"mode": "enforce"})).await;
    pump(&service, 0..9).await;
    let kept = |sql: &str| Inside::of(service.dir.path()).number(sql);
    let numbers = "SELECT count(DISTINCT key) FROM guard_counts WHERE scope = 'number'";
    let (before, noted) = (kept(numbers), kept("SELECT count(*) FROM guard_decisions"));
    assert!(before > 1 && noted > 1, "{before} {noted}");
    for n in [0, 8] {
        assert_eq!(service.post("/v1/erasures", json!({"to": number(n)})).await.0, 200);
    }
    assert_eq!(kept(numbers), before - 1, "one that was sent to");
    assert_eq!(kept("SELECT count(*) FROM guard_decisions"), noted - 1, "one that was refused");
    assert_eq!(kept("SELECT count(*) FROM guard_receipts"), before - 1);
    assert_eq!(service.create(&number(0)).await.0, 429, "erasing is no way round what its block owes");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_certainly_was_not_sent_costs_no_credit_and_no_money() {
    let couriers = Couriers::start(&["a", "b"]).await;
    let service = &couriers.service;
    guards(service, json!({"mode": "enforce", "budget_micros_per_day": 240_000})).await;
    for connector in ["a", "b"] {
        couriers.answers(connector, json!({"kind": "provider-unavailable", "certainty": "not-sent"}));
    }
    for n in 0..12 {
        let (status, made) = service.create(&number(n)).await;
        assert_eq!((status, &made["delivery"]["status"]), (201, &json!("refused")), "{made}");
    }
    // Refused by the first one and taken by the second: it was sent, and counts.
    couriers.answers("b", json!({"id": "b-1"}));
    for n in 20..23 {
        let (_, made) = service.create(&number(n)).await;
        assert_eq!(made["delivery"]["connector"], "b", "{made}");
    }
    refused(&service.create(&number(23)).await, "budget");
}

#[tokio::test(flavor = "multi_thread")]
async fn how_the_guard_stands_is_told_in_messages_and_money() {
    let service = Service::start().await;
    guards(&service, json!({"mode": "enforce", "budget_micros_per_day": 480_000})).await;
    pump(&service, 0..7).await;
    // The last of the day's money goes to another block; after it nothing does.
    pump(&service, 20_000..20_002).await;
    let (status, now) = service.get("/v1/environments/development/guard").await;
    assert_eq!(status, 200, "{now}");
    assert_eq!(
        (&now["mode"], &now["spent_micros"], &now["budget_micros"], &now["messages"]),
        (&json!("enforce"), &json!(480_000), &json!(480_000), &json!(6)),
        "{now}"
    );
    assert_eq!(now["next_day"], "2026-01-16T00:00:00.000Z");
    let refused = json!({"outcome": "refused", "messages": 3, "cost_micros": 240_000});
    assert!(now["decided"].as_array().unwrap().contains(&refused), "{now}");
    let of = |rule: &str| {
        let sums = now["by_rule"].as_array().unwrap();
        let sum = sums.iter().find(|sum| sum["outcome"] == "refused" && sum["rule"] == rule);
        sum.map(|sum| sum["messages"].clone())
    };
    assert_eq!((of("prefix"), of("budget")), (Some(json!(2)), Some(json!(1))), "{now}");
    assert_eq!(service.get("/v1/environments/nowhere/guard").await.0, 404);
    service.clock.advance(Duration::from_secs(25 * 3600));
    let (_, later) = service.get("/v1/environments/development/guard").await;
    assert_eq!((&later["spent_micros"], &later["decided"]), (&json!(0), &json!([])), "{later}");
}

#[tokio::test(flavor = "multi_thread")]
async fn caps_for_a_day_hold_whatever_the_mode_and_end_with_it() {
    let service = Service::start().await;
    guards(&service, json!({"mode": "off", "messages_per_day": 3, "messages_per_day_per_prefix": 2})).await;
    let told = pump(&service, 0..3).await;
    assert_eq!((told[0].0, told[1].0), (201, 201), "{told:?}");
    refused(&told[2], "prefix-cap");
    let others = pump(&service, 20_000..20_002).await;
    assert_eq!(others[0].0, 201, "{others:?}");
    refused(&others[1], "day-cap");
    assert_eq!(others[1].1["type"], "/problems/day-cap");
    assert_eq!(others[1].1["retry_at"], "2026-01-16T00:00:00.000Z");
    service.clock.advance(Duration::from_secs(12 * 3600));
    assert_eq!(service.create(&number(0)).await.0, 201, "the next day");
    let wrong = json!({"guard": {"messages_per_day": 0, "messages_per_day_per_prefix": 2_000_000_000}});
    let (status, problem) = service.put(POLICY, wrong).await;
    assert_eq!(status, 422, "{problem}");
    let named: Vec<&str> =
        problem["errors"].as_array().unwrap().iter().map(|fault| fault["pointer"].as_str().unwrap()).collect();
    assert_eq!(named, ["/guard/messages_per_day", "/guard/messages_per_day_per_prefix"]);
}
