//! Zitadel: recorded bodies, signed as it signs.

use serde_json::{Value, json};

use super::{Told, call, save, telling_texts, texts};
use crate::support::service::Service;

const PATH: &str = "/hooks/development/zitadel";
const KEY: &str = "a-signing-key-that-zitadel-answered-once";
const PHONE: &str = include_str!("bodies/zitadel-phone.json");
const LOGIN: &str = include_str!("bodies/zitadel-login.json");

fn mac(key: &str, at: u64, body: &str) -> String {
    let key = ring::hmac::Key::new(ring::hmac::HMAC_SHA256, key.as_bytes());
    hex::encode(ring::hmac::sign(&key, format!("{at}.{body}").as_bytes()))
}

async fn send(service: &Service, signature: &str, body: &str) -> Told {
    call(service, PATH, &[("content-type", "application/json"), ("zitadel-signature", signature)], body.to_owned())
        .await
}

async fn signed(service: &Service, body: &str) -> Told {
    let at = service.clock.now().as_millis() / 1000;
    send(service, &format!("t={at},v1={}", mac(KEY, at, body)), body).await
}

async fn zitadel(service: &Service, more: Value) {
    let mut body = json!({"sender": "zitadel", "secrets": [KEY]});
    body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    save(service, "zitadel", body).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phones_verification_and_a_login_have_their_codes_in_places_of_their_own() {
    let service = Service::start().await;
    telling_texts(&service).await;
    zitadel(&service, json!({})).await;
    assert_eq!(signed(&service, PHONE).await.status, 200);
    assert_eq!(texts(&service, "+14152000111").await, ["link-account VBX53M 10"]);
    assert_eq!(signed(&service, LOGIN).await.status, 200);
    assert_eq!(texts(&service, "+14152000112").await, ["mfa-verification 24252011 5"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn zitadels_own_text_goes_out_where_the_hook_prefers_it_or_there_is_no_code() {
    let service = Service::start().await;
    zitadel(&service, json!({"content": "text"})).await;
    assert_eq!(signed(&service, LOGIN).await.status, 200);
    assert!(
        texts(&service, "+14152000112").await[0].starts_with("24252011 is your one-time password for id.example.com.")
    );
    zitadel(&service, json!({})).await;
    let notice = json!({"contextInfo": {"eventType": "user.human.notice", "recipientPhoneNumber": "+14152000113"}, "templateData": {"text": "Hello."}, "args": {}});
    assert_eq!(signed(&service, &notice.to_string()).await.status, 200);
    assert_eq!(texts(&service, "+14152000113").await, ["Hello."]);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_of_several_signatures_and_one_of_several_keys_suffices_within_five_minutes() {
    let service = Service::start().await;
    let at = service.clock.now().as_millis() / 1000;
    assert_eq!(send(&service, &format!("t={at},v1={}", mac(KEY, at, PHONE)), PHONE).await.status, 401, "no hook yet");
    save(&service, "zitadel", json!({"sender": "zitadel"})).await;
    assert_eq!(send(&service, &format!("t={at},v1={}", mac("", at, PHONE)), PHONE).await.status, 401, "no key yet");
    save(&service, "zitadel", json!({"sender": "zitadel", "secrets": ["the-next-key-of-zitadel", KEY]})).await;
    let (good, other) = (mac(KEY, at, PHONE), mac("another-key-entirely", at, PHONE));
    for forged in [
        String::new(),
        format!("t={at}"),
        format!("t={at},v1={other}"),
        format!("t={},v1={good}", at + 1),
        format!("v1={good}"),
    ] {
        assert_eq!(send(&service, &forged, PHONE).await.status, 401, "{forged}");
    }
    let old = at - 301;
    let told = send(&service, &format!("t={old},v1={}", mac(KEY, old, PHONE)), PHONE).await;
    assert!(told.status == 401 && told.text.contains("301 s away"), "{told:?}");
    assert_eq!(send(&service, &format!("t={at},v1={other},v1={good}"), PHONE).await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_is_signed_anew_and_sent_once() {
    let service = Service::start().await;
    zitadel(&service, json!({})).await;
    for _ in 0..3 {
        assert_eq!(signed(&service, LOGIN).await.status, 200);
        service.clock.advance(std::time::Duration::from_secs(40));
    }
    assert_eq!(texts(&service, "+14152000112").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_users_names_and_logins_are_dropped_on_receipt() {
    let service = Service::start().await;
    zitadel(&service, json!({})).await;
    assert_eq!(signed(&service, PHONE).await.status, 200);
    let log = service.get("/v1/messages").await.1.to_string();
    let files = crate::support::inside::kept(service.stop().await.path());
    for name in ["Minnie", "Canary", "canary-nick", "minnie.canary@example.com"] {
        assert!(!log.contains(name), "{name} is in the log: {log}");
        assert!(!files.iter().any(|(_, bytes)| crate::wall::holds(bytes, name)), "{name} is on the disk");
    }
}
