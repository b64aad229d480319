//! Verify v2: what a verification goes through.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Caller, refused, wrong};
use crate::support::service::{Service, TO};

#[tokio::test(flavor = "multi_thread")]
async fn twilios_verification_is_pending_then_wrong_then_approved_and_then_gone() {
    let service = Service::start().await;
    let caller = Caller::of(&service).await;
    let (status, made) = caller.send(TO).await;
    assert_eq!(
        (status, &made["status"], &made["valid"], &made["channel"]),
        (201, &json!("pending"), &json!(false), &json!("sms")),
        "{made}"
    );
    let sid = made["sid"].as_str().unwrap().to_owned();
    assert!(sid.len() == 34 && sid.starts_with("VE") && sid[2..].bytes().all(|b| b.is_ascii_hexdigit()), "{sid}");
    assert_eq!(
        (&made["account_sid"], &made["service_sid"], &made["to"]),
        (&json!(caller.account), &json!(caller.service), &json!(TO))
    );
    assert_eq!(
        (&made["date_created"], &made["lookup"], &made["sna"]),
        (&json!("2026-01-15T12:00:00Z"), &json!({}), &Value::Null)
    );
    assert_eq!(made["url"], format!("{}{}", service.url, caller.at(&format!("/Verifications/{sid}"))));
    assert_eq!(
        (&made["send_code_attempts"][0]["channel"], made["send_code_attempts"].as_array().unwrap().len()),
        (&json!("SMS"), 1)
    );
    let code = service.inbox_code().await;
    assert!(!made.to_string().contains(&code), "an answer never has the code");
    service.clock.advance(Duration::from_secs(5));
    let (status, told) = caller.check(TO, wrong(&code)).await;
    assert_eq!((status, &told["status"], &told["valid"]), (200, &json!("pending"), &json!(false)), "{told}");
    assert_eq!((&told["sid"], &told["date_updated"]), (&json!(sid), &json!("2026-01-15T12:00:05Z")));
    let (_, shown) = caller.get(&caller.at(&format!("/Verifications/{sid}"))).await;
    assert_eq!(
        (&shown["status"], &shown["date_updated"]),
        (&json!("pending"), &json!("2026-01-15T12:00:05Z")),
        "{shown}"
    );
    assert_eq!(caller.get(&caller.at("/Verifications/%2B14155550123")).await.1["sid"], sid, "by its number");
    let (status, told) = caller.check(TO, &code).await;
    assert_eq!((status, &told["status"], &told["valid"]), (200, &json!("approved"), &json!(true)), "{told}");
    let gone = caller.check(TO, &code).await;
    refused(&gone, 404, 20404);
    let path = format!("/Services/{}/VerificationCheck", caller.service);
    assert_eq!(gone.1["message"], format!("The requested resource {path} was not found"));
    refused(&caller.get(&caller.at(&format!("/Verifications/{sid}"))).await, 404, 20404);
}

#[tokio::test(flavor = "multi_thread")]
async fn twilios_second_create_sends_the_same_code_under_the_same_sid_at_once() {
    let service = Service::start().await;
    let caller = Caller::of(&service).await;
    let (_, first) = caller.send(TO).await;
    let code = service.inbox_code().await;
    let (status, second) = caller.send(TO).await;
    assert_eq!((status, &second["sid"], &second["status"]), (201, &first["sid"], &json!("pending")), "{second}");
    assert_eq!(second["send_code_attempts"].as_array().unwrap().len(), 2);
    assert_ne!(second["send_code_attempts"][0]["attempt_sid"], second["send_code_attempts"][1]["attempt_sid"]);
    assert_eq!(service.inbox_code().await, code);
    assert_eq!(service.get("/v1/environments/development/inbox").await.1["items"].as_array().unwrap().len(), 2);
    let (_, told) = caller.check(TO, &code).await;
    assert_eq!(told["status"], "approved");
    let (_, third) = caller.send(TO).await;
    assert_ne!(third["sid"], first["sid"], "what has ended is not sent again");
}

