//! Ory Kratos: the body of the Jsonnet that the examples give, its own default, and the plain one.

use std::time::Duration;

use serde_json::{Value, json};

use super::{call, keyed, newest, save, telling_texts, texts};
use crate::support::senders;
use crate::support::service::{Service, number};

const PATH: &str = "/hooks/development/kratos";
const DEFAULT: &str = include_str!("bodies/kratos-default.json");
const JSONNET: &str = include_str!("bodies/kratos-jsonnet.json");

async fn kratos(service: &Service, more: Value) -> String {
    let mut body = json!({"sender": "kratos"});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let made = save(service, "kratos", body).await;
    made["settings"]["set"]["courier"]["channels"][0]["request_config"]["auth"]["config"]["value"]
        .as_str()
        .unwrap()
        .to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_three_bodies_of_kratos_are_read() {
    let service = Service::start().await;
    telling_texts(&service).await;
    let key = kratos(&service, json!({})).await;
    let read = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    assert_eq!(keyed(&service, PATH, &key, &read(DEFAULT)).await.status, 200);
    assert_eq!(
        texts(&service, "+14152000101").await,
        ["forgot-password 381294 60"],
        "an hour unless told, as in Kratos"
    );
    assert_eq!(keyed(&service, PATH, &key, &read(JSONNET)).await.status, 200);
    assert_eq!(texts(&service, "+14152000102").await, ["design-in 492817 15"]);
    assert_eq!(newest(&service).await["subject"], "0d2a1f0e-6c1d-4b5e-9a53-0b6c7b1f5a11");
    let plain = json!({"from": "Example", "to": number(3), "body": "Your login code is: 112233"});
    assert_eq!(keyed(&service, PATH, &key, &plain).await.status, 200);
    assert_eq!(texts(&service, &number(3)).await, ["Your login code is: 112233"]);
    let form = "to=%2B14152000104&body=Your+code+is+445566";
    let headers = [("authorization", key.as_str()), ("content-type", "application/x-www-form-urlencoded")];
    assert_eq!(call(&service, PATH, &headers, form).await.status, 200);
    assert_eq!(texts(&service, "+14152000104").await, ["Your code is 445566"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_jsonnet_of_the_examples_makes_of_what_kratos_hands_to_it_what_the_hook_reads() {
    let service = Service::start().await;
    telling_texts(&service).await;
    let key = kratos(&service, json!({})).await;
    for (n, field, kind, purpose) in [
        (1, "login_code", "login_code_valid", "sign-in"),
        (2, "registration_code", "registration_code_valid", "register"),
    ] {
        let given = json!({
            "recipient": number(n), "subject": "", "body": "Your code is: 1234", "template_type": kind, "message_type": "phone",
            "template_data": {"to": number(n), field: "1234", "identity": {"id": "user-7"}, "request_url": "http://localhost/",
                "transient_payload": {"locale": "de"}, "expires_in_minutes": 15}
        });
        let Some(body) = senders::run("evaluating the Jsonnet for Kratos", "kratos.py", &given).await else { return };
        assert_eq!(keyed(&service, PATH, &key, &body).await.status, 200, "{body}");
        assert_eq!(texts(&service, &number(n)).await, [format!("de{purpose} 1234 15")]);
        assert_eq!(newest(&service).await["subject"], "user-7");
    }
    let given = json!({"recipient": number(3), "body": "Changed.", "template_type": "verifiable_address_changed",
        "template_data": {"identity": null, "transient_payload": null}});
    let body = senders::run("evaluating the Jsonnet for Kratos", "kratos.py", &given).await.unwrap();
    assert_eq!(keyed(&service, PATH, &key, &body).await.status, 200, "{body}");
    assert_eq!(texts(&service, &number(3)).await, ["Changed."]);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_template_has_its_purpose_and_a_notice_without_a_code_goes_out_as_it_is() {
    let service = Service::start().await;
    telling_texts(&service).await;
    let key = kratos(&service, json!({})).await;
    for (n, kind, field, purpose) in [
        (1, "login_code_valid", "login_code", "sign-in"),
        (2, "registration_code_valid", "registration_code", "register"),
        (3, "recovery_code_valid", "recovery_code", "forgot-password"),
        (4, "verification_code_valid", "verification_code", "link-account"),
    ] {
        // As a Jsonnet hands the whole context on.
        let body = json!({"recipient": number(n), "template_type": kind, "template_data": {"to": number(n), field: "1234", "expires_in_minutes": 5}});
        assert_eq!(keyed(&service, PATH, &key, &body).await.status, 200);
        assert_eq!(texts(&service, &number(n)).await, [format!("{purpose} 1234 5")], "{kind}");
    }
    let notice = json!({"recipient": number(5), "template_type": "verifiable_address_changed", "body": "Your number was changed."});
    assert_eq!(keyed(&service, PATH, &key, &notice).await.status, 200);
    assert_eq!(texts(&service, &number(5)).await, ["Your number was changed."]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hook_that_prefers_the_senders_text_sends_it_with_its_origin_bound_ending() {
    let service = Service::start().await;
    let key = kratos(&service, json!({"content": "text"})).await;
    let body: Value = serde_json::from_str(JSONNET).unwrap();
    assert_eq!(keyed(&service, PATH, &key, &body).await.status, 200);
    assert!(texts(&service, "+14152000102").await[0].trim_end().ends_with("@app.example.com #492817"));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_kratos_sends_again_without_any_id_is_sent_once_and_a_resend_is_not() {
    let service = Service::start().await;
    let key = kratos(&service, json!({})).await;
    let body: Value = serde_json::from_str(JSONNET).unwrap();
    for _ in 0..6 {
        assert_eq!(keyed(&service, PATH, &key, &body).await.status, 200);
        service.clock.advance(Duration::from_secs(5));
    }
    assert_eq!(texts(&service, "+14152000102").await.len(), 1);
    service.clock.advance(Duration::from_secs(31));
    let mut again = body.clone();
    again["code"] = json!("555444");
    assert_eq!(keyed(&service, PATH, &key, &again).await.status, 200);
    assert_eq!(texts(&service, "+14152000102").await.len(), 2);
    // Its life over, the same code is another one.
    service.clock.advance(Duration::from_secs(16 * 60));
    assert_eq!(keyed(&service, PATH, &key, &body).await.status, 200);
    assert_eq!(texts(&service, "+14152000102").await.len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_no_success_so_that_kratos_tries_again_and_its_log_says_why() {
    let service = Service::start().await;
    let key = kratos(&service, json!({})).await;
    let body = |n: u32, code: &str| json!({"to": number(n), "code": code, "template_type": "login_code_valid"});
    keyed(&service, PATH, &key, &body(1, "111111")).await;
    let told = keyed(&service, PATH, &key, &body(1, "222222")).await;
    assert_eq!((told.status, told.json()["type"].as_str()), (429, Some("/problems/cooldown")), "{told:?}");
    assert!(!told.text.contains("222222") && !told.text.contains(&number(1)), "Kratos logs it: {told:?}");
    service.clock.advance(Duration::from_secs(31));
    assert_eq!(
        keyed(&service, PATH, &key, &body(1, "222222")).await.status,
        200,
        "what was limited is sent when it may be"
    );
    assert_eq!(keyed(&service, PATH, &key, &json!({"to": number(2)})).await.status, 422);
}
