//! Every field across the border, in both directions.

use countersign::connector::contract::{
    Callback, Certainty, FailureKind, Message, Money, Receipt, ReceiptStatus, ReportStatus,
};
use serde_json::{Value, json};

use super::GO;
use super::guest::{Guest, bare, call, pair};
use crate::languages::toolchain;

/// A message in which every field is there, one of them longer than the SDK's slabs.
fn full() -> Message {
    Message {
        to: "+4915112345678".to_owned(),
        calling_code: "49".to_owned(),
        country: Some("DE".to_owned()),
        purpose: "register".to_owned(),
        locale: "pt-BR".to_owned(),
        reference: "msg_0123456789".to_owned(),
        validity_seconds: 4_294_967_295,
        sender: Some("Überbank".to_owned()),
        text: "Ваш код 123456 😀 ".repeat(5000),
        template_id: Some("t-1".to_owned()),
        template_locale: Some("de".to_owned()),
        parameters: vec![pair("code", "123456"), pair("", "")],
        callback_url: Some("https://otp.example.com/callbacks/1".to_owned()),
        client_ip: Some("2001:db8::1".to_owned()),
        extra: (0..500).map(|n| pair(&format!("dlt-{n}"), &"x".repeat(n))).collect(),
    }
}

fn pairs(pairs: &[countersign::connector::contract::Pair]) -> Value {
    pairs.iter().map(|pair| json!({"Name": pair.name, "Value": pair.value})).collect()
}

