//! Nodes that lose the database, and get it back.

use std::time::Duration;

use serde_json::json;

use super::{Fleet, switch_to, until};
use crate::support::guests;
use crate::support::service::{TO, number};

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_was_cut_off_catches_up_before_it_sends_again() {
    let Some(fleet) = Fleet::start(2, "a node that is cut off").await else { return };
    let [here, there] = &fleet.nodes[..] else { panic!() };
    for name in ["marker-a", "marker-b"] {
        assert!(here.upload(guests::marker(name)).await.0 < 300);
    }
    switch_to(here, "marker-a", true).await;
    fleet.cables[1].cut();
    // Nobody waits for a node that is silent: after some seconds it counts no more.
    let put = switch_to(here, "marker-b", true).await;
    let (status, told) = there.create(&number(1)).await;
    assert_eq!(status, 503, "{told}");
    assert!(there.provider.requests().is_empty(), "it sends nothing");
    fleet.cables[1].mend();
    let served = || async { there.create(&number(2)).await.0 == 201 };
    until("it serves again", served).await;
    let used: Vec<String> =
        there.provider.requests().iter().map(|request| request.header("x-connector").to_owned()).collect();
    assert_eq!(used, ["marker-b"], "{put}");
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_database_is_silent_calls_are_refused_in_time_and_nothing_is_sent_twice() {
    let Some(fleet) = Fleet::start(1, "a silent database").await else { return };
    let node = &fleet.nodes[0];
    assert_eq!(node.create(TO).await.0, 201);
    fleet.cables[0].silence();
    let (status, told) = tokio::time::timeout(Duration::from_secs(25), node.create(&number(1))).await.unwrap();
    assert_eq!(status, 503, "{told}");
    fleet.cables[0].cut();
    fleet.cables[0].mend();
    let again = || async { node.create(&number(2)).await.0 == 201 };
    until("it serves again", again).await;
    let inbox = node.get("/v1/environments/development/inbox").await.1;
    let texts = inbox["items"].as_array().unwrap().iter().filter(|sms| sms["to"] == json!(number(2))).count();
    assert_eq!(texts, 1, "{inbox}");
}

#[tokio::test(flavor = "multi_thread")]
async fn connections_that_the_database_ends_are_made_anew() {
    let Some(fleet) = Fleet::start(1, "connections that end").await else { return };
    let node = &fleet.nodes[0];
    let (_, made) = node.create(TO).await;
    let (id, code) = (made["id"].as_str().unwrap(), node.inbox_code().await);
    fleet.asked("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()");
    let approved = || async {
        let (status, told) = node.check(id, &code).await;
        status == 200 && told["status"] == "approved"
    };
    until("the code is taken", approved).await;
}
