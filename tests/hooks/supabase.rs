//! Supabase: bodies as its auth server makes them, signed by the published packages.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::{Told, call, newest, save, telling_texts, texts};
use crate::support::senders;
use crate::support::service::{Service, TO, number};

const SECRET: &str = "v1,whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const OLD: &str = "v1,whsec_b2xkLW9sZC1vbGQtb2xkLW9sZC1vbGQtb2xkLW9sZA==";
const PATH: &str = "/hooks/development/supabase";

fn body(uuid: &str, phone: &str, otp: &str) -> Value {
    json!({
        "metadata": {"uuid": uuid, "time": "2026-01-15T12:00:00Z", "name": "send-sms", "ip_address": "192.0.2.9"},
        "user": {"id": "6481a5c1-3d37-4a56-9f6a-bee08c554965", "aud": "authenticated", "role": "authenticated", "email": "", "phone": phone,
            "app_metadata": {"provider": "phone"}, "user_metadata": {}, "identities": [], "is_anonymous": false},
        "sms": {"otp": otp, "phone": phone}
    })
}

/// As the specification says; `signatures` are joined by the caller.
fn signature(secret: &str, id: &str, at: u64, body: &str) -> String {
    let key = STANDARD.decode(secret.trim_start_matches("v1,whsec_")).unwrap();
    let signed =
        ring::hmac::sign(&ring::hmac::Key::new(ring::hmac::HMAC_SHA256, &key), format!("{id}.{at}.{body}").as_bytes());
    format!("v1,{}", STANDARD.encode(signed))
}

async fn send(service: &Service, id: &str, at: u64, signatures: &str, body: &str) -> Told {
    let at = at.to_string();
    let headers = [
        ("content-type", "application/json"),
        ("webhook-id", id),
        ("webhook-timestamp", at.as_str()),
        ("webhook-signature", signatures),
    ];
    call(service, PATH, &headers, body.to_owned()).await
}

async fn signed(service: &Service, id: &str, body: &Value) -> Told {
    let (at, body) = (now(service), body.to_string());
    send(service, id, at, &signature(SECRET, id, at, &body), &body).await
}

fn now(service: &Service) -> u64 {
    service.clock.now().as_millis() / 1000
}