fn as_go_tells(message: &Message) -> Value {
    json!({
        "To": message.to, "CallingCode": message.calling_code, "Country": message.country.as_deref().unwrap_or(""),
        "Purpose": message.purpose, "Locale": message.locale, "Reference": message.reference,
        "ValiditySeconds": message.validity_seconds, "Sender": message.sender.as_deref().unwrap_or(""),
        "Text": message.text, "TemplateID": message.template_id.as_deref().unwrap_or(""),
        "TemplateLocale": message.template_locale.as_deref().unwrap_or(""), "Parameters": pairs(&message.parameters),
        "CallbackURL": message.callback_url.as_deref().unwrap_or(""),
        "ClientIP": message.client_ip.as_deref().unwrap_or(""), "Extra": pairs(&message.extra),
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn every_field_of_a_message_reaches_go_whether_it_is_there_or_not() {
    if !toolchain("the SDK for Go, field by field", GO) {
        return;
    }
    let guest = Guest::start().await;
    for message in [full(), bare()] {
        guest.send("echo", &message).await.result.unwrap();
        let told = guest.told();
        assert_eq!(told["Message"], as_go_tells(&message));
        assert_eq!(told["Config"], r#"{"mode":"echo"}"#);
        assert_eq!(told["Call"]["IssuedAt"], 1_768_478_400_123_u64);
        assert_eq!(told["Call"]["Nonce"], "0f1e2d3c4b5a49788796a5b4c3d2e1f0");
        assert_eq!(told["Call"]["Environment"], "prüfung");
        assert!(told["Call"]["DeadlineMS"].as_u64().is_some_and(|left| left > 0 && left <= 10_000), "{told}");
    }
    let wire = guest.provider.requests().pop().unwrap();
    assert_eq!((wire.method.as_str(), wire.path.as_str()), ("PUT", "/echo"));
    assert_eq!(wire.header("authorization"), "Bearer fake-token-0000000000000000000000000000");
    assert_eq!((wire.header("x-first").as_str(), wire.header("content-type").as_str()), ("one", "application/json"));
    assert_eq!(wire.headers["x-second"].as_bytes(), b"two, and three");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_field_of_a_receipt_and_of_a_failure_reaches_the_host() {
    if !toolchain("what Go answers, field by field", GO) {
        return;
    }
    let guest = Guest::start().await;
    let Receipt { status, message_ids, segments, price, extra } = guest.send("echo", &bare()).await.result.unwrap();
    assert_eq!(status, ReceiptStatus::Other);
    assert_eq!((message_ids[0].as_str(), message_ids[1].as_str()), ("first", ""));
    assert!(message_ids[2].starts_with("long ü long ü "), "the host cuts it, and begins where it begins");
    assert_eq!(segments, Some(4_294_967_295));
    assert_eq!(price, Some(Money { amount: "-0.0075".to_owned(), currency: "EUR".to_owned() }));
    assert_eq!(extra[0], pair("body", r#"{"id":"p_1"}"#));

    let told = guest.send("failure", &bare()).await.result.unwrap_err();
    assert_eq!((told.kind, told.certainty), (FailureKind::QuotaExceeded, Certainty::Unknown));
    assert_eq!((told.provider_code.as_deref(), told.text.as_str()), (Some("Ü-1"), "used up"));
    assert_eq!(told.retry_after_seconds, Some(4_000_000_000));
    assert_eq!(told.extra, [pair("a", "1"), pair("", "")]);

    let told = guest.send("nothing set", &bare()).await.result.unwrap_err();
    assert_eq!((told.kind, told.certainty), (FailureKind::Other, Certainty::NotSent));
    assert_eq!((told.provider_code, told.retry_after_seconds, told.extra), (None, None, Vec::new()));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_is_checked_in_go() {
    if !toolchain("an account check in Go", GO) {
        return;
    }
    let guest = Guest::start().await;
    let config = r#"{"mode":"ü"}"#;
    let standing = guest.component().check_account(guest.door(), call(), config).await.result.unwrap();
    assert_eq!(standing.name.as_deref(), Some("Ä account"));
    assert_eq!(standing.balance, Some(Money { amount: "12.50".to_owned(), currency: "USD".to_owned() }));
    let told: Value = serde_json::from_str(&standing.extra[0].value).unwrap();
    assert_eq!((&told["IssuedAt"], &told["Environment"]), (&json!(1_768_478_400_123_u64), &json!("prüfung")));
    assert_eq!(standing.extra[1], pair("config", config));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_report_is_read_in_go() {
    if !toolchain("a delivery report in Go", GO) {
        return;
    }
    let guest = Guest::start().await;
    let callback = Callback {
        method: "POST".to_owned(),
        url: "https://otp.example.com/callbacks/ü".to_owned(),
        headers: vec![pair("x-a", "1"), pair("X-A", "2")],
        body: "id=1&ü".as_bytes().to_vec(),
    };
    let handled = guest.component().handle_callback(guest.door(), call(), "{}", &callback).await.result.unwrap();
    assert!(!handled.verified, "the signature was none");
    assert_eq!((handled.answer.status, handled.answer.content_type.as_str()), (202, "text/xml"));
    assert_eq!(handled.answer.body, b"<ok/>");
    let [full, empty] = &handled.reports[..] else { panic!("{} reports", handled.reports.len()) };
    assert_eq!(full.message_ids, ["m-1", "m-2"]);
    assert_eq!((full.reference.as_deref(), full.status), (Some("msg_1"), ReportStatus::Expired));
    assert_eq!(full.at.map(|at| at.as_millis()), Some(1_768_478_400_123));
    assert_eq!((full.kind, full.provider_code.as_deref()), (Some(FailureKind::ContentRejected), Some("30007")));
    assert_eq!((full.text.as_deref(), full.network.as_deref()), (Some("filtered"), Some("Net ü")));
    assert_eq!(full.segments, Some(3));
    assert_eq!(full.price, Some(Money { amount: "0.01".to_owned(), currency: "EUR".to_owned() }));
    let told: Value = serde_json::from_str(&full.extra[0].value).unwrap();
    assert_eq!((&told["Method"], &told["URL"]), (&json!("POST"), &json!("https://otp.example.com/callbacks/ü")));
    assert_eq!(told["Headers"], json!([{"Name": "x-a", "Value": "1"}, {"Name": "X-A", "Value": "2"}]));
    assert_eq!((&told["Body"], &told["Config"]), (&json!("id=1&ü"), &json!("{}")));

    assert_eq!((empty.status, empty.kind, empty.at), (ReportStatus::Other, None, None));
    assert_eq!((&empty.reference, &empty.provider_code, &empty.text), (&None, &None, &None));
    assert_eq!((&empty.network, empty.segments, &empty.price), (&None, None, &None));
    assert!(empty.message_ids.is_empty() && empty.extra.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn signatures_digests_and_tokens_are_the_hosts_and_refusals_say_why() {
    if !toolchain("signing from Go", GO) {
        return;
    }
    let guest = Guest::start().await;
    let report = guest.send("signed", &bare()).await;
    assert_eq!(report.result.unwrap().message_ids, ["signed"]);
    let wire = guest.provider.requests().pop().unwrap();
    let hex = |text: &str, length: usize| text.len() == length && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    assert!(hex(&wire.header("x-signature"), 64), "{}", wire.header("x-signature"));
    assert!(hex(&wire.header("x-digest"), 40), "{}", wire.header("x-digest"));
    assert_eq!(wire.header("x-token").split('.').count(), 3, "{}", wire.header("x-token"));
    let log: Vec<_> = report.log.iter().map(|line| (line.level, line.text.as_str())).collect();
    assert_eq!(log[0].0, "warning");
    assert!(log[0].1.contains("there is no credential `nobody`"), "{log:?}");
    assert!(log[1].1.contains("the credential `token` is of kind `bearer`"), "{log:?}");
    assert!(log[2].0 == "info" && log[2].1.contains("`callback`"), "{log:?}");
    assert_eq!(log[3], ("debug", "what is set is known"));
}
