//! Registered templates beside texts: what a component of each kind is given.

use serde_json::{Value, json};

use super::save;
use crate::support::guests::{self, Pack};
use crate::support::service::{Service, TO, number};

/// A component of the tests that tells the provider all that it was given.
pub(super) async fn serve_registered(service: &Service, content: &str, templates: Value, senders: Value) -> Value {
    let pack = Pack { more: &format!("content = \"{content}\"\n"), ..Pack::default() };
    assert_eq!(service.upload(guests::packed("content-teller", &pack)).await.0, 201);
    let body = json!({"component": "content-teller", "templates": templates, "senders": senders, "activate": true});
    let (status, saved) = service.set_up("teller", body).await;
    assert_eq!(status, 201, "{saved}");
    saved
}

fn told(service: &Service) -> Value {
    serde_json::from_slice(&service.provider.requests().last().unwrap().body).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connectors_registered_id_and_the_shared_text_both_reach_its_component() {
    let service = Service::start().await;
    save(&service, json!({"templates": [{"purpose": "sign-in", "text": "{{ code }} shared"}]})).await;
    let own = json!([{"purpose": "sign-in", "locale": "zh", "template_id": "SMS_1", "template_locale": "zh_CN", "parameters": ["code", "minutes"]}]);
    let senders = json!([{"countries": ["IN"], "sender": "ACMEIN", "template_id": "DLT_1", "entity_id": "E_1"}]);
    let saved = serve_registered(&service, "template-id", own, senders).await;
    let warned = saved["warnings"].as_array().unwrap().iter().any(|w| w.as_str().unwrap().contains("register"));
    assert!(warned, "it has no id for most purposes: {saved}");
    service.post("/v1/verifications", json!({"to": TO, "purpose": "sign-in", "locale": "zh-Hans-CN"})).await;
    let sent = told(&service);
    let values: Vec<_> = sent["parameters"].as_array().unwrap().iter().map(|p| p["name"].clone()).collect();
    assert_eq!((&sent["template_id"], &sent["template_locale"]), (&json!("SMS_1"), &json!("zh_CN")));
    assert_eq!(values, ["code", "minutes"]);
    assert!(sent["text"].as_str().unwrap().ends_with(" shared"), "{sent}");
    service.post("/v1/verifications", json!({"to": "+919812345678", "purpose": "sign-in"})).await;
    let sent = told(&service);
    assert_eq!((&sent["template_id"], &sent["sender"]), (&json!("DLT_1"), &json!("ACMEIN")), "the country's beats all");
    let requests = service.provider.requests().len();
    let (_, made) = service.post("/v1/verifications", json!({"to": number(5), "purpose": "sign-in"})).await;
    let failure = &made["delivery"]["failure"];
    assert_eq!((&failure["kind"], &failure["certainty"]), (&json!("invalid-config"), &json!("not-sent")), "{made}");
    assert!(failure["text"].as_str().unwrap().contains("`sign-in` in `en`"), "{failure}");
    assert_eq!(service.provider.requests().len(), requests, "the component was not asked");
    let (_, log) = service.get(&format!("/v1/messages/{}", made["delivery"]["message"].as_str().unwrap())).await;
    assert_eq!(log["attempts"][0]["segments_by"], Value::Null);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_component_of_either_gets_the_nearer_of_text_and_id() {
    let service = Service::start().await;
    save(&service, json!({"templates": [{"purpose": "sign-in", "text": "{{ code }} shared"}]})).await;
    let own = json!([{"purpose": "generic", "template_id": "G"}, {"purpose": "register", "text": "{{ code }} own", "template_id": "R"}]);
    serve_registered(&service, "either", own, json!([])).await;
    for (n, purpose, id, text) in [
        (1, "sign-in", Value::Null, " shared"),
        (2, "register", json!("R"), " own"),
        (3, "mfa-setup", json!("G"), "valid for 10 minutes."),
    ] {
        service.post("/v1/verifications", json!({"to": number(n), "purpose": purpose})).await;
        let sent = told(&service);
        assert!(sent["template_id"] == id && sent["text"].as_str().unwrap().ends_with(text), "{purpose}: {sent}");
    }
}