async fn supabase(service: &Service) {
    save(service, "supabase", json!({"sender": "supabase", "secrets": [SECRET]})).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_published_packages_sign_is_taken_with_one_secret_and_with_two_joined_as_supabase_joins_them() {
    let service = Service::start().await;
    save(&service, "supabase", json!({"sender": "supabase", "secrets": [SECRET, OLD]})).await;
    for (n, script) in [(1, "sign.mjs"), (3, "sign.py")] {
        for (n, secrets, joint) in
            [(n, json!([OLD]), ""), (n + 1, json!(["v1,whsec_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", SECRET]), ", ")]
        {
            let phone = number(n).trim_start_matches('+').to_owned();
            let body = body(&format!("uuid-{n}"), &phone, "482913").to_string();
            let given = json!({"id": "msg_1", "timestamp": now(&service), "body": body, "secrets": secrets});
            let Some(made) = senders::run("signing by standardwebhooks", script, &given).await else { continue };
            let made: Vec<&str> = made.as_array().unwrap().iter().map(|one| one.as_str().unwrap()).collect();
            let told = send(&service, "msg_1", now(&service), &made.join(joint), &body).await;
            assert_eq!(
                (told.status, told.kind.as_str(), told.json()),
                (200, "application/json", json!({})),
                "{told:?}"
            );
            assert!(texts(&service, &number(n)).await[0].contains("482913"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn signatures_hold_over_the_bytes_as_they_came_within_five_minutes() {
    let service = Service::start().await;
    supabase(&service).await;
    let body = body("uuid-1", "14155550123", "482913").to_string();
    let at = now(&service);
    let good = signature(SECRET, "id", at, &body);
    assert_eq!(send(&service, "id", at, &good, &body.replace("482913", "482914")).await.status, 401);
    assert_eq!(send(&service, "other", at, &good, &body).await.status, 401);
    assert_eq!(send(&service, "id", at + 1, &good, &body).await.status, 401);
    assert_eq!(send(&service, "id", at, &signature(OLD, "id", at, &body), &body).await.status, 401);
    for old in [at - 301, at + 301] {
        let told = send(&service, "id", old, &signature(SECRET, "id", old, &body), &body).await;
        assert!(
            told.status == 401 && told.text.contains("301 s away"),
            "a clock that is wrong is told to whoever signs rightly: {told:?}"
        );
    }
    assert!(texts(&service, TO).await.is_empty());
    let spaced = body.replace(':', ": ");
    let told = send(&service, "id", at, &signature(SECRET, "id", at, &spaced), &spaced).await;
    assert_eq!(told.status, 200, "nothing is parsed and written anew before it is verified");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_retry_has_another_id_and_signature_over_the_same_bytes_and_is_sent_once() {
    let service = Service::start().await;
    supabase(&service).await;
    let first = body("uuid-1", "14155550123", "482913");
    for id in ["one", "two", "three"] {
        let told = signed(&service, id, &first).await;
        assert_eq!((told.status, told.json()), (200, json!({})));
        service.clock.advance(std::time::Duration::from_secs(2));
    }
    assert_eq!(texts(&service, TO).await.len(), 1);
    let mut old = body("", &number(2), "482913");
    old.as_object_mut().unwrap().remove("metadata");
    for id in ["one", "two"] {
        assert_eq!(signed(&service, id, &old).await.status, 200);
    }
    assert_eq!(texts(&service, &number(2)).await.len(), 1, "without metadata the bytes tell");
    service.clock.advance(std::time::Duration::from_secs(31));
    assert_eq!(signed(&service, "four", &body("uuid-2", "14155550123", "482913")).await.json(), json!({}));
    assert_eq!(texts(&service, TO).await.len(), 2, "the same code for another request is another message");
}

#[tokio::test(flavor = "multi_thread")]
async fn numbers_come_without_the_plus_and_the_new_one_of_a_change_is_proved() {
    let service = Service::start().await;
    telling_texts(&service).await;
    supabase(&service).await;
    let bare = |n| number(n).trim_start_matches('+').to_owned();
    let with = |n: u32, change: &dyn Fn(&mut Value)| {
        let mut made = body(&format!("uuid-{n}"), &bare(n), "1234");
        change(&mut made);
        made
    };
    let cases: [(u32, Value, &str); 6] = [
        (1, with(1, &|_| ()), "sign-in 1234 1"),
        (2, with(2, &|b| b["sms"]["phone"] = json!(number(2))), "sign-in 1234 1"),
        (3, with(3, &|b| b["sms"] = json!({"otp": "1234"})), "sign-in 1234 1"),
        (4, with(4, &|b| b["user"] = json!({"phone": bare(40), "new_phone": bare(4)})), "link-account 1234 1"),
        (
            5,
            with(5, &|b| {
                b["user"] = json!({"phone": bare(50), "new_phone": bare(5)});
                b["sms"] = json!({"otp": "1234"});
            }),
            "link-account 1234 1",
        ),
        (
            6,
            with(6, &|b| {
                b["sms"]["sms_type"] = json!("reauthentication");
                b["user"]["user_metadata"] = json!({"locale": "de_DE"});
            }),
            "depermission-validation 1234 1",
        ),
    ];
    for (n, body, text) in cases {
        let told = signed(&service, "id", &body).await;
        assert_eq!((told.status, told.json()), (200, json!({})), "{n}: {told:?}");
        assert_eq!(texts(&service, &number(n)).await, [text], "{n}");
    }
    let message = newest(&service).await;
    assert_eq!(message["subject"], "6481a5c1-3d37-4a56-9f6a-bee08c554965", "{message}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_is_an_error_inside_an_answer_of_success_with_words_for_the_user() {
    let service = Service::start().await;
    supabase(&service).await;
    signed(&service, "id", &body("uuid-1", "14155550123", "111111")).await;
    let told = signed(&service, "id", &body("uuid-2", "14155550123", "222222")).await;
    let error = &told.json()["error"];
    assert_eq!(
        (told.status, told.kind.as_str(), &error["http_code"]),
        (200, "application/json", &json!(429)),
        "{told:?}"
    );
    assert!(error["message"].as_str().unwrap().contains("try again in 30 s"), "{error}");
    let told = signed(&service, "id", &body("uuid-3", "12", "222222")).await;
    assert_eq!((told.status, &told.json()["error"]["http_code"]), (200, &json!(422)), "{told:?}");
    let told =
        signed(&service, "id", &json!({"metadata": {"uuid": "uuid-4"}, "user": {"phone": "14155550199"}, "sms": {}}))
            .await;
    assert!(told.json()["error"]["message"].as_str().unwrap().starts_with("/sms/otp"), "{told:?}");
    let at = now(&service);
    let told = send(&service, "id", at, &signature(SECRET, "id", at, "no json"), "no json").await;
    assert_eq!(told.json()["error"]["http_code"], 400, "{told:?}");
}