#[tokio::test(flavor = "multi_thread")]
async fn twilios_sixth_check_is_refused_until_the_life_is_over_and_then_nothing_is_there() {
    let service = Service::start().await;
    let caller = Caller::of(&service).await;
    let (_, made) = caller.send(TO).await;
    let code = service.inbox_code().await;
    for _ in 0..5 {
        let (status, told) = caller.check(TO, wrong(&code)).await;
        assert_eq!((status, &told["valid"]), (200, &json!(false)), "{told}");
    }
    refused(&caller.check(TO, &code).await, 429, 60202);
    let by_sid = [("VerificationSid", made["sid"].as_str().unwrap()), ("Code", code.as_str())];
    refused(&caller.post(&caller.at("/VerificationCheck"), &by_sid).await, 429, 60202);
    let shown = caller.get(&caller.at("/Verifications/+14155550123")).await;
    assert_eq!((shown.0, &shown.1["status"]), (200, &json!("max_attempts_reached")), "{}", shown.1);
    service.clock.advance(Duration::from_secs(600));
    refused(&caller.check(TO, &code).await, 404, 20404);
    refused(&caller.get(&caller.at("/Verifications/+14155550123")).await, 404, 20404);
}

#[tokio::test(flavor = "multi_thread")]
async fn twilios_verification_is_canceled_or_approved_by_its_caller_and_ends_with_its_life() {
    let service = Service::start().await;
    let caller = Caller::of(&service).await;
    let path = |made: &Value| caller.at(&format!("/Verifications/{}", made["sid"].as_str().unwrap()));
    let (_, made) = caller.send(TO).await;
    let code = service.inbox_code().await;
    refused(&caller.post(&path(&made), &[("Status", "pending")]).await, 400, 60200);
    refused(&caller.post(&path(&made), &[]).await, 400, 60200);
    let (status, told) = caller.post(&path(&made), &[("Status", "canceled")]).await;
    assert_eq!((status, &told["status"], &told["valid"]), (200, &json!("canceled"), &json!(false)), "{told}");
    refused(&caller.check(TO, &code).await, 404, 20404);
    refused(&caller.post(&path(&made), &[("Status", "canceled")]).await, 404, 20404);
    let (_, made) = caller.send(TO).await;
    let by_number = caller.at("/Verifications/%2B14155550123");
    let (status, told) = caller.post(&by_number, &[("Status", "approved")]).await;
    assert_eq!(
        (status, &told["status"], &told["valid"], &told["sid"]),
        (200, &json!("approved"), &json!(true), &made["sid"]),
        "{told}"
    );
    refused(&caller.post(&by_number, &[("Status", "approved")]).await, 404, 20404);
    caller.send(TO).await;
    let code = service.inbox_code().await;
    service.clock.advance(Duration::from_secs(600));
    refused(&caller.check(TO, &code).await, 404, 20404);
}

