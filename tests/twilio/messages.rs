//! Messages: sent by whoever the environment's routes name.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};

use super::{Caller, refused};
use crate::support::couriers::Couriers;
use crate::support::inside::Inside;
use crate::support::service::{Service, TO, answer, number};

#[tokio::test(flavor = "multi_thread")]
async fn twilios_message_is_queued_sent_and_shown_in_full_while_it_lives() {
    let couriers = Couriers::start(&["a", "b"]).await;
    couriers.answers("a", json!({"kind": "provider-unavailable", "certainty": "not-sent"}));
    let caller = Caller::of(&couriers.service).await;
    let form = [
        ("To", "+1 415 555-0123"),
        ("From", "+15005550006"),
        ("Body", "Grüße & more: 123456"),
        ("ValidityPeriod", "300"),
    ];
    let (status, made) = caller.message(&form).await;
    assert_eq!(
        (status, &made["status"], &made["direction"]),
        (201, &json!("queued"), &json!("outbound-api")),
        "{made}"
    );
    assert_eq!((&made["to"], &made["from"], &made["body"]), (&json!(TO), &json!("+15005550006"), &json!(form[2].1)));
    assert_eq!(
        (&made["num_segments"], &made["num_media"], &made["error_code"]),
        (&json!("1"), &json!("0"), &Value::Null)
    );
    assert_eq!((&made["date_created"], &made["date_sent"]), (&json!("Thu, 15 Jan 2026 12:00:00 +0000"), &Value::Null));
    assert_eq!((&made["account_sid"], &made["api_version"]), (&json!(caller.account), &json!("2010-04-01")));
    let uri = made["uri"].as_str().unwrap();
    assert!(uri.ends_with(&format!("/Messages/{}.json", made["sid"].as_str().unwrap())), "{uri}");
    let shown = caller.reaches(uri, "sent").await;
    assert_eq!(shown["date_sent"], "Thu, 15 Jan 2026 12:00:00 +0000");
    assert_eq!(couriers.asked(), ["a", "b"], "it goes on to the next connector");
    assert_eq!(couriers.sent()[1].text, form[2].1);
    let (_, log) = couriers.service.get(&format!("/v1/messages/msg_{}", &made["sid"].as_str().unwrap()[2..])).await;
    assert_eq!((&log["source"], log["attempts"].as_array().unwrap().len()), (&json!("twilio"), 2), "{log}");
    couriers.report(&couriers.sent()[1].callback, json!([{"status": "delivered"}])).await;
    let shown = caller.reaches(uri, "delivered").await;
    assert_eq!((&shown["to"], &shown["body"]), (&json!(TO), &json!("")), "what has arrived is erased");
    couriers.service.clock.advance(Duration::from_secs(300));
    let (_, shown) = caller.get(uri).await;
    assert_eq!((&shown["to"], &shown["status"]), (&json!("+1••••••••23"), &json!("delivered")), "its life is over");
}

#[tokio::test(flavor = "multi_thread")]
async fn twilios_message_that_nobody_takes_has_failed_and_says_why() {
    let couriers = Couriers::start(&["a"]).await;
    let caller = Caller::of(&couriers.service).await;
    for (n, (kind, code)) in (0..).zip([("recipient-blocked", 21610), ("content-rejected", 30007), ("other", 30008)]) {
        couriers.answers("a", json!({"kind": kind, "certainty": "not-sent"}));
        let (_, made) = caller.message(&[("To", &number(n)), ("From", "ACME"), ("Body", "x")]).await;
        let shown = caller.reaches(made["uri"].as_str().unwrap(), "failed").await;
        assert_eq!(shown["error_code"], code, "{shown}");
        assert!(shown["error_message"].is_string());
    }
    couriers.answers("a", json!({"id": "p"}));
    let (_, made) = caller.message(&[("To", &number(9)), ("From", "ACME"), ("Body", "x")]).await;
    caller.reaches(made["uri"].as_str().unwrap(), "sent").await;
    let report = json!([{"status": "undelivered", "kind": "invalid-recipient"}]);
    couriers.report(&couriers.sent()[3].callback, report).await;
    assert_eq!(caller.reaches(made["uri"].as_str().unwrap(), "undelivered").await["error_code"], 30005);
}

