//! Anything that can POST: Keycloak's SMS plugins, authentik, Novu, a program of one's own.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{call, keyed, newest, save, telling_texts, texts};
use crate::support::service::{Service, TO, number};

const PATH: &str = "/hooks/development/generic";
const JSON: (&str, &str) = ("content-type", "application/json");
const KEYCLOAK: &str = include_str!("bodies/keycloak.json");
const KEYCLOAK_FORM: &str = include_str!("bodies/keycloak.form");

async fn generic(service: &Service, more: Value) -> String {
    let mut body = json!({"sender": "generic"});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let path = "/v1/environments/development/hooks/generic";
    service.call(reqwest::Method::DELETE, path, Value::Null).await;
    save(service, "generic", body).await["key"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn keycloaks_plugin_sends_its_text_as_json_with_the_key_in_a_header_of_any_name() {
    let service = Service::start().await;
    let key = generic(&service, json!({"mapping": {"to": "/to", "text": "/text", "purpose": "mfa-verification", "key_header": "X-Gateway-Token"}})).await;
    assert_eq!(call(&service, PATH, &[JSON, ("x-gateway-token", key.as_str())], KEYCLOAK).await.status, 200);
    assert_eq!(texts(&service, "+14152000121").await, ["Your SMS code is 730184 and is valid for 5 minutes."]);
    assert_eq!(newest(&service).await["purpose"], "mfa-verification");
    // `Put API Secret Token in Authorization Header`: as it is, without a scheme.
    service.clock.advance(Duration::from_secs(120));
    assert_eq!(call(&service, PATH, &[JSON, ("authorization", key.as_str())], KEYCLOAK).await.status, 200);
    // `Basic Auth Username`.
    service.clock.advance(Duration::from_secs(120));
    let basic = format!("Basic {}", STANDARD.encode(format!("keycloak:{key}")));
    assert_eq!(call(&service, PATH, &[JSON, ("authorization", basic.as_str())], KEYCLOAK).await.status, 200);
    assert_eq!(texts(&service, "+14152000121").await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn keycloaks_form_with_the_key_in_it_is_read_and_the_code_is_taken_from_its_text() {
    let service = Service::start().await;
    telling_texts(&service).await;
    let mapping = json!({"to": "/to", "code": "{{ text | code }}", "purpose": "sign-in", "key_field": "/token"});
    let key = generic(&service, json!({"mapping": mapping, "expires_in": 300})).await;
    let form = [("content-type", "application/x-www-form-urlencoded")];
    assert_eq!(call(&service, PATH, &form, KEYCLOAK_FORM.replace("KEY", "wrong")).await.status, 401);
    let told = call(&service, PATH, &form, KEYCLOAK_FORM.replace("KEY", &key)).await;
    assert_eq!(
        (told.status, told.json()["id"].as_str().is_some()),
        (200, true),
        "Novu takes the id from there: {told:?}"
    );
    assert_eq!(texts(&service, "+14152000122").await, ["sign-in 730185 5"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mapping_points_makes_and_stands_for_itself() {
    let service = Service::start().await;
    telling_texts(&service).await;
    let mapping = json!({
        "to": "+{{ user.country }}{{ user.phone }}", "code": "/payload/0/value", "purpose": "/event", "locale": "de",
        "expires_in": "/ttl", "client_ip": "/ip", "subject": "/user/id", "id": "/request"
    });
    let key = generic(&service, json!({"mapping": mapping, "purposes": {"LOGIN_2FA": "mfa-verification"}})).await;
    let body = json!({
        "user": {"country": 1, "phone": &number(1)[2..], "id": "user-7"}, "payload": [{"value": 90817263}], "event": "LOGIN_2FA",
        "ttl": 240, "ip": "192.0.2.8", "request": "r-1"
    });
    assert_eq!(keyed(&service, PATH, &key, &body).await.status, 200);
    assert_eq!(texts(&service, &number(1)).await, ["demfa-verification 90817263 4"]);
    assert_eq!(newest(&service).await["subject"], "user-7");
    service.clock.advance(Duration::from_secs(120));
    assert_eq!(keyed(&service, PATH, &key, &body).await.status, 200, "its id tells that it is the same");
    assert_eq!(texts(&service, &number(1)).await.len(), 1);
    let mut next = body.clone();
    next["request"] = json!("r-2");
    assert_eq!(keyed(&service, PATH, &key, &next).await.status, 200);
    assert_eq!(texts(&service, &number(1)).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_mapping_it_takes_the_fields_of_the_messages_api_and_the_key_in_the_path() {
    let service = Service::start().await;
    telling_texts(&service).await;
    let key = generic(&service, json!({})).await;
    let body = json!({"to": TO, "code": "123456", "purpose": "register", "locale": "de", "expires_in": 120});
    assert_eq!(call(&service, &format!("{PATH}/{key}"), &[JSON], body.to_string()).await.status, 200);
    assert_eq!(texts(&service, TO).await, ["deregister 123456 2"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_text_within_a_minute_is_a_retry_and_later_a_resend() {
    let service = Service::start().await;
    let key = generic(&service, json!({})).await;
    let body = json!({"to": TO, "text": "Your code is 123456"});
    for seconds in [0, 20, 39] {
        service.clock.advance(Duration::from_secs(seconds));
        assert_eq!(keyed(&service, PATH, &key, &body).await.status, 200);
    }
    assert_eq!(texts(&service, TO).await.len(), 1);
    service.clock.advance(Duration::from_secs(30));
    assert_eq!(keyed(&service, PATH, &key, &body).await.status, 200, "a plugin that keeps its code sends it again");
    assert_eq!(texts(&service, TO).await.len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_a_short_text_that_may_be_shown_to_the_user() {
    let service = Service::start().await;
    let key = generic(&service, json!({})).await;
    for (body, status, words) in [
        (json!({"to": TO}).to_string(), 422, "/code: is missing"),
        (json!({"code": "1234"}).to_string(), 422, "/to: is missing"),
        (json!({"to": "4155550123", "code": "1234"}).to_string(), 422, "begin with `+`"),
        (json!({"to": TO, "code": "1".repeat(65)}).to_string(), 422, "/code"),
        ("{".to_owned(), 400, "not JSON"),
    ] {
        let told = keyed_text(&service, &key, &body).await;
        assert_eq!((told.status, told.kind.as_str()), (status, "text/plain; charset=utf-8"), "{body}: {told:?}");
        assert!(told.text.contains(words) && told.text.len() < 160, "{told:?}");
    }
    assert!(texts(&service, TO).await.is_empty());
}

async fn keyed_text(service: &Service, key: &str, body: &str) -> super::Told {
    call(service, PATH, &[JSON, ("authorization", key)], body.to_owned()).await
}