#[tokio::test(flavor = "multi_thread")]
async fn twilios_caller_sees_only_the_verifications_of_the_service_that_he_names() {
    let service = Service::start().await;
    let (one, other) = (Caller::of(&service).await, Caller::with(&service, json!({"purpose": "sign-in"})).await);
    assert_ne!(one.service, other.service);
    let (_, made) = one.send(TO).await;
    let sid = made["sid"].as_str().unwrap();
    let code = service.inbox_code().await;
    refused(&other.check(TO, &code).await, 404, 20404);
    refused(&other.get(&other.at(&format!("/Verifications/{sid}"))).await, 404, 20404);
    assert_eq!(service.put("/v1/environments/production/connectors/phone", json!({"component": "inbox"})).await.0, 422);
    let production = Caller::in_environment(&service, "production", json!({})).await;
    refused(&production.get(&one.at("")).await, 404, 20404);
    refused(&production.get(&format!("/v2/Services/{}/Verifications/{sid}", production.service)).await, 404, 20404);
    service.clock.advance(Duration::from_secs(31));
    let (_, ours) = service.create("+14155550124").await;
    let as_twilio = format!("/Verifications/VE{}", &ours["id"].as_str().unwrap()[4..]);
    refused(&one.get(&one.at(&as_twilio)).await, 404, 20404);
    assert_eq!(one.check(TO, &code).await.1["status"], "approved");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_verification_is_asked_for_reaches_it_and_what_we_lack_is_refused_by_name() {
    let service = Service::start().await;
    let caller = Caller::with(&service, json!({"purpose": "sign-in"})).await;
    let texts = json!({"templates": [{"purpose": "sign-in", "text": "{{ code }} en"}, {"purpose": "sign-in", "locale": "de", "text": "{{ code }} de"}]});
    assert_eq!(service.put("/v1/environments/development/templates", texts).await.0, 200);
    let path = caller.at("/Verifications");
    let full = [
        ("To", TO),
        ("Channel", "auto"),
        ("Locale", "de"),
        ("AppHash", "FA+9qCX9VSu"),
        ("DeviceIp", "192.0.2.7"),
        ("Tags", r#"{"order": "17"}"#),
        ("RiskCheck", "enable"),
        ("SendDigits", ""),
        ("Nonsense", "is ignored"),
    ];
    let (status, made) = caller.post(&path, &full).await;
    assert_eq!((status, &made["channel"]), (201, &json!("sms")), "{made}");
    let (_, inbox) = service.get("/v1/environments/development/inbox").await;
    let text = inbox["items"][0]["text"].as_str().unwrap();
    assert!(text.contains(" de") && text.ends_with("FA+9qCX9VSu"), "{text}");
    let (_, ours) = service.get(&format!("/v1/verifications/vrf_{}", &made["sid"].as_str().unwrap()[2..])).await;
    assert_eq!((&ours["purpose"], &ours["metadata"]["tags"]["order"]), (&json!("sign-in"), &json!("17")), "{ours}");
    let to = "+14155550125";
    for (form, status, code, word) in [
        (&[("Channel", "sms")][..], 400, 60200, "`To`"),
        (&[("To", to)], 400, 60200, "`Channel`"),
        (&[("To", "4155550123"), ("Channel", "sms")], 400, 60200, "`To`"),
        (&[("To", to), ("To", to), ("Channel", "sms")], 400, 60200, "twice"),
        (&[("To", to), ("Channel", "fax")], 400, 60200, "`Channel`"),
        (&[("To", to), ("Channel", "call")], 400, 60223, "`call`"),
        (&[("To", to), ("Channel", "whatsapp")], 400, 60223, "`whatsapp`"),
        (&[("To", to), ("Channel", "sms"), ("DeviceIp", "home")], 400, 60200, "`DeviceIp`"),
        (&[("To", to), ("Channel", "sms"), ("Locale", "english please")], 400, 60200, "`Locale`"),
        (&[("To", to), ("Channel", "sms"), ("AppHash", "short")], 400, 60200, "`AppHash`"),
        (&[("To", to), ("Channel", "sms"), ("Tags", "[1]")], 400, 60200, "`Tags`"),
        (&[("To", to), ("Channel", "sms"), ("CustomCode", "1234")], 403, 60204, "`CustomCode`"),
        (&[("To", to), ("Channel", "sms"), ("CustomFriendlyName", "Shop")], 403, 60204, "`CustomFriendlyName`"),
        (&[("To", to), ("Channel", "sms"), ("TemplateCustomSubstitutions", "{\"a\":1}")], 403, 60204, "Substitutions"),
        (&[("To", to), ("Channel", "sms"), ("RateLimits", "{\"ip\":1}")], 403, 60204, "`RateLimits`"),
    ] {
        let told = caller.post(&path, form).await;
        refused(&told, status, code);
        let message = told.1["message"].as_str().unwrap();
        assert!(message.contains(word) && !message.contains(&to[1..]), "{form:?} → {message}");
    }
    for form in
        [&[("To", TO)][..], &[("Code", "123456")], &[("To", TO), ("Code", "123")], &[("To", "me"), ("Code", "123456")]]
    {
        refused(&caller.post(&caller.at("/VerificationCheck"), form).await, 400, 60200);
    }
    let sid = made["sid"].as_str().unwrap();
    let mismatch = [("VerificationSid", sid), ("To", to), ("Code", "123456")];
    refused(&caller.post(&caller.at("/VerificationCheck"), &mismatch).await, 400, 60200);
}
