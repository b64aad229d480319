//! Logto: its own connector from npm, and its bodies.

use serde_json::{Value, json};

use super::{keyed, newest, save, telling_texts, texts};
use crate::support::senders;
use crate::support::service::{Service, TO, number};

const PATH: &str = "/hooks/development/logto";

async fn logto(service: &Service) -> String {
    save(service, "logto", json!({"sender": "logto"})).await["key"].as_str().unwrap().to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn logtos_own_connector_sends_by_the_settings_that_the_hook_tells_and_shows_why_a_message_did_not_go() {
    let service = Service::start().await;
    let made = save(&service, "logto", json!({"sender": "logto"})).await;
    let message = json!({"to": TO, "type": "SignIn", "payload": {"code": "482913"}});
    let sends = async |config: &Value| {
        senders::run("sending by Logto's connector", "logto.mjs", &json!({"config": config, "message": message})).await
    };
    let Some(sent) = sends(&made["settings"]["set"]).await else { return };
    assert_eq!(sent["status"], 200, "{sent}");
    assert!(texts(&service, TO).await[0].contains("482913"));
    let other = json!({"to": TO, "type": "SignIn", "payload": {"code": "555555"}});
    let given = json!({"config": made["settings"]["set"], "message": other});
    let limited = senders::run("being limited by Logto's connector", "logto.mjs", &given).await.unwrap();
    let shown = limited["shown"].as_str().unwrap_or_else(|| limited["shown"]["message"].as_str().unwrap_or_default());
    assert!(shown.starts_with("a message went to this number a moment ago; try again in"), "{limited}");
    let wrong = sends(&json!({"endpoint": made["url"], "authorization": "Bearer wrong"})).await.unwrap();
    assert!(wrong.to_string().contains("no hook at this address"), "{wrong}");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_type_of_logto_has_its_purpose_and_the_hook_may_say_another() {
    let service = Service::start().await;
    telling_texts(&service).await;
    let key = logto(&service).await;
    let types = [
        ("SignIn", "sign-in"),
        ("Register", "register"),
        ("ForgotPassword", "forgot-password"),
        ("OrganizationInvitation", "organization-invitation"),
        ("Generic", "generic"),
        ("UserPermissionValidation", "permission-validation"),
        ("BindNewIdentifier", "link-account"),
        ("MfaVerification", "mfa-verification"),
        ("BindMfa", "mfa-setup"),
        ("SomethingNew", "generic"),
    ];
    for (n, (kind, purpose)) in (10..).zip(types) {
        let sms =
            json!({"to": number(n), "type": kind, "payload": {"code": "482913", "locale": "de"}, "ip": "192.0.2.7"});
        let told = keyed(&service, PATH, &key, &sms).await;
        assert_eq!((told.status, told.kind.as_str()), (200, "application/json"), "{told:?}");
        assert_eq!(texts(&service, &number(n)).await, [format!("de{purpose} 482913 10")], "{kind}");
    }
    let message = newest(&service).await;
    assert_eq!((&message["source"], &message["locale"]), (&json!("hook:logto"), &json!("de")), "{message}");
    save(&service, "logto", json!({"sender": "logto", "purposes": {"SomethingNew": "newsletter"}, "expires_in": 300}))
        .await;
    let sms = json!({"to": number(30), "type": "SomethingNew", "payload": {"code": "482913"}});
    assert_eq!(keyed(&service, PATH, &key, &sms).await.status, 200);
    assert_eq!(texts(&service, &number(30)).await, ["newsletter 482913 5"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_invitation_without_a_code_sends_its_link_and_the_languages_of_the_user_are_taken_in_order() {
    let service = Service::start().await;
    telling_texts(&service).await;
    let key = logto(&service).await;
    let link = "https://app.example.com/join?token=abc";
    let sms = json!({"to": number(1), "type": "OrganizationInvitation", "payload": {"link": link}});
    assert_eq!(keyed(&service, PATH, &key, &sms).await.status, 200);
    assert_eq!(texts(&service, &number(1)).await, [link]);
    // Logto keeps numbers without the plus.
    let sms = json!({"to": number(2).trim_start_matches('+'), "type": "SignIn", "payload": {"code": "1234", "uiLocales": "de-AT en"}});
    assert_eq!(keyed(&service, PATH, &key, &sms).await.status, 200);
    assert_eq!(texts(&service, &number(2)).await, ["design-in 1234 10"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_logto_shows_is_one_plain_sentence_that_names_the_field() {
    let service = Service::start().await;
    let key = logto(&service).await;
    for (body, status, words) in [
        (json!({"to": TO, "type": "SignIn", "payload": {}}), 422, "/payload/code"),
        (json!({"type": "SignIn", "payload": {"code": "1"}}), 422, "/to"),
        (json!({"to": TO, "payload": {"code": "1"}}), 422, "/type"),
        (json!({"to": "12", "type": "SignIn", "payload": {"code": "1"}}), 422, "number"),
        (json!([]), 400, "not a JSON object"),
    ] {
        let told = keyed(&service, PATH, &key, &body).await;
        assert_eq!((told.status, told.kind.as_str()), (status, "text/plain; charset=utf-8"), "{told:?}");
        assert!(told.text.contains(words) && !told.text.contains('{'), "{told:?}");
    }
}
