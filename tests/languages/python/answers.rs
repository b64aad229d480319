//! Providers that answer what nobody documents, and connectors that are not written as they should be: each is a failure
//! of a kind that says so, and never a trap, of which an operator would learn nothing.

use axum::body::Body;
use axum::http::Response;
use serde_json::{Value, json};
use sha2::Sha256;

use super::{log, odd, serving, set, tested};
use crate::connectors;
use crate::support::provider::Answer;
use crate::support::service::Service;

fn answering(service: &Service, status: u16, body: impl Into<Vec<u8>>) {
    let body = body.into();
    let answer = move |_: &_| Response::builder().status(status).body(Body::from(body.clone())).unwrap();
    service.provider.answers(Answer::By(std::sync::Arc::new(answer)));
}

/// Kind and certainty of a failure that is none of the host's: the connector itself has told it.
fn told(name: &str, tested: &Value) -> (String, String) {
    let failure = &tested["failure"];
    let text = failure["text"].as_str().unwrap_or_else(|| panic!("{name}: {tested}"));
    for word in ["trapped", "stopped", "more than its"] {
        assert!(!text.contains(word), "{name}: {text}\n{}", log(tested));
    }
    let word = |field: &str| failure[field].as_str().unwrap().to_owned();
    (word("kind"), word("certainty"))
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_not_what_was_documented_is_an_invalid_response_and_no_trap() {
    let Some(odd) = odd().await else { return };
    let service = serving(odd, "reads").await;
    let nested = |open: &str, depth: usize| open.repeat(depth).into_bytes();
    for (name, body) in [
        ("nothing", Vec::new()),
        ("a page", b"<!doctype html><h1>Bad gateway</h1>".to_vec()),
        ("half of it", br#"{"id": "m-1", "co"#.to_vec()),
        ("no object", b"[]".to_vec()),
        ("an id that is a number", br#"{"id": 7}"#.to_vec()),
        ("an id that is null", br#"{"id": null}"#.to_vec()),
        ("a number that is a truth value", br#"{"id": "m-1", "cost": true}"#.to_vec()),
        ("parts of which one is none", br#"{"id": "m-1", "parts": [{"n": 1}, {"n": "2"}]}"#.to_vec()),
        ("a number that is none", br#"{"id": "m-1", "cost": NaN}"#.to_vec()),
        ("a number of five thousand digits", format!(r#"{{"id": "m-1", "cost": {}}}"#, "9".repeat(5000)).into_bytes()),
        ("another charset", b"{\"id\": \"m-\xe4\"}".to_vec()),
        ("bytes", (0..=255u8).collect()),
        // JSON is UTF-8 (RFC 8259 §8.1).
        ("in UTF-16", r#"{"id": "m-1"}"#.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        ("lists in lists", nested("[", 100_000)),
        ("objects in objects", nested(r#"{"a":"#, 50_000)),
        (
            "lists in an object that ends",
            format!(r#"{{"id": {}{}}}"#, "[".repeat(20_000), "]".repeat(20_000)).into_bytes(),
        ),
    ] {
        answering(&service, 201, body);
        let tested = tested(&service).await;
        assert_eq!(told(name, &tested), ("invalid-response".into(), "unknown".into()), "{name}: {tested}");
    }
    for (name, body) in [
        ("with a mark of its order", [b"\xef\xbb\xbf".as_slice(), br#"{"id": "m-1"}"#].concat()),
        ("as documented", br#"{"id": "m-1", "cost": 1, "parts": [{"n": 1, "more": []}], "other": {}}"#.to_vec()),
    ] {
        answering(&service, 201, body);
        let tested = tested(&service).await;
        assert_eq!(tested["message_ids"], json!(["m-1"]), "{name}: {tested}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_providers_words_are_told_in_every_script_and_half_a_character_is_no_trap() {
    let Some(odd) = odd().await else { return };
    let service = serving(odd, "words").await;
    answering(&service, 400, r#"{"code": 21610, "text": "Ваш 您的 🔐 \u0000 \ud83d\ude00"}"#);
    let whole = tested(&service).await;
    assert_eq!(told("whole", &whole), ("content-rejected".into(), "not-sent".into()));
    assert_eq!(whole["failure"]["provider_code"], "21610", "a code that is a number is told as it was written");
    assert!(whole["failure"]["text"].as_str().unwrap().contains("Ваш 您的 🔐"), "{whole}");
    assert!(whole["failure"]["text"].as_str().unwrap().ends_with('😀'), "{whole}");
    assert!(whole["failure"]["retry_after_seconds"].is_null(), "no such number of seconds can be meant: {whole}");
    answering(&service, 400, r#"{"code": "\ud800", "text": "half \udc00"}"#);
    let half = tested(&service).await;
    assert_eq!((&half["failure"]["provider_code"], &half["failure"]["text"]), (&json!("?"), &json!("half ?")));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_author_gets_wrong_is_a_failure_that_names_it_and_no_trap() {
    let Some(odd) = odd().await else { return };
    let service = serving(odd, "fresh").await;
    for (case, certainty, word) in [
        ("exits", "not-sent", "SystemExit: 3"),
        ("recursion", "not-sent", "RecursionError"),
        ("coroutine", "not-sent", "send gives a Receipt, not coroutine"),
        ("nothing", "unknown", "send gives a Receipt, not NoneType"),
        ("bytes-as-id", "unknown", "`message_ids` is text, not bytes"),
        ("header-of-none", "not-sent", "`header x` is text, not NoneType"),
        ("form-of-true", "not-sent", "the form's `a` is text or a number, not bool"),
        ("no-such-case", "not-sent", "KeyError"),
    ] {
        set(&service, case).await;
        let tested = tested(&service).await;
        assert_eq!(told(case, &tested), ("other".into(), certainty.into()), "{case}: {tested}");
        assert!(log(&tested).contains(word), "{case}: {}", log(&tested));
    }
    for (case, kind, certainty, word) in [
        ("no-such-credential", "invalid-config", "not-sent", "there is no credential `nothing`"),
        ("failure-of-nonsense", "other", "unknown", "None"),
        ("files", "other", "not-sent", "refused"),
        ("socket", "other", "not-sent", "ModuleNotFoundError"),
    ] {
        set(&service, case).await;
        let tested = tested(&service).await;
        assert_eq!(told(case, &tested), (kind.into(), certainty.into()), "{case}: {tested}");
        assert!(tested["failure"]["text"].as_str().unwrap().contains(word), "{case}: {tested}");
    }
    for case in ["number-as-id", "signed"] {
        set(&service, case).await;
        let tested = tested(&service).await;
        assert_eq!(tested["status"], "accepted", "{case}: {tested}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_and_a_signed_callback_are_read_and_a_forged_one_is_not() {
    use hmac::{Hmac, KeyInit as _, Mac as _};
    let Some(odd) = odd().await else { return };
    let token = "fake-token-0000000000";
    let config = json!({"case": "fresh", "api_token": token});
    let body = "id=m-1&status=no&why=%C3%BC";
    let mut mac = Hmac::<Sha256>::new_from_slice(token.as_bytes()).unwrap();
    mac.update(body.as_bytes());
    let signature = hex::encode(mac.finalize().into_bytes());
    let callback = |signature: &str| {
        json!({
            "url": "https://otp.example.com/callbacks/production/odd/token",
            "headers": {"x-signature": signature},
            "form": {"id": "m-1", "status": "no", "why": "ü"},
        })
    };
    let request = json!({"method": "GET", "url": "https://api.example.com/balance"});
    let reply = json!({"status": 200, "json": {"name": "Acme", "balance": "12.50"}});
    let transcripts = [
        json!({
            "name": "account", "config": config, "account": true,
            "exchanges": [{"request": request, "reply": reply}],
            "expect": {"standing": {"balance": "12.50 EUR"}},
        }),
        json!({
            "name": "report", "config": config, "callback": callback(&signature),
            "expect": {"handled": {"verified": true, "status": 200, "reports": [{"status": "undelivered", "message_ids": ["m-1"]}]}},
        }),
        json!({
            "name": "forged", "config": config, "callback": callback(&"00".repeat(32)),
            "expect": {"failure": {"kind": "other", "certainty": "not-sent"}},
        }),
    ];
    let dir = tempfile::tempdir().unwrap();
    for (number, transcript) in transcripts.iter().enumerate() {
        std::fs::write(dir.path().join(format!("{number}.json")), transcript.to_string()).unwrap();
    }
    let verdict = connectors::run(odd, dir.path()).await.unwrap();
    // The component is odd on purpose, so only they are judged.
    assert!(verdict.transcripts.len() == 3 && verdict.transcripts.iter().all(|played| played.passed), "{verdict}");
}
