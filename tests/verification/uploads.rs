//! What is taken and what is refused at the door, and what is never read in a log.

use serde_json::json;

use crate::support::guests::{Pack, packed};
use crate::support::service::Service;
use crate::support::verifiers::component;

#[tokio::test(flavor = "multi_thread")]
async fn a_component_with_verification_and_without_sms_is_taken_and_tried() {
    let service = Service::start().await;
    let (status, made) = service.upload(component("1.0.0")).await;
    assert_eq!((status, &made["exports"]), (201, &json!(["account", "verification"])), "{made}");
    let verdict = &made["verdict"];
    let found = verdict["faults"].to_string();
    assert!(found.contains("start") || !verdict["faults"].as_array().unwrap().is_empty(), "{verdict}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_contract_that_is_not_served_is_refused() {
    let service = Service::start().await;
    let (status, refused) = service.upload(packed("verifier", &Pack { contract: "1.2.0", ..Pack::default() })).await;
    assert_eq!(status, 422, "{refused}");
    assert!(refused.to_string().contains("serves 1.0 and 1.1"), "{refused}");
}
