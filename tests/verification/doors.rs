//! The other doors: messages as they are given, the Twilio façade, hooks, test sends.

use serde_json::{Value, json};

use crate::support::service::{TO, TOKEN, answer, client};
use crate::support::verifiers::{CODE, Verifiers};

#[tokio::test(flavor = "multi_thread")]
async fn a_message_as_it_is_given_is_refused_and_told_why() {
    let verifiers = Verifiers::start(&["tv"]).await;
    let service = &verifiers.service;
    let (status, refused) = service.post("/v1/messages", json!({"to": TO, "code": "123456"})).await;
    assert_eq!((status, &refused["type"]), (409, &json!("/problems/code-by-provider")), "{refused}");
    let detail = refused["detail"].as_str().unwrap();
    assert!(detail.contains("`tv` makes and checks the codes itself") && detail.contains("fallback"), "{detail}");
    verifiers.route(&["tv", "inbox"]).await;
    let (status, sent) = service.post("/v1/messages", json!({"to": TO, "text": "Your code is 123456"})).await;
    assert_eq!((status, &sent["delivery"]["connector"]), (201, &json!("inbox")), "whoever can send: {sent}");
    assert!(verifiers.asked("start").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_test_send_starts_one_and_says_whose_code_it_is() {
    let verifiers = Verifiers::start(&["tv"]).await;
    let path = "/v1/environments/development/connectors/tv/test";
    let (status, tested) = verifiers.service.post(path, json!({"to": TO, "transcript": true})).await;
    assert_eq!(
        (status, &tested["status"], &tested["code_by_provider"]),
        (200, &json!("accepted"), &json!(true)),
        "{tested}"
    );
    assert!(tested["exchanges"][0]["url"].as_str().unwrap().ends_with("/start"), "{tested}");
    assert!(tested["transcript_note"].as_str().unwrap().contains("`start`"), "{tested}");
    let number = TO.trim_start_matches('+');
    assert!(!tested["log"].to_string().contains(number), "the log is masked: {}", tested["log"]);
    assert!(!tested.to_string().contains(TOKEN), "no secret: {tested}");
    verifiers.answers("start", "tv", json!({"kind": "invalid-recipient"}));
    let (_, tested) = verifiers.service.post(path, json!({"to": TO})).await;
    let failure = &tested["failure"];
    assert_eq!((&tested["status"], &failure["kind"]), (&json!("refused"), &json!("invalid-recipient")), "{tested}");
    assert!(!failure.to_string().contains(number), "{failure}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hook_whose_sender_made_the_code_is_refused_and_told_why() {
    let verifiers = Verifiers::start(&["tv"]).await;
    let service = &verifiers.service;
    let mapping = json!({"to": "/to", "text": "/text", "key_header": "X-Gateway-Token"});
    let body = json!({"sender": "generic", "mapping": mapping});
    let (status, hook) = service.put("/v1/environments/development/hooks/generic", body).await;
    assert_eq!(status, 201, "{hook}");
    let post = async || {
        let request = client().post(format!("{}/hooks/development/generic", service.url));
        let request = request.header("x-gateway-token", hook["key"].as_str().unwrap());
        answer(request.json(&json!({"to": TO, "text": "Your code is 730184."}))).await
    };
    let (status, refused) = post().await;
    assert!(
        status == 409 && refused.to_string().contains("`tv` makes and checks the codes itself"),
        "{status} {refused}"
    );
    verifiers.route(&["tv", "inbox"]).await;
    assert_eq!(post().await.0, 200, "whoever can send");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_shows_no_text_that_is_not_sent() {
    let verifiers = Verifiers::start(&["tv"]).await;
    let path = "/v1/environments/development/templates/preview";
    let (status, shown) = verifiers.service.post(path, json!({"purpose": "sign-in", "connector": "tv"})).await;
    let preview = &shown["previews"][0];
    assert_eq!((status, &preview["text"], &preview["template"]), (200, &json!(""), &Value::Null), "{shown}");
    assert_eq!(preview["warnings"][0]["code"], "code-by-provider", "{shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_checked_as_any_other() {
    let verifiers = Verifiers::start(&["tv"]).await;
    let path = "/v1/environments/development/connectors/tv/account";
    let (status, account) = verifiers.service.post(path, Value::Null).await;
    assert_eq!(
        (status, &account["ok"], &account["standing"]["balance"]["amount"]),
        (200, &json!(true), &json!("1.00")),
        "{account}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_twilio_facade_verifies_through_it_and_refuses_messages() {
    let verifiers = Verifiers::start(&["tv"]).await;
    let service = &verifiers.service;
    let (status, made) = service.post("/v1/environments/development/twilio-credentials", json!({"name": "app"})).await;
    assert_eq!(status, 201, "{made}");
    let text = |field: &str| made[field].as_str().unwrap().to_owned();
    let (account, token, va) = (text("account_sid"), text("auth_token"), text("service_sid"));
    let post = async |path: String, form: Vec<(&str, &str)>| {
        let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let request = client().post(format!("{}{path}", service.url)).basic_auth(&account, Some(&token));
        let request = request.header("content-type", "application/x-www-form-urlencoded").body(body);
        answer(request).await
    };
    let (status, verification) =
        post(format!("/v2/Services/{va}/Verifications"), vec![("To", TO), ("Channel", "sms")]).await;
    assert_eq!((status, &verification["status"]), (201, &json!("pending")), "{verification}");
    let check = format!("/v2/Services/{va}/VerificationCheck");
    let (_, wrong) = post(check.clone(), vec![("To", TO), ("Code", "000000")]).await;
    assert_eq!((&wrong["status"], &wrong["valid"]), (&json!("pending"), &json!(false)), "{wrong}");
    verifiers.answers("check", "tv", json!({"kind": "provider-unavailable"}));
    let (status, later) = post(check.clone(), vec![("To", TO), ("Code", CODE)]).await;
    assert_eq!((status, &later["code"]), (429, &json!(20429)), "its word for try again: {later}");
    verifiers.answers("check", "tv", Value::Null);
    let (_, right) = post(check, vec![("To", TO), ("Code", CODE)]).await;
    assert_eq!((&right["status"], &right["valid"]), (&json!("approved"), &json!(true)), "{right}");
    let messages = format!("/2010-04-01/Accounts/{account}/Messages.json");
    let (status, refused) = post(messages, vec![("To", TO), ("From", "+14155550100"), ("Body", "Hello")]).await;
    assert_eq!((status, &refused["code"]), (400, &json!(21703)), "{refused}");
    assert!(refused["message"].as_str().unwrap().contains("`tv`"), "{refused}");
}
