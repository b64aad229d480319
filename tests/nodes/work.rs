//! Work that belongs to one node at a time.

use futures_util::future::join_all;
use serde_json::json;

use super::{Fleet, until};
use crate::support::service::number;

#[tokio::test(flavor = "multi_thread")]
async fn a_message_of_the_queue_is_sent_once_by_one_of_the_nodes() {
    let Some(fleet) = Fleet::start(2, "a queue of several nodes").await else { return };
    let sent = join_all((0..20_u32).map(|n| {
        let node = &fleet.nodes[n as usize % 2];
        let request = node.request(reqwest::Method::POST, "/v1/verifications").header("prefer", "respond-async");
        crate::support::service::answer(request.json(&json!({"to": number(n), "purpose": "sign-in"})))
    }))
    .await;
    assert!(sent.iter().all(|(status, _)| *status == 202), "{sent:?}");
    let all =
        || async { fleet.asked("SELECT count(*) FROM messages WHERE status = 'accepted'").as_deref() == Some("20") };
    until("all of them are sent", all).await;
    assert_eq!(fleet.asked("SELECT count(*) FROM attempts").as_deref(), Some("20"));
}

#[tokio::test(flavor = "multi_thread")]
async fn upkeep_is_one_nodes_and_another_takes_it_over() {
    let Some(mut fleet) = Fleet::start(2, "upkeep of several nodes").await else { return };
    let has = |fleet: &Fleet| fleet.asked("SELECT node FROM leases WHERE work = 'upkeep'");
    until("somebody has it", || async { has(&fleet).is_some() }).await;
    let first = has(&fleet).unwrap();
    let names = fleet.nodes[0].get("/v1/nodes").await.1;
    let of_second = names["items"].as_array().unwrap().iter().find(|node| node["here"] == false).unwrap()["id"].clone();
    let index = usize::from(json!(first) == of_second);
    fleet.nodes.remove(index).stop().await;
    assert_ne!(has(&fleet), Some(first.clone()), "who ends lets it go");
    until("the other has it", || async { has(&fleet).is_some_and(|node| node != first) }).await;
}
