//! What served when: who saw to it, sends in flight at a swap and their end, what differs, and one connector in another's
//! place.

use std::sync::Arc;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::couriers::Couriers;
use crate::support::service::{Service, TO, TOKEN};
use crate::support::within;

const MAIN: &str = "/v1/environments/development/connectors/main";
const CONNECTORS: &str = "/v1/environments/development/connectors";
const CHANNEL: &str = "/v1/environments/development/channels/sms";

async fn revision(service: &Service, number: u64) -> Value {
    let (status, shown) = service.get(&format!("{MAIN}/revisions/{number}")).await;
    assert_eq!(status, 200, "{shown}");
    shown
}

#[tokio::test(flavor = "multi_thread")]
async fn a_send_in_flight_is_counted_on_the_old_revision_until_it_ends() {
    let service = Arc::new(Service::start().await);
    service.serve_marker("marker-a").await;
    let (gate, sending) = service.send_that_waits().await;
    let before = revision(&service, 1).await;
    assert_eq!((&before["in_flight"], &before["drain"]), (&json!(1), &Value::Null), "{before}");
    service.serve_marker("marker-b").await;
    let old = revision(&service, 1).await;
    assert_eq!((&old["in_flight"], &old["serving"]), (&json!(1), &json!(false)), "{old}");
    assert_eq!((&old["drain"]["in_flight_at_swap"], &old["drain"]["drained_at"]), (&json!(1), &Value::Null), "{old}");
    gate.notify_one();
    within("the send that was in flight", sending).await.unwrap();
    let old = revision(&service, 1).await;
    assert_eq!((&old["in_flight"], &old["drain"]["in_flight"]), (&json!(0), &json!(0)), "{old}");
    assert!(old["drain"]["drained_at"].as_str() >= old["drain"]["swapped_at"].as_str(), "{old}");
    assert_eq!(old["switches"][0]["until"], old["drain"]["swapped_at"], "{old}");
    assert_eq!(revision(&service, 2).await["drain"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn each_revision_tells_when_it_served_and_who_saw_to_that() {
    let service = Service::start().await;
    service.serve_marker("marker-a").await;
    service.clock.advance(std::time::Duration::from_millis(1234));
    service.serve_marker("marker-b").await;
    let (status, _) = service.post(&format!("{MAIN}/revisions/1/activate"), Value::Null).await;
    assert_eq!(status, 200);
    let (_, listed) = service.get(&format!("{MAIN}/revisions")).await;
    let (second, first) = (&listed["items"][0], &listed["items"][1]);
    assert_eq!(
        (&first["by"]["kind"], &first["by"]["name"]),
        (&json!("key"), &json!("COUNTERSIGN_ADMIN_KEY")),
        "{first}"
    );
    let told = |switch: &Value| [switch["why"].clone(), switch["ended"].clone(), switch["by"]["name"].clone()];
    let key = json!("COUNTERSIGN_ADMIN_KEY");
    assert_eq!(told(&first["switches"][0]), [json!("activate"), Value::Null, key.clone()], "{first}");
    assert_eq!(told(&first["switches"][1]), [json!("save"), json!("save"), key.clone()], "{first}");
    assert_eq!(told(&second["switches"][0]), [json!("save"), json!("activate"), key], "{second}");
    assert_eq!(first["switches"][1]["from"], "2026-01-15T12:00:00.000Z", "{first}");
    assert_eq!(first["switches"][1]["until"], "2026-01-15T12:00:01.234Z", "{first}");
    let (_, inbox) = service.get(&format!("{CONNECTORS}/inbox")).await;
    assert_eq!(inbox["by"], json!({"kind": "host", "id": "first-start", "name": "countersign (first-start)"}));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trial_is_in_the_history_and_a_connector_that_comes_back_has_its_old_one() {
    let couriers = Couriers::start(&["a"]).await;
    let service = &couriers.service;
    let draft = json!({"component": "courier", "config": {"account": "new"}, "serve": false});
    assert_eq!(service.put(&format!("{CONNECTORS}/a"), draft).await.0, 200);
    let trial = json!({"active": "a", "canary": {"connector": "a", "revision": 2, "percent": 10}});
    assert_eq!(service.put(CHANNEL, trial).await.0, 200);
    let tried = service.get(&format!("{CONNECTORS}/a/revisions/2")).await.1;
    assert_eq!(
        (&tried["switches"][0]["why"], &tried["switches"][0]["until"]),
        (&json!("trial"), &Value::Null),
        "{tried}"
    );
    assert_eq!(service.post(&format!("{CONNECTORS}/a/revisions/2/activate"), Value::Null).await.0, 200);
    let tried = service.get(&format!("{CONNECTORS}/a/revisions/2")).await.1;
    let words: Vec<&Value> = tried["switches"].as_array().unwrap().iter().map(|switch| &switch["why"]).collect();
    assert_eq!(words.len(), 2, "{tried}");
    assert!(words.contains(&&json!("activate")) && words.contains(&&json!("trial")), "{tried}");
    let open = tried["switches"].as_array().unwrap().iter().filter(|switch| switch["until"].is_null()).count();
    assert_eq!(open, 1, "{tried}");
}

#[tokio::test(flavor = "multi_thread")]
async fn of_a_secret_a_comparison_tells_only_that_it_is_another_one() {
    let service = Service::start().await;
    service.serve_marker("marker-a").await;
    let other = json!({"component": "marker-a", "config": {"api_token": "canary-of-another-token-456"}, "senders": [{"countries": ["CN"], "sender": "us"}]});
    let (status, saved) = service.set_up("main", other.clone()).await;
    assert_eq!((status, &saved["revision"]), (200, &json!(2)), "{saved}");
    let (status, told) = service.get(&format!("{MAIN}/revisions/compare?from=1&to=2")).await;
    assert_eq!((status, &told["from"], &told["to"]), (200, &json!(1), &json!(2)), "{told}");
    let secret = json!({"pointer": "/config/api_token", "kind": "changed", "from": null, "to": null});
    assert!(told["changes"].as_array().unwrap().contains(&secret), "{told}");
    assert!(told["changes"].to_string().contains("/senders/CN/sender"), "{told}");
    assert!(!told.to_string().contains("canary") && !told.to_string().contains(TOKEN), "{told}");

    // The same with what is not saved: a kept secret is no change, one that is brought is.
    let kept = json!({"component": "marker-a", "config": {"api_token": {"set": true}}});
    let (status, told) = service.post(&format!("{MAIN}/revisions/1/compare"), kept).await;
    assert_eq!((status, &told["to"], &told["changes"]), (200, &Value::Null, &json!([])), "{told}");
    let (_, told) = service.post(&format!("{MAIN}/revisions/2/compare"), other).await;
    assert_eq!(told["changes"], json!([secret]), "{told}");
    assert_eq!(service.get(&format!("{MAIN}/revisions/compare?from=1&to=9")).await.0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_would_break_is_told_before_a_delete_is_tried() {
    let couriers = Couriers::start(&["a", "b"]).await;
    let service = &couriers.service;
    let (status, told) = service.get(&format!("{CONNECTORS}/a/dependents")).await;
    assert_eq!((status, &told["active"], &told["next"]), (200, &json!(true), &json!(["b"])), "{told}");
    let (status, refused) = service.call(Method::DELETE, &format!("{CONNECTORS}/b"), Value::Null).await;
    let (_, of_b) = service.get(&format!("{CONNECTORS}/b/dependents")).await;
    assert_eq!((status, &refused["used_by"]), (409, &of_b["used_by"]), "{refused} {of_b}");
    assert_eq!((&of_b["active"], &of_b["next"]), (&json!(false), &json!([])));
    assert_eq!(service.get(&format!("{CONNECTORS}/nobody/dependents")).await.0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connector_takes_anothers_place_in_one_step_and_the_other_stays_saved() {
    let couriers = Couriers::start(&["a", "b"]).await;
    let service = &couriers.service;
    let rule = |name: &str| json!({"countries": ["CN"], "use": [{"connector": name, "weight": 3}], "fallback": ["b"]});
    let channel = json!({"active": "a", "fallback": ["b"], "routes": [rule("a")]});
    assert_eq!(service.put(CHANNEL, channel).await.0, 200);
    let (status, told) = service.get(&format!("{CONNECTORS}/a/replacement?component=courier")).await;
    assert_eq!((status, &told["places"]), (200, &json!(["/active", "/routes/0/use/0"])), "{told}");

    let new = json!({"component": "courier", "config": {"account": "new"}, "activate": true});
    let (_, warned) = service.put(&format!("{CONNECTORS}/c?dry_run=true"), new.clone()).await;
    assert!(warned["action"] == "create", "{warned}");
    let mut put = new;
    put["replaces"] = json!("a");
    let (status, saved) = service.set_up("c", put).await;
    assert_eq!((status, &saved["active"]), (201, &json!(true)), "{saved}");
    let (_, channel) = service.get(CHANNEL).await;
    assert_eq!(
        (&channel["active"], &channel["fallback"], &channel["routes"]),
        (&json!("c"), &json!(["b"]), &json!([rule("c")])),
        "{channel}"
    );
    assert_eq!(service.get(&format!("{CONNECTORS}/a")).await.1["serving"], 1, "it stays saved");
    assert_eq!(service.create(TO).await.1["delivery"]["connector"], "c");

    // Without it, the rule goes on with the old one, and the answer says so.
    let plain = json!({"component": "courier", "config": {"account": "fourth"}, "activate": true});
    let (_, saved) = service.set_up("d", plain).await;
    assert!(saved["warnings"].to_string().contains("rule 0 of the channel names `c` still"), "{saved}");
    let nobody = json!({"component": "courier", "config": {"account": "x"}, "replaces": "nobody"});
    let (status, refused) = service.set_up("e", nobody).await;
    assert_eq!((status, &refused["errors"][0]["pointer"]), (422, &json!("/replaces")), "{refused}");
}
