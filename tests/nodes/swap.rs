//! A swap is one on every node.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use serde_json::json;

use super::{Fleet, switch_to};
use crate::support::guests;
use crate::support::service::{TOKEN, number};
use crate::support::within;

#[tokio::test(flavor = "multi_thread")]
async fn what_is_put_on_one_node_serves_on_all_when_the_answer_comes_and_within_a_second_anyway() {
    let Some(fleet) = Fleet::start(2, "a swap on all nodes").await else { return };
    let [here, there] = &fleet.nodes[..] else { panic!() };
    for name in ["marker-a", "marker-b"] {
        assert!(here.upload(guests::marker(name)).await.0 < 300);
    }
    switch_to(here, "marker-a", true).await;
    let mut to = 0;
    for (turn, marker) in ["marker-b", "marker-a", "marker-b"].into_iter().enumerate() {
        let put = switch_to(if turn % 2 == 0 { here } else { there }, marker, true).await;
        for node in &fleet.nodes {
            to += 1;
            let (status, made) = node.create(&number(to)).await;
            assert_eq!(status, 201, "{made}");
            assert_eq!(made["delivery"]["revision"], put["revision"], "{made}");
            assert_eq!(node.provider.requests().last().unwrap().header("x-connector"), marker);
        }
    }
    // Without the wait: the other node hears of it.
    let body =
        json!({"component": "marker-a", "config": {"api_token": crate::support::service::TOKEN}, "activate": true});
    let (status, put) = here.set_up("main", body).await;
    assert!(status < 300, "{put}");
    let (there, serving) = (&there, &put["serving"]);
    let serves = |to: u32| async move { there.create(&number(to)).await.1["delivery"]["revision"] == *serving };
    let began = Instant::now();
    loop {
        let asked = began.elapsed();
        if serves(to).await {
            break;
        }
        to += 1;
        assert!(asked < Duration::from_secs(1), "the other node still sends by what was switched off");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn under_load_on_every_node_no_send_fails_and_none_leaves_by_what_was_switched_off_a_second_ago() {
    let Some(fleet) = Fleet::start(2, "a swap under load on all nodes").await else { return };
    let fleet = Arc::new(fleet);
    let here = &fleet.nodes[0];
    for name in ["marker-a", "marker-b"] {
        assert!(here.upload(guests::marker(name)).await.0 < 300);
    }
    switch_to(here, "marker-a", true).await;
    switch_to(here, "marker-b", true).await;
    let done = Arc::new(AtomicBool::new(false));
    let callers: Vec<_> = (0..4_u32)
        .map(|caller| {
            let (fleet, done) = (Arc::clone(&fleet), Arc::clone(&done));
            tokio::spawn(async move {
                let mut made = Vec::new();
                let mut n = caller * 100_000;
                while !done.load(Ordering::Relaxed) {
                    n += 1;
                    let began = Instant::now();
                    let (status, told) = fleet.nodes[caller as usize % 2].create(&number(n)).await;
                    assert_eq!((status, &told["delivery"]["status"]), (201, &json!("accepted")), "{told}");
                    made.push((began, told["delivery"]["revision"].as_u64().unwrap()));
                }
                made
            })
        })
        .collect();
    let mut switches = Vec::new();
    for turn in 0..10 {
        let node = &fleet.nodes[turn % 2];
        let put = switch_to(node, if turn % 2 == 0 { "marker-a" } else { "marker-b" }, true).await;
        switches.push((Instant::now(), put["serving"].as_u64().unwrap()));
        tokio::time::sleep(Duration::from_millis(150)).await;
    }
    done.store(true, Ordering::Relaxed);
    let mut sends = 0;
    for caller in callers {
        for (began, revision) in within("a caller's end", caller).await.unwrap() {
            sends += 1;
            // The answer had waited for all nodes: what began after it is sent by what it switched to, or by a later one.
            let switched = switches.iter().rev().find(|(at, _)| *at <= began);
            if let Some((_, serving)) = switched {
                assert!(revision >= *serving, "{revision} after {serving}");
            }
        }
    }
    assert!(sends > 20, "{sends} sends prove nothing");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_and_a_price_list_reach_every_node() {
    let Some(fleet) = Fleet::start(2, "settings on all nodes").await else { return };
    let [here, there] = &fleet.nodes[..] else { panic!() };
    assert_eq!(there.create(&number(1)).await.0, 201);
    let policy = json!({"destinations": {"countries": "named", "named": [{"country": "DE"}]}});
    let (status, told) = here.put("/v1/environments/development/policy?wait=all-nodes", policy).await;
    assert_eq!(status, 200, "{told}");
    let (status, told) = there.create(&number(2)).await;
    assert_eq!((status, &told["type"]), (403, &json!("/problems/destination-closed")), "{told}");
    let prices = json!({"currency": "EUR", "prices": [{"destination": "*", "price": "0.1"}]});
    let path = "/v1/environments/development/connectors/inbox/prices?wait=all-nodes";
    assert!(here.put(path, prices).await.0 < 300);
    let policy = json!({"destinations": {"countries": "all"}});
    assert_eq!(here.put("/v1/environments/development/policy?wait=all-nodes", policy).await.0, 200);
    assert_eq!(there.create(&number(3)).await.0, 201);
    let cost = "SELECT list_micros FROM attempts ORDER BY message_id DESC LIMIT 1";
    assert_eq!(fleet.asked(cost).as_deref(), Some("100000"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_gave_out_a_secret_on_one_node_sends_on_none() {
    let Some(fleet) = Fleet::start(2, "a quarantine on all nodes").await else { return };
    let [here, there] = &fleet.nodes[..] else { panic!() };
    assert!(here.upload(guests::marker("marker-a")).await.0 < 300);
    switch_to(here, "marker-a", true).await;
    assert_eq!(there.create(&number(1)).await.0, 201);
    // A text that holds the secret stands for a guest that has got it in some way.
    let (_, sent) = here.post("/v1/messages", json!({"to": number(2), "text": format!("code {TOKEN}")})).await;
    assert!(sent.to_string().contains("gave out the secret"), "{sent}");
    let began = Instant::now();
    for n in 3.. {
        let asked = began.elapsed();
        let (_, told) = there.create(&number(n)).await;
        if told["type"] == "/problems/no-active-connector" && told.to_string().contains("quarantined") {
            break;
        }
        assert!(asked < Duration::from_secs(1), "{told}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn before_a_component_serves_every_node_has_compiled_it() {
    let Some(fleet) = Fleet::start(2, "compiling before a swap").await else { return };
    let [here, there] = &fleet.nodes[..] else { panic!() };
    assert!(here.upload(guests::marker("marker-a")).await.0 < 300);
    switch_to(here, "marker-a", true).await;
    let ready = "SELECT count(*) FROM node_components WHERE fault IS NULL";
    assert_eq!(fleet.asked(ready).as_deref(), Some("2"), "both say that they have it");
    let (status, made) = there.create(&number(1)).await;
    assert_eq!((status, &made["delivery"]["status"]), (201, &json!("accepted")), "{made}");
}
