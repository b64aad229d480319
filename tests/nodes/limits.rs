//! Exactly once, whichever node is asked.

use std::sync::Arc;

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;

use super::Fleet;
use crate::support::service::{TO, answer, number};

#[tokio::test(flavor = "multi_thread")]
async fn of_right_codes_that_race_on_several_nodes_one_is_approved() {
    let Some(fleet) = Fleet::start(3, "checks that race").await else { return };
    for round in 0..10 {
        let to = number(round);
        let (_, made) = fleet.nodes[0].create(&to).await;
        let (id, code) = (made["id"].as_str().unwrap(), fleet.nodes[0].code_for(&to).await);
        let checks = (0..12).map(|n| fleet.nodes[n % 3].check(id, &code));
        let told = join_all(checks).await;
        let approved = told.iter().filter(|(status, told)| *status == 200 && told["status"] == "approved").count();
        assert_eq!(approved, 1, "{told:?}");
        assert!(told.iter().all(|(status, _)| matches!(status, 200 | 409)), "{told:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_codes_on_several_nodes_count_together() {
    let Some(fleet) = Fleet::start(2, "wrong codes that race").await else { return };
    let (_, made) = fleet.nodes[0].create(TO).await;
    let (id, code) = (made["id"].as_str().unwrap(), fleet.nodes[0].inbox_code().await);
    let wrong = if code.starts_with('1') { "222222" } else { "111111" };
    let told = join_all((0..16).map(|n| fleet.nodes[n % 2].check(id, wrong))).await;
    let counted = told.iter().filter(|(status, told)| *status == 200 && told.get("attempts_left").is_some()).count();
    let left = fleet.nodes[1].get(&format!("/v1/verifications/{id}")).await.1["attempts_left"].as_u64().unwrap();
    let (_, fresh) = fleet.nodes[1].create(&number(9)).await;
    let all = fresh["attempts_left"].as_u64().unwrap();
    // Each that was told as wrong has taken one, and no two have taken the same.
    assert_eq!((counted > 0, u64::try_from(counted).unwrap()), (true, all - left), "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cap_holds_for_all_nodes_together_to_the_message() {
    let Some(fleet) = Fleet::start(3, "caps that race").await else { return };
    let policy = json!({"destinations": {"countries": "named", "named": [{"country": "US", "sends_per_day": 10}]}});
    let (status, told) = fleet.nodes[0].put("/v1/environments/development/policy?wait=all-nodes", policy).await;
    assert_eq!(status, 200, "{told}");
    let told = join_all((0..30).map(|n| {
        let fleet = &fleet;
        async move { fleet.nodes[n % 3].create(&number(u32::try_from(n).unwrap())).await }
    }))
    .await;
    let made = told.iter().filter(|(status, _)| *status == 201).count();
    assert_eq!(made, 10, "{told:?}");
    assert!(told.iter().all(|(status, told)| *status == 201 || told["type"] == "/problems/country-cap"), "{told:?}");
    // One number: its cooldown, whichever node is asked.
    let told = join_all((0..9).map(|n| fleet.nodes[n % 3].create("+14155559999"))).await;
    assert_eq!(told.iter().filter(|(status, _)| *status == 201).count(), 0, "the country's cap holds");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_gets_one_message_at_a_time_whichever_node_is_asked() {
    let Some(fleet) = Fleet::start(3, "cooldowns that race").await else { return };
    let told = join_all((0..12).map(|n| fleet.nodes[n % 3].create(TO))).await;
    assert_eq!(told.iter().filter(|(status, _)| *status == 201).count(), 1, "{told:?}");
    assert!(told.iter().all(|(status, told)| *status == 201 || told["type"] == "/problems/cooldown"), "{told:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_idempotency_key_is_one_request_on_all_nodes() {
    let Some(fleet) = Fleet::start(2, "idempotency over nodes").await else { return };
    let fleet = Arc::new(fleet);
    let ask = |n: usize| {
        let fleet = Arc::clone(&fleet);
        async move {
            let request =
                fleet.nodes[n % 2].request(Method::POST, "/v1/verifications").header("idempotency-key", "\"one\"");
            answer(request.json(&json!({"to": TO, "purpose": "sign-in"}))).await
        }
    };
    let told = join_all((0..8).map(ask)).await;
    let made: Vec<_> = told.iter().filter(|(status, _)| *status == 201).map(|(_, made)| made["id"].clone()).collect();
    assert!(!made.is_empty() && made.windows(2).all(|pair| pair[0] == pair[1]), "{told:?}");
    assert!(told.iter().all(|(status, _)| matches!(status, 201 | 409)), "{told:?}");
    let (status, again) = ask(1).await;
    assert_eq!((status, &again["id"]), (201, &made[0]), "the answer is kept for whoever asks on another node");
    assert_eq!(fleet.asked("SELECT count(*) FROM verifications").as_deref(), Some("1"));
}