#[tokio::test(flavor = "multi_thread")]
async fn twilios_messages_are_listed_page_by_page_and_by_number_sender_and_day() {
    let service = Service::start().await;
    let caller = Caller::of(&service).await;
    for n in 0..5 {
        let from = if n == 3 { "ACME" } else { "+15005550006" };
        let (status, made) =
            caller.message(&[("To", &number(n)), ("From", from), ("Body", &format!("text {n}"))]).await;
        assert_eq!(status, 201, "{made}");
    }
    service.clock.advance(Duration::from_secs(24 * 3600));
    caller.message(&[("To", &number(0)), ("From", "ACME"), ("Body", "the next day")]).await;
    service.post("/v1/messages", json!({"to": number(7), "text": "not one of Twilio's"})).await;
    let mut next = Some(format!("{}?PageSize=4", caller.messages()));
    let mut bodies = Vec::new();
    while let Some(path) = next {
        let (status, page) = caller.get(&path).await;
        assert_eq!((status, &page["page_size"]), (200, &json!(4)), "{page}");
        bodies.extend(page["messages"].as_array().unwrap().iter().map(|message| message["sid"].clone()));
        next = page["next_page_uri"].as_str().map(str::to_owned);
    }
    assert_eq!(bodies.len(), 6);
    let count = |query: &'static str| {
        let path = format!("{}?{query}", caller.messages());
        let caller = &caller;
        async move { caller.get(&path).await.1["messages"].as_array().unwrap().len() }
    };
    assert_eq!(count("To=%2B14152000000").await, 2);
    assert_eq!(count("From=ACME").await, 2);
    assert_eq!(count("DateSent=2026-01-15").await, 5);
    assert_eq!(count("DateSent%3E=2026-01-16").await, 1);
    assert_eq!(count("DateSent%3C=2026-01-16T00:00:00Z&From=ACME").await, 1);
    for query in ["PageToken=next", "DateSent=yesterday", "PageSize=x", "To=me"] {
        let told = caller.get(&format!("{}?{query}", caller.messages())).await;
        assert_eq!(told.0, 400, "{query}: {}", told.1);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_message_lacks_or_can_not_have_is_said_in_twilios_codes() {
    let service = Service::start().await;
    let caller = Caller::of(&service).await;
    let long = "x".repeat(1531);
    let (to, from, body) = (("To", TO), ("From", "ACME"), ("Body", "hello"));
    for (form, code, word) in [
        (&[from, body][..], 21604, "`To`"),
        (&[("To", "0123"), from, body], 21211, "country code"),
        (&[("To", "whatsapp:+14155550123"), from, body], 21211, ""),
        (&[to, body], 21603, "From"),
        (&[to, ("MessagingServiceSid", "MG0"), body], 21705, ""),
        (&[to, from], 21602, "`Body`"),
        (&[to, from, ("Body", "")], 21602, "`Body`"),
        (&[to, from, ("Body", &long)], 21617, "1530"),
        (&[to, from, body, ("MediaUrl", "https://example.com/a.png")], 20001, "`MediaUrl`"),
        (&[to, from, body, ("SendAt", "2026-01-16T00:00:00Z")], 20001, "`SendAt`"),
        (&[to, from, body, ("ValidityPeriod", "0")], 20001, "`ValidityPeriod`"),
        (&[to, from, body, ("StatusCallback", "ftp://example.com/")], 21609, "https"),
        (&[to, from, body, ("StatusCallback", "http://169.254.169.254/latest")], 21609, "metadata"),
        (&[to, from, body, ("StatusCallback", "http://0x7f.1/")], 21609, "more than one way"),
        (&[to, from, body, ("StatusCallback", "https://me:secret@example.com/")], 21609, "user information"),
    ] {
        let told = caller.message(form).await;
        refused(&told, 400, code);
        assert!(told.1["message"].as_str().unwrap().contains(word), "{}", told.1);
    }
    let pool = ("MessagingServiceSid", "MG0123456789abcdef0123456789abcdef");
    let (status, made) = caller.message(&[to, pool, body]).await;
    assert_eq!((status, &made["messaging_service_sid"], &made["from"]), (201, &json!(pool.1), &Value::Null), "{made}");
    refused(&caller.message(&[to, from, body]).await, 429, 14107);
}

#[tokio::test(flavor = "multi_thread")]
async fn twilios_from_is_the_sender_only_where_its_credential_says_so() {
    let service = Service::start().await;
    let sender = |n: u32, body: Value| {
        let service = &service;
        async move {
            let caller = Caller::with(service, body).await;
            let (_, made) = caller.message(&[("To", &number(n)), ("From", "ACME"), ("Body", "x")]).await;
            caller.reaches(made["uri"].as_str().unwrap(), "sent").await;
            service.get("/v1/environments/development/inbox").await.1["items"][0]["sender"].clone()
        }
    };
    assert_eq!(sender(1, json!({})).await, Value::Null);
    assert_eq!(sender(2, json!({"use_from": true})).await, "ACME");
}

#[tokio::test(flavor = "multi_thread")]
async fn twilios_deleted_message_is_gone_and_its_content_with_it() {
    let service = Service::start().await;
    let caller = Caller::of(&service).await;
    let (_, made) = caller.message(&[("To", TO), ("From", "ACME"), ("Body", "x")]).await;
    let uri = made["uri"].as_str().unwrap();
    caller.reaches(uri, "sent").await;
    assert_eq!(answer(caller.request(Method::DELETE, uri)).await.0, 204);
    refused(&caller.get(uri).await, 404, 20404);
    refused(&answer(caller.request(Method::DELETE, uri)).await, 404, 20404);
    let id = format!("msg_{}", &made["sid"].as_str().unwrap()[2..]);
    assert_eq!(service.get(&format!("/v1/messages/{id}")).await.1["status"], "accepted", "the log keeps it");
    let dir = service.stop().await;
    let sql = format!("SELECT count(*) FROM messages WHERE id = '{id}' AND content IS NULL");
    assert_eq!(Inside::of(dir.path()).number(&sql), 1);
}
