//! Beneath the files: saving the same again, dry runs, renaming.

use serde_json::{Value, json};

use super::{DEVELOPMENT, seen};
use crate::support::guests;
use crate::support::service::{Service, TO, TOKEN};

async fn revision(service: &Service, body: Value) -> (u16, Value, Value) {
    let (status, saved) = service.put(&format!("{DEVELOPMENT}/connectors/main"), body).await;
    (status, saved["revision"].clone(), saved["serving"].clone())
}

#[tokio::test(flavor = "multi_thread")]
async fn saving_the_same_again_makes_no_new_revision_and_another_secret_does() {
    let service = Service::start().await;
    service.serve_marker("marker-a").await;
    let given = |token: &str| json!({"component": "marker-a", "config": {"api_token": token}});
    for same in [
        given(TOKEN),
        json!({"component": "marker-a@1.0.0", "config": {}}),
        json!({"component": "marker-a", "config": {"api_token": {"set": true}}}),
    ] {
        assert_eq!(revision(&service, same).await, (200, json!(1), json!(1)));
    }
    assert_eq!(revision(&service, given("another-token-0123456789")).await, (200, json!(2), json!(2)));
    let mut changed = given("another-token-0123456789");
    changed["config"]["note"] = json!("x");
    assert_eq!(revision(&service, changed.clone()).await.1, 3);
    let (_, revisions) = service.get(&format!("{DEVELOPMENT}/connectors/main/revisions")).await;
    assert_eq!(revisions["items"][0]["secret_versions"], json!({"api_token": 2}), "the same secret keeps its version");
    // Rolled back: what serves is what counts, and what was tried since is saved anew when it is wanted again.
    assert_eq!(service.post(&format!("{DEVELOPMENT}/connectors/main/revisions/2/activate"), Value::Null).await.0, 200);
    assert_eq!(revision(&service, given("another-token-0123456789")).await, (200, json!(2), json!(2)));
    assert_eq!(revision(&service, changed).await, (200, json!(4), json!(4)));
    assert_eq!(service.create(TO).await.1["delivery"]["revision"], 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_again_becomes_the_active_one_where_that_is_asked_for() {
    let service = Service::start().await;
    service.serve_marker("marker-a").await;
    assert_eq!(
        service.put(&format!("{DEVELOPMENT}/channels/sms"), json!({"active": "inbox", "fallback": ["main"]})).await.0,
        200
    );
    let mut same = json!({"component": "marker-a", "config": {}});
    assert_eq!(revision(&service, same.clone()).await.1, 1);
    assert_eq!(service.get(&format!("{DEVELOPMENT}/channels/sms")).await.1["active"], "inbox");
    same["activate"] = json!(true);
    assert_eq!(revision(&service, same).await.1, 1);
    let (_, channel) = service.get(&format!("{DEVELOPMENT}/channels/sms")).await;
    assert_eq!((&channel["active"], &channel["fallback"]), (&json!("main"), &json!([])), "{channel}");
    assert_eq!(service.create(TO).await.1["delivery"]["connector"], "main");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dry_run_of_a_connector_tells_what_it_would_come_to_and_stores_nothing() {
    let service = Service::start().await;
    service.upload(guests::marker("marker-a")).await;
    let before = seen(&service).await;
    let path = format!("{DEVELOPMENT}/connectors/main?dry_run=true");
    let (status, told) =
        service.put(&path, json!({"component": "marker-a", "config": {"note": "x", "api_token": TOKEN}})).await;
    assert_eq!((status, &told["action"], &told["revision"]), (200, &json!("create"), &json!(0)), "{told}");
    assert_eq!(told["secrets"], json!({"api_token": "given"}));
    assert!(told["approve"].is_string() && told["asks"].to_string().contains("reaches api.example.com"), "{told}");
    assert!(told["changes"].to_string().contains("/config/note") && !told.to_string().contains(TOKEN), "{told}");
    let (status, refused) =
        service.put(&path, json!({"component": "marker-a", "config": {"api_token": "short"}})).await;
    assert_eq!((status, &refused["errors"][0]["pointer"]), (422, &json!("/config/api_token")), "{refused}");
    assert!(!refused.to_string().contains("\"short\""), "{refused}");
    assert_eq!(seen(&service).await, before);
    service.serve_marker("marker-a").await;
    let (_, told) = service.put(&path, json!({"component": "marker-a", "config": {"api_token": TOKEN}})).await;
    assert_eq!(
        (&told["action"], &told["secrets"], &told["changes"]),
        (&json!("unchanged"), &json!({"api_token": "kept"}), &json!([]))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn an_environment_is_renamed_and_the_next_message_says_so_and_its_kind_stays() {
    let service = Service::start().await;
    let texts = json!({"templates": [{"purpose": "sign-in", "text": "{{ code }} for {{ app }}"}]});
    assert_eq!(service.put(&format!("{DEVELOPMENT}/templates"), texts).await.0, 200);
    let (status, renamed) = service.put(DEVELOPMENT, json!({"display_name": "Acme Ltd"})).await;
    assert_eq!((status, &renamed["display_name"], &renamed["kind"]), (200, &json!("Acme Ltd"), &json!("development")));
    service.create(TO).await;
    let (_, inbox) = service.get(&format!("{DEVELOPMENT}/inbox")).await;
    assert!(inbox["items"][0]["text"].as_str().unwrap().ends_with(" for Acme Ltd"), "{inbox}");
    for (body, pointer) in [
        (json!({"display_name": "x", "kind": "production"}), "/kind"),
        (json!({"display_name": ""}), "/display_name"),
        (json!({"display_name": "x".repeat(65)}), "/display_name"),
        (json!({"display_name": "x", "nmae": 1}), ""),
    ] {
        let (status, refused) = service.put(DEVELOPMENT, body).await;
        assert!(status == 422 && (pointer.is_empty() || refused["errors"][0]["pointer"] == pointer), "{refused}");
    }
    assert_eq!(service.put("/v1/environments/none", json!({"display_name": "x"})).await.0, 404);
    assert_eq!(service.get(DEVELOPMENT).await.1["display_name"], "Acme Ltd");
}
