//! What is never promoted, and what a request can't name.

use serde_json::{Map, Value, json};

use super::{PRODUCTION, PROMOTE, errors, preview, promoted, set_up_of, text};
use crate::support::couriers::Couriers;
use crate::support::guests::Pack;
use crate::support::service::{Service, TOKEN, answer, number};

#[tokio::test(flavor = "multi_thread")]
async fn the_inbox_is_never_promoted_and_the_refusal_says_what_to_do() {
    let service = Service::start().await;
    for path in [PROMOTE.to_owned(), format!("{PROMOTE}?dry_run=true")] {
        let (status, refused) = service.post(&path, json!({"to": "production"})).await;
        assert_eq!(status, 422, "{refused}");
        assert_eq!(errors(&refused), [("/connectors".to_owned(), "development-only".to_owned())], "{refused}");
        assert!(refused.to_string().contains("PUT /v1/environments/development/channels/sms"), "{refused}");
    }
    let (_, refused) = service.post(PROMOTE, json!({"to": "production", "connectors": ["inbox"]})).await;
    assert_eq!(errors(&refused), [("/connectors/0".to_owned(), "development-only".to_owned())], "{refused}");
    // A fallback is no exception.
    service.serve_marker("marker-a").await;
    service.put("/v1/environments/development/channels/sms", json!({"active": "main", "fallback": ["inbox"]})).await;
    assert_eq!(service.post(PROMOTE, json!({"to": "production"})).await.0, 422);
    let body = json!({"to": "production", "connectors": ["main"], "secrets": {"main": {"api_token": TOKEN}}});
    let done = promoted(&service, body).await;
    assert_eq!(
        done["channel"]["after"],
        json!({"active": "main", "fallback": [], "routes": [], "prefer": "order"}),
        "{done}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_request_can_not_name_is_refused_by_its_place() {
    let couriers = Couriers::start(&["a"]).await;
    let service = &couriers.service;
    for (body, pointer, code) in [
        (json!({"to": "development"}), "/to", "itself"),
        (json!({"to": "nowhere"}), "/to", "unknown-environment"),
        (json!({"to": "production", "connectors": ["a", "nobody"]}), "/connectors/1", "unknown-connector"),
        (json!({"to": "production", "connectors": ["a", "a"]}), "/connectors/1", "twice"),
        (json!({"to": "production", "secrets": {"b/c": {"x": "y"}}}), "/secrets/b~1c", "unknown-connector"),
        (json!({"to": "production", "secrets": {"a": {"account": "y"}}}), "/secrets/a/account", "unknown-secret"),
        (json!({"to": "production", "secrets": {"a": {"report_key": 1}}}), "/secrets/a/report_key", "secret"),
        (json!({"to": "production", "approve": {"b": "0"}}), "/approve/b", "unknown-connector"),
    ] {
        let (status, refused) = service.post(PROMOTE, body).await;
        assert_eq!(status, 422, "{refused}");
        assert!(errors(&refused).contains(&(pointer.to_owned(), code.to_owned())), "{pointer} {code}: {refused}");
    }
    assert_eq!(service.post("/v1/environments/nowhere/promote", json!({"to": "production"})).await.0, 404);
    let (_, refused) = service.post(&format!("{PRODUCTION}/promote"), json!({"to": "development"})).await;
    assert_eq!(errors(&refused), [("/connectors".to_owned(), "no-active-connector".to_owned())], "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_quarantined_revision_is_not_promoted() {
    let service = Service::start().await;
    service.serve_marker("marker-a").await;
    let (_, sent) = service.post("/v1/messages", json!({"to": number(1), "text": format!("code {TOKEN}")})).await;
    assert!(sent.to_string().contains("gave out the secret"), "{sent}");
    let before = set_up_of(&service, PRODUCTION).await;
    let body = json!({"to": "production", "secrets": {"main": {"api_token": "canary-of-production-0123"}}});
    let (status, refused) = service.post(PROMOTE, body).await;
    assert_eq!((status, &refused["type"]), (409, &json!("/problems/quarantined")), "{refused}");
    assert!(refused["detail"].as_str().unwrap().contains("revision 1 of `main`"), "{refused}");
    assert_eq!(set_up_of(&service, PRODUCTION).await, before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_may_not_set_up_may_not_promote() {
    let service = Service::start().await;
    let (_, made) = service.post("/v1/keys", json!({"name": "operator", "roles": ["operate"]})).await;
    let key = made["key"].as_str().unwrap().to_owned();
    let request = service.request(reqwest::Method::POST, &format!("{PROMOTE}?dry_run=true"));
    let (status, refused) = answer(keyed(request, &key).json(&json!({"to": "production"}))).await;
    assert_eq!((status, &refused["type"]), (403, &Value::from("/problems/forbidden")), "{refused}");
}

/// Another key in place of the admin's; a second `bearer_auth` would stand beside the first.
fn keyed(request: reqwest::RequestBuilder, key: &str) -> reqwest::RequestBuilder {
    let mut headers = reqwest::header::HeaderMap::new();
    headers.insert("authorization", format!("Bearer {key}").parse().unwrap());
    request.headers(headers)
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_are_judged_with_the_name_of_the_environment_that_they_go_to() {
    let couriers = Couriers::start(&["a"]).await;
    let service = &couriers.service;
    let long = json!({"name": "long", "kind": "production", "display_name": "x".repeat(64)});
    assert_eq!(service.post("/v1/environments", long).await.0, 201);
    let long = format!("{{{{ code }}}} {} {{{{ app }}}}", "y".repeat(60));
    let texts = json!({"templates": [{"purpose": "sign-in", "text": long}], "ending": {"app_hash": "FA+9qCX9VSu"}});
    let (status, saved) = service.put("/v1/environments/development/templates", texts).await;
    assert_eq!(status, 200, "{saved}");
    let (status, refused) = service.post(PROMOTE, approved(service, json!({"to": "long"})).await).await;
    assert_eq!((status, errors(&refused)), (422, vec![("/to".to_owned(), "template".to_owned())]), "{refused}");
    assert!(refused.to_string().contains("/templates/0/text"), "{refused}");
    let (status, done) = service.post(PROMOTE, approved(service, json!({"to": "production"})).await).await;
    assert_eq!(status, 200, "where the name is short they fit: {done}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connectors_own_text_is_judged_beside_the_texts_that_come_along() {
    let couriers = Couriers::start(&["a"]).await;
    let service = &couriers.service;
    let own = json!([{"purpose": "sign-in", "text": format!("{{{{ code }}}} {}", "y".repeat(125))}]);
    let put = json!({"component": "courier", "config": {"account": "a"}, "templates": own});
    assert_eq!(service.set_up("a", put).await.0, 200);
    // Saved with a warning: what was there goes on.
    let texts = json!({"templates": [], "ending": {"app_hash": "FA+9qCX9VSu"}});
    let (_, saved) = service.put("/v1/environments/development/templates", texts).await;
    assert!(saved["warnings"].to_string().contains("connector `a`"), "{saved}");
    let (status, refused) = service.post(PROMOTE, approved(service, json!({"to": "production"})).await).await;
    assert_eq!((status, errors(&refused)[0].0.as_str()), (422, "/connectors"), "{refused}");
    assert!(refused.to_string().contains("connector `a`: /templates/0/text"), "{refused}");
}

/// The request with every approval that its preview asks for.
async fn approved(service: &Service, mut body: Value) -> Value {
    let told = preview(service, &body).await;
    let connectors = told["connectors"].as_array().unwrap().iter();
    let asked = connectors.filter(|connector| connector["approve"].is_string());
    let approve: Map<String, Value> = asked.map(|c| (text(&c["name"]), c["approve"].clone())).collect();
    body["approve"] = Value::Object(approve);
    body
}

#[tokio::test(flavor = "multi_thread")]
async fn a_build_of_a_watched_folder_is_promoted_with_a_warning() {
    let service = Service::start().await;
    service.opens("production").await;
    let pack = Pack { version: "1.0.0+dev.0a1b2c3d", ..Pack::default() };
    service.serve_guest("courier", &pack, json!({"account": "a"})).await;
    let told = preview(&service, &json!({"to": "production"})).await;
    let codes: Vec<String> = told["warnings"].as_array().unwrap().iter().map(|w| text(&w["code"])).collect();
    assert_eq!(codes, ["development-build"], "{told}");
}
